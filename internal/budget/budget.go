// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package budget holds the provider to what it may cost, as far as that does not depend on the machine: requests,
// connections, allocations, packages that are linked in, and the size of the program. It holds tests alone; what depends on
// the machine is measured by internal/bench.
package budget
