// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package clitest

import (
	"os/exec"
	"syscall"
)

// apart gives the command a process group of its own, to which the provider that it starts belongs as well.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func interrupt(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }

func kill(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
