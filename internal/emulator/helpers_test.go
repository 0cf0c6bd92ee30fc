// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

func start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := Start(opts...)
	t.Cleanup(s.Close)
	return s
}

// asker is a small client that signs with the official signer.
type asker struct {
	base          string
	access        string
	secret        string
	securityToken string
	token         string
	unsigned      bool
	algorithm     algorithm.SigningAlgorithm
	now           func() time.Time
	http          *http.Client
	header        map[string]string // on every request, signed
}

func newAsker(s *Server) *asker {
	return &asker{
		base: s.URL(), access: DefaultAccessKey, secret: DefaultSecretKey,
		algorithm: algorithm.HmacSHA256, now: time.Now, http: &http.Client{
			Timeout:       20 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

func (a asker) with(f func(*asker)) *asker {
	f(&a)
	return &a
}

// wire is a request as it is put on the wire.
type wire struct {
	method string
	path   string // percent-encoded
	query  string // percent-encoded
	header http.Header
	body   string
}

// sign makes a signed request of plain parts.
func (a *asker) sign(t testing.TB, method, path string, query url.Values, header map[string]string, body string) wire {
	t.Helper()
	w := wire{method: method, path: encodePath(path), query: encodeQuery(query), header: http.Header{}, body: body}
	headers := map[string]string{}
	for k, v := range a.header {
		headers[k] = v
	}
	for k, v := range header {
		headers[k] = v
	}
	if a.securityToken != "" {
		headers["X-Security-Token"] = a.securityToken
	}
	headers["X-Sdk-Date"] = a.now().UTC().Format(signer.BasicDateFormat)
	headers["Content-Type"] = "application/json"
	if a.token != "" {
		headers["X-Auth-Token"] = a.token
	} else if !a.unsigned {
		b := request.NewHttpRequestBuilder().WithMethod(method).WithEndpoint(a.base).WithPath(path)
		for k, v := range headers {
			b.AddHeaderParam(k, v)
		}
		for k, v := range query {
			b.AddQueryParam(k, reflect.ValueOf(v))
		}
		if body != "" {
			b.WithBody("body", body)
		}
		sg, err := signer.GetSigner(a.algorithm)
		if err != nil {
			t.Fatal(err)
		}
		added, err := sg.Sign(b.Build(), a.access, a.secret)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range added {
			headers[k] = v
		}
	}
	for k, v := range headers {
		w.header.Set(k, v)
	}
	return w
}

func encodePath(path string) string {
	segs := strings.Split(path, "/")
	for i := range segs {
		segs[i] = escape(segs[i])
	}
	return strings.Join(segs, "/")
}

func encodeQuery(q url.Values) string { return strings.ReplaceAll(q.Encode(), "+", "%20") }

// send puts a request on the wire byte by byte as it stands.
func (a *asker) send(t testing.TB, w wire) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), w.method, a.base, strings.NewReader(w.body))
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = w.path
	req.URL.RawQuery = w.query
	req.Header = w.header.Clone()
	if h := w.header.Get("Host"); h != "" {
		req.Host = h
	}
	return a.http.Do(req)
}

// reply is an answer, read.
type reply struct {
	status int
	header http.Header
	body   string
}

func (a *asker) do(t testing.TB, w wire) reply {
	t.Helper()
	resp, err := a.send(t, w)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(body)}
}

func (a *asker) get(t testing.TB, pathAndQuery string) reply {
	t.Helper()
	path, rawQuery, _ := strings.Cut(pathAndQuery, "?")
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		t.Fatal(err)
	}
	return a.do(t, a.sign(t, http.MethodGet, path, q, nil, ""))
}

func (a *asker) post(t testing.TB, path, body string) reply {
	t.Helper()
	return a.do(t, a.sign(t, http.MethodPost, path, nil, nil, body))
}

// at reads a member of the JSON answer: at("error", "code").
func (r reply) at(t testing.TB, path ...any) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader([]byte(r.body)))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%v in %q", err, r.body)
	}
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				t.Fatalf("no member %v in %s", p, r.body)
			}
			v = m[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("no element %v in %s", p, r.body)
			}
			v = l[p]
		}
	}
	if n, ok := v.(json.Number); ok {
		return n.String()
	}
	return v
}

// text is at for a string, list for an array.
func (r reply) text(t testing.TB, path ...any) string {
	t.Helper()
	s, ok := r.at(t, path...).(string)
	if !ok {
		t.Fatalf("%v is no string in %s", path, r.body)
	}
	return s
}

func (r reply) list(t testing.TB, path ...any) []any {
	t.Helper()
	l, ok := r.at(t, path...).([]any)
	if !ok {
		t.Fatalf("%v is no array in %s", path, r.body)
	}
	return l
}

func (r reply) want(t testing.TB, status int, code string) {
	t.Helper()
	got := ""
	if code != "" {
		for _, p := range [][]any{{"error_code"}, {"error", "code"}} {
			m, _ := r.at(t, p[0]).(map[string]any)
			if len(p) == 1 {
				got, _ = r.at(t, p[0]).(string)
			} else if m != nil {
				got, _ = r.at(t, p...).(string)
			}
			if got != "" {
				break
			}
		}
	}
	if r.status != status || got != code {
		t.Fatalf("got %d %s, want %d %s: %s", r.status, got, status, code, r.body)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// clock is a clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}
