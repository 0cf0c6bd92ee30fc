// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func TestMetadata(t *testing.T) {
	for _, tt := range []struct {
		name        string
		service     emulator.Metadata
		puts, gets  int
		withSession bool
	}{
		{"session", emulator.Metadata{}, 1, 1, true},
		{"session demanded", emulator.Metadata{RequireToken: true}, 1, 1, true},
		{"PUT answers 404", emulator.Metadata{TokenStatus: http.StatusNotFound}, 1, 1, false},
		{"PUT answers 405", emulator.Metadata{TokenStatus: http.StatusMethodNotAllowed}, 1, 1, false},
		{"PUT answers 503", emulator.Metadata{TokenStatus: http.StatusServiceUnavailable}, 1, 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			em.SetMetadata(tt.service)
			t.Setenv(metadataVariable, em.URL())
			c := signedIn(t, em.URL(), now, Metadata{Way: "ECS metadata"})
			c.cfg.MaxRetries, c.http.RetryMax = 5, 5 // none of which may be used
			readTask(t, c)
			wantCounts(t, em, map[string]int{emulator.OpMetadataToken: tt.puts, emulator.OpMetadataKeys: tt.gets})
			if ttl := em.Requests(emulator.OpMetadataToken)[0].Header.Get("X-Metadata-Token-Ttl-Seconds"); ttl != "21600" {
				t.Errorf("the session's life is %q", ttl)
			}
			if got := em.Requests(emulator.OpMetadataKeys)[0].Header.Get("X-Metadata-Token") != ""; got != tt.withSession {
				t.Errorf("keys were asked for with a session: %t, want %t", got, tt.withSession)
			}
			if r := em.Requests(emulator.OpShowTask)[0]; r.Principal != "agency:emulator-agency" || r.Header.Get("X-Security-Token") == "" {
				t.Errorf("the task was read by %q", r.Principal)
			}
			cred, err := c.session.Credential(t.Context(), c, Scope{})
			if err != nil || !cred.Refresh.Equal(cred.Expires.Add(-10*time.Minute)) {
				t.Errorf("the keys expire at %s and are renewed at %s (%v)", cred.Expires, cred.Refresh, err)
			}
			if got, want := cred.As.String(), "the agency of this ECS, by ECS metadata"; got != want {
				t.Errorf("the identity is %q, want %q", got, want)
			}
		})
	}
}

// TestMetadataSessionIsRenewed meets a session that ended between the two requests.
func TestMetadataSessionIsRenewed(t *testing.T) {
	em, now := startEmulator(t)
	em.SetMetadata(emulator.Metadata{RequireToken: true})
	em.InjectFault(emulator.OpMetadataKeys, emulator.Fault{Status: http.StatusUnauthorized, Body: "Unauthorized"}, 1)
	t.Setenv(metadataVariable, em.URL())
	readTask(t, signedIn(t, em.URL(), now, Metadata{}))
	wantCounts(t, em, map[string]int{emulator.OpMetadataToken: 2, emulator.OpMetadataKeys: 2, emulator.OpShowTask: 1})
}

func TestMetadataRefused(t *testing.T) {
	const noAgency = "this ECS has no agency, so its metadata service has no keys to give"
	for _, tt := range []struct {
		name       string
		service    emulator.Metadata
		fault      emulator.Fault
		op         string
		why        string
		puts, gets int
	}{
		{"no agency, 401", emulator.Metadata{NoAgency: http.StatusUnauthorized}, emulator.Fault{}, "", noAgency, 1, 1},
		{"no agency, 404", emulator.Metadata{NoAgency: http.StatusNotFound}, emulator.Fault{}, "", noAgency, 1, 1},
		{
			"401 for ever", emulator.Metadata{}, emulator.Fault{Status: http.StatusUnauthorized, Body: "Unauthorized"}, emulator.OpMetadataKeys,
			"obtain the keys of the server's agency (HOST): HTTP 401, Unauthorized", 2, 2,
		},
		{
			"500", emulator.Metadata{}, emulator.Fault{Status: http.StatusInternalServerError, Body: "oops"}, emulator.OpMetadataKeys,
			"obtain the keys of the server's agency (HOST): HTTP 500, oops", 1, 1,
		},
		{
			"PUT 500", emulator.Metadata{}, emulator.Fault{Status: http.StatusInternalServerError, Body: "oops"}, emulator.OpMetadataToken,
			"open a session with the metadata service (HOST): HTTP 500, oops", 1, 0,
		},
		{
			"broken", emulator.Metadata{}, emulator.Fault{Drop: emulator.DropAfterRead}, emulator.OpMetadataToken,
			"the metadata service of ECS (HOST) gave no answer: connection broke", 1, 0,
		},
		{
			"no keys in the answer", emulator.Metadata{}, emulator.Fault{Status: http.StatusOK, Body: `{"credential":{"access":"A"}}`}, emulator.OpMetadataKeys,
			"obtain the keys of the server's agency (HOST): HTTP 200, the answer is not what the service documents: it holds no secret key", 1, 1,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			em.SetMetadata(tt.service)
			if tt.op != "" {
				em.InjectFault(tt.op, tt.fault, -1)
			}
			t.Setenv(metadataVariable, em.URL())
			c := signedIn(t, em.URL(), now, Metadata{LastResort: true})
			c.cfg.MaxRetries, c.http.RetryMax = 5, 5
			_, err := c.Task(t.Context(), testTask)
			var e *SignInError
			if !errors.As(err, &e) || !errors.Is(err, ErrNoCredentials) {
				t.Fatalf("got %v, want a *SignInError that is ErrNoCredentials", err)
			}
			u, _ := url.Parse(em.URL())
			got, _, _ := strings.Cut(strings.ReplaceAll(e.Why, u.Host, "HOST"), ", request ")
			if got != tt.why || e.Remedy == "" {
				t.Errorf("got %q, want %q; remedy %q", got, tt.why, e.Remedy)
			}
			wantCounts(t, em, map[string]int{emulator.OpMetadataToken: tt.puts, emulator.OpMetadataKeys: tt.gets, emulator.OpShowTask: 0})
		})
	}
}

