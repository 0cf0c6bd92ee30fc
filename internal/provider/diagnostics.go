// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// report turns a client's error into one diagnostic. This is the one place that does. The timeout is named where time ran out.
func report(diags *diag.Diagnostics, err error, timeout timeoutName) {
	var (
		refusal     *client.Error
		unpublished *client.UnpublishedError
		busy        *client.BusyError
		target      *client.TargetError
		locked      *client.LockedError
		state       *client.OMStateError
		project     *client.ProjectError
		id          *client.IDError
		signIn      *client.SignInError
	)
	switch {
	case errors.As(err, &id):
		diags.AddAttributeError(path.Root(id.Name), "Invalid "+id.Name, sentence(err.Error()))
	case errors.As(err, &unpublished):
		diags.AddAttributeError(path.Root("method"), "SMS does not publish the unlock call", unpublishedText(unpublished.Refusal))
	case errors.Is(err, client.ErrNoCredentials):
		diags.AddError("No credentials", noCredentialsText(err))
	case errors.As(err, &signIn):
		diags.AddError("Unable to sign in", signInText(signIn))
	case errors.As(err, &refusal):
		diags.AddError("Unable to "+refusal.Operation.Name, refusalText(refusal, timeout))
	case errors.As(err, &busy):
		diags.AddError("The migration task is at work", busyText(busy))
	case errors.As(err, &target):
		diags.AddError("The target server is not known", fmt.Sprintf(
			"The answer about task %s is not enough: %s\n\nTo unlock through ECS, or to see the lock, its server, region and project are needed. With method = \"sms\" and verify = false only the task is needed.",
			target.TaskID, sentence(target.Why)))
	case errors.As(err, &locked):
		diags.AddError("The target server is still locked", lockedText(locked, timeout))
	case errors.As(err, &state):
		diags.AddError("CBH issued no O&M URL", stateText(state))
	case errors.As(err, &project):
		reportProject(diags, project)
	case errors.Is(err, client.ErrNoSMSHost):
		diags.AddAttributeError(path.Root("endpoints"), "No SMS endpoint is known", "SMS has no published host for this region and cloud. Give its URL in the provider's argument endpoints, as endpoints = { sms = \"https://...\" }.")
	case errors.Is(err, context.DeadlineExceeded):
		diags.AddError("Time is up", timeout.text())
	case errors.Is(err, context.Canceled):
		diags.AddError("Cancelled", "The operation was cancelled before it was finished. A request that the service accepted already is not undone.")
	default:
		diags.AddError("The operation failed", sentence(client.Bound(client.Clean(err.Error()), client.MaxText)))
	}
}

// refusalText says what the service answered, as whom and where it was asked, and what the reader can do.
func refusalText(e *client.Error, timeout timeoutName) string {
	var b strings.Builder
	b.WriteString(answerText(e))
	b.WriteString("\n\n" + factsText(e))
	b.WriteString("\nWhat to do: " + remedyText(e, timeout))
	return b.String()
}

func answerText(e *client.Error) string {
	advice := e.Advice()
	var parts []string
	switch {
	case e.Kind != client.Refused:
		parts = append(parts, failureText(e))
	case e.Message != "":
		parts = append(parts, e.Operation.Service+" answered: "+sentence(e.Message))
	default:
		parts = append(parts, fmt.Sprintf("%s refused without a message.", e.Operation.Service))
	}
	if advice.Meaning != "" {
		parts = append(parts, advice.Meaning)
	}
	return strings.Join(parts, " ")
}

// factsText lists what support asks for, one fact a line.
func factsText(e *client.Error) string {
	var b strings.Builder
	fact := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-12s %s\n", name+":", value)
		}
	}
	fact("Code", e.Code)
	if e.Status != 0 {
		fact("HTTP status", strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status))))
	}
	fact("Request ID", e.RequestID)
	fact("Asked", e.Host+e.Operation.Path)
	fact("As", e.As.String())
	fact("Project", e.ProjectID)
	fact("Permission", e.Operation.Permission)
	for _, d := range e.Details {
		if d.Message != "" && !strings.Contains(e.Message, d.Message) {
			fact("Detail", strings.TrimSpace(d.Code+" "+d.Message))
		}
	}
	for _, p := range e.Params {
		if !strings.Contains(e.Message, p) {
			fact("Parameter", p)
		}
	}
	if e.Tries > 1 {
		fact("Tries", fmt.Sprint(e.Tries))
	}
	denialFacts(e, fact)
	return b.String()
}

// denialFacts adds the reason of a refusal: decoded, or as it came with the call that decodes it.
func denialFacts(e *client.Error, fact func(name, value string)) {
	if e.Denial != nil && e.Denial.Unknown == "" {
		fact("Reason", e.Denial.Failure)
		fact("Action", e.Denial.Action)
		fact("Resource", e.Denial.Resource)
		return
	}
	if e.EncodedAuthorizationMessage == "" {
		return
	}
	why := "explain_denials is false"
	if e.Denial != nil {
		why = e.Denial.Unknown
	}
	fact("Reason", "not decoded: "+sentence(why)+" Decode it with POST /v5/decode-authorization-message of STS (permission sts::decodeAuthorizationMessage): "+e.EncodedAuthorizationMessage)
}

func remedyText(e *client.Error, timeout timeoutName) string {
	switch {
	case e.ClockWrong():
		return fmt.Sprintf("Set this machine's clock. It says %s, the service says %s, and signatures are refused beyond 15 minutes of difference.",
			e.Sent.UTC().Format(time.RFC3339), e.Date.UTC().Format(time.RFC3339))
	case e.NoSuchTask():
		return noSuchTaskText(e)
	case e.Unpublished() && e.Operation.Service == "SMS" && e.TaskID == "":
		return "Check endpoints.sms and sms_region: does the host serve SMS?"
	case e.Kind != client.Refused:
		return failureRemedy(e, timeout)
	}
	remedy := e.Advice().Remedy
	if remedy == "" {
		remedy = "Look the code up in the API reference of the service, and report it to this provider's authors."
	}
	return remedy
}

