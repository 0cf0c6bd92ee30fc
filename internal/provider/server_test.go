// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestServerLetsContextsGo looks for what the context of a call held after the call was answered.
func TestServerLetsContextsGo(t *testing.T) {
	server := NewServer("test", "")()
	type key struct{}
	call := func() weak.Pointer[[1 << 16]byte] {
		held := new([1 << 16]byte)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, held))
		defer cancel()
		_, err := server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: "huaweiops_sms_task_unlock", RawState: &tfprotov6.RawState{JSON: []byte(`{}`)},
		})
		if err != nil {
			t.Fatal(err)
		}
		return weak.Make(held)
	}
	held := call()
	for range 10 {
		runtime.GC()
		if held.Value() == nil {
			runtime.KeepAlive(server)
			return
		}
	}
	t.Error("the server still holds the context of a call that was answered")
	runtime.KeepAlive(server)
}

// TestServerOffersAll holds the wrapped server to what Terraform asks of it.
func TestServerOffersAll(t *testing.T) {
	if _, ok := NewServer("test", "")().(*leanServer); !ok {
		t.Error("the framework's server lacks what is wrapped")
	}
}

func TestLentContext(t *testing.T) {
	type key struct{}
	parent, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	lent := lend(parent)
	child, stop := context.WithCancel(lent)
	defer stop()
	if lent.Value(key{}) != "value" || child.Value(key{}) != "value" {
		t.Error("its values are not the parent's")
	}
	cancel()
	<-lent.Done()
	<-child.Done()
	if !errors.Is(lent.Err(), context.Canceled) || !errors.Is(child.Err(), context.Canceled) {
		t.Errorf("cancelled: %v, %v", lent.Err(), child.Err())
	}
	lent.release()
	if lent.Value(key{}) != nil || lent.Err() != nil || lent.Done() != nil {
		t.Error("it holds something after release")
	}
	if _, ok := lent.Deadline(); ok {
		t.Error("it has a deadline after release")
	}
}
