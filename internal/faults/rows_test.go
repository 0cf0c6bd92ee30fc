// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// The time bounds, with the waits that users have: half a second is the unit, doubled each time, with jitter.
const (
	atOnce     = 2 * time.Second  // one try
	oneMore    = 3 * time.Second  // after 0.5 to 0.75 s
	twoMore    = 5 * time.Second  // and 0.75 to 1.25 s
	allRetries = 20 * time.Second // and up to 2.25, 4.25 and 8.25 s
	minutes    = 130 * time.Second
	forEver    = -1
)

// refusals are answers with a status that is not 2xx.
func refusals() []row {
	after := func(value string) emulator.Fault {
		return emulator.Fault{Status: 429, Header: http.Header{"Retry-After": {value}}}
	}
	const throttled = "Requests are throttled."
	rows := []row{
		{kind: "429 once", fault: emulator.Fault{Status: 429}, times: 1, tries: 2, within: oneMore},
		{kind: "429 twice", fault: emulator.Fault{Status: 429}, times: 2, tries: 3, within: twoMore},
		{kind: "429 for ever", fault: emulator.Fault{Status: 429}, times: forEver, tries: 6, within: allRetries, says: throttled},
		{kind: "429, Retry-After: 1", fault: after("1"), times: 1, tries: 2, within: oneMore, note: "waits as it was told"},
		{kind: "429, Retry-After: a date", tries: 2, within: twoMore, note: "waits as it was told",
			set: func(_ *testing.T, s *emulator.Server, _ *settings) {
				s.InjectFault(emulator.OpUnlockTask, after(time.Now().Add(2*time.Second).UTC().Format(http.TimeFormat)), 1)
			}},
		{kind: "429, Retry-After: a day", fault: after("86400"), times: forEver, tries: 1, within: atOnce, says: throttled,
			note: "gives up at once, since no try is possible in time"},
		{kind: "429, Retry-After: 30 digits", fault: after("999999999999999999999999999999"), times: forEver, tries: 1, within: atOnce, says: throttled},
		{kind: "429, Retry-After: in the year 9999", fault: after("Fri, 31 Dec 9999 23:59:59 GMT"), times: forEver, tries: 1, within: atOnce, says: throttled},
		{kind: "429, Retry-After: nonsense", fault: after("-5, soon"), times: 1, tries: 2, within: oneMore, note: "waits its own time"},
		{kind: "408 once", fault: emulator.Fault{Status: 408}, times: 1, tries: 2, within: oneMore},
		{kind: "500 once", fault: emulator.Fault{Status: 500}, times: 1, tries: 2, within: oneMore},
		{kind: "500 twice", fault: emulator.Fault{Status: 500}, times: 2, tries: 2, within: oneMore, says: "The gateway failed inside.",
			note: "a 500 is tried again once"},
		{kind: "500 for ever", fault: emulator.Fault{Status: 500}, times: forEver, tries: 2, within: oneMore, says: "The gateway failed inside."},
	}
	for _, s := range []struct {
		status int
		says   string
	}{
		{502, "The service's back end can not be reached."}, {503, "The service is not available."},
		{504, "The service's back end did not answer in time."},
	} {
		fault := emulator.Fault{Status: s.status}
		rows = append(rows,
			row{kind: fmt.Sprintf("%d once", s.status), fault: fault, times: 1, tries: 2, within: oneMore},
			row{kind: fmt.Sprintf("%d twice", s.status), fault: fault, times: 2, tries: 3, within: twoMore},
			row{kind: fmt.Sprintf("%d for ever", s.status), fault: fault, times: forEver, tries: 6, within: allRetries, says: s.says},
		)
	}
	return append(rows,
		row{kind: "502 with a web page, for ever", fault: emulator.Fault{Status: 502, ContentType: "text/html", Body: page}, times: forEver,
			tries: 6, within: allRetries, says: "SMS answered: Bad gateway Sorry."},
		row{kind: "400", fault: emulator.Fault{Status: 400, Code: "SMS.2035"}, times: forEver, tries: 1, within: atOnce, says: "A parameter is invalid.",
			note: "400, 403, 404, 405 and 409 are never tried again"},
		row{kind: "403, to a change of triggers", tries: 1, within: atOnce, says: "The identity may not do this with this resource.",
			note: "the state keeps the old triggers, and the next apply tries again", run: refusedUpdate},
		row{kind: "409", fault: emulator.Fault{Status: 409, Code: "SMS.0409"}, times: forEver, tries: 1, within: atOnce, says: "It conflicts with another request."},
	)
}

