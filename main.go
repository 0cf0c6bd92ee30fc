// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command terraform-provider-huaweiops serves the huaweiops provider to Terraform and OpenTofu.
package main

import (
	"flag"
	"log"
	"os"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
)

// Set by the linker at release.
var (
	version = "dev"
	commit  = ""
)

func main() {
	debugging := flag.Bool("debug", false, "run for a debugger: print how to attach Terraform to this process")
	flag.Parse()
	var opts []tf6server.ServeOpt
	if *debugging {
		opts = append(opts, tf6server.WithManagedDebug())
	} else if err := quiet(); err != nil {
		log.Fatal(err)
	}
	if os.Getenv("GOGC") == "" {
		// A provider's heap is small and short-lived: collecting half as often takes some MiB and saves a fifth of the time.
		debug.SetGCPercent(200)
	}
	if err := tf6server.Serve(provider.Address, provider.NewServer(version, commit), opts...); err != nil {
		log.Fatal(err)
	}
}

// quiet silences logs that nobody reads. The libraries write every trace line unless told otherwise, and Terraform parses each
// only to drop it where its environment, which is this process's too, asks for no log: that took a third of the time that
// both spent on many resources.
func quiet() error {
	for _, kv := range os.Environ() {
		if name, value, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "TF_LOG") && value != "" {
			return nil
		}
	}
	if err := os.Setenv("TF_LOG_SDK", "off"); err != nil {
		return err
	}
	return os.Setenv("TF_LOG_PROVIDER_HUAWEIOPS", "off")
}