func noSuchTaskText(e *client.Error) string {
	text := fmt.Sprintf("Check task_id %s. %s was asked, and SMS keeps the tasks of each site apart.", e.TaskID, e.Host)
	if other := client.OtherSMSHost(e.Host); other != "" {
		return text + fmt.Sprintf(" If the task belongs to the other site, ask %s: set the provider's argument sms_region to %q.",
			other, strings.Split(other, ".")[1])
	}
	return text + " If the task belongs to another site, set endpoints.sms or sms_region."
}

func unpublishedText(e *client.Error) string {
	return answerText(e) + " The vendor has withdrawn the call from its SDK and its catalogue of APIs, so this is to be expected.\n\n" + factsText(e) +
		"\nWhat to do: Set method = \"ecs\", which lifts the server's own lock through ECS and takes the permissions sms:server:getTask and ecs:servers:unlock, " +
		"or method = \"auto\", which does so only where SMS does not publish the call. " +
		"By hand: in the SMS console, the More menu of the server unlocks its target while the server's record exists."
}

func busyText(e *client.BusyError) string {
	return fmt.Sprintf("Task %s is %s: it is moving data or being changed, and its target server is locked for that. Unlocking it now can damage the migration, so no unlock was sent.\n\n"+
		"What to do: Wait until the task has ended, failed or been paused, and run again. If you know that the task is stuck, set force = true.", e.TaskID, e.State)
}

func lockedText(e *client.LockedError, timeout timeoutName) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The unlock was accepted, but ECS still reports server %s in %s as locked.\n\n", e.Target.ServerID, e.Target.Region)
	for _, f := range []struct{ name, value string }{
		{"lockSource", e.Lock.Source}, {"lockSourceId", e.Lock.SourceID}, {"lockScene", e.Lock.Scene}, {"status", e.Lock.Status},
	} {
		if f.value != "" {
			fmt.Fprintf(&b, "  %s: %s\n", f.name, f.value)
		}
	}
	if e.Lock.Source == "" && e.Lock.Scene == "" {
		b.WriteString("  ECS does not say who set the lock.\n")
	}
	b.WriteString("\nWhat to do: If something else locked the server, lift that lock where it was set. If SMS was slow, give it more time in " + timeout.block() +
		". If the lock is a leftover, set method = \"ecs\".")
	return b.String()
}

func stateText(e *client.OMStateError) string {
	number := ""
	if e.State.Number >= 0 {
		number = fmt.Sprintf(" (%d)", e.State.Number)
	}
	text := fmt.Sprintf("CBH answered with the state %s%s: %s", e.State.Name, number, e.State.Meaning)
	if e.Description != "" {
		text += "\n\n  Description: " + e.Description
	}
	return text + "\n\nWhat to do: " + e.State.Remedy
}

func reportProject(diags *diag.Diagnostics, e *client.ProjectError) {
	if len(e.IDs) == 0 {
		diags.AddError("The project is not found", fmt.Sprintf(
			"IAM lists no project named %q for %s.\n\nWhat to do: Give the ID in the provider's argument project_id, or the right name in project_name. The default project of a region has the region's name.", e.Name, e.As))
		return
	}
	diags.AddError("The project is not unique", fmt.Sprintf(
		"IAM lists %d projects named %q for %s: %s.\n\nWhat to do: Give the ID of the right one in the provider's argument project_id.", len(e.IDs), e.Name, e.As, client.Bound(strings.Join(e.IDs, ", "), client.MaxText)))
}

// signInText says why a way to sign in could not be used, although no service refused it.
func signInText(e *client.SignInError) string {
	text := fmt.Sprintf("As %s: %s", e.As, sentence(client.Bound(client.Clean(e.Why), client.MaxText)))
	if e.Remedy != "" {
		text += "\n\nWhat to do: " + e.Remedy
	}
	return text
}

// noCredentialsText lists every way to give some.
func noCredentialsText(err error) string {
	var b strings.Builder
	b.WriteString("The provider was given no credentials, and found none. Nothing was sent to the services.\n\nWhat to do: Give one of these, as arguments of the provider or as variables:\n\n")
	for _, way := range [][2]string{
		{"access key", "access_key, secret_key (HW_ACCESS_KEY, HW_SECRET_KEY), and security_token (HW_SECURITY_TOKEN) if it is temporary"},
		{"token", "token (HW_AUTH_TOKEN)"},
		{"password", "user_name or user_id, password, and domain_name or domain_id (HW_USER_NAME, HW_USER_ID, HW_USER_PASSWORD, HW_DOMAIN_NAME, HW_DOMAIN_ID)"},
		{"shared config file", "shared_config_file, profile (HW_SHARED_CONFIG_FILE, HW_PROFILE)"},
		{"OIDC", "assume_role_with_oidc (HW_ASSUME_ROLE_IDP_ID, HW_ASSUME_ROLE_ID_TOKEN_FILE)"},
		{"ECS agency", "run on an ECS that has an agency"},
	} {
		fmt.Fprintf(&b, "  %-19s %s\n", way[0]+":", way[1])
	}
	if why, ok := strings.CutPrefix(err.Error(), client.ErrNoCredentials.Error()+": "); ok {
		b.WriteString("\nThe last resort, the ECS metadata service, failed: " + sentence(client.Bound(client.Clean(why), client.MaxText)))
	}
	return b.String()
}