// refusedUpdate unlocks, changes triggers while the unlock is refused, and tries again when it is not.
func refusedUpdate(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	s := newServer(t, settings{endpoint: em.URL(), values: map[string]tftypes.Value{"explain_denials": tftypes.NewValue(tftypes.Bool, false)}})
	with := func(revision string) map[string]tftypes.Value {
		return map[string]tftypes.Value{"task_id": str(taskID), "force": yes(), "triggers": tftypes.NewValue(
			tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"revision": str(revision)})}
	}
	_, first := s.unlock(t.Context(), nil, with("1"))
	em.Deny("", emulator.OpUnlockTask)
	got, kept := s.unlock(t.Context(), first, with("2"))
	if !strings.Contains(got.said, "The identity may not do this with this resource.") || string(kept.MsgPack) != string(first.MsgPack) {
		t.Errorf("the user is told %q, and the state is %v", got.said, got.state)
	}
	em.Allow("", emulator.OpUnlockTask)
	if again, _ := s.unlock(t.Context(), kept, with("2")); again.said != "" || em.Count(emulator.OpUnlockTask) != 3 {
		t.Errorf("the user is told %q after %d requests", again.said, em.Count(emulator.OpUnlockTask))
	}
	return got.took
}

const page = "<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Sorry</h1></body></html>"

// connections are requests that meet no answer, or half of one.
func connections() []row {
	before, after := emulator.Fault{Drop: emulator.DropBeforeRead}, emulator.Fault{Drop: emulator.DropAfterRead}
	const broke = "broke before the whole answer was there:"
	refused := func(_ *testing.T, s *emulator.Server, _ *settings) { s.Close() }
	return []row{
		{kind: "refused", set: refused, tries: 6, unseen: true, within: allRetries, says: "There is no connection to 127.0.0.1:"},
		{kind: "reset before the request is read, once", fault: before, times: 1, tries: 2, within: oneMore},
		{kind: "reset before the request is read, for ever", fault: before, times: forEver, tries: 6, within: allRetries, says: broke},
		{kind: "reset after the request is read, once", fault: after, times: 1, tries: 2, within: oneMore},
		{kind: "reset after the request is read, for ever", fault: after, times: forEver, tries: 6, within: allRetries, says: broke},
		{kind: "reset after the request is carried out, once", fault: emulator.Fault{Drop: emulator.DropAfterRead, Apply: true}, times: 1, tries: 2,
			within: oneMore, note: "the unlock is carried out twice"},
		{kind: "reset after the request is carried out, for ever", fault: emulator.Fault{Drop: emulator.DropAfterRead, Apply: true}, times: forEver,
			tries: 6, within: allRetries, says: "Whether the service did the work already is not known.", done: true,
			note: "the server may be unlocked, the state does not say so, and the next apply unlocks again"},
		{kind: "closed without an answer", fault: emulator.Fault{Drop: emulator.DropClose}, times: 1, tries: 2, within: oneMore},
		{kind: "half an answer, once", op: theURL, fault: emulator.Fault{HalfBody: true}, times: 1, tries: 2, within: oneMore},
		{kind: "half an answer, for ever", op: theURL, fault: emulator.Fault{HalfBody: true}, times: forEver, tries: 6, within: allRetries, says: broke},
		{kind: "half an answer to an unlock", fault: emulator.Fault{HalfBody: true, Body: `{"half":"answer"}`, Status: 200, Apply: true}, times: forEver, tries: 1,
			within: atOnce, note: "the status says that it was accepted"},
		{kind: "reset in the middle of an answer", op: theURL, fault: emulator.Fault{Drop: emulator.DropMidBody}, times: 1, tries: 2, within: oneMore},
		{kind: "HTTP/2", set: overTLS, tries: 1, within: atOnce},
		{kind: "HTTP/2, stream reset", set: overTLS, fault: after, times: 1, tries: 2, within: oneMore},
		{kind: "HTTP/2, stream reset for ever", set: overTLS, fault: after, times: forEver, tries: 6, within: allRetries, says: broke},
	}
}