// TestMetadataChosen is no last resort: its failure is not that there are no credentials.
func TestMetadataChosen(t *testing.T) {
	em, now := startEmulator(t)
	em.SetMetadata(emulator.Metadata{NoAgency: http.StatusUnauthorized})
	t.Setenv(metadataVariable, em.URL())
	_, err := signedIn(t, em.URL(), now, Metadata{Way: "profile"}).Task(t.Context(), testTask)
	if err == nil || errors.Is(err, ErrNoCredentials) {
		t.Errorf("got %v", err)
	}
}

// TestMetadataNobodyThere ends at once where nothing listens, and after three seconds where nothing answers.
func TestMetadataNobodyThere(t *testing.T) {
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	closed, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for _, tt := range []struct {
		name, addr, why string
		least           time.Duration
	}{
		{"closed", closed.Addr().String(), "gave no answer: no connection", 0},
		{"silent", silent.Addr().String(), "did not answer within 3s", 3 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(metadataVariable, "http://"+tt.addr)
			em, now := startEmulator(t)
			c := signedIn(t, em.URL(), now, Metadata{LastResort: true})
			began := time.Now()
			inParallel(t, 20, func() error {
				_, err := c.Task(t.Context(), testTask)
				var e *SignInError
				if !errors.As(err, &e) || !errors.Is(err, ErrNoCredentials) || e.Why != "the metadata service of ECS ("+tt.addr+") "+tt.why {
					return errors.Join(errors.New("unexpected"), err)
				}
				return nil
			})
			if took := time.Since(began); took < tt.least || took > tt.least+20*time.Second {
				t.Errorf("it took %s", took)
			}
			wantCounts(t, em, map[string]int{"": 0})
		})
	}
}

func TestMetadataURL(t *testing.T) {
	for value, want := range map[string]string{
		"":                          "http://169.254.169.254",
		"http://127.0.0.1:8080":     "http://127.0.0.1:8080",
		"http://127.0.0.1:8080/x?y": "http://127.0.0.1:8080",
		"http://localhost:1":        "http://localhost:1",
		"http://[::1]:1":            "http://[::1]:1",
		"http://169.254.1.1":        "http://169.254.1.1",
		"https://127.0.0.1":         "HW_METADATA_ENDPOINT is no http URL",
		"127.0.0.1:80":              "HW_METADATA_ENDPOINT is no http URL",
		"http://10.0.0.1":           "HW_METADATA_ENDPOINT must name a loopback or link-local address",
		"http://example.com":        "HW_METADATA_ENDPOINT must name a loopback or link-local address",
	} {
		t.Setenv(metadataVariable, value)
		u, err := metadataURL()
		got := fmt.Sprint(err)
		if err == nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

// TestMetadataWithoutProxy never leads the metadata service's answers through a proxy, wherever it was moved.
func TestMetadataWithoutProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://proxy.example:3128")
	t.Setenv("HTTPS_PROXY", "http://proxy.example:3128")
	t.Setenv("NO_PROXY", "")
	for _, tt := range []struct {
		address, moved string
		direct         bool
	}{
		{"http://169.254.169.254/openstack/latest/securitykey", "", true},
		{"http://169.254.169.254/openstack/latest/securitykey", "http://169.254.1.1:80", true},
		{"http://169.254.1.1:80/openstack/latest/securitykey", "http://169.254.1.1:80", true},
		{"http://169.254.1.1:80/openstack/latest/securitykey", "", false},
		{"https://169.254.1.1:80/", "http://169.254.1.1:80", false},
		{"https://iam.cn-north-4.myhuaweicloud.com/", "", false},
	} {
		t.Setenv(metadataVariable, tt.moved)
		u, err := url.Parse(tt.address)
		if err != nil {
			t.Fatal(err)
		}
		proxy, err := proxies()(&http.Request{URL: u})
		if err != nil || (proxy == nil) != tt.direct {
			t.Errorf("%s goes through %v, %v", tt.address, proxy, err)
		}
	}
}

func TestMetadataMisplaced(t *testing.T) {
	t.Setenv(metadataVariable, "http://example.com")
	em, now := startEmulator(t)
	_, err := signedIn(t, em.URL(), now, Metadata{LastResort: true}).Task(t.Context(), testTask)
	want := "no credentials were given, and none were found: HW_METADATA_ENDPOINT must name a loopback or link-local address"
	if err == nil || err.Error() != want || !errors.Is(err, ErrNoCredentials) {
		t.Errorf("got %v, want %q", err, want)
	}
}
