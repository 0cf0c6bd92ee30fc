// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// emptyTemp makes a directory for temporary files that has to be empty again when the test ends. Its path is short, since the
// CLI puts sockets there.
func emptyTemp(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", dir)
	t.Cleanup(func() {
		left, err := os.ReadDir(dir)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v (%v)", left, err)
		}
		_ = os.RemoveAll(dir)
	})
}

func TestDemonstration(t *testing.T) {
	emptyTemp(t)
	var out bytes.Buffer
	if err := demonstrate(t.Context(), &out, options{}); err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	text := out.String()
	for i, heading := range []string{
		"The server is locked", "The plan", "The apply, and the server unlocked", "A second plan has nothing to do",
		"Unlocked again by a trigger", "SMS has withdrawn the call: freed through ECS", "A running task is refused",
		"An O&M URL, shown only as sensitive",
	} {
		if want := fmt.Sprintf("\n%d. %s\n===", i+1, heading); !strings.Contains(text, want) {
			t.Errorf("no heading %q", strings.TrimSpace(want))
		}
	}
	if n := strings.Count(text, "[ok]"); n != 21 {
		t.Errorf("%d checks, want 21", n)
	}
	if strings.Contains(text, "cbhinfo") || strings.Contains(text, emulator.DefaultSecretKey) {
		t.Error("a secret was printed")
	}
	if t.Failed() {
		t.Log(text)
	}
}

func TestStepNotAsTold(t *testing.T) {
	emptyTemp(t)
	err := demonstrate(t.Context(), io.Discard, options{upset: func(s *emulator.Server) {
		s.SetLocked(emulator.ServerID(webState), false)
	}})
	if !errors.Is(err, errNotAsTold) || !strings.Contains(err.Error(), "step 1") {
		t.Errorf("got %v, want a failed check in step 1", err)
	}
}

// stopAt cancels when a text is written.
type stopAt struct {
	text   string
	cancel context.CancelFunc
}

func (w stopAt) Write(p []byte) (int, error) {
	if strings.Contains(string(p), w.text) {
		w.cancel()
	}
	return len(p), nil
}

func TestInterrupted(t *testing.T) {
	for _, text := range []string{"Started a stand-in", "$ terraform apply -refresh-only"} {
		t.Run(text, func(t *testing.T) {
			emptyTemp(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if err := demonstrate(ctx, stopAt{text, cancel}, options{}); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want context.Canceled", err)
			}
		})
	}
}

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := serve(ctx, w, "127.0.0.1:0")
		_ = w.Close()
		done <- err
	}()
	var text strings.Builder
	buf := make([]byte, 4096)
	for !strings.Contains(text.String(), "terraform apply -var") {
		n, err := r.Read(buf)
		if err != nil {
			t.Fatalf("%v after\n%s", err, text.String())
		}
		text.Write(buf[:n])
	}
	for _, want := range []string{"provider \"huaweiops\" {", emulator.DefaultAccessKey, emulator.TaskID(filesState), emulator.DefaultBastionServerID} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it does not tell %q", want)
		}
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(text.String())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v3/tasks", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("an unsigned request got %d, want 401", resp.StatusCode)
	}
	cancel()
	last, _ := io.ReadAll(r)
	if err := <-done; err != nil || !strings.Contains(string(last), "Stopped after 1 requests") {
		t.Errorf("stopped with %v: %s", err, last)
	}
}

func TestServeAddressInUse(t *testing.T) {
	s := emulator.Start()
	defer s.Close()
	err := serve(t.Context(), io.Discard, strings.TrimPrefix(s.URL(), "http://"))
	if err == nil || !strings.Contains(err.Error(), "can not listen") {
		t.Errorf("got %v", err)
	}
}

func TestLeaks(t *testing.T) {
	urls := []string{"https://203.0.113.10:443/?cbhinfo=5ec2e7"}
	for text, want := range map[string]bool{
		"login_url = <sensitive>":                              false,
		"login_url = https://203.0.113.10:443/?cbhinfo=5ec2e7": true,
		"the parameter 5ec2e7 alone":                           true,
	} {
		if leaks(text, urls) != want {
			t.Errorf("leaks(%q) is not %v", text, want)
		}
	}
}

func TestTrim(t *testing.T) {
	const text = `
data.x.this: Reading...


 <= data "x" "this" {
      + locked = (known after apply)
    }

Plan: 1 to add.

─────────────────────────────────────

Saved the plan to: demo.tfplan

To perform exactly these actions, run the following command to apply:
    terraform apply "demo.tfplan"
`
	const want = `data.x.this: Reading...

 <= data "x" "this" {
      ...
    }

Plan: 1 to add.
`
	if got := trim(text); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
