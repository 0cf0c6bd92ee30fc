// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// refusedClient asks the emulator as its default user, unless changed.
func refusedClient(t *testing.T, s *emulator.Server, change func(*client.Config)) *client.Client {
	t.Helper()
	endpoints := map[string]string{}
	for _, key := range client.EndpointKeys {
		endpoints[key] = s.URL()
	}
	cfg := client.Config{
		Region: emulator.DefaultRegion, ProjectID: emulator.DefaultProjectID, Endpoints: endpoints, ExplainDenials: true,
		SignIn: client.Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, Way: "access key (HW_ACCESS_KEY)"},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// unlockForced sends one request, the unlock.
func unlockForced(c *client.Client) error {
	_, err := c.Unlock(context.Background(), client.UnlockRequest{TaskID: emulator.TaskID("MIGRATE_FAIL"), Force: true, Method: client.MethodSMS})
	return err
}

var (
	loopbackHost = regexp.MustCompile(`127\.0\.0\.1:\d+`)
	requestIDs   = regexp.MustCompile(`\b0{20,}[0-9a-f]+\b`)
	encodedText  = regexp.MustCompile(`[A-Za-z0-9+/]{60,}=*`)
)

// told is what the user reads of an error, with HOST, REQUEST and ENCODED in place of what differs each time.
func told(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		t.Fatal("it succeeded")
	}
	var diags diag.Diagnostics
	report(&diags, err, timeoutCreate)
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, not one", len(diags))
	}
	s := diags[0].Summary() + "\n\n" + diags[0].Detail()
	s = loopbackHost.ReplaceAllString(s, "HOST")
	s = requestIDs.ReplaceAllString(s, "REQUEST")
	return encodedText.ReplaceAllString(s, "ENCODED")
}

func wantTold(t *testing.T, err error, want string) {
	t.Helper()
	if got := told(t, err); got != strings.TrimSpace(want) {
		t.Errorf("the user reads\n%s\n\nnot\n%s", got, want)
	}
}

// TestThree404s: not published here, no such task at this site, and no such host have one status at most in common.
func TestThree404s(t *testing.T) {
	s := startEmulator(t)
	s.SetUnlockPublished(false)
	wantTold(t, unlockForced(refusedClient(t, s, nil)), `
SMS does not publish the unlock call

SMS answered: The API does not exist or has not been published in the environment. The API gateway publishes no such operation there. The vendor has withdrawn the call from its SDK and its catalogue of APIs, so this is to be expected.

  Code:        APIGW.0101
  HTTP status: 404 Not Found
  Request ID:  REQUEST
  Asked:       HOST/v3/tasks/{task_id}/unlock
  As:          EMUL****Y001, by access key (HW_ACCESS_KEY)
  Project:     0123456789abcdef0123456789abcdef
  Permission:  sms:server:unlock

What to do: Set method = "ecs", which lifts the server's own lock through ECS and takes the permissions sms:server:getTask and ecs:servers:unlock, or method = "auto", which does so only where SMS does not publish the call. By hand: in the SMS console, the More menu of the server unlocks its target while the server's record exists.`)

	proxied(t, s)
	task := s.AddTask(emulator.Task{ID: "other-site", State: "MIGRATE_FAIL", Site: emulator.InternationalRegion})
	atHome := refusedClient(t, s, func(cfg *client.Config) { cfg.Endpoints, cfg.CACertPEM = nil, []byte(s.CACertPEM()) })
	_, err := atHome.Task(t.Context(), task)
	wantTold(t, err, `
Unable to read the migration task

SMS answered: The task does not exist. SMS knows no such migration task.

  Code:        SMS.7703
  HTTP status: 404 Not Found
  Request ID:  REQUEST
  Asked:       sms.cn-north-4.myhuaweicloud.com/v3/tasks/{task_id}
  As:          EMUL****Y001, by access key (HW_ACCESS_KEY)
  Project:     0123456789abcdef0123456789abcdef
  Permission:  sms:server:getTask

What to do: Check task_id other-site. sms.cn-north-4.myhuaweicloud.com was asked, and SMS keeps the tasks of each site apart. If the task belongs to the other site, ask sms.ap-southeast-3.myhuaweicloud.com: set the provider's argument sms_region to "ap-southeast-3".`)

	nowhere := refusedClient(t, s, func(cfg *client.Config) {
		cfg.Endpoints, cfg.CACertPEM, cfg.MaxRetries = map[string]string{"sms": "https://sms.nowhere.example"}, []byte(s.CACertPEM()), 0
	})
	_, err = nowhere.Task(t.Context(), task)
	wantTold(t, err, `
Unable to read the migration task

The proxy did not lead to sms.nowhere.example: the proxy HOST answered 502 Bad Gateway.

  Asked:       sms.nowhere.example/v3/tasks/{task_id}
  As:          EMUL****Y001, by access key (HW_ACCESS_KEY)
  Project:     0123456789abcdef0123456789abcdef
  Permission:  sms:server:getTask

What to do: Check HTTPS_PROXY and NO_PROXY: does the proxy run, and may it reach the host?`)
}

