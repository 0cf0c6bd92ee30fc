// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"strconv"
	"time"
)

// Metadata is how the metadata service of an ECS behaves. The zero value hands
// out keys of the agency DefaultAgencyName, with or without a session token.
type Metadata struct {
	// TokenStatus is answered to the PUT for a session token instead of one:
	// 404, 405 and 503 stand for a service without session tokens.
	TokenStatus int
	// RequireToken refuses keys without a session token with 401.
	RequireToken bool
	// NoAgency is answered instead of keys, as where the ECS has no agency: 401
	// with the text that the SDK looks for, or 404.
	NoAgency int
	// Agency gives its keys instead of DefaultAgencyName.
	Agency string
}

type metadataState struct {
	Metadata
	sessions map[string]time.Time // session token → expiry
	access   string               // keys handed out last
}

// metadataLife is how long keys live; when a quarter of it is left, new ones
// are handed out: 24 hours and 6 (ECS user guide).
const metadataLife = 24 * time.Hour

// SetMetadata changes how the metadata service behaves.
func (s *Server) SetMetadata(m Metadata) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.metadata.Metadata = m
	s.state.metadata.access = ""
}

// RevokeMetadataTokens makes the session tokens so far invalid.
func (s *Server) RevokeMetadataTokens() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	clear(s.state.metadata.sessions)
}

// metadataToken is PUT /meta-data/latest/api/token.
func (c *call) metadataToken() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	m := &st.metadata
	if m.TokenStatus != 0 {
		return c.serviceError(m.TokenStatus, "", http.StatusText(m.TokenStatus))
	}
	ttl, err := strconv.Atoi(c.r.Header.Get("X-Metadata-Token-Ttl-Seconds"))
	if err != nil || ttl < 1 || ttl > 21600 {
		return c.serviceError(http.StatusBadRequest, "", "Bad Request")
	}
	if m.sessions == nil {
		m.sessions = map[string]time.Time{}
	}
	value := randomHex(28)
	m.sessions[value] = c.s.now().Add(time.Duration(ttl) * time.Second)
	return answer{status: http.StatusOK, contentType: "text/plain", body: []byte(value)}
}

// metadataKeys is GET /openstack/latest/securitykey.
func (c *call) metadataKeys() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	m := &st.metadata
	now := c.s.now()
	value := c.r.Header.Get("X-Metadata-Token")
	if expires, ok := m.sessions[value]; (value != "" || m.RequireToken) && (!ok || !now.Before(expires)) {
		return c.serviceError(http.StatusUnauthorized, "", "Unauthorized")
	}
	if m.NoAgency != 0 {
		a := render("metadata/no-agency", nil)
		a.status = m.NoAgency
		return a
	}
	k := st.keys[m.access]
	life := metadataLife
	if st.o.keyTTL > 0 {
		life = st.o.keyTTL
	}
	if k == nil || k.expires.Sub(now) < life/4 {
		name := m.Agency
		if name == "" {
			name = DefaultAgencyName
		}
		m.access, k = st.addTempKey(identity{
			userID: "agency-" + name, userName: name, principal: "agency:" + name, domainID: DefaultDomainID,
		}, life)
	}
	return render("metadata/security-key", vars{
		"access": m.access, "secret": k.secret, "securitytoken": k.securityToken,
		"expires_at": k.expires.UTC().Format(iamTime),
	})
}
