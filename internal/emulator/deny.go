// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// UserProfileCanary stands in the user profile of every decoded authorization
// message, which no client may show.
const UserProfileCanary = "user-profile-canary"

// Denial refuses an operation to a principal.
type Denial struct {
	// Who is an access key, a user's name or ID, or a principal as in
	// [Request.Principal]; empty for everybody.
	Who string
	// Op is an operation; empty for all.
	Op string
	// Failure is the reason that STS tells; "implicit deny by identity-based
	// policy" when empty.
	Failure string
	// Decoded is the whole text that STS decodes to, in place of the usual.
	Decoded string
	// EncodedSize is the least length of the encoded message. STS takes no
	// more than 10,240 characters.
	EncodedSize int
	// NoMessage leaves the encoded message out.
	NoMessage bool
}

// actions are the IAM actions that the operations need.
var actions = map[string]string{
	OpUnlockTask:   "sms:server:unlock",
	OpShowTask:     "sms:server:getTask",
	OpListTasks:    "sms:server:listTask",
	OpShowServer:   "ecs:cloudServers:showServer",
	OpServerAction: "ecs:servers:unlock",
	OpShowOMURL:    "cbh:instance:getOmUrl",
	OpDecode:       "sts::decodeAuthorizationMessage",
}

// Deny refuses an operation (all, if op is "") to an access key, a user or a
// principal (everybody, if who is "") with 403 and an encoded message that the
// emulated STS decodes.
func (s *Server) Deny(who, op string) { s.DenyWith(Denial{Who: who, Op: op}) }

// DenyWith is Deny with a say in the particulars.
func (s *Server) DenyWith(d Denial) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.denials = append(s.state.denials, d)
}

// Allow takes back all denials of an operation to a principal.
func (s *Server) Allow(who, op string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.denials = slices.DeleteFunc(s.state.denials, func(d Denial) bool { return d.Who == who && d.Op == op })
}

// denied answers 403 if a denial fits the call.
func (c *call) denied() (answer, bool) {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	i := slices.IndexFunc(st.denials, func(d Denial) bool {
		return (d.Op == "" || d.Op == c.route.op) &&
			(d.Who == "" || d.Who == c.id.access || d.Who == c.id.userID || d.Who == c.id.userName || d.Who == c.id.principal)
	})
	if i < 0 {
		return answer{}, false
	}
	d := st.denials[i]
	action := cmp.Or(actions[c.route.op], c.route.op)
	resource := c.route.service + ":" + c.place.region + ":" + c.id.domainID + ":*"
	reason := "You do not have permission to perform action " + action + " on resource " + resource + "."
	code := map[string]string{
		"sms": "SMS.9004", "ecs": "Ecs.0003", "cbh": "CBH.10020002", "iam": "IAM.0003", "sts": stsForbidden,
	}[c.route.service]
	v := vars{"code": code, "message": reason, "request_id": c.requestID}
	if d.NoMessage {
		return c.serviceError(http.StatusForbidden, code, reason), true
	}
	text := d.Decoded
	if text == "" {
		text = string(render("sts/decoded-message", vars{
			"user_id": c.id.userID, "user_name": c.id.userName, "domain_id": c.id.domainID, "canary": UserProfileCanary,
			"action": action, "resource": resource,
			"failure": cmp.Or(d.Failure, "implicit deny by identity-based policy"),
		}).body)
	}
	encoded := base64.StdEncoding.EncodeToString([]byte(randomHex(48)))
	if more := d.EncodedSize - len(encoded); more > 0 {
		encoded += strings.Repeat("A", more)
	}
	st.encoded[encoded] = text
	v["encoded"] = encoded
	name := "gateway/forbidden"
	switch c.route.service {
	case "sms", "ecs", "cbh", "sts":
		name = c.route.service + "/forbidden"
	}
	a := render(name, v)
	a.code = code
	return a, true
}
