// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"strings"
	"testing"
)

// TestSignInAdvice: a refused way to sign in is told by the settings that it has, not by those of an access key.
func TestSignInAdvice(t *testing.T) {
	for _, tt := range []struct {
		op     *Operation
		status int
		code   string
		remedy string
	}{
		{opCreateToken, http.StatusUnauthorized, "401", "Check user_name"},
		{opCreateToken, http.StatusServiceUnavailable, "503", "Run again"},
		{opAssumeRole, http.StatusUnauthorized, "APIGW.0301", "Check the credentials that are to assume the agency"},
		{opAssumeRole, http.StatusForbidden, "403", "Check agency_name"},
		{opAssumeAgency, http.StatusNotFound, "", "Check agency_name"},
		{opIDToken, http.StatusUnauthorized, "IAM.0001", "Check idp_id"},
		{opIDToken, http.StatusNotFound, "IAM.0004", "Check idp_id"},
		{opTokenKeys, http.StatusForbidden, "IAM.0003", "Check the rules of the identity provider"},
		{opTokenKeys, http.StatusUnauthorized, "401", "Check idp_id"},
		{opShowTask, http.StatusUnauthorized, "APIGW.0301", "Check the access key"},
	} {
		e := &Error{Operation: tt.op, Status: tt.status, Code: tt.code}
		if got := e.Advice().Remedy; !strings.HasPrefix(got, tt.remedy) {
			t.Errorf("%s, %d %s: %q, want %q…", tt.op.Name, tt.status, tt.code, got, tt.remedy)
		}
	}
}
