// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// The tasks of the demonstration, by the state that they are in.
const (
	webState   = "MIGRATE_SUCCESS"
	dbState    = "SYNC_SUCCESS"
	filesState = "RUNNING"
)

// demonstrate runs every step and fails at the first that is not as told.
func demonstrate(ctx context.Context, out io.Writer, opts options) (err error) {
	s, err := setUp(ctx, out, opts)
	defer func() { err = errors.Join(err, s.close()) }()
	if err != nil {
		return err
	}
	if err := s.open(ctx, "unlock"); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{
		s.locked, s.planned, s.applied, s.idle, s.again, s.withdrawn, s.refused, s.omURL,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	s.printf("\nAll %d steps went as told.\n", s.number)
	return nil
}

// variables is the file that names the tasks to unlock.
func variables(run int, states ...string) string {
	names := map[string]string{webState: "web", dbState: "db", filesState: "files"}
	var b strings.Builder
	b.WriteString("tasks = {\n")
	for _, state := range states {
		fmt.Fprintf(&b, "  %-5s = %q # %s\n", names[state], emulator.TaskID(state), state)
	}
	fmt.Fprintf(&b, "}\nrun = %d\n", run)
	return b.String()
}

func (s *stage) locked(ctx context.Context) error {
	s.step("The server is locked",
		"The migration of \"web\" is finished, and its target server is still locked. The data source\n"+
			"huaweiops_sms_target_server asks ECS; -refresh-only only looks.")
	if err := s.set(variables(1, webState)); err != nil {
		return err
	}
	text, err := s.look(ctx)
	if err != nil {
		return err
	}
	return errors.Join(
		s.told(shows(text, "web", "true"), "the data source says that \"web\" is locked"),
		s.told(s.cloud.Locked(emulator.ServerID(webState)), "so does the stand-in's ECS"),
	)
}

func (s *stage) planned(ctx context.Context) error {
	s.sent()
	s.step("The plan", "Planning an unlock asks nothing of the services.")
	text, changes, err := s.plan(ctx)
	if err != nil {
		return err
	}
	return errors.Join(
		s.told(changes && strings.Contains(text, "1 to add, 0 to change, 0 to destroy"), "one unlock is planned"),
		s.told(len(s.sent()) == 0, "no request was sent"),
	)
}

func (s *stage) applied(ctx context.Context) error {
	s.step("The apply, and the server unlocked",
		"The provider reads the task, sees that it is not busy, and unlocks its target.")
	text, err := s.apply(ctx)
	if err != nil {
		return err
	}
	// The last two are the data source's.
	want := []string{emulator.OpListProjects, emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpShowTask, emulator.OpShowServer}
	return errors.Join(
		s.told(slices.Equal(s.sent(), want), "the project's ID was looked up once; the unlock took two requests, one of them to read the task"),
		s.told(shows(text, "web", "false"), "the data source says that \"web\" is not locked"),
		s.told(!s.cloud.Locked(emulator.ServerID(webState)), "so does the stand-in's ECS"),
	)
}

func (s *stage) idle(ctx context.Context) error {
	s.step("A second plan has nothing to do", "The unlock is done. Planning again finds no changes, and exits with 0.")
	text, changes, err := s.plan(ctx)
	if err != nil {
		return err
	}
	return errors.Join(
		s.told(!changes && strings.Contains(text, "No changes"), "no changes, exit code 0"),
		s.told(!slices.Contains(s.sent(), emulator.OpUnlockTask), "nothing was unlocked again"),
	)
}

func (s *stage) again(ctx context.Context) error {
	s.cloud.SetLocked(emulator.ServerID(webState), true)
	s.step("Unlocked again by a trigger",
		"The server got locked once more. A change of triggers unlocks it again, in place.")
	if err := s.set(variables(2, webState)); err != nil {
		return err
	}
	text, _, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if err := s.told(strings.Contains(text, "0 to add, 1 to change, 0 to destroy"), "one to change, none to destroy"); err != nil {
		return err
	}
	s.sent()
	if text, err = s.apply(ctx); err != nil {
		return err
	}
	return errors.Join(
		s.told(slices.Contains(s.sent(), emulator.OpUnlockTask), "the unlock was asked for again"),
		s.told(shows(text, "web", "false") && !s.cloud.Locked(emulator.ServerID(webState)), "\"web\" is not locked"),
	)
}

func (s *stage) withdrawn(ctx context.Context) error {
	s.cloud.SetUnlockPublished(false)
	s.step("SMS has withdrawn the call: freed through ECS",
		"From here on the stand-in's gateway does not know the unlock call any more. \"db\" is a server more.")
	if err := s.set(variables(2, webState, dbState)); err != nil {
		return err
	}
	if _, _, err := s.plan(ctx); err != nil {
		return err
	}
	s.sent()
	text, err := s.apply(ctx)
	if err != nil {
		return err
	}
	ops := s.sent()
	return errors.Join(
		s.told(strings.Contains(text, "Warning: The server was unlocked through ECS"), "a warning says which way was taken, and why"),
		s.told(slices.Contains(ops, emulator.OpUnlockTask) && slices.Contains(ops, emulator.OpServerAction), "SMS was asked first, then ECS"),
		s.told(shows(text, "db", "false") && !s.cloud.Locked(emulator.ServerID(dbState)), "\"db\" is not locked"),
	)
}

func (s *stage) refused(ctx context.Context) error {
	s.cloud.SetUnlockPublished(true)
	s.step("A running task is refused",
		"The migration of \"files\" is still copying. Its lock is there for a reason.")
	if err := s.set(variables(2, webState, dbState, filesState)); err != nil {
		return err
	}
	if _, _, err := s.plan(ctx); err != nil {
		return err
	}
	s.sent()
	text, err := s.apply(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errors.Join(
		s.told(refusedByCLI(err) && strings.Contains(text, "Error: ") && strings.Contains(text, filesState), "the apply failed, and says why"),
		s.told(!slices.Contains(s.sent(), emulator.OpUnlockTask), "the unlock was not asked for"),
		s.told(s.cloud.Locked(emulator.ServerID(filesState)), "\"files\" stays locked"),
	)
}

func (s *stage) omURL(ctx context.Context) error {
	s.step("An O&M URL, shown only as sensitive",
		"A bastion (CBH) issues a link that logs an operator in to a host. Whoever has it is in.")
	if err := s.open(ctx, "om-url"); err != nil {
		return err
	}
	err := s.set(fmt.Sprintf("bastion = %q\nhost    = %q\naccount = %q\n",
		emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount))
	if err != nil {
		return err
	}
	if _, _, err := s.plan(ctx); err != nil {
		return err
	}
	text, err := s.apply(ctx)
	if err != nil {
		return err
	}
	urls := s.cloud.LoginURLs()
	return errors.Join(
		s.told(len(urls) == 1, "the bastion issued one URL"),
		s.told(strings.Contains(text, "login_url = <sensitive>") && strings.Contains(text, `"SUCCESS"`), "Terraform shows it as <sensitive>"),
		s.told(!leaks(s.said.String(), urls), "the URL stands nowhere in what was printed"),
	)
}

// shows says whether an output that is a map has the value at the key.
func shows(text, key, value string) bool {
	return regexp.MustCompile(`(?m)^\s*"` + key + `"\s+= ` + value + `$`).MatchString(text)
}

// leaks says whether a URL, or the secret in it, is in the text.
func leaks(text string, urls []string) bool {
	return slices.ContainsFunc(urls, func(u string) bool {
		_, secret, _ := strings.Cut(u, "=")
		return strings.Contains(text, u) || secret != "" && strings.Contains(text, secret)
	})
}
