// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
)

// omDescriptions are the states that ShowOmUrl documents, each with the words
// that go with it here. The words are assumed.
var omDescriptions = map[string]string{
	"SUCCESS":                           "",
	"HOST_NOT_MANAGE":                   "The host is not managed by the instance.",
	"HOST_ACCOUNT_NOT_EXIST":            "The account does not exist on the host.",
	"IAM_USER_NO_PERMISSION":            "The IAM user has no permission for the host.",
	"IAM_USER_CONFLICT":                 "The IAM user conflicts with a user of the instance.",
	"CUR_VERSION_NOT_SUPPORT_OPERATION": "The version of the instance does not support the operation.",
	"INS_WHITE_LIST_INITIALIZING":       "The trustlist of the instance is being initialized.",
	"UNKNOWN_ERROR":                     "Unknown error.",
}

// OMStates returns the states of an O&M URL in alphabetical order.
func OMStates() []string { return slices.Sorted(maps.Keys(omDescriptions)) }

type omState struct {
	state       string
	description string
	left        int // negative: for ever
}

// AddBastion adds a CBH instance, or replaces one of the same server ID.
func (s *Server) AddBastion(b Bastion) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.addBastion(b)
}

func (st *state) addBastion(b Bastion) {
	b.ProjectID = cmp.Or(b.ProjectID, DefaultProjectID)
	if b.Region == "" {
		b.Region = DefaultRegion
		if p := st.project(b.ProjectID); p != nil {
			b.Region = projectRegion(p)
		}
	}
	b.LoginURL = cmp.Or(b.LoginURL, "https://203.0.113.10:443/")
	b.Hosts = maps.Clone(b.Hosts)
	st.bastions[b.ServerID] = &b
}

// SetOMState lets the next n requests for an instance (all that follow, if n
// is negative) be answered with a state instead of the natural one. An empty
// description takes the emulator's own words; an unknown state is passed on.
func (s *Server) SetOMState(serverID, omStateName, description string, n int) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if n == 0 {
		delete(s.state.omStates, serverID)
		return
	}
	s.state.omStates[serverID] = &omState{state: omStateName, description: description, left: n}
}

// LoginURLs returns the O&M URLs issued so far.
func (s *Server) LoginURLs() []string {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return slices.Clone(s.state.loginURLs)
}

func (c *call) showOMURL() answer {
	serverID, ip, account := c.query.Get("server_id"), c.query.Get("ip_address"), c.query.Get("host_account_name")
	for _, name := range []string{"server_id", "ip_address", "host_account_name"} {
		if v := c.query[name]; len(v) != 1 || len([]rune(v[0])) > 64 {
			return c.serviceError(http.StatusBadRequest, "CBH.10020010", "Invalid parameter "+name+".")
		}
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	if refused := c.checkProject(st); refused != nil {
		return *refused
	}
	b := st.bastions[serverID]
	if b == nil || b.ProjectID != c.route.project || (c.place.region != "" && b.Region != c.place.region) {
		return c.serviceError(http.StatusNotFound, "CBH.10027007", "The CBH instance does not exist.")
	}
	if om := st.omStates[serverID]; om != nil {
		if om.left > 0 {
			if om.left--; om.left == 0 {
				delete(st.omStates, serverID)
			}
		}
		if om.state != "SUCCESS" {
			return omFailure(om.state, om.description)
		}
	} else if accounts, managed := b.Hosts[ip]; !managed {
		return omFailure("HOST_NOT_MANAGE", "")
	} else if !slices.Contains(accounts, account) {
		return omFailure("HOST_ACCOUNT_NOT_EXIST", "")
	}
	loginURL := b.LoginURL + "?cbhinfo=" + randomHex(24)
	st.loginURLs = append(st.loginURLs, loginURL)
	return render("cbh/om-url", vars{"login_url": loginURL})
}

func omFailure(state, description string) answer {
	return render("cbh/om-url-failed", vars{
		"state": state, "description": cmp.Or(description, omDescriptions[state]),
	})
}
