// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

//go:build unix

// Command peak stands in a provider's place, runs the provider, and appends to a file the most memory that it had
// resident, in bytes, and the CPU seconds that it took. Its arguments are the environment's, since Terraform gives a provider none: PEAK_PROGRAM and PEAK_FILE.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "peak:", err)
		os.Exit(1)
	}
}

func run() error {
	// The provider ends itself when its client asks it to; this process has to outlive it.
	//nolint:gosec,noctx // The program is the measurement's own, and it runs until it ends.
	cmd := exec.Command(os.Getenv("PEAK_PROGRAM"), os.Args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		return err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return errors.New("this system does not tell what a process used")
	}
	peak := usage.Maxrss
	if runtime.GOOS != "darwin" {
		peak *= 1024 // KiB everywhere but on macOS
	}
	//nolint:gosec // The bench, which starts this program, names the file.
	f, err := os.OpenFile(os.Getenv("PEAK_FILE"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, peak, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
