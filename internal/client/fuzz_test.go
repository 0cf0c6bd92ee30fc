// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

// The seeds below testdata/fuzz are the examples of the two API pages, "Unlocking a Target Server" (SMS) and "Obtaining an O&M URL"
// (CBH), and what was once read wrongly.

// wantShowable fails where a text could not be shown as it is.
func wantShowable(t *testing.T, s string, most int) {
	t.Helper()
	if len(s) > most {
		t.Errorf("it has %d bytes, and %d is the limit", len(s), most)
	}
	if !utf8.ValidString(s) {
		t.Errorf("%q is not valid UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			t.Errorf("%q holds %U", s, r)
		}
	}
}

// FuzzEnvelope: whatever a service answers, the error can be shown, and does not hold what the request was authorized with.
func FuzzEnvelope(f *testing.F) {
	const token = "canary-canary-canary"
	f.Add([]byte(`{"error":{"code":401,"message":"m","title":"t"}}`), 401)
	f.Add([]byte(`{"errorCode":"A","errorMsg":"`+token+`"}`), 500)
	f.Add([]byte(`<html><head><title>502</title></head></html>`), 502)
	f.Add([]byte("\x1b]8;;http://x/?y\x07link\x1b]8;;\x07 \u202etxt"), 503)
	f.Fuzz(func(t *testing.T, body []byte, status int) {
		a := &attempt{c: &Client{cfg: Config{Now: time.Now}}, r: &request{op: opUnlockTask, segments: []string{"v3", "tasks", "x", "unlock"}}}
		a.body, a.secrets = body, []string{token}
		e := a.refusal("sms.example", &http.Response{StatusCode: status, Header: http.Header{"X-Request-Id": {string(body)}}})
		wantShowable(t, e.Code, maxCode)
		wantShowable(t, e.RequestID, maxCode)
		all := e.Message
		for _, d := range e.Details {
			all += d.Code + d.Message
		}
		all += strings.Join(e.Params, "")
		wantShowable(t, all, MaxText)
		if strings.Contains(e.Code+"\n"+e.RequestID+"\n"+e.Message+"\n"+strings.Join(e.Params, "\n"), token) {
			t.Errorf("the token is shown: %+v", e)
		}
		if len(e.EncodedAuthorizationMessage) > maxEncoded || strings.ContainsFunc(e.EncodedAuthorizationMessage, func(r rune) bool {
			return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+/=-_", r)
		}) {
			t.Errorf("the encoded message is %q", e.EncodedAuthorizationMessage)
		}
		if e.TaskID != "x" || e.Advice().Remedy == "" && status >= 300 && statusAdvice[status].Remedy != "" {
			t.Errorf("the error is %+v", e)
		}
	})
}

// FuzzClean: what was cleaned stays as it is when it is cleaned again, and cut text is a beginning of the whole.
func FuzzClean(f *testing.F) {
	f.Add("a\x1b[31mred\x1b[0m\u009b1m\u2028b", 7)
	f.Add("…", 2)
	f.Add("\x1b\x1b[[31m31m", 100)
	f.Fuzz(func(t *testing.T, s string, n int) {
		clean := Clean(s)
		wantShowable(t, clean, len(s)+1)
		if again := Clean(clean); again != clean {
			t.Errorf("%q becomes %q", clean, again)
		}
		if n &= 0xffff; len(Bound(clean, n)) > n || !strings.HasPrefix(clean, strings.TrimSuffix(Bound(clean, n), "…")) {
			t.Errorf("%q cut to %d bytes is %q", clean, n, Bound(clean, n))
		}
	})
}

// FuzzRedact: no secret is left, wherever and however often it stands.
func FuzzRedact(f *testing.F) {
	f.Add("a pass", "word", " b")
	f.Add("https://h/?", "a/b?c&d", "#")
	f.Fuzz(func(t *testing.T, before, secret, after string) {
		if secret = Clean(secret); len(secret) < minSecret || strings.Contains(secret, "*") {
			return
		}
		escaped, err := json.Marshal(secret)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{secret, string(escaped), url.QueryEscape(secret), secret + secret} {
			text := Clean(before + s + after)
			if got := redact(text, []string{"other secret", secret}); strings.Contains(got, secret) {
				t.Errorf("%q becomes %q, which holds %q", text, got, secret)
			}
		}
	})
}

