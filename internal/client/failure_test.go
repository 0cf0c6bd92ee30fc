// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// nobody is an address at which nothing listens.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// answerDNS makes every look-up of this process meet a server that answers with the code, until the test ends.
func answerDNS(t *testing.T, code dnsmessage.RCode) {
	t.Helper()
	server, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := server.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.RCode, m.Additionals = true, code, nil
			if reply, err := m.Pack(); err == nil {
				_, _ = server.WriteTo(reply, from)
			}
		}
	}()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = server.Close()
	})
}

// proxyThat answers CONNECT with a status.
func proxyThat(t *testing.T, status int) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the proxy's canary", status)
	}))
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// oldTLS is a server that speaks no TLS newer than 1.1.
func oldTLS(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL
}

// TestKinds: each way in which no answer comes is told apart from the others, tried again where that can help, and told without a
// proxy's password.
func TestKinds(t *testing.T) {
	const far = "https://sms.cn-north-4.myhuaweicloud.com"
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	em, _ := startEmulator(t)
	_, release := em.Hold(emulator.OpShowTask)
	t.Cleanup(release)
	for name, c := range map[string]struct {
		url, proxy string
		dns        dnsmessage.RCode
		kind       Kind
		tries      int
		says       string
	}{
		"nothing listens":       {url: "http://" + nobody(t), kind: NoConnection, tries: 2, says: "connection refused"},
		"no such host":          {url: far, dns: dnsmessage.RCodeNameError, kind: NoSuchHost, tries: 1, says: "no such host"},
		"DNS fails":             {url: far, dns: dnsmessage.RCodeServerFailure, kind: NoName, tries: 2, says: "server misbehaving"},
		"unknown authority":     {url: em.TLSURL(), kind: BadCertificate, tries: 1, says: "x509: "},
		"HTTP where TLS is due": {url: "https" + strings.TrimPrefix(plain.URL, "http"), kind: BadCertificate, tries: 1, says: "HTTP response to HTTPS client"},
		"old TLS":               {url: oldTLS(t), kind: BadCertificate, tries: 1, says: "protocol version"},
		"no proxy there":        {url: far, proxy: nobody(t), kind: ProxyFailed, tries: 2, says: "proxyconnect"},
		"proxy wants a login":   {url: far, proxy: proxyThat(t, 407), kind: ProxyFailed, tries: 1, says: "answered 407 Proxy Authentication Required"},
		"proxy forbids":         {url: far, proxy: proxyThat(t, 403), kind: ProxyFailed, tries: 1, says: "answered 403 Forbidden"},
		"proxy finds no host":   {url: far, proxy: proxyThat(t, 502), kind: ProxyFailed, tries: 2, says: "answered 502 Bad Gateway"},
		"no answer":             {url: em.URL(), kind: Timeout, tries: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("HTTPS_PROXY", "")
			if c.proxy != "" {
				t.Setenv("HTTPS_PROXY", "http://user:canary@"+c.proxy)
			}
			if c.dns != 0 {
				answerDNS(t, c.dns)
			}
			client, err := New(Config{
				Region: "cn-north-4", ProjectID: "p", Endpoints: map[string]string{serviceSMS: c.url}, MaxRetries: 1,
				SignIn: Keys{AccessKey: "canary", SecretKey: "canary"}, Backoff: time.Millisecond, TryTimeout: tryTime(c.kind),
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Task(t.Context(), testTask)
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want an *Error", err)
			}
			if e.Kind != c.kind || e.Tries != c.tries || e.Status != 0 || !strings.Contains(e.Message, c.says) {
				t.Errorf("got %q after %d tries: %q; want %q after %d: %q", e.Kind, e.Tries, e.Message, c.kind, c.tries, c.says)
			}
			if strings.Contains(e.Error(), "canary") || e.Host != strings.TrimPrefix(strings.TrimPrefix(c.url, "http://"), "https://") {
				t.Errorf("the error is %s at %s", e, e.Host)
			}
		})
	}
}

// tryTime is how long a try may take: a moment where the test waits for its end, else long enough for a machine under load.
func tryTime(k Kind) time.Duration {
	if k == Timeout {
		return 50 * time.Millisecond
	}
	return 30 * time.Second
}

// TestLastAnswer: where there is no time left for another try, the last answer is told at once, not that time is up.
func TestLastAnswer(t *testing.T) {
	em, now := startEmulator(t)
	em.InjectFault(emulator.OpShowTask, emulator.Fault{Status: 503}, -1)
	c := signedIn(t, em.URL(), now, Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, Way: "access key"})
	c.cfg.ProjectID, c.cfg.MaxRetries, c.cfg.Backoff = emulator.DefaultProjectID, 5, time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	began := time.Now()
	_, err := c.Task(ctx, testTask)
	if e := wantRefusal(t, err, opShowTask, http.StatusServiceUnavailable); e.Tries != 1 {
		t.Errorf("%d tries", e.Tries)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
}

