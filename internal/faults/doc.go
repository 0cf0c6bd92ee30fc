// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package faults holds no code but tests: what becomes of an operation when the cloud, the network or the user does not behave.
//
// Each row of the table breaks one thing in one way. It runs the provider over its protocol, or a real CLI where that matters, against
// the emulator, and states how often a request was sent, how long that took at most, what the user was told, and that neither the
// state nor the server claims what is not so. `make faults` runs the rows with the waits that users have, prints the table, and writes
// it into templates/guides/reliability.md; `go test` runs them with shorter waits, and checks that the page is up to date.
package faults
