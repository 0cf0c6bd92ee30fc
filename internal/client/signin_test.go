// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Now().Truncate(time.Second)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// startEmulator starts an emulator whose clock the test moves.
func startEmulator(t *testing.T) (*emulator.Server, *clock) {
	t.Helper()
	now := newClock()
	em := emulator.Start(emulator.WithClock(now.Now))
	t.Cleanup(em.Close)
	return em, now
}

// signedIn is a client of the server at url that signs in by the way given.
func signedIn(t *testing.T, url string, now *clock, way SignIn) *Client {
	t.Helper()
	endpoints := map[string]string{}
	for _, key := range EndpointKeys {
		endpoints[key] = url
	}
	cfg := Config{Region: emulator.DefaultRegion, Endpoints: endpoints, SignIn: way}
	if now != nil {
		cfg.Now = now.Now
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var testTask = emulator.TaskID("MIGRATE_SUCCESS")

// readTask does an operation that needs the credential.
func readTask(t *testing.T, c *Client) {
	t.Helper()
	if _, err := c.Task(t.Context(), testTask); err != nil {
		t.Fatalf("reading a task: %v", err)
	}
}

// wantCounts compares how often operations were asked for.
func wantCounts(t *testing.T, em *emulator.Server, want map[string]int) {
	t.Helper()
	for op, n := range want {
		if got := em.Count(op); got != n {
			t.Errorf("%s was asked for %d times, want %d", op, got, n)
		}
	}
}

// wantRefusal returns the error's *Error after comparing its operation and status.
func wantRefusal(t *testing.T, err error, op *Operation, status int) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if e.Operation != op || e.Status != status {
		t.Errorf("got %s with HTTP %d, want %s with HTTP %d", e.Operation.Name, e.Status, op.Name, status)
	}
	if e.As == (Identity{}) {
		t.Error("the error does not say as whom the client acted")
	}
	return e
}

// wantNoSecret looks for secrets in everything that an error says.
func wantNoSecret(t *testing.T, err error, secrets ...string) {
	t.Helper()
	text := err.Error()
	var e *Error
	if errors.As(err, &e) {
		text += e.As.String() + e.Message + e.Host
	}
	var s *SignInError
	if errors.As(err, &s) {
		text += s.Why + s.Remedy + s.As.String()
	}
	var p *ProfileError
	if errors.As(err, &p) {
		text += p.Why + p.Remedy
	}
	for _, secret := range secrets {
		if secret != "" && strings.Contains(text, secret) {
			t.Errorf("the error holds the secret %q: %s", secret, text)
		}
	}
}

func defaultKeys() Keys {
	return Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, Way: "access key (test)"}
}

func defaultPassword() Password {
	return Password{
		UserName: emulator.DefaultUserName, DomainName: emulator.DefaultDomainName, Password: emulator.DefaultPassword, Way: "password (test)",
	}
}

func defaultAgency(source SignIn) AssumeRole {
	return AssumeRole{
		Source: NewSession(source), AgencyName: emulator.DefaultAgencyName, DomainName: emulator.DefaultDomainName, Way: "assume_role",
	}
}

// TestLongApply lets a run outlast every credential that expires: nothing fails, and each is obtained again before its end.
func TestLongApply(t *testing.T) {
	oidc := OIDC{IdPID: emulator.DefaultIdPID, IDToken: emulator.DefaultIDToken, Way: "OIDC"}
	v5 := defaultAgency(defaultKeys())
	v5.DomainID, v5.Duration = emulator.DefaultDomainID, 15*time.Minute
	v3 := defaultAgency(defaultKeys())
	v3.Duration = time.Hour
	for _, tt := range []struct {
		name string
		way  SignIn
		step time.Duration
		op   string
		want int
	}{
		{"token of a password", defaultPassword(), 6 * time.Hour, emulator.OpCreateToken, 11},
		{"agency by IAM", v3, 20 * time.Minute, emulator.OpAssumeRoleV3, 14},
		{"agency by STS", v5, 4 * time.Minute, emulator.OpAssumeRoleV5, 14},
		{"ID token", oidc, time.Hour, emulator.OpOIDCToken, 7},
		{"chain", AssumeRole{
			Source: NewSession(v3), AgencyName: emulator.DefaultAgencyName, DomainName: emulator.DefaultDomainName, Duration: 20 * time.Minute,
		}, 10 * time.Minute, emulator.OpAssumeRoleV3, 21 + 7},
		{"metadata", Metadata{}, 6 * time.Hour, emulator.OpMetadataKeys, 11},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			t.Setenv(metadataVariable, em.URL())
			c := signedIn(t, em.URL(), now, tt.way)
			readTask(t, c)
			for range 40 {
				now.advance(tt.step)
				readTask(t, c)
			}
			wantCounts(t, em, map[string]int{tt.op: tt.want, emulator.OpShowTask: 41, emulator.OpListProjects: c.lookups(tt.way)})
		})
	}
}

// lookups is how often the project is looked up: once with keys; a token brings its own.
func (c *Client) lookups(way SignIn) int {
	if _, ok := way.(Password); ok {
		return 0
	}
	return 1
}