// TestSlowSignIn: the look at the task has ten seconds of its own; signing in, which the unlock needs too, does not count.
func TestSlowSignIn(t *testing.T) {
	em, now := startEmulator(t)
	em.InjectFault(emulator.OpListProjects, emulator.Fault{Delay: 300 * time.Millisecond}, 1)
	c := signedIn(t, em.URL(), now, Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey})
	c.guardTime = 100 * time.Millisecond
	if _, err := c.Unlock(t.Context(), UnlockRequest{TaskID: testTask}); err != nil {
		t.Fatal(err)
	}
	wantCounts(t, em, map[string]int{emulator.OpListProjects: 1, emulator.OpUnlockTask: 1})
}

// TestProofInAdvice: what a refusal is told to mean depends on what was refused, a token or a signature, and not on the code alone.
func TestProofInAdvice(t *testing.T) {
	sent := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		e     Error
		want  string
		clock bool
	}{
		{Error{Status: 401, Code: "APIGW.0301"}, remedySignature, true},
		{Error{Status: 401, Code: "APIGW.0301", Unsigned: true}, remedyToken, false},
		{Error{Status: 401, Code: "CBH.10020100"}, remedySignature, true},
		{Error{Status: 401, Code: "CBH.10020100", Unsigned: true}, remedyToken, false},
		{Error{Status: 401, Code: "?", Unsigned: true}, remedyToken, false},
		{Error{Status: 400, Code: "SMS.0205"}, advice["SMS.0205"].Remedy, true},
		{Error{Status: 403, Code: "IAM.0003"}, remedyPermission, false},
	} {
		c.e.Date, c.e.Sent = sent.Add(-time.Hour), sent
		if got := c.e.Advice().Remedy; got != c.want {
			t.Errorf("%d %s, unsigned %v: %q, want %q", c.e.Status, c.e.Code, c.e.Unsigned, got, c.want)
		}
		if got := c.e.ClockWrong(); got != c.clock {
			t.Errorf("%d %s, unsigned %v: the clock is wrong: %v, want %v", c.e.Status, c.e.Code, c.e.Unsigned, got, c.clock)
		}
		c.e.Date = sent.Add(14 * time.Minute)
		if c.e.ClockWrong() {
			t.Errorf("%s: a clock 14 minutes off is no matter", c.e.Code)
		}
	}
}

// TestPause: how long is waited before another try, by what the service asked for and by how much time there is.
func TestPause(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := &attempt{c: &Client{cfg: Config{Backoff: backoffMin, Now: func() time.Time { return now }}}}
	for _, c := range []struct {
		after    string
		tries    int
		left     time.Duration
		min, max time.Duration
	}{
		{"", 1, 0, 500 * time.Millisecond, 750 * time.Millisecond},
		{"", 2, 0, 750 * time.Millisecond, 1250 * time.Millisecond},
		{"", 5, 0, 4250 * time.Millisecond, 8250 * time.Millisecond},
		{"", 1000, 0, 15250 * time.Millisecond, 30250 * time.Millisecond},
		{"7", 1, 0, 7 * time.Second, 7 * time.Second},
		{"Fri, 02 Jan 2026 03:04:15 GMT", 1, 0, 10 * time.Second, 10 * time.Second},
		{"120", 1, 0, time.Minute, time.Minute},
		{"120", 1, 5 * time.Minute, time.Minute, time.Minute},
		{"600", 1, 5 * time.Minute, 600 * time.Second, 600 * time.Second},
		{"99999999999999999999", 1, 5 * time.Minute, time.Hour, 1 << 62},
		{"0", 1, 0, 500 * time.Millisecond, 750 * time.Millisecond},
		{"-99999999999999999999", 1, 0, 500 * time.Millisecond, 750 * time.Millisecond},
		{"Fri, 02 Jan 2020 03:04:15 GMT", 1, 0, 500 * time.Millisecond, 750 * time.Millisecond},
		{"soon", 1, 0, 500 * time.Millisecond, 750 * time.Millisecond},
	} {
		ctx := t.Context()
		if c.left > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, c.left)
			defer cancel()
		}
		a.tries = c.tries
		got := a.pause(ctx, &http.Response{Header: http.Header{"Retry-After": {c.after}}})
		if got < c.min || got > c.max {
			t.Errorf("Retry-After %q after %d tries: %s, want %s to %s", c.after, c.tries, got, c.min, c.max)
		}
	}
}
