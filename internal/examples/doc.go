// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package examples holds no code: its tests run everything below the directory examples with a real CLI against the emulator,
// through a proxy behind which the services have their real names, so that the examples run as they are published.
package examples
