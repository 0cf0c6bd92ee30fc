// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"time"
)

// state is everything that the services hold. mu guards all of it; nothing
// under it waits or does cryptography.
type state struct {
	mu sync.Mutex
	o  options

	accounts map[string]*Account
	users    map[string]*userState
	projects []*Project
	agencies map[[2]string]*Agency // by account and name
	idps     map[string]*IdentityProvider
	keys     map[string]*key
	tokens   map[string]*token

	tasks    map[string]*Task
	vms      map[string]*VM
	bastions map[string]*Bastion

	unlock    unlockMode
	listMode  ListMode
	omStates  map[string]*omState
	loginURLs []string
	metadata  metadataState

	denials []Denial
	encoded map[string]string // encoded authorization message → its text
	gateway string            // prefix of the gateway's codes
}

type userState struct {
	User
	failures int
	locked   bool
}

// identity is whom a request acts as.
type identity struct {
	access    string // access key, empty with a token
	userID    string
	userName  string
	principal string
	domainID  string
	projectID string // scope of a token; empty for keys and for an account's token
}

// key is a permanent or temporary access key.
type key struct {
	secret        string
	securityToken string
	expires       time.Time // zero: never
	id            identity
}

type token struct {
	id      identity
	expires time.Time
}

func newState(o options) *state {
	st := &state{
		o:        o,
		accounts: map[string]*Account{},
		users:    map[string]*userState{},
		agencies: map[[2]string]*Agency{},
		idps:     map[string]*IdentityProvider{},
		keys:     map[string]*key{},
		tokens:   map[string]*token{},
		tasks:    map[string]*Task{},
		vms:      map[string]*VM{},
		bastions: map[string]*Bastion{},
		omStates: map[string]*omState{},
		encoded:  map[string]string{},
		gateway:  "APIGW",
	}
	st.unlock.published = true
	st.seedAccounts()
	if !o.noSeed {
		st.seedServices()
	}
	return st
}

// project returns a project by ID, or nil. The caller holds mu.
func (st *state) project(id string) *Project {
	for _, p := range st.projects {
		if p.ID == id {
			return p
		}
	}
	return nil
}

// addTempKey makes a temporary key that acts as id. The caller holds mu.
func (st *state) addTempKey(id identity, life time.Duration) (access string, k *key) {
	if st.o.keyTTL > 0 {
		life = st.o.keyTTL
	}
	access = "HST" + randomHex(9)[:17]
	id.access, id.projectID = access, ""
	k = &key{
		secret:        randomHex(20),
		securityToken: "hQpjbi1ub3J0aC00" + randomHex(120),
		expires:       st.o.clock().Add(life),
		id:            id,
	}
	st.keys[access] = k
	return access, k
}

// addToken makes an IAM token. The caller holds mu.
func (st *state) addToken(id identity) (value string, t *token) {
	value = "MIIF" + randomHex(400)
	t = &token{id: id, expires: st.o.clock().Add(st.o.tokenTTL)}
	st.tokens[value] = t
	return value, t
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, by its documentation
	return hex.EncodeToString(b)
}

func newUUID() string {
	h := randomHex(16)
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
