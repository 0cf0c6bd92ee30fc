// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// subsystem names the client's log: TF_LOG_PROVIDER_HUAWEIOPS_CLIENT sets its level apart from the rest.
const subsystem = "client"

// secretKeys are masked in every log line as a second net, by the names of arguments, of headers and of the services' answers. Nothing
// by these names is logged in the first place.
var secretKeys = []string{
	"access_key", "secret_key", "security_token", "token", "password", "id_token", "login_url",
	"secret", "securitytoken", "secret_access_key", "cbhinfo",
	"authorization", "x-auth-token", "x-security-token", "x-subject-token", "x-metadata-token",
	"Authorization", "X-Auth-Token", "X-Security-Token", "X-Subject-Token", "X-Metadata-Token",
}

// secretText is masked wherever it stands in a line: a signature, and the query of a URL, which logs in the holder of an O&M URL.
var secretText = []*regexp.Regexp{regexp.MustCompile(`Signature=[0-9A-Za-z+/=]+`), regexp.MustCompile(`https?://[^\s"?]*\?[^\s"]+`)}

// logging gives the context the client's subsystem, and its loggers the second net.
func logging(ctx context.Context) context.Context {
	ctx = tflog.NewSubsystem(ctx, subsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_HUAWEIOPS", subsystem))
	ctx = tflog.SubsystemMaskFieldValuesWithFieldKeys(ctx, subsystem, secretKeys...)
	ctx = tflog.SubsystemMaskAllFieldValuesRegexes(ctx, subsystem, secretText...)
	ctx = tflog.SubsystemMaskMessageRegexes(ctx, subsystem, secretText...)
	ctx = tflog.MaskFieldValuesWithFieldKeys(ctx, secretKeys...)
	ctx = tflog.MaskAllFieldValuesRegexes(ctx, secretText...)
	return tflog.MaskMessageRegexes(ctx, secretText...)
}

// logEvent writes one line for each try of a request. Fields are names and numbers, never a URL, a header or a body.
func logEvent(ctx context.Context, e client.Event) {
	fields := map[string]any{
		"operation": e.Operation, "method": e.Method, "host": e.Host, "path": e.Path, "try": e.Try,
		"duration_ms": e.Duration.Milliseconds(), "as": e.As.String(),
	}
	if e.ProjectID != "" {
		fields["project_id"] = e.ProjectID
	}
	if e.Status == 0 {
		fields["failure"] = e.Failure
	} else {
		fields["status"] = e.Status
	}
	if e.Code != "" {
		fields["code"] = e.Code
	}
	if e.RequestID != "" {
		fields["request_id"] = e.RequestID
	}
	tflog.SubsystemDebug(ctx, subsystem, "Huawei Cloud answered", fields)
}