// TestWrongClock: both times are told, for keys; a token does not depend on the clock.
func TestWrongClock(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	s := startEmulator(t, emulator.WithClock(func() time.Time { return noon }))
	late := func(cfg *client.Config) { cfg.Now = func() time.Time { return noon.Add(-16 * time.Minute) } }
	wantTold(t, unlockForced(refusedClient(t, s, late)), `
Unable to unlock the target server through SMS

SMS answered: Incorrect IAM authentication information: the signature has expired. The authentication was not accepted, or the signature is expired.

  Code:        APIGW.0303
  HTTP status: 401 Unauthorized
  Request ID:  REQUEST
  Asked:       HOST/v3/tasks/{task_id}/unlock
  As:          EMUL****Y001, by access key (HW_ACCESS_KEY)
  Project:     0123456789abcdef0123456789abcdef
  Permission:  sms:server:unlock

What to do: Set this machine's clock. It says 2026-01-02T11:44:00Z, the service says 2026-01-02T12:00:00Z, and signatures are refused beyond 15 minutes of difference.`)

	err := unlockForced(refusedClient(t, s, func(cfg *client.Config) {
		late(cfg)
		cfg.SignIn = client.Token{Value: "expired", Way: "token (HW_AUTH_TOKEN)"}
	}))
	if got := told(t, err); strings.Contains(got, "clock") || !strings.Contains(got, "What to do: Sign in again") {
		t.Errorf("with a token the user reads\n%s", got)
	}
	nearly := func(cfg *client.Config) { cfg.Now = func() time.Time { return noon.Add(-14 * time.Minute) } }
	if err := unlockForced(refusedClient(t, s, nearly)); err != nil {
		t.Errorf("14 minutes are refused: %v", err)
	}
}

// TestDenialExplained: the reason is told, and nothing of the user's profile.
func TestDenialExplained(t *testing.T) {
	s := startEmulator(t)
	s.Deny(emulator.DefaultAccessKey, emulator.OpUnlockTask)
	err := unlockForced(refusedClient(t, s, nil))
	wantTold(t, err, `
Unable to unlock the target server through SMS

SMS answered: The current account does not have the permission to execute policy. You do not have permission to perform action sms:server:unlock on resource sms::d0a10000000000000000000000000001:*. The identity may not do this with this resource.

  Code:        SMS.9004
  HTTP status: 403 Forbidden
  Request ID:  REQUEST
  Asked:       HOST/v3/tasks/{task_id}/unlock
  As:          EMUL****Y001, by access key (HW_ACCESS_KEY)
  Project:     0123456789abcdef0123456789abcdef
  Permission:  sms:server:unlock
  Reason:      implicit deny by identity-based policy
  Action:      sms:server:unlock
  Resource:    sms::d0a10000000000000000000000000001:*

What to do: Grant the identity named above the permission, in an identity policy or a role, and run again.`)
	if strings.Contains(told(t, err), emulator.UserProfileCanary) {
		t.Error("the user's profile is told")
	}
}

