// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package secrets

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/clitest"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestLiterals: no message quotes a line of the configuration that holds a secret, whatever is wrong with it. The CLI quotes the line
// that a message points at.
func TestLiterals(t *testing.T) {
	const (
		keys     = "access_key = \"" + canaryAccess + "\"\n  secret_key = \"" + canarySecret + "\"\n"
		password = "user_id = \"u\"\n  password = \"canary-password\"\n"
		token    = "token = \"canary-token\"\n"
		security = "security_token = \"canary-security-token\"\n"
		idToken  = "assume_role_with_oidc {\n    idp_id = \"i\"\n    id_token = \"canary-id-token\"\n"
	)
	secrets := []string{canarySecret, "canary-password", "canary-token", "canary-security-token", "canary-id-token", "canary-user"}
	for name, c := range map[string]struct {
		arguments string
		env       map[string]string
		says      string
	}{
		"a token, keys and a password": {arguments: token + keys + password, says: "Credentials are not used"},
		"keys and a password":          {arguments: keys + password, says: "Credentials are not used"},
		"an ID token and keys":         {arguments: keys + idToken + "  }\n", says: "Credentials are not used"},
		"a security token of other keys": {arguments: security, env: map[string]string{"HW_ACCESS_KEY": canaryAccess, "HW_SECRET_KEY": canarySecret},
			says: "A security token is not used"},
		"a security token alone": {arguments: security, says: "Half of the credentials is missing"},
		"a secret key alone":     {arguments: "secret_key = \"" + canarySecret + "\"\n", says: "Half of the credentials is missing"},
		"a password alone":       {arguments: "password = \"canary-password\"\n", says: "Half of the credentials is missing"},
		"an ID token alone":      {arguments: "assume_role_with_oidc {\n    id_token = \"canary-id-token\"\n  }\n", says: "Half of the credentials is missing"},
		"two ID tokens":          {arguments: idToken + "    id_token_file = \"x\"\n  }\n", says: "Two ID tokens"},
		"a token with a line break": {arguments: "token = <<-E\n    canary-token\n  E\n",
			says: "the value for the header X-Auth-Token holds a line break"},
		"a variable with a password":        {arguments: "", env: map[string]string{"HW_USER_PASSWORD": "canary-password"}, says: "Half of the credentials is missing"},
		"a region that can not be one":      {arguments: "sms_region = \"A b\"\n" + token, says: "Invalid SMS region"},
		"a file of a profile with a secret": {arguments: "shared_config_file = \"bad.json\"\n", says: "The profile can not be used"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			w := newWork(t, providerAt(s.URL(), c.arguments)+"data \"huaweiops_sms_tasks\" \"a\" {}\n", c.env)
			w.Write("bad.json", `{"current":"p","profiles":[{"name":"p","accessKeyId":"A","secretAccessKey":{"canary-password":"canary-token"}}]}`)
			out, _ := w.Run(with("plan")...)
			if !strings.Contains(clitest.Flat(out), c.says) {
				t.Errorf("it does not say %q:\n%s", c.says, out)
			}
			search(t, "what was printed", []byte(out), secrets)
			search(t, "the log", []byte(w.Read("trace.log")), secrets)
		})
	}
}

// TestRefusals: 401, 403 with a reason, and an answer that holds a URL where none belongs, each with everything logged.
func TestRefusals(t *testing.T) {
	const link = "https://203.0.113.10:443/?cbhinfo=canary-link"
	for name, c := range map[string]struct {
		set  func(*emulator.Server)
		says string
	}{
		"401": {func(s *emulator.Server) { s.ExpireKey(canaryAccess) }, "401 Unauthorized"},
		"403": {func(s *emulator.Server) { s.Deny("", emulator.OpShowOMURL) }, "implicit deny by identity-based policy"},
		"a URL in a refusal": {func(s *emulator.Server) {
			s.InjectFault(emulator.OpShowOMURL, emulator.Fault{Status: 500, Body: `{"state":"SUCCESS","login_url":"` + link + `"}`}, -1)
		}, "500 Internal Server Error"},
		"a URL in a message": {func(s *emulator.Server) {
			s.InjectFault(emulator.OpShowOMURL, emulator.Fault{Status: 400, Code: "CBH.1", Message: "can not open " + link}, -1)
		}, "can not open https://203.0.113.10:443/?****"},
		"a URL in a description": {func(s *emulator.Server) {
			s.InjectFault(emulator.OpShowOMURL, emulator.Fault{Status: 200, Body: `{"state":"UNKNOWN_ERROR","description":"` + link + `","login_url":"` + link + `"}`}, -1)
		}, "UNKNOWN_ERROR"},
		"a URL in half an answer": {func(s *emulator.Server) {
			s.InjectFault(emulator.OpShowOMURL, emulator.Fault{Status: 200, Body: `{"state":"SUCCESS","login_url":"` + link}, -1)
		}, "the answer is not what the service documents"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			way := ways(t, s)["access key"]
			c.set(s)
			w := newWork(t, providerAt(s.URL(), "")+omURL, way.env)
			out, code := w.Run(with("plan", "-out=plan.bin")...)
			if code != 1 || !strings.Contains(clitest.Flat(out), c.says) {
				t.Errorf("it exited with %d, and does not say %q:\n%s", code, c.says, out)
			}
			secrets := append(carried(s.Requests()), canarySecret, "canary-link", emulator.UserProfileCanary)
			search(t, "what was printed", []byte(out), secrets)
			searchFiles(t, w.Dir, secrets)
		})
	}
}

var pluginPID = regexp.MustCompile(`plugin started: path=\S*terraform-provider-huaweiops\S* pid=(\d+)`)

// TestCrash: what the provider leaves behind when it dies in the middle of a request holds no secret.
func TestCrash(t *testing.T) {
	t.Parallel()
	s := startEmulator(t)
	way := ways(t, s)["temporary key"]
	arrived, release := s.Hold(emulator.OpUnlockTask)
	defer release()
	w := newWork(t, providerAt(s.URL(), "")+fmt.Sprintf("resource \"huaweiops_sms_task_unlock\" \"a\" {\n  task_id = %q\n}\n", emulator.TaskID("ABORT")), way.env)
	r := w.Start(with("apply", "-auto-approve")...)
	select {
	case <-arrived:
	case <-r.Done():
		out, _ := r.Wait()
		t.Fatal(out)
	case <-time.After(time.Minute):
		t.Fatal("the request did not come")
	}
	started := pluginPID.FindAllStringSubmatch(w.Read("trace.log"), -1)
	if len(started) == 0 {
		t.Fatal("the log does not tell the provider's process")
	}
	for _, match := range started {
		pid, err := strconv.Atoi(match[1])
		if err != nil {
			t.Fatal(err)
		}
		if p, err := os.FindProcess(pid); err == nil {
			// The Go runtime answers with the stacks of all goroutines. Those that have ended already do not.
			_ = p.Signal(syscall.SIGQUIT)
		}
	}
	out, code := r.Wait()
	log := w.Read("trace.log")
	if code == 0 || !strings.Contains(out+log, "goroutine ") {
		t.Skipf("this system has no SIGQUIT: %d %s", code, out)
	}
	secrets := append(carried(s.Requests()), way.secrets...)
	search(t, "what was printed", []byte(out), secrets)
	searchFiles(t, w.Dir, secrets)
}
