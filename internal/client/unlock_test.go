// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// clientFor is a client of the emulator's default account.
func clientFor(t *testing.T, em *emulator.Server, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{
		Region: emulator.DefaultRegion, MaxRetries: DefaultMaxRetries, ExplainDenials: true, UserAgent: "test",
		SignIn:    Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, Way: "access key (test)"},
		Endpoints: map[string]string{},
	}
	for _, service := range EndpointKeys {
		cfg.Endpoints[service] = em.URL()
	}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestUnlockStates: a task in each state, asked about first and forced. States that nobody knows yet can be unlocked.
func TestUnlockStates(t *testing.T) {
	for _, state := range append(emulator.TaskStates(), "STATE_OF_TOMORROW", "") {
		t.Run(state, func(t *testing.T) {
			em := emulator.Start()
			defer em.Close()
			server := em.AddServer(emulator.VM{Locked: true})
			task := em.AddTask(emulator.Task{State: "READY", TargetVMID: server})
			em.SetTaskState(task, state)
			c := clientFor(t, em)
			_, err := c.Unlock(t.Context(), UnlockRequest{TaskID: task})
			var busy *BusyError
			if refused := slices.Contains(BusyStates, state); refused != errors.As(err, &busy) || refused != em.Locked(server) || !refused && err != nil {
				t.Fatalf("refused: %v, locked: %v, error: %v", !refused, em.Locked(server), err)
			}
			if _, err := c.Unlock(t.Context(), UnlockRequest{TaskID: task, Force: true}); err != nil || em.Locked(server) {
				t.Errorf("forced: %v, locked: %v", err, em.Locked(server))
			}
		})
	}
}

// TestParallelUnlocks: however many operations run, the project is looked up once.
func TestParallelUnlocks(t *testing.T) {
	em := emulator.Start()
	defer em.Close()
	c := clientFor(t, em)
	var wg sync.WaitGroup
	for i := range 100 {
		server := em.AddServer(emulator.VM{Locked: true})
		task := em.AddTask(emulator.Task{ID: fmt.Sprintf("task-%d", i), State: "MIGRATE_FAIL", TargetVMID: server})
		wg.Go(func() {
			done, err := c.Unlock(t.Context(), UnlockRequest{TaskID: task, Verify: true})
			if err != nil || done.By != MethodSMS || done.At.IsZero() {
				t.Errorf("%s: %v %+v", task, err, done)
			}
		})
	}
	wg.Wait()
	for op, want := range map[string]int{
		emulator.OpListProjects: 1, emulator.OpShowTask: 100, emulator.OpUnlockTask: 100, emulator.OpShowServer: 100, "": 301,
	} {
		if got := em.Count(op); got != want {
			t.Errorf("%q was asked %d times, not %d", op, got, want)
		}
	}
}

// TestUnlockTargets: what a task must say for ECS to be asked.
func TestUnlockTargets(t *testing.T) {
	em := emulator.Start()
	defer em.Close()
	c := clientFor(t, em)
	for name, task := range map[string]emulator.Task{
		"no server":             {State: "MIGRATE_FAIL"},
		"a server like a path":  {State: "MIGRATE_FAIL", TargetVMID: "../../x"},
		"a region like a host":  {State: "MIGRATE_FAIL", TargetVMID: "vm", RegionID: "evil.example/"},
		"a project like a path": {State: "MIGRATE_FAIL", TargetVMID: "vm", ProjectID: ".."},
	} {
		em.ResetRequests()
		_, err := c.Unlock(t.Context(), UnlockRequest{TaskID: em.AddTask(task), Method: MethodECS})
		var target *TargetError
		if !errors.As(err, &target) {
			t.Errorf("%s: %v", name, err)
		}
		if n := em.Count(emulator.OpServerAction); n != 0 {
			t.Errorf("%s: ECS was asked %d times", name, n)
		}
	}
}

// TestUnlockInTheTargetsRegion: ECS is asked where the target lives, in its project, wherever the provider is.
func TestUnlockInTheTargetsRegion(t *testing.T) {
	em := emulator.Start()
	defer em.Close()
	server := em.AddServer(emulator.VM{Locked: true, Region: emulator.SecondRegion, ProjectID: emulator.SecondProjectID})
	task := em.AddTask(emulator.Task{State: "MIGRATE_FAIL", TargetVMID: server, RegionID: emulator.SecondRegion, ProjectID: emulator.SecondProjectID})
	t.Setenv("HTTPS_PROXY", em.ProxyURL())
	for name, way := range map[string]SignIn{
		"keys":     Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey},
		"password": Password{UserName: emulator.DefaultUserName, Password: emulator.DefaultPassword, DomainName: emulator.DefaultDomainName},
	} {
		em.SetLocked(server, true)
		em.ResetRequests()
		c := clientFor(t, em, func(cfg *Config) { cfg.Endpoints, cfg.CACertPEM, cfg.SignIn = nil, []byte(em.CACertPEM()), way })
		if _, err := c.Unlock(t.Context(), UnlockRequest{TaskID: task, Method: MethodECS, Verify: true}); err != nil || em.Locked(server) {
			t.Errorf("%s: %v, locked: %v", name, err, em.Locked(server))
		}
		for _, r := range em.Requests(emulator.OpServerAction, emulator.OpShowServer) {
			if r.Host != "ecs."+emulator.SecondRegion+".myhuaweicloud.com" {
				t.Errorf("%s: asked %s", name, r.Host)
			}
		}
	}
}

// TestBadIDs never reach the wire.
func TestBadIDs(t *testing.T) {
	em := emulator.Start()
	defer em.Close()
	c := clientFor(t, em)
	for _, id := range []string{"", ".", "..", "a/b", "a b", "a\tb", "a\x00b", "a\u2028b", string(make([]byte, 300)), "\xff"} {
		var bad *IDError
		if _, err := c.Unlock(t.Context(), UnlockRequest{TaskID: id}); !errors.As(err, &bad) {
			t.Errorf("%q: %v", id, err)
		}
		if _, err := c.Task(t.Context(), id); !errors.As(err, &bad) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if n := em.Count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