// answers are 2xx answers that are not what the service documents.
func answers() []row {
	body := func(text string) emulator.Fault { return emulator.Fault{Status: 200, Body: text} }
	const (
		odd     = "the answer is not what the service documents: "
		noJSON  = odd + "it is no JSON of the documented shape."
		empty   = odd + "it is empty."
		tooLong = odd + "it is longer than this client reads."
	)
	url := func(kind, note string, fault emulator.Fault, says string) row {
		return row{kind: kind, note: note, op: theURL, fault: fault, times: forEver, tries: 1, within: atOnce, says: says}
	}
	return []row{
		url("no body", "", emulator.Fault{Status: 200, NoBody: true}, empty),
		{kind: "no body, to an unlock", fault: emulator.Fault{Status: 200, NoBody: true, Apply: true}, times: forEver, tries: 1, within: atOnce},
		url("Content-Length too small", "", emulator.Fault{ContentLength: 5}, noJSON),
		{kind: "Content-Length too large", op: theURL, fault: emulator.Fault{ContentLength: 10000}, times: 1, tries: 2, within: oneMore},
		url("a body without end", "1 MiB is read, 16 MiB of a list", emulator.Fault{Endless: true}, tooLong),
		{kind: "a body without end, to an unlock", fault: emulator.Fault{Endless: true}, times: forEver, tries: 1, within: oneMore},
		{kind: "a refusal without end", fault: emulator.Fault{Status: 403, Code: "SMS.9004", Endless: true}, times: forEver, tries: 1, within: oneMore,
			says: "The identity may not do this with this resource."},
		url("gzip", "", emulator.Fault{Gzip: true}, ""),
		url("gzip that unpacks to gigabytes", "1 MiB is unpacked", emulator.Fault{Gzip: true, Endless: true}, tooLong),
		url("a web page", "", emulator.Fault{Status: 200, ContentType: "text/html", Body: page}, noJSON),
		{kind: "a web page, to an unlock", fault: emulator.Fault{Status: 200, ContentType: "text/html", Body: page, Apply: true}, times: forEver, tries: 1,
			within: atOnce, note: "every 2xx is taken for a success"},
		url("wrong types", "", body(`{"state":["SUCCESS"],"login_url":{}}`), noJSON),
		url("null", "", body(`null`), noJSON),
		url("a state of null", "", body(`{"state":null,"login_url":"https://203.0.113.10/"}`), noJSON),
		{kind: "numbers for text", op: theURL, fault: body(`{"state":553,"description":7}`), times: forEver, tries: 1, within: atOnce,
			says: "HOST_ACCOUNT_NOT_EXIST (553)"},
		{kind: "a key twice", note: "the last counts", op: theURL, fault: body(`{"state":"SUCCESS","state":"HOST_NOT_MANAGE"}`), times: forEver, tries: 1,
			within: atOnce, says: "HOST_NOT_MANAGE (1)"},
		url("nested 100,000 deep", "", body(nested), noJSON),
		{kind: "success without a URL", op: theURL, fault: body(`{"state":"SUCCESS","login_url":""}`), times: forEver, tries: 1, within: atOnce,
			says: "The service reports success, but sent no URL."},
	}
}
