// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import "time"

// AddAccount adds an account.
func (s *Server) AddAccount(a Account) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.accounts[a.ID] = &a
}

// AddUser adds a user with access keys, or replaces one of the same ID.
func (s *Server) AddUser(u User) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.addUser(u)
}

func (st *state) addUser(u User) {
	if u.DomainID == "" {
		u.DomainID = DefaultDomainID
	}
	if u.ID == "" {
		u.ID = randomHex(16)
	}
	st.users[u.ID] = &userState{User: u}
	for _, ak := range u.AccessKeys {
		st.keys[ak.Access] = &key{secret: ak.Secret, id: identity{
			access: ak.Access, userID: u.ID, userName: u.Name, principal: u.Name, domainID: u.DomainID,
		}}
	}
}

// AddProject adds a project; one of the same ID is replaced.
func (s *Server) AddProject(p Project) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if p.DomainID == "" {
		p.DomainID = DefaultDomainID
	}
	if old := s.state.project(p.ID); old != nil {
		*old = p
		return
	}
	s.state.projects = append(s.state.projects, &p)
}

// RemoveProject removes a project, so that a look-up by its name finds one less.
func (s *Server) RemoveProject(id string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	kept := s.state.projects[:0]
	for _, p := range s.state.projects {
		if p.ID != id {
			kept = append(kept, p)
		}
	}
	s.state.projects = kept
}

// AddAgency adds an agency.
func (s *Server) AddAgency(a Agency) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.addAgency(a)
}

func (st *state) addAgency(a Agency) {
	if a.DomainID == "" {
		a.DomainID = DefaultDomainID
	}
	st.agencies[[2]string{a.DomainID, a.Name}] = &a
}

// AddIdentityProvider adds an OpenID Connect provider.
func (s *Server) AddIdentityProvider(p IdentityProvider) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if p.DomainID == "" {
		p.DomainID = DefaultDomainID
	}
	s.state.idps[p.ID] = &p
}

// RevokeTokens makes every IAM token so far invalid, as a change of the user's
// permissions would.
func (s *Server) RevokeTokens() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	clear(s.state.tokens)
}

// ExpireKey lets an access key, temporary or not, expire now.
func (s *Server) ExpireKey(access string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if k := s.state.keys[access]; k != nil {
		k.expires = s.state.o.clock().Add(-time.Second)
	}
}

// ExpireTemporaryKeys lets every temporary key so far expire now.
func (s *Server) ExpireTemporaryKeys() {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	for _, k := range s.state.keys {
		if k.securityToken != "" {
			k.expires = s.state.o.clock().Add(-time.Second)
		}
	}
}

// PasswordFailures returns how often a wrong password was given for a user ID.
func (s *Server) PasswordFailures(userID string) int {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if u := s.state.users[userID]; u != nil {
		return u.failures
	}
	return 0
}

// NewToken returns a fresh token of the default user, scoped to the project,
// or to the account if projectID is empty.
func (s *Server) NewToken(projectID string) string {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	value, _ := s.state.addToken(identity{
		userID: DefaultUserID, userName: DefaultUserName, principal: DefaultUserName,
		domainID: DefaultDomainID, projectID: projectID,
	})
	return value
}

// NewTemporaryKey returns fresh temporary keys of the default user that live
// for the given time.
func (s *Server) NewTemporaryKey(life time.Duration) (access, secret, securityToken string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	access, k := s.state.addTempKey(identity{
		userID: DefaultUserID, userName: DefaultUserName, principal: DefaultUserName, domainID: DefaultDomainID,
	}, life)
	return access, k.secret, k.securityToken
}

// SetGatewayPrefix sets what the gateway's codes begin with: APIGW, or APIG as
// in older published tables.
func (s *Server) SetGatewayPrefix(prefix string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.gateway = prefix
}
