// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command gendocs prints the provider's schemas as `terraform providers schema -json` does, all kinds included, so that the
// documentation does not depend on which Terraform CLI is at hand: one older than 1.14 leaves actions out.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	huaweiops "github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

func main() {
	if err := write(context.Background(), os.Stdout, huaweiops.New("docs", "")()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write asks the provider for its schemas in this process and writes them as JSON.
func write(ctx context.Context, w io.Writer, p provider.Provider) error {
	resp, err := providerserver.NewProtocol6(p)().GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	for _, d := range resp.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	schemas, err := convert(resp)
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(schemas)
}
