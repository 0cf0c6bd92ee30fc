// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// clockSkew signs with a clock that is an hour behind the gateway's.
func clockSkew(t *testing.T) time.Duration {
	em := emulator.Start(emulator.WithClock(func() time.Time { return time.Now().Add(time.Hour) }))
	defer em.Close()
	s := newServer(t, settings{endpoint: em.URL()})
	got, _ := s.unlock(t.Context(), nil, map[string]tftypes.Value{"task_id": str(taskID), "force": yes()})
	year := time.Now().UTC().Format("2006-")
	want := "Set this machine's clock. It says " + year
	if said := flat(got.said); !strings.Contains(said, want) || !strings.Contains(said, "the service says "+year) ||
		!strings.Contains(said, "signatures are refused beyond 15 minutes of difference.") || strings.Contains(said, "Tries:") {
		t.Errorf("the user is told %q", got.said)
	}
	if got.state != nil || em.Count(emulator.OpUnlockTask) != 1 || !em.Locked(serverID) {
		t.Errorf("the state is %v after %d requests", got.state, em.Count(emulator.OpUnlockTask))
	}
	return got.took
}

// expiringToken lets every token become invalid while a hundred of 200 unlocks are at the gateway.
func expiringToken(t *testing.T) time.Duration {
	const all = 200
	em := emulator.Start()
	defer em.Close()
	null := tftypes.NewValue(tftypes.String, nil)
	s := newServer(t, settings{endpoint: em.URL(), values: map[string]tftypes.Value{
		"access_key": null, "secret_key": null, "user_name": str(emulator.DefaultUserName), "password": str(emulator.DefaultPassword),
		"domain_name": str(emulator.DefaultDomainName),
	}})
	tasks := make([]string, all)
	servers := make([]string, all)
	for i := range tasks {
		servers[i] = em.AddServer(emulator.VM{Locked: true})
		tasks[i] = em.AddTask(emulator.Task{State: "MIGRATE_FAIL", TargetVMID: servers[i]})
	}
	arrived, release := em.Hold(emulator.OpUnlockTask)
	defer release()
	began := time.Now()
	var wg sync.WaitGroup
	for i := range tasks {
		wg.Go(func() {
			got, _ := s.unlock(t.Context(), nil, map[string]tftypes.Value{"task_id": str(tasks[i]), "force": yes()})
			if got.said != "" || got.state["id"] != tasks[i] {
				t.Errorf("unlock %d: %s, the state is %v", i, got.said, got.state)
			}
		})
	}
	for range all / 2 {
		<-arrived
	}
	em.RevokeTokens()
	release()
	wg.Wait()
	took := time.Since(began)
	sent, refused := map[string]int{}, 0
	for _, r := range em.Requests(emulator.OpUnlockTask) {
		sent[r.Path]++
		if r.Status == 401 {
			refused++
		}
	}
	for i, task := range tasks {
		if n := sent["/v3/tasks/"+task+"/unlock"]; n < 1 || n > 2 || em.Locked(servers[i]) {
			t.Errorf("unlock %d was sent %d times", i, n)
		}
	}
	if n := em.Count(emulator.OpCreateToken); refused < all/2 || n != 2 {
		t.Errorf("%d requests were refused, and %d tokens were obtained", refused, n)
	}
	return took
}

const cancelled = "The operation was cancelled before it was finished."

