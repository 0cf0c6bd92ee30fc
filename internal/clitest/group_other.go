// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

//go:build !unix

package clitest

import (
	"errors"
	"os/exec"
)

func apart(*exec.Cmd) {}

func interrupt(*exec.Cmd) error { return errors.ErrUnsupported }

func kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