// FuzzOMURL: an answer is read to something whole, or refused without a word of the URL in it.
func FuzzOMURL(f *testing.F) {
	f.Add([]byte(`{"state":0,"login_url":" https://203.0.113.10:443/?cbhinfo=x ","description":null}`))
	f.Add([]byte(`{"state":"success","login_url":1,"login_url":"https://203.0.113.10/"}`))
	f.Add([]byte(`{"state":"HOST_NOT_MANAGE","description":"https://203.0.113.10/?cbhinfo=x","login_url":"https://203.0.113.10/?cbhinfo=x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var u OMURL
		if err := json.Unmarshal(body, &u); err != nil {
			var w struct {
				URL string `json:"login_url"`
			}
			if json.Unmarshal(body, &w) == nil && len(w.URL) > 30 && strings.Contains(decodeFault(err), w.URL) {
				t.Errorf("%q is quoted in %q", w.URL, decodeFault(err))
			}
			return
		}
		wantShowable(t, u.State, maxCode)
		wantShowable(t, u.Description, MaxText)
		err := u.Err()
		switch {
		case u.State == "":
			t.Error("there is no state")
		case u.Failed() != (u.State != omSuccess), err == nil != (!u.Failed() && u.LoginURL != ""):
			t.Errorf("%+v is %v", u, err)
		}
		if len(u.LoginURL) > 8 && strings.Contains(u.Description, u.LoginURL) {
			t.Errorf("the description %q holds the URL", u.Description)
		}
	})
}

// FuzzURL: what is parsed back from the wire is what was meant, segment by segment and value by value.
func FuzzURL(f *testing.F) {
	f.Add("7a9a9540-ff28-4869-b9e4-855fbe120000", `CORP\adm in+1&x=y@é`, "192.168.0.7")
	f.Add("a%2Fb;c", "#", "?")
	f.Add("...", "=&=", "%zz")
	f.Fuzz(func(t *testing.T, id, account, address string) {
		for _, base := range []string{"https://cbh.example", "http://127.0.0.1:1/base%20path/x"} {
			endpoint, err := ParseEndpoint(base)
			if err != nil {
				t.Fatal(err)
			}
			r := &request{segments: []string{"v2", id, "cbs"}, query: url.Values{"host_account_name": {account}, "ip_address": {address}}}
			if CheckID(id) != nil {
				continue
			}
			u := r.url(endpoint)
			back, err := url.Parse(u.String())
			if err != nil {
				t.Fatalf("%s: %v", u, err)
			}
			segments := strings.Split(strings.TrimPrefix(back.EscapedPath(), endpoint.EscapedPath()), "/")
			got, err := url.PathUnescape(segments[2])
			if err != nil || got != id || len(segments) != 4 || segments[1] != "v2" || segments[3] != "cbs" {
				t.Errorf("the ID %q is %q in %s (%v)", id, got, u, err)
			}
			if q := back.Query(); back.Host != endpoint.Host || len(q) != 2 || q.Get("host_account_name") != account || q.Get("ip_address") != address {
				t.Errorf("the query of %s is %v", u, q)
			}
			if u.RequestURI() != back.RequestURI() || strings.ContainsAny(u.RequestURI(), "+ #\r\n") {
				t.Errorf("%s is asked for as %q", u, u.RequestURI())
			}
		}
	})
}

// FuzzID: what may stand in a path can not change it.
func FuzzID(f *testing.F) {
	for _, id := range []string{"7a9a9540-ff28-4869-b9e4-855fbe12xxxx", ".", "..", "a/b", "a\tb", "\u00a0", "é", strings.Repeat("x", 256), "\xff"} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		if CheckID(id) == nil {
			if id == "" || id == "." || id == ".." || !utf8.ValidString(id) || utf8.RuneCountInString(id) > 255 || strings.ContainsAny(id, "/ \t\r\n\x00") {
				t.Errorf("%q was let through", id)
			}
			wantShowable(t, id, 4*255)
		}
		if CheckQueryValue(id) == nil && (id == "" || utf8.RuneCountInString(id) > 64 || strings.ContainsFunc(id, unicode.IsControl)) {
			t.Errorf("%q was let through as a query value", id)
		}
	})
}

// FuzzEndpoint: an endpoint that is taken leads to the host that it names, over TLS or to this machine, and nowhere else.
func FuzzEndpoint(f *testing.F) {
	for _, s := range []string{"https://sms.cn-north-4.myhuaweicloud.com/", "iam.example/v3", "http://127.0.0.1:1", "http://[::1%25lo]", "https://a@b", "//h", "https://h/%2F"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, parse := range []func(string) (*url.URL, error){ParseEndpoint, ParseAuthURL} {
			u, err := parse(s)
			if err != nil {
				if strings.Contains(s, "@") && len(s) > 20 && strings.Contains(err.Error(), s) {
					t.Errorf("%q is quoted: %v", s, err)
				}
				continue
			}
			addr, notIP := netip.ParseAddr(u.Hostname())
			local := u.Hostname() == "localhost" || notIP == nil && addr.IsLoopback()
			if u.Scheme != "https" && (u.Scheme != "http" || !local) || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
				t.Errorf("%q was taken as %#v", s, u)
			}
			again, err := parse(u.String())
			if err != nil || again.String() != u.String() || again.Host != u.Host || again.Path != u.Path {
				t.Errorf("%q is %s, and that is %v (%v)", s, u, again, err)
			}
			asked := (&request{segments: []string{"v3", "tasks"}}).url(u)
			if back, err := url.Parse(asked.String()); err != nil || back.Host != u.Host || !strings.HasSuffix(back.EscapedPath(), "/v3/tasks") {
				t.Errorf("%q is asked as %s (%v)", s, asked, err)
			}
		}
	})
}