// TestDenialNotExplained: where STS does not say why, the encoded text is shown with the call that decodes it, unless it is none.
func TestDenialNotExplained(t *testing.T) {
	token := func(s *emulator.Server, cfg *client.Config) {
		cfg.SignIn = client.Token{Value: s.NewToken(emulator.DefaultProjectID), Way: "token (HW_AUTH_TOKEN)"}
	}
	const call = "Decode it with POST /v5/decode-authorization-message of STS (permission sts::decodeAuthorizationMessage): ENCODED"
	long := strings.Repeat("QUJD", 1000)
	for name, c := range map[string]struct {
		denial emulator.Denial
		set    func(*emulator.Server, *client.Config)
		asked  int
		reason string
	}{
		"a token":        {set: token, reason: "not decoded: STS takes an access key only, and this provider acted with a token. " + call},
		"switched off":   {set: func(_ *emulator.Server, cfg *client.Config) { cfg.ExplainDenials = false }, reason: "not decoded: explain_denials is false. " + call},
		"just too long":  {denial: emulator.Denial{EncodedSize: 10241}, reason: "not decoded: the message is longer than STS decodes. " + call},
		"just decodable": {denial: emulator.Denial{EncodedSize: 10240}, asked: 1, reason: "implicit deny by identity-based policy\n"},
		"the longest":    {denial: emulator.Denial{EncodedSize: 64 << 10}, reason: "not decoded: the message is longer than STS decodes. " + call},
		"beyond that":    {denial: emulator.Denial{EncodedSize: 64<<10 + 1}},
		"no message":     {denial: emulator.Denial{NoMessage: true}},
		"no reason":      {denial: emulator.Denial{Decoded: `{"context":{"user_profile":{"failure":"canary"}}}`}, asked: 1, reason: "not decoded: STS decoded it, but it names no reason. " + call},
		"no JSON":        {denial: emulator.Denial{Decoded: `canary`}, asked: 1, reason: "not decoded: STS decoded it to something that this provider can not read. " + call},
		"STS refuses": {set: func(s *emulator.Server, _ *client.Config) { s.Deny("", emulator.OpDecode) }, asked: 1,
			reason: "not decoded: STS refused to decode it: decode the reason of the refusal (HOST): HTTP 403, STS5.1002, You do not have permission"},
		"STS is not there": {set: func(_ *emulator.Server, cfg *client.Config) { cfg.Endpoints["sts"] = "http://127.0.0.1:1" },
			reason: "not decoded: STS could not be asked: dial tcp HOST: connect: connection refused. " + call},
		"STS is out of order": {set: func(s *emulator.Server, _ *client.Config) {
			s.InjectFault(emulator.OpDecode, emulator.Fault{Status: 503}, -1)
		},
			asked: 1, reason: "not decoded: STS refused to decode it: decode the reason of the refusal (HOST): HTTP 503"},
		"hostile words": {denial: emulator.Denial{Failure: "\x1b[31mred\u202e\n\n  Code: canary " + long}, asked: 1, reason: "red  "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startEmulator(t)
			c.denial.Op = emulator.OpUnlockTask
			s.DenyWith(c.denial)
			err := unlockForced(refusedClient(t, s, func(cfg *client.Config) {
				cfg.MaxRetries = 5
				if c.set != nil {
					c.set(s, cfg)
				}
			}))
			got := told(t, err)
			_, reason, found := strings.Cut(got, "  Reason:      ")
			if found != (c.reason != "") || !strings.HasPrefix(reason, c.reason) {
				t.Errorf("the user reads\n%s\n\nnot the reason %q", got, c.reason)
			}
			if n := s.Count(emulator.OpDecode); n != c.asked {
				t.Errorf("STS was asked %d times, not %d", n, c.asked)
			}
			if name != "hostile words" && strings.Contains(got, "canary") || strings.Contains(got, "\n  Code: canary") {
				t.Errorf("the user reads\n%s", got)
			}
			if !strings.HasSuffix(got, "What to do: Grant the identity named above the permission, in an identity policy or a role, and run again.") {
				t.Errorf("the user reads\n%s", got)
			}
		})
	}
}

// TestSlowSTS: STS has five seconds, and one try.
func TestSlowSTS(t *testing.T) {
	t.Parallel()
	s := startEmulator(t)
	s.Deny("", emulator.OpUnlockTask)
	s.InjectFault(emulator.OpDecode, emulator.Fault{Delay: time.Hour}, -1)
	began := time.Now()
	got := told(t, unlockForced(refusedClient(t, s, func(cfg *client.Config) { cfg.MaxRetries = 5 })))
	if took := time.Since(began); took < 4*time.Second || took > 30*time.Second || s.Count(emulator.OpDecode) != 1 {
		t.Errorf("it took %s and %d questions", took, s.Count(emulator.OpDecode))
	}
	if !strings.Contains(got, "not decoded: STS could not be asked: decode the reason of the refusal (HOST): deadline passed") {
		t.Errorf("the user reads\n%s", got)
	}
}