// interference is what people do: Ctrl-C, and worse.
func interference() []row {
	later := emulator.Fault{Status: 429, Header: map[string][]string{"Retry-After": {"45"}}}
	return []row{
		{kind: "stopped while a request is under way", tries: 1, within: time.Second, says: cancelled,
			run: stopped(emulator.OpUnlockTask, func(em *emulator.Server) { hold(em, emulator.OpUnlockTask) })},
		{kind: "stopped between two tries", tries: 1, within: time.Second, says: cancelled,
			run: stopped(emulator.OpUnlockTask, func(em *emulator.Server) { em.InjectFault(emulator.OpUnlockTask, later, forEver) })},
		{kind: "stopped while signing in", tries: 1, within: time.Second, says: cancelled,
			run: stopped(emulator.OpListProjects, func(em *emulator.Server) { hold(em, emulator.OpListProjects) })},
		{kind: "stopped while it waits for ECS to report the lock as lifted", tries: 1, within: time.Second, says: cancelled,
			run: stopped(emulator.OpShowServer, func(em *emulator.Server) {
				em.AddServer(emulator.VM{ID: serverID, Locked: true, Sticky: true})
			}), note: "the unlock was accepted, the state does not say so, and the next apply unlocks again"},
		{kind: "stopped while it waits for the bastion's trust list", tries: 1, within: time.Second, says: cancelled,
			run: stopped(emulator.OpShowOMURL, func(em *emulator.Server) {
				em.SetOMState(emulator.DefaultBastionServerID, "INS_WHITE_LIST_INITIALIZING", "", forEver)
			})},
		{kind: "Ctrl-C in terraform plan", tries: 1, within: atOnce, says: cancelled, run: interruptedPlan},
		{kind: "Ctrl-C in terraform apply, while it applies", tries: 1, within: atOnce, says: cancelled, run: interruptedApply,
			note: "nothing is stored"},
		{kind: "Ctrl-C in terraform apply, while it waits between two tries", tries: 1, within: atOnce, says: cancelled,
			run: interruptedWait, note: "nothing is stored"},
		{kind: "Ctrl-C in terraform apply, while it plans", shown: "1", within: 10 * time.Second, says: "execution halted", run: interruptedPlanning,
			note: "Terraform does not pass it on while it plans without a saved plan: the request goes on to its end or its timeout, then nothing is applied"},
		{kind: "terraform apply killed between answer and state", shown: "2", within: 20 * time.Second, run: killed,
			note: "the state does not know of the unlock; the next apply unlocks again, and then there is nothing to do"},
	}
}

// hold keeps requests of an operation waiting until the emulator is closed.
func hold(em *emulator.Server, op string) { em.Hold(op) }

// stopped makes a row that stops the provider, as Terraform does on Ctrl-C, once a request of the operation has come in.
func stopped(op string, set func(*emulator.Server)) func(*testing.T) time.Duration {
	return func(t *testing.T) time.Duration {
		em := emulator.Start()
		defer em.Close()
		set(em)
		s := newServer(t, settings{endpoint: em.URL(), values: map[string]tftypes.Value{"project_id": tftypes.NewValue(tftypes.String, nil)}})
		done := make(chan outcome, 1)
		go func() {
			if op == emulator.OpShowOMURL {
				done <- s.omURL(t.Context(), nil)
				return
			}
			got, _ := s.unlock(t.Context(), nil, map[string]tftypes.Value{"task_id": str(taskID), "force": yes(), "verify": tftypes.NewValue(tftypes.Bool, op == emulator.OpShowServer)})
			done <- got
		}()
		await(t, fmt.Sprintf("a request of %s", op), func() bool { return answered(em, op) })
		began := time.Now()
		if err := s.stop(t.Context()); err != nil {
			t.Error(err)
		}
		select {
		case got := <-done:
			took := time.Since(began)
			if !strings.Contains(got.said, "The operation was cancelled") || got.state != nil {
				t.Errorf("the user is told %q, and the state is %v", got.said, got.state)
			}
			if n := em.Count(op); n != 1 {
				t.Errorf("%d requests were sent", n)
			}
			return took
		case <-time.After(20 * time.Second):
			t.Error("it goes on")
			return 20 * time.Second
		}
	}
}

// answered says whether a request of the operation is held, or was answered a moment ago, so that the client waits.
func answered(em *emulator.Server, op string) bool {
	requests := em.Requests(op)
	return len(requests) > 0 && time.Since(requests[0].Time) > 100*time.Millisecond
}

// await waits for a condition that another goroutine or process brings about.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
	}
}
