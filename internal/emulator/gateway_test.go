// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	failedTask = "/v3/tasks/" + TaskID("MIGRATE_FAIL")
	failedVM   = ServerID("MIGRATE_FAIL")
)

func TestGatewayRefuses(t *testing.T) {
	s := start(t)
	good := newAsker(s)
	s.AddAccount(Account{ID: "other-domain", Name: "other"})
	s.AddProject(Project{ID: "other-project", Name: DefaultRegion, DomainID: "other-domain"})
	access, secret, securityToken := s.NewTemporaryKey(time.Hour)
	expired, expiredSecret, expiredToken := s.NewTemporaryKey(time.Hour)
	s.ExpireKey(expired)
	token := s.NewToken(DefaultProjectID)
	for _, tc := range []struct {
		name   string
		change func(*asker)
		status int
		code   string
	}{
		{"good key", func(*asker) {}, 200, ""},
		{"nothing", func(a *asker) { a.unsigned = true }, 401, "APIGW.0301"},
		{"malformed", func(a *asker) {
			a.unsigned, a.header = true, map[string]string{"Authorization": "Bearer x"}
		}, 401, "APIGW.0301"},
		{"unknown key", func(a *asker) { a.access = "nobody" }, 401, "APIGW.0301"},
		{"wrong secret", func(a *asker) { a.secret += "x" }, 401, "APIGW.0301"},
		{"clock 14 minutes behind", func(a *asker) { a.now = ago(14 * time.Minute) }, 200, ""},
		{"clock 16 minutes behind", func(a *asker) { a.now = ago(16 * time.Minute) }, 401, "APIGW.0303"},
		{"clock 16 minutes ahead", func(a *asker) { a.now = ago(-16 * time.Minute) }, 401, "APIGW.0303"},
		{"temporary key", func(a *asker) { a.access, a.secret, a.securityToken = access, secret, securityToken }, 200, ""},
		{"temporary key without its token", func(a *asker) { a.access, a.secret = access, secret }, 401, "APIGW.0301"},
		{"temporary key with another token", func(a *asker) {
			a.access, a.secret, a.securityToken = access, secret, expiredToken
		}, 401, "APIGW.0301"},
		{"expired key", func(a *asker) {
			a.access, a.secret, a.securityToken = expired, expiredSecret, expiredToken
		}, 401, "APIGW.0301"},
		{"permanent key with a token", func(a *asker) { a.securityToken = securityToken }, 401, "APIGW.0301"},
		{"own project", func(a *asker) { a.header = map[string]string{"X-Project-Id": SecondProjectID} }, 200, ""},
		{"project of another account", func(a *asker) { a.header = map[string]string{"X-Project-Id": "other-project"} }, 403, "APIGW.0310"},
		{"own account", func(a *asker) { a.header = map[string]string{"X-Domain-Id": DefaultDomainID} }, 200, ""},
		{"another account", func(a *asker) { a.header = map[string]string{"X-Domain-Id": "other-domain"} }, 403, "APIGW.0302"},
		{"token", func(a *asker) { a.token = token }, 200, ""},
		{"unknown token", func(a *asker) { a.token = token + "x" }, 401, "APIGW.0301"},
		{"token with another project", func(a *asker) {
			a.token, a.header = token, map[string]string{"X-Project-Id": SecondProjectID}
		}, 403, "APIGW.0310"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := good.with(tc.change).get(t, failedTask)
			r.want(t, tc.status, tc.code)
			if r.header.Get("X-Request-Id") == "" || r.header.Get("Date") == "" {
				t.Errorf("headers: %v", r.header)
			}
			if tc.code != "" && r.at(t, "request_id") != r.header.Get("X-Request-Id") {
				t.Errorf("request_id: %s", r.body)
			}
		})
	}
}

func ago(d time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(-d) }
}

