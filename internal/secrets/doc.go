// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package secrets holds no code but tests: that no secret leaves the provider.
//
// Made-up secrets are given by every way in, or come with the answers. Then whatever a user may store or paste is searched for them:
// what the CLI prints, its log and the provider's with everything switched on, plans and states in each form, and what is left of a
// crash.
package secrets
