// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// clockWindow is how far X-Sdk-Date may be from the gateway's clock
	// (API signing guide, FAQ).
	clockWindow = 15 * time.Minute
	maxBody     = 12 << 20 // error table of the gateway, 0201
)

// call is one request on its way through the emulator.
type call struct {
	s         *Server
	r         *http.Request
	place     place
	route     route
	body      []byte
	query     url.Values
	id        identity
	prefix    string
	requestID string
}

// serve takes a request from the wire to its answer: gateway first, then the
// service, and faults where they are to come in.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, pl place, known bool) {
	rawPath, rawQuery, _ := strings.Cut(r.RequestURI, "?")
	if !strings.HasPrefix(rawPath, "/") { // absolute form, as plain proxies are asked
		_, rest, _ := strings.Cut(rawPath, "://")
		_, rawPath, _ = strings.Cut(rest, "/")
		rawPath = "/" + rawPath
	}
	c := &call{s: s, r: r, place: pl, route: findRoute(r.Method, rawPath)}
	c.requestID = fmt.Sprintf("%032x", s.reqID.Add(1))
	if !known || (pl.service != "" && pl.service != c.route.service) {
		c.route = route{}
	}
	rec := &Request{
		Time: s.now(), Service: c.route.service, Operation: c.route.op, Region: pl.region,
		Method: r.Method, Host: r.Host, Path: rawPath, RawQuery: rawQuery, Header: r.Header, Proto: r.Proto,
	}
	rec.ConnID, _ = r.Context().Value(connIDKey{}).(int64)
	query, queryErr := parseQuery(rawQuery)
	c.query, rec.Query = query, query

	if f := s.faults.take(c.route.op, true); f != nil {
		s.rec.add(rec)
		cut(w, true)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	c.body, rec.Body = body, body
	if c.route.op == OpAssumeRoleV3 && methodIsToken(body) {
		c.route.op = OpTokenToKeys
		rec.Operation = OpTokenToKeys
	}
	s.rec.add(rec)
	if !s.waitHeld(r, rec) || !s.pause(r, time.Duration(s.latency.Load())) {
		panic(http.ErrAbortHandler)
	}

	s.state.mu.Lock()
	c.prefix = s.state.gateway
	s.state.mu.Unlock()
	var a answer
	var f *Fault
	switch refused := c.admit(rec, rawPath, rawQuery, queryErr); {
	case err != nil:
		a = c.gatewayError(http.StatusRequestEntityTooLarge, "0201", "Request entity too large")
	case refused != nil:
		a = *refused
	default:
		f = s.faults.take(c.route.op, false)
		if f != nil && !s.pause(r, f.Delay) {
			panic(http.ErrAbortHandler)
		}
		// A connection that is cut takes no answer, so nothing needs to be done for one.
		cuts := f != nil && (f.Drop == DropAfterRead || f.Drop == DropClose)
		if f == nil || f.Apply || !f.answers() && !cuts {
			a = c.dispatch()
		}
		if f != nil {
			a = f.alter(c, a)
		}
	}
	if f == nil || f.Drop == DropNone || f.Drop == DropMidBody {
		s.rec.update(func() { rec.Status, rec.Code = a.status, a.code })
	}
	c.send(w, a, f)
}

// pause waits unless the client goes away or the emulator is closed; it
// reports whether it waited to the end.
func (s *Server) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closed:
		return false
	}
}

// admit is what the gateway does before it lets a request through.
func (c *call) admit(rec *Request, rawPath, rawQuery string, queryErr error) *answer {
	sig, signed := parseAuthorization(c.r.Header.Get("Authorization"))
	c.s.rec.update(func() { rec.AccessKey = sig.access })
	if queryErr != nil {
		a := c.gatewayError(http.StatusBadRequest, "0201", "Bad request: "+queryErr.Error())
		return &a
	}
	switch c.route.op {
	case OpCreateToken, OpOIDCToken, OpTokenToKeys, OpMetadataToken, OpMetadataKeys:
		if len(c.r.Header["Authorization"]) == 0 {
			return nil // these carry their proof in the body, or need none
		}
	}
	var refused *answer
	switch {
	case signed:
		refused = c.admitSigned(sig, rawPath, rawQuery)
	case len(c.r.Header["Authorization"]) > 0:
		refused = c.unauthorized("0301", "the Authorization header is malformed")
	case c.r.Header.Get("X-Auth-Token") != "":
		refused = c.admitToken()
	default:
		refused = c.unauthorized("0301", "neither Authorization nor X-Auth-Token is given")
	}
	if refused == nil {
		refused = c.checkScopeHeaders()
	}
	if refused == nil {
		c.s.rec.update(func() { rec.Principal = c.id.principal })
	}
	return refused
}

func (c *call) unauthorized(number, why string) *answer {
	a := c.gatewayError(http.StatusUnauthorized, number, "Incorrect IAM authentication information: "+why)
	return &a
}

