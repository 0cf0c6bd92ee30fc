// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package budget

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// maxAllocations is what a signed request may allocate above the same request sent by net/http alone. The official SDK's
// signer takes 80 of them.
const maxAllocations = 130

// TestBudgetAllocations compares a forced unlock with a bare request to the same server.
func TestBudgetAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates too; make budget runs this without it")
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, "{}")
	}))
	defer s.Close()
	c, err := client.New(client.Config{
		Region: emulator.DefaultRegion, ProjectID: emulator.DefaultProjectID, Endpoints: map[string]string{"sms": s.URL},
		SignIn: client.Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	signed := least(t, func(ctx context.Context) error {
		_, err := c.Unlock(ctx, client.UnlockRequest{TaskID: emulator.TaskID(ready), Method: client.MethodSMS, Force: true})
		return err
	})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	hc := &http.Client{Transport: transport}
	bare := least(t, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/v3/tasks/"+emulator.TaskID(ready)+"/unlock", http.NoBody)
		if err != nil {
			return err
		}
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Content-Type", "application/json")
		resp, err := hc.Do(req)
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
		return err
	})
	t.Logf("signed %.0f, bare %.0f", signed, bare)
	if got := signed - bare; got > maxAllocations {
		t.Errorf("a signed request allocates %.0f times more than a bare one (%.0f and %.0f), at most %d", got, signed, bare, maxAllocations)
	}
}

// least is the least number of allocations in several runs: what else this process does only adds to it.
func least(t *testing.T, do func(context.Context) error) float64 {
	t.Helper()
	var lowest float64
	for i := range 5 {
		n := testing.AllocsPerRun(50, func() {
			if err := do(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		if i == 0 || n < lowest {
			lowest = n
		}
	}
	return lowest
}
