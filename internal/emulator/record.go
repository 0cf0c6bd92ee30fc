// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Request is a request that reached the emulator.
type Request struct {
	// Time is the emulator's clock when the request came in.
	Time time.Time
	// Service and Operation are empty for a path that no service has.
	Service   string
	Operation string
	// Region is the region of the host that was asked; empty at [Server.URL].
	Region string
	Method string
	Host   string
	// Path and RawQuery are as they came over the wire.
	Path     string
	RawQuery string
	// Query is decoded by percent signs alone: a "+" stays one.
	Query  url.Values
	Header http.Header
	Body   []byte
	// AccessKey is the key that signed, whether or not the signature held.
	AccessKey string
	// Principal is who was let in: a user's name, "agency:" or "idp:" with a
	// name; empty when nobody was.
	Principal string
	// ConnID numbers the connection, from 1.
	ConnID int64
	Proto  string
	// Status is 0 until answered, and where the connection was dropped.
	Status int
	// Code is the error code of the answer.
	Code string
}

type recorder struct {
	mu   sync.Mutex
	reqs []*Request
}

func (rec *recorder) add(r *Request) {
	rec.mu.Lock()
	rec.reqs = append(rec.reqs, r)
	rec.mu.Unlock()
}

func (rec *recorder) update(f func()) {
	rec.mu.Lock()
	f()
	rec.mu.Unlock()
}

// Requests returns the requests so far in the order in which they came in,
// all of them or those of the given operations.
func (s *Server) Requests(ops ...string) []Request {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	var out []Request
	for _, r := range s.rec.reqs {
		if len(ops) == 0 || slices.Contains(ops, r.Operation) {
			c := *r
			c.Header = r.Header.Clone()
			c.Body = slices.Clone(r.Body)
			out = append(out, c)
		}
	}
	return out
}

// ResetRequests forgets the requests so far.
func (s *Server) ResetRequests() {
	s.rec.mu.Lock()
	s.rec.reqs = nil
	s.rec.mu.Unlock()
}

// Count returns how many requests of an operation came in; "" counts all.
func (s *Server) Count(op string) int {
	s.rec.mu.Lock()
	defer s.rec.mu.Unlock()
	if op == "" {
		return len(s.rec.reqs)
	}
	n := 0
	for _, r := range s.rec.reqs {
		if r.Operation == op {
			n++
		}
	}
	return n
}

// Connections returns how many connections were opened so far, those to the
// proxy not counted.
func (s *Server) Connections() int { return int(s.conns.Load()) }