// admitSigned checks a signed request: clock, key, security token, signature.
func (c *call) admitSigned(sig authorization, rawPath, rawQuery string) *answer {
	date, err := time.Parse(dateFormat, c.r.Header.Get("X-Sdk-Date"))
	if err != nil {
		return c.unauthorized("0301", "X-Sdk-Date is missing or malformed")
	}
	now := c.s.now()
	if d := now.Sub(date); d > clockWindow || d < -clockWindow {
		return c.unauthorized("0303", "the signature has expired")
	}
	st := c.s.state
	st.mu.Lock()
	k := st.keys[sig.access]
	var held key
	if k != nil {
		held = *k
	}
	st.mu.Unlock()
	switch {
	case k == nil:
		return c.unauthorized("0301", "the access key does not exist")
	case !held.expires.IsZero() && !now.Before(held.expires):
		return c.unauthorized("0301", "the access key has expired")
	case c.r.Header.Get("X-Security-Token") != held.securityToken:
		return c.unauthorized("0301", "the security token does not belong to the access key")
	}
	err = sig.verify(wireRequest{
		method: c.r.Method, path: rawPath, query: rawQuery, host: c.r.Host, header: c.r.Header, body: c.body,
	}, held.secret)
	if err != nil {
		return c.unauthorized("0301", "verify aksk signature fail: "+err.Error())
	}
	c.id = held.id
	return nil
}

func (c *call) admitToken() *answer {
	if c.route.service == "sts" {
		return c.unauthorized("0301", "STS takes access keys only")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	t := st.tokens[c.r.Header.Get("X-Auth-Token")]
	if t == nil || !c.s.now().Before(t.expires) {
		return c.unauthorized("0301", "decrypt token fail")
	}
	c.id = t.id
	return nil
}

// checkScopeHeaders refuses a project or account that is not the caller's, and
// headers that contradict the path or the token. The answers are assumed.
func (c *call) checkScopeHeaders() *answer {
	project, domain := c.r.Header.Get("X-Project-Id"), c.r.Header.Get("X-Domain-Id")
	if domain != "" && domain != c.id.domainID {
		a := c.gatewayError(http.StatusForbidden, "0302", "X-Domain-Id is not the caller's account")
		return &a
	}
	if project == "" {
		return nil
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	p := st.project(project)
	if p == nil || p.DomainID != c.id.domainID ||
		(c.id.projectID != "" && c.id.projectID != project) ||
		(c.route.project != "" && c.route.project != project) {
		a := c.gatewayError(http.StatusForbidden, "0310", "The project is unavailable")
		return &a
	}
	return nil
}

// checkProject holds the project of the path against the caller and the region
// of the host. The caller holds the state's lock.
func (c *call) checkProject(st *state) *answer {
	p := st.project(c.route.project)
	wrong := p == nil || p.DomainID != c.id.domainID ||
		(c.id.projectID != "" && c.id.projectID != p.ID) ||
		(c.place.region != "" && projectRegion(p) != c.place.region)
	if wrong {
		a := c.gatewayError(http.StatusForbidden, "0310", "The project is unavailable")
		return &a
	}
	return nil
}

// projectRegion is the region that a project's name stands for: cn-north-4, or
// cn-north-4_name for a subproject.
func projectRegion(p *Project) string {
	region, _, _ := strings.Cut(p.Name, "_")
	return region
}

func methodIsToken(body []byte) bool {
	var b keysRequest
	return json.Unmarshal(body, &b) == nil && len(b.Auth.Identity.Methods) == 1 && b.Auth.Identity.Methods[0] == "token"
}

// dispatch lets the service answer.
func (c *call) dispatch() answer {
	if c.route.op == "" {
		return c.gatewayError(http.StatusNotFound, "0101", "The API does not exist or has not been published in the environment")
	}
	if a, denied := c.denied(); denied {
		return a
	}
	switch c.route.op {
	case OpUnlockTask:
		return c.unlockTask()
	case OpShowTask:
		return c.showTask()
	case OpListTasks:
		return c.listTasks()
	case OpShowServer:
		return c.showServer()
	case OpServerAction:
		return c.serverAction()
	case OpShowOMURL:
		return c.showOMURL()
	case OpCreateToken:
		return c.createToken()
	case OpListProjects:
		return c.listProjects()
	case OpListDomains:
		return c.listDomains()
	case OpAssumeRoleV3:
		return c.assumeRoleV3()
	case OpTokenToKeys:
		return c.tokenToKeys()
	case OpOIDCToken:
		return c.oidcToken()
	case OpAssumeRoleV5:
		return c.assumeRoleV5()
	case OpDecode:
		return c.decode()
	case OpCallerIdentity:
		return c.callerIdentity()
	case OpMetadataToken:
		return c.metadataToken()
	default:
		return c.metadataKeys()
	}
}