// TestOneQuestion: STS is asked once for each distinct message, however many operations are refused with it, and however it answers.
func TestOneQuestion(t *testing.T) {
	s := startEmulator(t)
	s.InjectFault(emulator.OpUnlockTask, emulator.Fault{
		Status: http.StatusForbidden, Body: `{"error_code":"SMS.9004","error_msg":"no","encoded_authorization_message":"U0FNRQ=="}`,
	}, 50)
	c := refusedClient(t, s, nil)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if got := told(t, unlockForced(c)); !strings.Contains(got, "not decoded: STS refused to decode it") {
				t.Errorf("the user reads\n%s", got)
			}
		})
	}
	wg.Wait()
	if n := s.Count(emulator.OpDecode); n != 1 {
		t.Errorf("STS was asked %d times for one message", n)
	}
	s.Deny("", emulator.OpUnlockTask) // with a message of its own each time
	for range 3 {
		_ = told(t, unlockForced(c))
	}
	if n := s.Count(emulator.OpDecode); n != 4 {
		t.Errorf("STS was asked %d times for four messages", n)
	}
}

// TestDeniedOnTheWay: a refusal that comes before the operation itself is explained as well, with the credentials that were refused.
func TestDeniedOnTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		op, want string
		change   func(*client.Config)
	}{
		"the look-up of the project": {emulator.OpListProjects, "Unable to look up the project", func(cfg *client.Config) { cfg.ProjectID = "" }},
		"the agency": {emulator.OpAssumeRoleV5, "Unable to assume the agency", func(cfg *client.Config) {
			cfg.SignIn = client.AssumeRole{
				Source: client.NewSession(cfg.SignIn), AgencyName: emulator.DefaultAgencyName, DomainID: emulator.DefaultDomainID, Way: "assume_role",
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := startEmulator(t)
			s.Deny("", c.op)
			got := told(t, unlockForced(refusedClient(t, s, c.change)))
			if !strings.HasPrefix(got, c.want) || !strings.Contains(got, "  Reason:      implicit deny by identity-based policy\n") {
				t.Errorf("the user reads\n%s", got)
			}
			if n, asked := s.Count(c.op), s.Count(emulator.OpDecode); n != 1 || asked != 1 {
				t.Errorf("%d requests were refused, and STS was asked %d times", n, asked)
			}
		})
	}
}

// TestServiceWords: what a service chooses to say is bounded as a whole, stays on its line, and is not interpreted.
func TestServiceWords(t *testing.T) {
	s := startEmulator(t)
	words := "\x1b[2J\x1b]0;title\x07\u202egnp.exe\r\n  Code:        FORGED\n%s%!d(int=1) [red] ${path.module} <b>"
	var details []string
	for i := range 30 {
		details = append(details, fmt.Sprintf(`{"error_code":%q,"error_msg":%q}`, strings.Repeat("C", 1000), fmt.Sprint(i, strings.Repeat("D", 9000))))
	}
	body := fmt.Sprintf(`{"error_code":"SMS.2035","error_msg":%s,"error_param":[%s],"details":[%s]}`, quoteJSON(words), quoteJSON(words), strings.Join(details, ","))
	s.InjectFault(emulator.OpUnlockTask, emulator.Fault{Status: http.StatusBadRequest, Body: body}, 1)
	got := told(t, unlockForced(refusedClient(t, s, nil)))
	if !strings.Contains(got, "SMS answered: gnp.exe    Code:        FORGED %s%!d(int=1) [red] ${path.module} <b>. A parameter is invalid.\n") {
		t.Errorf("the user reads\n%s", got)
	}
	if strings.Count(got, "\n  Code:") != 1 || strings.Contains(got, "\n  Code:        FORGED") {
		t.Errorf("a line is forged in\n%s", got)
	}
	if len(got) > client.MaxText+2<<10 {
		t.Errorf("the user reads %d bytes", len(got))
	}
	checkShown(t, got)
}

func quoteJSON(s string) string {
	return `"` + strings.NewReplacer("\x1b", `\u001b`, "\x07", `\u0007`, "\r", `\r`, "\n", `\n`, `"`, `\"`).Replace(s) + `"`
}
