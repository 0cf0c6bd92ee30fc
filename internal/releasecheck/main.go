// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Command releasecheck looks at what GoReleaser left in dist/ as the registry
// and a user would: the name and content of each archive, the manifest, the
// sums, the bills of materials, and whether the provider for this machine
// starts and prints its schema under the Terraform CLI.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"time"
)

func main() {
	dist := flag.String("dist", "dist", "the directory that GoReleaser wrote")
	manifest := flag.String("manifest", "terraform-registry-manifest.json", "the registry manifest")
	cli := flag.String("terraform", "terraform", "the CLI that starts the provider")
	flag.Parse()

	if err := run(*dist, *manifest, *cli); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(dist, manifest, cli string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	content, err := os.ReadFile(manifest) //nolint:gosec // Named on the command line by whoever runs this.
	if err != nil {
		return err
	}
	release, err := open(os.DirFS(dist), content)
	if err != nil {
		return err
	}
	faults := release.check()
	for _, fault := range faults {
		fmt.Println("FAIL", fault)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%d faults in %s", len(faults), dist)
	}
	fmt.Printf("ok   %d archives, each with its provider, licence and bill of materials\n", len(platforms))
	fmt.Println("ok   manifest and sums")

	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	host := runtime.GOOS + "_" + runtime.GOARCH
	if err := release.start(ctx, cli, host); err != nil {
		return errors.Join(fmt.Errorf("the provider for %s does not start", host), err)
	}
	fmt.Printf("ok   the provider for %s starts and prints its schema\n", host)
	return nil
}
