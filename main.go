// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-huaweiops serves the huaweiops provider to Terraform and OpenTofu.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

// Set by the linker at release.
var (
	version = "dev"
	commit  = ""
)

func main() {
	debug := flag.Bool("debug", false, "run for a debugger: print how to attach Terraform to this process")
	flag.Parse()
	err := providerserver.Serve(context.Background(), provider.New(version, commit), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
