// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Event describes one try of a request for a log. It holds no header, body, query or URL, and nothing secret.
type Event struct {
	Operation string
	Method    string
	Host      string
	Path      string // the template, e.g. /v3/tasks/{task_id}
	Try       int
	Status    int // 0: there was no answer
	Code      string
	RequestID string
	Failure   string // the kind of failure where there was no answer
	Duration  time.Duration
	As        Identity
	ProjectID string
}

// attempt is what one request needs to know over all its tries; it travels in the context, since the retry policy sees
// nothing else.
type attempt struct {
	c       *Client
	r       *request
	payload []byte
	// secrets and accessKey are what the last try carried.
	secrets   []string
	accessKey string
	tries     int
	max       int
	began     time.Time
	sent      time.Time // by the client's clock
	body      []byte    // of the last answer, up to the limit
	cut       bool      // the answer was longer than the limit
	bodyErr   error
}

type attemptKey struct{}

// send is the one place that sends a request. It returns the headers of a 2xx answer, whose body is decoded into out.
func (c *Client) send(ctx context.Context, r *request, out any) (http.Header, error) {
	base, err := c.endpoint(r.service, r.region)
	if err != nil {
		return nil, err
	}
	a := &attempt{c: c, r: r, max: c.cfg.MaxRetries + 1}
	if r.once {
		a.max = 1
	}
	if a.payload, err = r.payload(); err != nil {
		return nil, err
	}
	u := r.url(base)
	// An answer that nobody needs must not keep the caller: cancel ends the reading of it.
	ctx, cancel := context.WithCancel(context.WithValue(ctx, attemptKey{}, a))
	defer cancel()
	hr, err := http.NewRequestWithContext(ctx, r.method, u.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req, err := retryablehttp.FromRequest(hr)
	if err != nil {
		return nil, err
	}
	if len(a.payload) > 0 {
		if err := req.SetBody(a.payload); err != nil {
			return nil, err
		}
	}
	if err := a.prepare(req.Request); err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	switch {
	case resp == nil:
		return nil, a.failure(ctx, u.Host, err)
	case resp.StatusCode/100 != 2 && errors.Is(ctx.Err(), context.Canceled):
		return nil, a.failure(ctx, u.Host, ctx.Err())
	}
	if resp.StatusCode/100 == 2 && r.discard {
		discard(resp.Body, cancel)
		return resp.Header, nil
	}
	if err != nil {
		return nil, a.failure(ctx, u.Host, err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, a.refusal(u.Host, resp)
	}
	if a.bodyErr != nil {
		return nil, a.failure(ctx, u.Host, a.bodyErr)
	}
	if err := a.decode(out); err != nil {
		return nil, a.unreadable(u.Host, resp, err)
	}
	return resp.Header, nil
}

// prepare gives a try its headers. They are made anew each time: a signature is valid for minutes, and the transport may
// still be reading the last try's.
func (a *attempt) prepare(req *http.Request) error {
	h := make(http.Header, 8)
	h.Set("User-Agent", a.c.cfg.UserAgent)
	h.Set("Accept", "application/json")
	h.Set("Content-Type", "application/json")
	var cred Credential
	if a.r.cred != nil {
		cred = *a.r.cred
	}
	if err := a.c.authorize(h, a.r, req.URL, a.payload, cred); err != nil {
		return err
	}
	if err := a.prove(h, cred); err != nil {
		return err
	}
	req.Header = h
	a.tries++
	a.began, a.sent = time.Now(), a.c.cfg.Now()
	a.body, a.cut, a.bodyErr = nil, false, nil
	return nil
}

func prepareRetry(req *http.Request) error {
	return attemptOf(req.Context()).prepare(req)
}

func attemptOf(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// read takes the answer's body up to the limit, so that a connection that breaks in the middle counts as a failed try.
func (a *attempt) read(resp *http.Response) {
	limit := a.r.limit
	if limit == 0 {
		limit = maxBody
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if int64(len(body)) > limit {
		body, a.cut = body[:limit], true
	}
	a.body, a.bodyErr = body, err
	_ = resp.Body.Close()
	resp.Body = http.NoBody
}

func (a *attempt) decode(out any) error {
	text, isText := out.(*rawText)
	switch {
	case a.cut:
		return errTooLong
	case out == nil:
		return nil
	case isText:
		*text = rawText(a.body)
		return nil
	case len(bytes.TrimSpace(a.body)) == 0:
		return errors.New("it is empty")
	}
	return json.Unmarshal(a.body, out)
}

// rawText takes an answer that is no JSON as it is.
type rawText string

// errTooLong means that an answer went on beyond the bound.
var errTooLong = errors.New("it is longer than this client reads")

// discard reads what is left of an answer that nobody needs, so that the connection can be used again, for two seconds at most.
func discard(body io.Reader, cancel func()) {
	timer := time.AfterFunc(2*time.Second, cancel)
	defer timer.Stop()
	_, _ = io.CopyN(io.Discard, body, maxDiscard)
}

// log tells of one try.
func (a *attempt) log(ctx context.Context, resp *http.Response, err error) {
	if a.c.cfg.Log == nil {
		return
	}
	e := Event{
		Operation: a.r.op.Name, Method: a.r.method, Path: a.r.op.Path, Try: a.tries,
		Duration: time.Since(a.began), ProjectID: a.r.projectID,
	}
	if base, err := a.c.endpoint(a.r.service, a.r.region); err == nil {
		e.Host = base.Host
	}
	e.As = a.r.identity()
	switch {
	case resp != nil:
		e.Status, e.RequestID = resp.StatusCode, a.show(requestID(resp.Header), maxCode)
		if resp.StatusCode/100 != 2 {
			e.Code = a.show(parseEnvelope(a.body).Code, maxCode)
		}
	case err != nil:
		e.Failure = kindOf(err).String()
	}
	a.c.cfg.Log(ctx, e)
}
