// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"sync"
)

type hold struct {
	op      string
	arrived chan Request
	release chan struct{}
}

type holdList struct {
	mu   sync.Mutex
	list []*hold
}

// Hold keeps every request of an operation (any, if op is "") waiting, after
// it was read and before it is checked, until release is called or the client
// goes away. Each shows itself on arrived first, which a test that cares
// should drain: it holds 1,024 and then drops. release may be called twice.
func (s *Server) Hold(op string) (arrived <-chan Request, release func()) {
	h := &hold{op: op, arrived: make(chan Request, 1024), release: make(chan struct{})}
	s.holds.mu.Lock()
	s.holds.list = append(s.holds.list, h)
	s.holds.mu.Unlock()
	var once sync.Once
	return h.arrived, func() {
		once.Do(func() {
			close(h.release)
			s.holds.remove(h)
		})
	}
}

func (hl *holdList) remove(h *hold) {
	hl.mu.Lock()
	defer hl.mu.Unlock()
	for i, x := range hl.list {
		if x == h {
			hl.list = append(hl.list[:i:i], hl.list[i+1:]...)
			return
		}
	}
}

func (hl *holdList) find(op string) *hold {
	hl.mu.Lock()
	defer hl.mu.Unlock()
	for _, h := range hl.list {
		if h.op == "" || h.op == op {
			return h
		}
	}
	return nil
}

// waitHeld waits while requests of op are held. It reports whether the request
// is still wanted.
func (s *Server) waitHeld(r *http.Request, rec *Request) bool {
	h := s.holds.find(rec.Operation)
	if h == nil {
		return true
	}
	select {
	case h.arrived <- *rec:
	default:
	}
	select {
	case <-h.release:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closed:
		return false
	}
}
