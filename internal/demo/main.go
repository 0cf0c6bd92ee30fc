// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command demo shows the provider at work: a real Terraform CLI applies examples/demo against a stand-in for the cloud
// that runs in this process. With -serve it serves the stand-in until it is stopped.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	serving := flag.Bool("serve", false, "serve the stand-in for the cloud until stopped")
	addr := flag.String("addr", "127.0.0.1:0", "with -serve: the address to listen on")
	cli := flag.String("cli", "", "the Terraform or OpenTofu CLI to run (default: terraform of the PATH, or the latest release)")
	flag.Parse()

	// SIGPIPE comes where the output is piped into a program that ends first.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	var err error
	if *serving {
		err = serve(ctx, os.Stdout, *addr)
	} else {
		err = demonstrate(ctx, os.Stdout, options{cli: *cli})
	}
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case interrupted && *serving:
	case interrupted:
		fmt.Fprintln(os.Stderr, "\nStopped. Nothing was left behind.")
		os.Exit(130)
	case err != nil:
		fmt.Fprintf(os.Stderr, "\nNot as told: %v\n", err)
		os.Exit(1)
	}
}

// errNotAsTold is wrapped by the failure of a check.
var errNotAsTold = errors.New("a check failed")
