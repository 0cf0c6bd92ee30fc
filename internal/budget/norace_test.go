// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

//go:build !race

package budget

// raceEnabled says that the race detector is on, which allocates too.
const raceEnabled = false
