// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import "net/http"

// signInRemedies is what to do where a way to sign in was refused, by what was asked: the codes do not tell these ways apart.
var signInRemedies = map[*Operation]map[int]string{
	opCreateToken: {
		http.StatusUnauthorized: "Check user_name or user_id, password, and domain_name or domain_id, which IAM does not tell apart, and that the project is the account's. " +
			"A locked user stays refused for a while, and a HUAWEI ID can not sign in by password: create an IAM user. " +
			"This password is not tried again while the provider runs, since repeated failures lock the user.",
	},
	opAssumeRole:   assumeRemedies,
	opAssumeAgency: assumeRemedies,
	opIDToken: {
		http.StatusUnauthorized: remedyIDToken,
		http.StatusForbidden:    remedyIDToken,
		http.StatusNotFound:     remedyIDToken,
		http.StatusBadRequest:   remedyIDToken,
	},
	opTokenKeys: {
		http.StatusUnauthorized: remedyIDToken,
		http.StatusForbidden:    "Check the rules of the identity provider in IAM: they decide which groups the token's holder is in, and with them what he may do.",
	},
}

const (
	remedyIDToken = "Check idp_id, and the ID token: it must not be expired, its issuer and its audience must be those that the identity provider in IAM was given, and a rule there must admit its holder." //nolint:gosec // No credential.
	remedyAgency  = "Check agency_name and the account, domain_name or domain_id: the agency must exist there and trust the account that assumes it. Whoever assumes it needs the permission named above; the system's role Agent Operator has it."
)

var assumeRemedies = map[int]string{
	http.StatusUnauthorized: "Check the credentials that are to assume the agency: they were not accepted themselves.",
	http.StatusForbidden:    remedyAgency,
	http.StatusNotFound:     remedyAgency,
	http.StatusBadRequest:   remedyAgency,
}
