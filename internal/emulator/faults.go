// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"net/http"
	"sync"
	"time"
)

// Drop says when a fault cuts the connection instead of answering.
type Drop int

// The moments at which a connection can be cut. All but DropClose reset it.
const (
	DropNone Drop = iota
	// DropBeforeRead resets before the body was read.
	DropBeforeRead
	// DropAfterRead resets after the request was read and, with
	// [Fault.Apply], done.
	DropAfterRead
	// DropMidBody resets after half of the body was sent.
	DropMidBody
	// DropClose closes in good order after the request was read, without an
	// answer.
	DropClose
)

// Fault is what happens to a request instead of, or besides, its answer. The
// zero fields leave things as they are: a Fault of a Delay alone delays.
type Fault struct {
	// Status, Code and Message make an answer in the error envelope of the
	// service; Body, where given, stands in its place. A Fault that gives none
	// of these four keeps the operation's own answer.
	Status  int
	Code    string
	Message string
	Body    string
	// NoBody answers with the status alone.
	NoBody bool
	// Header is added to the answer's; ContentType replaces application/json.
	Header      http.Header
	ContentType string
	// Delay passes before the answer, or until the client or [Server.Close]
	// ends it.
	Delay time.Duration
	Drop  Drop
	// HalfBody announces the whole body, sends half of it and closes.
	HalfBody bool
	// ContentLength is announced in place of the body's true length.
	ContentLength int64
	// Endless sends blanks after the body until the client goes away; with
	// Gzip they are compressed, so that little data unpacks to much.
	Endless bool
	// SlowHeaders passes before each line of the answer's head, SlowBody
	// before each byte of its body.
	SlowHeaders time.Duration
	SlowBody    time.Duration
	// Gzip compresses the body, asked for or not.
	Gzip bool
	// RedirectTo answers 302, or Status, with this Location.
	RedirectTo string
	// Apply does the operation before the fault, so that it has its effect
	// although the client is told otherwise.
	Apply bool
}

type injected struct {
	op    string
	fault Fault
	left  int // negative: for ever
}

type faultList struct {
	mu   sync.Mutex
	list []*injected
}

// InjectFault lets the next n requests of an operation run into a fault, or
// all that follow if n is negative; op "" means any operation. Faults given
// for the same operation come one after the other. A request that the gateway
// refuses, unsigned for instance, uses none up, except [DropBeforeRead], which
// comes before any check.
func (s *Server) InjectFault(op string, fault Fault, n int) {
	if n == 0 {
		return
	}
	s.faults.mu.Lock()
	s.faults.list = append(s.faults.list, &injected{op: op, fault: fault, left: n})
	s.faults.mu.Unlock()
}

// ClearFaults ends all injected faults.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	s.faults.list = nil
	s.faults.mu.Unlock()
}

// take uses up one of the next fault for op that comes before, or after, the
// request is read and checked.
func (fl *faultList) take(op string, early bool) *Fault {
	fl.mu.Lock()
	defer fl.mu.Unlock()
	for i, in := range fl.list {
		if in.op != "" && in.op != op {
			continue
		}
		if (in.fault.Drop == DropBeforeRead) != early {
			if early {
				return nil // another fault comes first
			}
			continue
		}
		if in.left > 0 {
			in.left--
			if in.left == 0 {
				fl.list = append(fl.list[:i:i], fl.list[i+1:]...)
			}
		}
		return &in.fault
	}
	return nil
}
