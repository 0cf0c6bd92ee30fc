// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"
)

// A bare loop over net/http that does the same requests unsigned is what the client's own cost is measured against:
//
//	go test -run '^$' -bench . -benchmem ./internal/client
//
// Allocations include those of the server, which runs in the same process; it is the same server for both.

const benchTask = "7a9a9540-ff28-4869-b9e4-855fbe120004"

// benchServer answers each request with {}.
func benchServer(tb testing.TB, tls bool) *httptest.Server {
	tb.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})
	start := httptest.NewServer
	if tls {
		start = httptest.NewTLSServer
	}
	s := start(handler)
	tb.Cleanup(s.Close)
	return s
}

func benchCA(s *httptest.Server) []byte {
	if s.Certificate() == nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func benchClient(tb testing.TB, s *httptest.Server) *Client {
	tb.Helper()
	c, err := New(Config{
		Region: "cn-north-4", ProjectID: "0123456789abcdef0123456789abcdef", Endpoints: map[string]string{"sms": s.URL},
		SignIn:    Keys{AccessKey: "BENCHMARKACCESSKEY01", SecretKey: "benchmarkSecretKey000000000000000000001", Way: "benchmark"},
		CACertPEM: benchCA(s), UserAgent: "terraform-provider-huaweiops/bench", MaxRetries: DefaultMaxRetries,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func benchUnlock(ctx context.Context, c *Client) error {
	_, err := c.Unlock(ctx, UnlockRequest{TaskID: benchTask, Method: MethodSMS, Force: true})
	return err
}

// bareLoop sends the same requests without a signature.
func bareLoop(tb testing.TB, s *httptest.Server) func(context.Context) error {
	tb.Helper()
	transport, err := newTransport(false, benchCA(s))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(transport.CloseIdleConnections)
	bare := &http.Client{Transport: transport, Timeout: tryTimeout}
	url := s.URL + "/v3/tasks/" + benchTask + "/unlock"
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", "terraform-provider-huaweiops/bench")
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Content-Type", "application/json")
		resp, err := bare.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return err
	}
}

func benchLoop(b *testing.B, do func(context.Context) error) {
	b.Helper()
	ctx := b.Context()
	if err := do(ctx); err != nil { // connects
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := do(ctx); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnlock(b *testing.B) {
	for _, tls := range []bool{false, true} {
		name := "HTTP"
		if tls {
			name = "TLS"
		}
		b.Run(name+"/client", func(b *testing.B) {
			c := benchClient(b, benchServer(b, tls))
			benchLoop(b, func(ctx context.Context) error { return benchUnlock(ctx, c) })
		})
		b.Run(name+"/bare", func(b *testing.B) {
			benchLoop(b, bareLoop(b, benchServer(b, tls)))
		})
	}
}

// BenchmarkOverhead does both in turn and reports the median of what the client took longer, which stays the same on a machine
// that has other work to do.
func BenchmarkOverhead(b *testing.B) {
	for name, tls := range map[string]bool{"HTTP": false, "TLS": true} {
		b.Run(name, func(b *testing.B) {
			s := benchServer(b, tls)
			c, bare := benchClient(b, s), bareLoop(b, s)
			var longer []float64
			for b.Loop() {
				began := time.Now()
				if err := bare(b.Context()); err != nil {
					b.Fatal(err)
				}
				between := time.Now()
				if err := benchUnlock(b.Context(), c); err != nil {
					b.Fatal(err)
				}
				longer = append(longer, float64(time.Since(between)-between.Sub(began)))
			}
			slices.Sort(longer)
			b.ReportMetric(longer[len(longer)/2], "overhead-ns/op")
		})
	}
}

func BenchmarkSign(b *testing.B) {
	c := benchClient(b, benchServer(b, false))
	r := &request{
		service: serviceSMS, method: http.MethodPost, segments: []string{"v3", "tasks", benchTask, "unlock"},
		projectID: c.cfg.ProjectID,
	}
	base, err := c.endpoint(r.service, r.region)
	if err != nil {
		b.Fatal(err)
	}
	cred, err := c.session.Credential(b.Context(), c, Scope{})
	if err != nil {
		b.Fatal(err)
	}
	u := r.url(base)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.authorize(make(http.Header, 8), r, u, nil, cred); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	task, err := os.ReadFile("../emulator/testdata/sms/task.json")
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, decode func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("task", func() error {
		var t Task
		return json.Unmarshal(task, &t)
	})
	omURL := []byte(`{"state":"SUCCESS","description":"","login_url":"https://203.0.113.10:443/?cbhinfo=0123456789abcdef"}`)
	run("om-url", func() error {
		var u OMURL
		return json.Unmarshal(omURL, &u)
	})
	refusal := []byte(`{"error_code":"SMS.9004","error_msg":"no permission","encoded_authorization_message":"0123456789abcdef",` +
		`"details":[{"error_code":"SMS.9004","error_msg":"no permission"}]}`)
	run("refusal", func() error {
		if parseEnvelope(refusal).Code != "SMS.9004" {
			b.Fatal("the code was not read")
		}
		return nil
	})
}

// BenchmarkNew is what configuring the provider costs each time Terraform starts it.
func BenchmarkNew(b *testing.B) {
	s := benchServer(b, false)
	b.ReportAllocs()
	for b.Loop() {
		if benchClient(b, s).cfg.Now().After(time.Unix(1<<40, 0)) {
			b.Fatal("the clock is wrong")
		}
	}
}
