// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"sync"
	"time"
)

// sharedTimeout bounds one fetch that several operations wait for together.
const sharedTimeout = 2 * time.Minute

// shared is a value that several operations need and that is fetched once for all of them. The fetch runs on a context
// of its own, so that a caller that gives up does not fail the rest.
type shared[T any] struct {
	mu      sync.Mutex
	have    bool
	value   T
	pending *pending[T]
}

type pending[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// get returns the held value while fresh says so, else the outcome of one fetch shared by everybody who waits.
// A failure is told to those who waited and is not kept.
func (s *shared[T]) get(ctx context.Context, fresh func(T) bool, fetch func(context.Context) (T, error)) (T, error) {
	s.mu.Lock()
	if s.have && fresh(s.value) {
		defer s.mu.Unlock()
		return s.value, nil
	}
	p := s.pending
	if p == nil {
		p = &pending[T]{done: make(chan struct{})}
		s.pending = p
		go s.run(context.WithoutCancel(ctx), p, fetch)
	}
	s.mu.Unlock()
	select {
	case <-p.done:
		return p.value, p.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// held returns the value that was fetched last, however old it is.
func (s *shared[T]) held() (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.value, s.have
}

func (s *shared[T]) run(ctx context.Context, p *pending[T], fetch func(context.Context) (T, error)) {
	ctx, cancel := context.WithTimeout(ctx, sharedTimeout)
	defer cancel()
	p.value, p.err = fetch(ctx)
	s.mu.Lock()
	if p.err == nil {
		s.have, s.value = true, p.value
	}
	s.pending = nil
	s.mu.Unlock()
	close(p.done)
}

// sharedMap holds one [shared] value per key.
type sharedMap[K comparable, T any] struct {
	mu sync.Mutex
	m  map[K]*shared[T]
}

func (s *sharedMap[K, T]) at(key K) *shared[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.m == nil {
		s.m = map[K]*shared[T]{}
	}
	if s.m[key] == nil {
		s.m[key] = &shared[T]{}
	}
	return s.m[key]
}

// always is the freshness of what does not age.
func always[T any](T) bool { return true }
