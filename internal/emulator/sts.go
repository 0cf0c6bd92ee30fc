// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// stsTime is how STS writes a time: UTC, with milliseconds.
const stsTime = "2006-01-02T15:04:05.000Z"

// maxEncodedMessage is the longest message that STS decodes, in characters
// (DecodeAuthorizationMessage).
const maxEncodedMessage = 10240

// Codes of STS. Their form is documented, their meaning here is assumed.
const (
	stsInvalid   = "STS5.1001"
	stsForbidden = "STS5.1002"
	stsNotFound  = "STS5.1003"
)

// assumeRoleV5 is POST /v5/agencies/assume. A session lives 900 to 43,200
// seconds, and no more than 3,600 if temporary keys asked for it.
func (c *call) assumeRoleV5() answer {
	var req struct {
		AgencyURN         string `json:"agency_urn"`
		AgencySessionName string `json:"agency_session_name"`
		DurationSeconds   *int   `json:"duration_seconds"`
	}
	err := json.Unmarshal(c.body, &req)
	seconds := 3600
	if req.DurationSeconds != nil {
		seconds = *req.DurationSeconds
	}
	longest := 43200
	if c.r.Header.Get("X-Security-Token") != "" {
		longest = 3600
	}
	urn := strings.Split(req.AgencyURN, ":") // iam::<account>:agency:<name>
	if err != nil || seconds < 900 || seconds > longest || req.AgencySessionName == "" ||
		len(urn) != 5 || urn[0] != "iam" || urn[3] != "agency" {
		return c.serviceError(http.StatusBadRequest, stsInvalid, "The request is invalid.")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.agencies[[2]string{urn[2], urn[4]}] == nil {
		return c.serviceError(http.StatusNotFound, stsNotFound, "The agency does not exist.")
	}
	id, allowed := c.assume(st, urn[2], urn[4])
	if !allowed {
		return c.serviceError(http.StatusForbidden, stsForbidden, "The agency may not be assumed.")
	}
	access, k := st.addTempKey(id, time.Duration(seconds)*time.Second)
	return render("sts/assume", vars{
		"domain_id": id.domainID, "agency": urn[4], "session": req.AgencySessionName,
		"access": access, "secret": k.secret, "securitytoken": k.securityToken,
		"expiration": k.expires.UTC().Format(stsTime),
	})
}

// callerIdentity is GET /v5/caller-identity.
func (c *call) callerIdentity() answer {
	kind := "user"
	if strings.HasPrefix(c.id.principal, "agency:") {
		kind = "agency"
	}
	return render("sts/caller-identity", vars{
		"account_id": c.id.domainID, "principal_id": c.id.userID, "kind": kind, "name": c.id.userName,
	})
}

// decode is POST /v5/decode-authorization-message.
func (c *call) decode() answer {
	var req struct {
		EncodedMessage string `json:"encoded_message"`
	}
	if json.Unmarshal(c.body, &req) != nil || req.EncodedMessage == "" || len(req.EncodedMessage) > maxEncodedMessage {
		return c.serviceError(http.StatusBadRequest, stsInvalid, "The encoded message must have 1 to 10240 characters.")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	text, known := st.encoded[req.EncodedMessage]
	if !known {
		return c.serviceError(http.StatusBadRequest, stsInvalid, "The encoded message is invalid.")
	}
	return render("sts/decode", vars{"decoded_message": text})
}
