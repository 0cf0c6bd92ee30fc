// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// read sends and reads, and returns what went wrong on either.
func (a *asker) read(t testing.TB, w wire) (reply, error) {
	t.Helper()
	resp, err := a.send(t, w)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, string(body)}, err
}

func TestFaultAnswers(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, tc := range []struct {
		name  string
		fault Fault
		want  reply
		code  string
	}{
		{"status", Fault{Status: 503}, reply{status: 503}, "APIGW.0801"},
		{"throttled", Fault{Status: 429, Header: http.Header{"Retry-After": {"7"}}}, reply{status: 429, header: http.Header{"Retry-After": {"7"}}}, "APIGW.0308"},
		{"code", Fault{Status: 400, Code: "SMS.6528", Message: "m"}, reply{status: 400, body: `{"error_code":"SMS.6528","error_msg":"m"}`}, "SMS.6528"},
		{"code alone", Fault{Code: "SMS.2007"}, reply{status: 500}, "SMS.2007"},
		{"body", Fault{Body: "<html>", ContentType: "text/html", Status: 502}, reply{status: 502, body: "<html>", header: http.Header{"Content-Type": {"text/html"}}}, ""},
		{"body alone", Fault{Body: "null"}, reply{status: 200, body: "null"}, ""},
		{"no body", Fault{NoBody: true}, reply{status: 200}, ""},
		{"no content", Fault{Status: 204, NoBody: true}, reply{status: 204}, ""},
		{"content type", Fault{ContentType: "text/plain"}, reply{status: 200, header: http.Header{"Content-Type": {"text/plain"}}}, ""},
		{"redirect", Fault{RedirectTo: "https://elsewhere.example/"}, reply{status: 302, header: http.Header{"Location": {"https://elsewhere.example/"}}}, ""},
		{"permanent redirect", Fault{RedirectTo: "/x", Status: 308}, reply{status: 308, header: http.Header{"Location": {"/x"}}}, ""},
		{"headers", Fault{Header: http.Header{"X-Many": {"1", "2"}}}, reply{status: 200, header: http.Header{"X-Many": {"1", "2"}}}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s.InjectFault(OpShowTask, tc.fault, 1)
			r := a.get(t, failedTask)
			equal(t, "status", r.status, tc.want.status)
			if tc.want.body != "" || tc.fault.NoBody {
				equal(t, "body", r.body, tc.want.body)
			}
			if tc.code != "" {
				r.want(t, tc.want.status, tc.code)
			}
			for k, v := range tc.want.header {
				equal(t, k, strings.Join(r.header[k], ","), strings.Join(v, ","))
			}
			reqs := s.Requests(OpShowTask)
			equal(t, "recorded status", reqs[len(reqs)-1].Status, tc.want.status)
			equal(t, "recorded code", reqs[len(reqs)-1].Code, tc.code)
			a.get(t, failedTask).want(t, http.StatusOK, "")
		})
	}
}

func TestFaultOrderAndCount(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	s.InjectFault(OpShowTask, Fault{Status: 500}, 2)
	s.InjectFault("", Fault{Status: 502}, -1)
	s.InjectFault(OpShowTask, Fault{Status: 504}, 0)
	unsigned := a.with(func(a *asker) { a.unsigned = true })
	unsigned.get(t, failedTask).want(t, http.StatusUnauthorized, "APIGW.0301")
	for _, want := range []int{500, 500, 502, 502, 502} {
		equal(t, "task", a.get(t, failedTask).status, want)
	}
	equal(t, "projects", a.get(t, "/v3/projects").status, 502)
	s.ClearFaults()
	a.get(t, failedTask).want(t, http.StatusOK, "")
}

func TestFaultAfterTheWork(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	s.InjectFault(OpUnlockTask, Fault{Status: 504}, 1)
	a.post(t, failedTask+"/unlock", "").want(t, 504, "APIGW.0201")
	equal(t, "without Apply", s.Locked(failedVM), true)
	s.InjectFault(OpUnlockTask, Fault{Status: 504, Apply: true}, 1)
	a.post(t, failedTask+"/unlock", "").want(t, 504, "APIGW.0201")
	equal(t, "with Apply", s.Locked(failedVM), false)
	s.SetLocked(failedVM, true)
	s.InjectFault(OpUnlockTask, Fault{Drop: DropAfterRead, Apply: true}, 1)
	if _, err := a.send(t, a.sign(t, http.MethodPost, failedTask+"/unlock", nil, nil, "")); err == nil { //nolint:bodyclose // there is none
		t.Error("an answer came")
	}
	equal(t, "with Apply and a reset", s.Locked(failedVM), false)
	equal(t, "status of no answer", s.Requests(OpUnlockTask)[2].Status, 0)
}

