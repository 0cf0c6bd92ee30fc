// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/clitest"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func unlockConfig(em *emulator.Server, arguments string) string {
	return em.ProviderBlock() + fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n  task_id = %q\n  force = true\n%s\n}\n", taskID, arguments)
}

func omConfig(em *emulator.Server) string {
	return em.ProviderBlock() + unlockOnly + fmt.Sprintf("data \"huaweiops_cbh_instance_om_url\" \"test\" {\n  server_id = %q\n  ip_address = %q\n  host_account_name = %q\n}\n",
		emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)
}

// unlockOnly is a resource that must not be created by an apply that was interrupted while it planned.
var unlockOnly = fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"test\" {\n  task_id = %q\n  force = true\n}\n", taskID)

// interruptWhen starts a command, sends Ctrl-C once the condition holds, and returns what was printed and how long the end took then.
func interruptWhen(t *testing.T, w *clitest.Work, condition func() bool, args ...string) (out string, code int, took time.Duration) {
	t.Helper()
	r := w.Start(args...)
	await(t, "the request", func() bool {
		select {
		case <-r.Done():
			out, _ := r.Wait()
			t.Fatalf("it ended early: %s", out)
		default:
		}
		return condition()
	})
	began := time.Now()
	interrupt(t, r)
	out, code = r.Wait()
	return out, code, time.Since(began)
}

func interrupt(t *testing.T, r *clitest.Run) {
	t.Helper()
	if err := r.Interrupt(); errors.Is(err, errors.ErrUnsupported) {
		t.Skip("this system has no SIGINT")
	} else if err != nil {
		t.Fatal(err)
	}
}

func wantCancelled(t *testing.T, out string, code int) {
	t.Helper()
	if said := clitest.Flat(out); code != 1 || !strings.Contains(said, "The operation was cancelled before it was finished.") {
		t.Errorf("it exited with %d and said %s", code, out)
	}
}

// interruptedPlan holds the request for the O&M URL at plan.
func interruptedPlan(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	hold(em, emulator.OpShowOMURL)
	w := clitest.New(t, omConfig(em))
	out, code, took := interruptWhen(t, w, func() bool { return answered(em, emulator.OpShowOMURL) }, "plan", "-no-color", "-input=false")
	wantCancelled(t, out, code)
	return took
}

var apply = []string{"apply", "-no-color", "-input=false", "-auto-approve"}

func wantNothingDone(t *testing.T, em *emulator.Server, w *clitest.Work) {
	t.Helper()
	if state := w.Read("terraform.tfstate"); strings.Contains(state, unlockType) || !em.Locked(serverID) {
		t.Errorf("the server is locked: %v, the state is %s", em.Locked(serverID), state)
	}
}

// interruptedApply holds the unlock.
func interruptedApply(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	hold(em, emulator.OpUnlockTask)
	w := clitest.New(t, unlockConfig(em, ""))
	out, code, took := interruptWhen(t, w, func() bool { return answered(em, emulator.OpUnlockTask) }, apply...)
	wantCancelled(t, out, code)
	wantNothingDone(t, em, w)
	return took
}

// interruptedWait lets the service ask for a wait of 45 seconds.
func interruptedWait(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	em.InjectFault(emulator.OpUnlockTask, emulator.Fault{Status: 503, Header: map[string][]string{"Retry-After": {"45"}}}, forEver)
	w := clitest.New(t, unlockConfig(em, ""))
	out, code, took := interruptWhen(t, w, func() bool { return answered(em, emulator.OpUnlockTask) }, apply...)
	wantCancelled(t, out, code)
	wantNothingDone(t, em, w)
	return took
}

// interruptedPlanning holds the request for the O&M URL while apply plans. Terraform passes Ctrl-C on only where it applies, so the
// request must be let go by the test.
func interruptedPlanning(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	arrived, release := em.Hold(emulator.OpShowOMURL)
	w := clitest.New(t, omConfig(em))
	r := w.Start(apply...)
	<-arrived
	began := time.Now()
	interrupt(t, r)
	select {
	case <-r.Done():
		t.Log("this CLI passes it on")
	case <-time.After(2 * time.Second):
	}
	release()
	out, code := r.Wait()
	if code == 0 || !strings.Contains(out, "execution halted") || em.Count(emulator.OpUnlockTask) != 0 {
		t.Errorf("it exited with %d and said %s", code, out)
	}
	wantNothingDone(t, em, w)
	return time.Since(began)
}

// killed ends apply while it waits for ECS to confirm an unlock that SMS has accepted already, and runs it again.
func killed(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	arrived, release := em.Hold(emulator.OpShowServer)
	w := clitest.New(t, unlockConfig(em, "  verify = true"))
	began := time.Now()
	r := w.Start(apply...)
	<-arrived
	if em.Locked(serverID) {
		t.Error("the unlock was not carried out")
	}
	if err := r.Kill(); err != nil {
		t.Fatal(err)
	}
	if out, code := r.Wait(); code == 0 {
		t.Errorf("it ended in peace: %s", out)
	}
	if state := w.Read("terraform.tfstate"); strings.Contains(state, taskID) {
		t.Errorf("the state knows of the unlock: %s", state)
	}
	release()
	w.Must(apply...)
	if state := w.Read("terraform.tfstate"); !strings.Contains(strings.ReplaceAll(state, " ", ""), `"accepted_by":"sms"`) || em.Locked(serverID) {
		t.Errorf("the server is locked: %v, the state is %s", em.Locked(serverID), state)
	}
	if out, code := w.Run("plan", "-no-color", "-input=false", "-detailed-exitcode"); code != 0 {
		t.Errorf("there is something left to do: %s", out)
	}
	if n := em.Count(emulator.OpUnlockTask); n != 2 {
		t.Errorf("the unlock was sent %d times", n)
	}
	return time.Since(began)
}
