// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// textRule is a validator of text that is made of the client's own rule, so that nothing is refused at apply that was let through at
// plan.
type textRule struct {
	description string
	check       func(string) error
}

var (
	// idRule holds an ID that goes into a path.
	idRule = textRule{"1 to 255 printable characters without white space and slashes, and neither `.` nor `..`", client.CheckID}
	// queryRule holds a value that goes into a query.
	queryRule = textRule{"1 to 64 characters, none of them a control character", client.CheckQueryValue}
	// hostRule holds a region, which goes into a host name.
	hostRule = textRule{"lower-case letters, digits and hyphens", func(s string) error {
		if !client.ValidRegion(s) {
			return fmt.Errorf("%s", regionRule(s))
		}
		return nil
	}}
)

func (r textRule) Description(context.Context) string         { return r.description }
func (r textRule) MarkdownDescription(context.Context) string { return r.description }

func (r textRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := r.check(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid "+req.Path.String(), fmt.Sprintf("The value of %s can not be used: %s", req.Path, sentence(err.Error())))
	}
}