func TestGatewayPrefixAndClock(t *testing.T) {
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	s := start(t, WithClock(func() time.Time { return now }))
	s.SetGatewayPrefix("APIG")
	a := newAsker(s)
	r := a.get(t, failedTask)
	r.want(t, http.StatusUnauthorized, "APIG.0303")
	equal(t, "Date", r.header.Get("Date"), "Wed, 02 Jan 2030 03:04:05 GMT")
	a.with(func(a *asker) { a.now = func() time.Time { return now } }).get(t, failedTask).want(t, http.StatusOK, "")
}

func TestPathsOfNobody(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, path := range []string{"/", "/v3/task", "/v3/tasks/", "/v3/tasks/a/b", "/v3/tasks//unlock", "/v1//cloudservers/x"} {
		a.get(t, path).want(t, http.StatusNotFound, "APIGW.0101")
	}
	a.post(t, failedTask, "").want(t, http.StatusNotFound, "APIGW.0101")
	// An encoded slash stays inside its segment.
	encoded := wire{method: "GET", path: "/v3/tasks%2Fx", header: http.Header{"X-Auth-Token": {s.NewToken("")}}}
	a.do(t, encoded).want(t, http.StatusNotFound, "APIGW.0101")
}

func TestMalformedQueryIsRefused(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, q := range []string{"name=a+b", "name=%zz"} {
		w := a.sign(t, http.MethodGet, "/v3/tasks", nil, nil, "")
		w.query = q
		a.do(t, w).want(t, http.StatusBadRequest, "APIGW.0201")
	}
}

func TestBodyLimit(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	w := a.sign(t, http.MethodPost, failedTask+"/unlock", nil, nil, "")
	w.body = strings.Repeat("x", maxBody+1)
	a.do(t, w).want(t, http.StatusRequestEntityTooLarge, "APIGW.0201")
}

func TestTokensEnd(t *testing.T) {
	c := &clock{t: time.Now()}
	s := start(t, WithTokenTTL(time.Hour), WithClock(c.now))
	a := newAsker(s).with(func(a *asker) { a.token = s.NewToken("") })
	a.get(t, failedTask).want(t, http.StatusOK, "")
	c.add(time.Hour)
	a.get(t, failedTask).want(t, http.StatusUnauthorized, "APIGW.0301")
	a.token = s.NewToken("")
	a.get(t, failedTask).want(t, http.StatusOK, "")
	s.RevokeTokens()
	a.get(t, failedTask).want(t, http.StatusUnauthorized, "APIGW.0301")
}

func TestRecords(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	a.get(t, "/v3/tasks?name=a%20%26b")
	a.post(t, failedTask+"/unlock", "{}")
	a.with(func(a *asker) { a.secret = "x" }).get(t, failedTask)
	a.with(func(a *asker) { a.token = s.NewToken("") }).get(t, "/nowhere")
	reqs := s.Requests()
	if len(reqs) != 4 || s.Count("") != 4 || s.Count(OpShowTask) != 1 || len(s.Requests(OpUnlockTask, OpListTasks)) != 2 {
		t.Fatalf("recorded: %+v", reqs)
	}
	list, unlock, refused, nowhere := reqs[0], reqs[1], reqs[2], reqs[3]
	equal(t, "operation", list.Operation, OpListTasks)
	equal(t, "service", list.Service, "sms")
	equal(t, "raw query", list.RawQuery, "name=a%20%26b")
	equal(t, "query", list.Query.Get("name"), "a &b")
	equal(t, "key", list.AccessKey, DefaultAccessKey)
	equal(t, "principal", list.Principal, DefaultUserName)
	equal(t, "status", list.Status, 200)
	equal(t, "proto", list.Proto, "HTTP/1.1")
	equal(t, "body", string(unlock.Body), "{}")
	equal(t, "path", unlock.Path, failedTask+"/unlock")
	equal(t, "principal of a refused request", refused.Principal, "")
	equal(t, "code of a refused request", refused.Code, "APIGW.0301")
	equal(t, "key with a token", nowhere.AccessKey, "")
	equal(t, "operation of no path", nowhere.Operation, "")
	equal(t, "one connection", list.ConnID == nowhere.ConnID && s.Connections() == 1, true)
	s.ResetRequests()
	equal(t, "count after reset", s.Count(""), 0)
}

