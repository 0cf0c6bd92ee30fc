// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// serve runs the stand-in until the context ends, and says how to use it.
func serve(ctx context.Context, out io.Writer, addr string) error {
	root, err := tfcli.Root(ctx)
	if err != nil {
		return err
	}
	// Start has no error to return, so the address is tried first.
	probe, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("the stand-in can not listen: %w", err)
	}
	addr = probe.Addr().String()
	if err := probe.Close(); err != nil {
		return err
	}
	cloud := emulator.Start(emulator.WithAddr(addr))
	defer cloud.Close()

	printf := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	printf("A stand-in for Huawei Cloud (IAM, STS, SMS, ECS, CBH) serves at %s until it is stopped (Ctrl-C).\n"+
		"It keeps everything in memory. None of its keys are real.\n\n", cloud.URL())
	printf("Point the provider at it:\n\n%s\n", cloud.ProviderBlock())
	printf("Its migration tasks, one in each state. Each one's target server is locked:\n\n")
	for _, state := range emulator.TaskStates() {
		printf("  %-24s %s  target %s\n", state, emulator.TaskID(state), emulator.ServerID(state))
	}
	printf("\nIts bastion:\n\n  server_id         = %q\n  ip_address        = %q\n  host_account_name = %q\n",
		emulator.DefaultBastionServerID, emulator.DefaultHostIP, emulator.DefaultHostAccount)
	printf("\nFor instance, in a directory of your own, with the provider block above in provider.tf:\n\n"+
		"  make -C %[1]s install   # puts the provider where Terraform looks for it\n"+
		"  cp %[2]s .\n"+
		"  terraform init\n"+
		"  terraform apply -var 'tasks={web=%[3]q}'\n", root, filepath.Join(root, "examples", "demo", "unlock", "main.tf"), emulator.TaskID(webState))
	<-ctx.Done()
	printf("\nStopped after %d requests.\n", cloud.Count(""))
	return nil
}