// TestOneFetchForAll lets many operations start at once: one fetch serves them all.
func TestOneFetchForAll(t *testing.T) {
	for _, tt := range []struct {
		name string
		way  SignIn
		op   string
	}{
		{"password", defaultPassword(), emulator.OpCreateToken},
		{"agency", defaultAgency(defaultKeys()), emulator.OpAssumeRoleV3},
		{"ID token", OIDC{IdPID: emulator.DefaultIdPID, IDToken: emulator.DefaultIDToken}, emulator.OpTokenToKeys},
	} {
		t.Run(tt.name, func(t *testing.T) {
			em, now := startEmulator(t)
			c := signedIn(t, em.URL(), now, tt.way)
			inParallel(t, 50, func() error {
				_, err := c.Task(t.Context(), testTask)
				return err
			})
			wantCounts(t, em, map[string]int{tt.op: 1, emulator.OpShowTask: 50})
		})
	}
}

// inParallel runs f n times at once and reports each failure.
func inParallel(t *testing.T, n int, f func() error) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestRevokedTokenIsReplacedOnce revokes the token under many operations.
func TestRevokedTokenIsReplacedOnce(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, defaultPassword())
	readTask(t, c)
	em.RevokeTokens()
	arrived, release := em.Hold(emulator.OpShowTask)
	defer release()
	const n = 40
	done := make(chan struct{})
	go func() {
		defer close(done)
		inParallel(t, n, func() error {
			_, err := c.Task(t.Context(), testTask)
			return err
		})
	}()
	for range n { // all of them carry the old token
		<-arrived
	}
	release()
	<-done
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2, emulator.OpShowTask: 1 + 2*n})
}

// TestTokenIsReplacedOnlyOnce gives up when the second token is refused too.
func TestTokenIsReplacedOnlyOnce(t *testing.T) {
	em, now := startEmulator(t)
	em.InjectFault(emulator.OpShowTask, emulator.Fault{Status: http.StatusUnauthorized, Code: "APIGW.0301", Message: "no"}, -1)
	c := signedIn(t, em.URL(), now, defaultPassword())
	_, err := c.Task(t.Context(), testTask)
	_ = wantRefusal(t, err, opShowTask, http.StatusUnauthorized)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2, emulator.OpShowTask: 2})
}

// TestGivenTokenIsNotReplaced leaves a token alone that somebody else obtained.
func TestGivenTokenIsNotReplaced(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, Token{Value: em.NewToken(emulator.DefaultProjectID), Way: "token"})
	readTask(t, c)
	em.RevokeTokens()
	_, err := c.Task(t.Context(), testTask)
	_ = wantRefusal(t, err, opShowTask, http.StatusUnauthorized)
	wantCounts(t, em, map[string]int{emulator.OpShowTask: 2, emulator.OpCreateToken: 0})
}

// TestCancelledCallerHarmsNobody cancels the operation that started the fetch while others wait for it.
func TestCancelledCallerHarmsNobody(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, defaultPassword())
	arrived, release := em.Hold(emulator.OpCreateToken)
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() {
		_, err := c.Task(ctx, testTask)
		first <- err
	}()
	<-arrived
	others := make(chan struct{})
	go func() {
		defer close(others)
		inParallel(t, 10, func() error {
			_, err := c.Task(t.Context(), testTask)
			return err
		})
	}()
	cancel()
	if err := <-first; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled operation: %v, want context.Canceled", err)
	}
	release()
	<-others
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 1, emulator.OpShowTask: 10})
}

// TestOldCredentialServesWhileIAMIsDown renews in vain for a passing reason: what is held serves until it expires.
func TestOldCredentialServesWhileIAMIsDown(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, defaultPassword())
	readTask(t, c)
	em.InjectFault(emulator.OpCreateToken, emulator.Fault{Status: http.StatusServiceUnavailable}, -1)
	now.advance(24*time.Hour - 4*time.Minute)
	readTask(t, c)
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 2})
	now.advance(2 * time.Minute)
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 3})
	now.advance(2 * time.Minute)
	_, err := c.Task(t.Context(), testTask)
	_ = wantRefusal(t, err, opCreateToken, http.StatusServiceUnavailable)
	em.ClearFaults()
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpCreateToken: 5, emulator.OpShowTask: 5})
}

func TestNoCredentials(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, nil)
	if _, err := c.Task(t.Context(), testTask); !errors.Is(err, ErrNoCredentials) {
		t.Errorf("got %v, want ErrNoCredentials", err)
	}
	wantCounts(t, em, map[string]int{"": 0})
}

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2020-01-04T09:05:22.701000Z":   time.Date(2020, 1, 4, 9, 5, 22, 701e6, time.UTC),
		"2020-01-08T02:56:19Z":          time.Date(2020, 1, 8, 2, 56, 19, 0, time.UTC),
		"2020-01-08T10:56:19.587+08:00": time.Date(2020, 1, 8, 2, 56, 19, 587e6, time.UTC),
		"2020-01-08T02:56:19.587000":    time.Date(2020, 1, 8, 2, 56, 19, 587e6, time.UTC),
		"":                              now.Add(time.Hour),
		"tomorrow":                      now.Add(time.Hour),
	} {
		if got := expiry(text, now, time.Hour); !got.Equal(want) {
			t.Errorf("expiry(%q) = %s, want %s", text, got, want)
		}
	}
}

// answering is a server that gives one answer to everything, and counts.
type answering struct {
	*httptest.Server
	mu   sync.Mutex
	seen []*http.Request
}

func startAnswering(t *testing.T, h http.HandlerFunc) *answering {
	t.Helper()
	a := &answering{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.seen = append(a.seen, r)
		a.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *answering) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.seen)
}