func TestConcurrentUnlocks(t *testing.T) {
	s := start(t)
	const n = 200
	ids := make([]string, n)
	for i := range ids {
		ids[i] = s.AddTask(Task{TargetVMID: s.AddServer(VM{Locked: true})})
	}
	a := newAsker(s)
	a.http.Transport = &http.Transport{MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32}
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			if r := a.post(t, "/v3/tasks/"+id+"/unlock", ""); r.status != http.StatusOK {
				t.Errorf("%d %s", r.status, r.body)
			}
			s.Locked(id)
			s.Requests(OpShowTask)
		})
	}
	wg.Wait()
	equal(t, "unlocks", s.Count(OpUnlockTask), n)
	if c := s.Connections(); c > 32 {
		t.Errorf("%d connections: keep-alive is off", c)
	}
}

func TestHold(t *testing.T) {
	s := start(t)
	arrived, release := s.Hold(OpShowTask)
	a := newAsker(s)
	done := make(chan reply, 1)
	go func() { done <- a.get(t, failedTask) }()
	if r := <-arrived; r.Operation != OpShowTask {
		t.Errorf("arrived: %+v", r)
	}
	a.get(t, "/v3/tasks").want(t, http.StatusOK, "")
	select {
	case r := <-done:
		t.Fatalf("the request was not held: %d", r.status)
	default:
	}
	release()
	release()
	(<-done).want(t, http.StatusOK, "")
	a.get(t, failedTask).want(t, http.StatusOK, "")
}

func TestCloseEndsWaits(t *testing.T) {
	s := Start()
	s.SetLatency(time.Hour)
	arrived, _ := s.Hold("")
	a := newAsker(s)
	done := make(chan error, 1)
	go func() {
		resp, err := a.send(t, a.sign(t, http.MethodGet, failedTask, nil, nil, ""))
		if err == nil {
			_ = resp.Body.Close()
		}
		done <- err
	}()
	<-arrived
	s.Close()
	s.Close()
	if err := <-done; err == nil {
		t.Error("a request was answered after Close")
	}
}

func TestProviderBlock(t *testing.T) {
	s := start(t)
	for _, want := range []string{"provider \"huaweiops\" {", DefaultAccessKey, "sms = \"" + s.URL() + "\"", "region "} {
		if !strings.Contains(s.ProviderBlock(), want) {
			t.Errorf("%s is not in\n%s", want, s.ProviderBlock())
		}
	}
}

func BenchmarkRequests(b *testing.B) {
	s := start(b)
	a := newAsker(s)
	a.http.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	for name, w := range map[string]wire{
		"unlock": a.sign(b, http.MethodPost, failedTask+"/unlock", nil, nil, ""),
		"task":   a.sign(b, http.MethodGet, failedTask, nil, nil, ""),
	} {
		b.Run(name, func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if r := a.do(b, w); r.status != http.StatusOK {
						b.Error(r.body)
					}
				}
			})
		})
	}
}

// BenchmarkHandler is the emulator's part alone, without a network.
func BenchmarkHandler(b *testing.B) {
	s := start(b)
	a := newAsker(s)
	w := a.sign(b, http.MethodGet, failedTask, nil, nil, "")
	for b.Loop() {
		r := httptest.NewRequestWithContext(b.Context(), w.method, w.path, nil)
		r.Header = w.header
		rec := httptest.NewRecorder()
		s.serve(rec, r, place{}, true)
		if rec.Code != http.StatusOK {
			b.Fatal(rec.Body)
		}
	}
}