func TestFaultDrops(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	a.http.Transport = &http.Transport{DisableKeepAlives: true} // no silent second try
	w := a.sign(t, http.MethodPost, "/v3/tasks/"+TaskID("ABORT")+"/unlock", nil, nil, "body")
	for name, tc := range map[string]struct {
		fault Fault
		reset bool
		body  bool // the record has the body
	}{
		"before": {Fault{Drop: DropBeforeRead}, true, false},
		"after":  {Fault{Drop: DropAfterRead}, true, true},
		"close":  {Fault{Drop: DropClose}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s.ResetRequests()
			s.InjectFault(OpUnlockTask, tc.fault, 1)
			_, err := a.read(t, w)
			if err == nil || errors.Is(err, syscall.ECONNRESET) != tc.reset {
				t.Errorf("%v", err)
			}
			equal(t, "body was read", len(s.Requests()[0].Body) > 0, tc.body)
		})
	}
	t.Run("mid body", func(t *testing.T) {
		s.InjectFault(OpUnlockTask, Fault{Drop: DropMidBody, Body: strings.Repeat("x", 1000)}, 1)
		if r, err := a.read(t, w); err == nil || len(r.body) > 500 {
			t.Errorf("%d bytes, %v", len(r.body), err)
		}
	})
	t.Run("half body", func(t *testing.T) {
		s.InjectFault(OpUnlockTask, Fault{HalfBody: true, Body: strings.Repeat("x", 1000)}, 1)
		if r, err := a.read(t, w); !errors.Is(err, io.ErrUnexpectedEOF) || len(r.body) != 500 {
			t.Errorf("%d bytes, %v", len(r.body), err)
		}
	})
	t.Run("too long announced", func(t *testing.T) {
		s.InjectFault(OpUnlockTask, Fault{ContentLength: 100, Body: "{}"}, 1)
		if r, err := a.read(t, w); !errors.Is(err, io.ErrUnexpectedEOF) || r.body != "{}" {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("too short announced", func(t *testing.T) {
		s.InjectFault(OpUnlockTask, Fault{ContentLength: 1, Body: "{}"}, 1)
		if r, err := a.read(t, w); err != nil || r.body != "{" {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

func TestFaultSlowness(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for name, fault := range map[string]Fault{
		"delay":   {Delay: 30 * time.Millisecond},
		"headers": {SlowHeaders: 10 * time.Millisecond, Body: "{}"},
		"body":    {SlowBody: 10 * time.Millisecond, Body: "{  }"},
		"both":    {SlowHeaders: 5 * time.Millisecond, SlowBody: 5 * time.Millisecond, Body: "{}"},
	} {
		s.InjectFault(OpShowTask, fault, 1)
		begin := time.Now()
		r := a.get(t, failedTask)
		if took := time.Since(begin); took < 30*time.Millisecond || r.status != http.StatusOK || (fault.Body != "" && r.body != fault.Body) {
			t.Errorf("%s: %s, %+v", name, took, r)
		}
	}
	s.SetLatency(30 * time.Millisecond)
	begin := time.Now()
	a.get(t, failedTask).want(t, http.StatusOK, "")
	if took := time.Since(begin); took < 30*time.Millisecond {
		t.Errorf("latency: %s", took)
	}
}

func TestDelayEndsWithTheClient(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	s.InjectFault(OpShowTask, Fault{Delay: time.Hour}, 1)
	arrived, release := s.Hold(OpShowTask)
	ctx, cancel := context.WithCancel(t.Context())
	w := a.sign(t, http.MethodGet, failedTask, nil, nil, "")
	req, err := http.NewRequestWithContext(ctx, w.method, a.base+w.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = w.header
	go func() {
		<-arrived
		release()
		cancel()
	}()
	resp, err := a.http.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	equal(t, "status", s.Requests(OpShowTask)[0].Status, 0)
}

func TestFaultGzipAndEndless(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	a.http.Transport = &http.Transport{DisableCompression: true}
	s.InjectFault(OpShowTask, Fault{Gzip: true}, 1)
	r := a.get(t, failedTask)
	equal(t, "encoding", r.header.Get("Content-Encoding"), "gzip")
	zr, err := gzip.NewReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(zr); err != nil || !bytes.Contains(plain, []byte(TaskID("MIGRATE_FAIL"))) {
		t.Errorf("%s, %v", plain, err)
	}
	for _, packed := range []bool{false, true} {
		s.InjectFault(OpShowTask, Fault{Endless: true, Gzip: packed, Body: "{}"}, 1)
		resp, err := a.send(t, a.sign(t, http.MethodGet, failedTask, nil, nil, ""))
		if err != nil {
			t.Fatal(err)
		}
		var body io.Reader = resp.Body
		if packed {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		const size = 2 << 20
		if n, err := io.Copy(io.Discard, io.LimitReader(body, size)); n != size || err != nil {
			t.Errorf("packed %v: %d bytes, %v", packed, n, err)
		}
		_ = resp.Body.Close()
	}
}
