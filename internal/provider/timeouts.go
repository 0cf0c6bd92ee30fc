// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// timeoutName is the argument of the timeouts block that bounds an operation.
type timeoutName string

const (
	timeoutCreate timeoutName = "create"
	timeoutUpdate timeoutName = "update"
	timeoutRead   timeoutName = "read"
	timeoutOpen   timeoutName = "open"
	timeoutInvoke timeoutName = "invoke"
)

// How long an operation may take unless its timeouts block says otherwise.
const (
	unlockTimeout = 5 * time.Minute
	readTimeout   = 2 * time.Minute
)

func (t timeoutName) block() string { return fmt.Sprintf("timeouts { %s = \"...\" }", string(t)) }

func (t timeoutName) text() string {
	return fmt.Sprintf("The operation did not finish in the time that it had. Give it more in %s, or find out why the service is slow.", t.block())
}

// bounded puts a deadline on the context, and refuses one that is not ahead.
func bounded(ctx context.Context, name timeoutName, d time.Duration, found diag.Diagnostics, diags *diag.Diagnostics) (context.Context, context.CancelFunc) {
	diags.Append(found...)
	if !diags.HasError() {
		checkTimeout(name, d, diags)
	}
	return context.WithTimeout(logging(ctx), max(d, 0))
}

func checkTimeout(name timeoutName, d time.Duration, diags *diag.Diagnostics) {
	if d <= 0 {
		diags.AddAttributeError(path.Root("timeouts").AtName(string(name)), "Invalid timeout",
			fmt.Sprintf("A timeout must be above zero, e.g. \"5m\"; this is %q.", d))
	}
}

// validateTimeouts refuses a timeout that is not above zero at plan, where it is known.
func validateTimeouts(block types.Object, diags *diag.Diagnostics) {
	for name, v := range block.Attributes() {
		text, ok := v.(types.String)
		if !ok || text.IsNull() || text.IsUnknown() {
			continue
		}
		if d, err := time.ParseDuration(text.ValueString()); err == nil {
			checkTimeout(timeoutName(name), d, diags)
		}
	}
}

// timeoutsPath is where every kind keeps its timeouts.
var timeoutsPath = path.Root("timeouts")
