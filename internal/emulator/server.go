// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package emulator stands in for the parts of Huawei Cloud that the provider
// talks to: IAM, STS, SMS, ECS, CBH and the ECS metadata service. It checks
// signatures and tokens with code of its own, written from the public rules of
// AK/SK authentication, so that a client that gets them wrong fails here as it
// would at the gateway.
//
// Its answers are the fixtures below testdata, each labelled as documented or
// assumed. Nothing in it was compared with the live services.
package emulator

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Server is a running emulator. Its methods are safe for concurrent use.
type Server struct {
	opts   options
	state  *state
	rec    recorder
	faults faultList
	holds  holdList

	url     string
	conns   atomic.Int64
	reqID   atomic.Uint64
	latency atomic.Int64

	closed    chan struct{}
	closeOnce sync.Once
	wg        sync.WaitGroup

	mu      sync.Mutex
	servers []*http.Server
	urls    map[place]string
	tlsURL  string
	proxy   *proxy

	caOnce sync.Once
	ca     *authority
}

// place is where a listener or a host name stands. The zero place has every
// service of every region.
type place struct {
	service string
	region  string
}

type options struct {
	addr     string
	clock    func() time.Time
	site     string
	tokenTTL time.Duration
	keyTTL   time.Duration
	noSeed   bool
	clouds   []string
}

// Option changes how an emulator starts.
type Option func(*options)

// WithAddr listens on a fixed address instead of a free port of 127.0.0.1.
func WithAddr(addr string) Option { return func(o *options) { o.addr = addr } }

// WithClock replaces time.Now for the signature's window, for the lives of
// tokens and keys, and in the Date header.
func WithClock(now func() time.Time) Option { return func(o *options) { o.clock = now } }

// WithSite sets the region whose SMS answers at [Server.URL]; cn-north-4 otherwise.
func WithSite(region string) Option { return func(o *options) { o.site = region } }

// WithTokenTTL sets the life of IAM tokens; 24 hours otherwise, as documented.
func WithTokenTTL(d time.Duration) Option { return func(o *options) { o.tokenTTL = d } }

// WithKeyTTL sets the life of temporary keys whatever duration was asked for.
func WithKeyTTL(d time.Duration) Option { return func(o *options) { o.keyTTL = d } }

// WithoutSeed starts with the default account but no tasks, servers and
// bastions.
func WithoutSeed() Option { return func(o *options) { o.noSeed = true } }

// WithCloud makes the proxy know the hosts of a cloud of one's own, such as
// "cloud.example": every service in every region, SMS included.
func WithCloud(domain string) Option {
	return func(o *options) { o.clouds = append(o.clouds, domain) }
}

// Start starts an emulator on loopback. It panics if it cannot listen.
func Start(opts ...Option) *Server {
	o := options{addr: "127.0.0.1:0", clock: time.Now, site: DefaultRegion, tokenTTL: 24 * time.Hour}
	for _, opt := range opts {
		opt(&o)
	}
	s := &Server{opts: o, closed: make(chan struct{}), urls: map[place]string{}}
	s.state = newState(o)
	s.mu.Lock()
	s.url = s.listen(o.addr, place{})
	s.mu.Unlock()
	return s
}

// URL returns the base URL, without a final slash, at which every service
// answers, told apart by path.
func (s *Server) URL() string { return s.url }

// URLFor returns the base URL of a listener of its own that plays one service
// in one region only, started when first asked for. SMS there holds the tasks
// whose Site is that region.
func (s *Server) URLFor(service, region string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	pl := place{service: service, region: region}
	if _, ok := s.urls[pl]; !ok {
		s.urls[pl] = s.listen("127.0.0.1:0", pl)
	}
	return s.urls[pl]
}

// SetLatency delays every answer from now on.
func (s *Server) SetLatency(d time.Duration) { s.latency.Store(int64(d)) }

// Close stops the emulator, cutting every connection and wait. It may be
// called more than once.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		close(s.closed)
		s.mu.Lock()
		servers := s.servers
		s.mu.Unlock()
		for _, hs := range servers {
			_ = hs.Close()
		}
		s.wg.Wait()
	})
}

func (s *Server) now() time.Time { return s.opts.clock() }

// listen serves a place at an address. The caller holds s.mu.
func (s *Server) listen(addr string, pl place) string {
	ln := mustListen(addr)
	hs := s.httpServer(func(*http.Request) (place, bool) { return pl, true })
	s.goServe(hs, func() error { return hs.Serve(ln) })
	return "http://" + ln.Addr().String()
}

// goServe runs a server until Close. The caller holds s.mu.
func (s *Server) goServe(hs *http.Server, serve func() error) {
	s.servers = append(s.servers, hs)
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		_ = serve() // ends with http.ErrServerClosed
	}()
}

type connIDKey struct{}

func (s *Server) httpServer(where func(*http.Request) (place, bool)) *http.Server {
	return &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pl, known := where(r)
			s.serve(w, r, pl, known)
		}),
		ReadHeaderTimeout: time.Minute,
		MaxHeaderBytes:    128 << 10, // the gateway's own limit, APIGW.0201
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, _ net.Conn) context.Context {
			return context.WithValue(ctx, connIDKey{}, s.conns.Add(1))
		},
	}
}

// ProviderBlock returns the provider block, in Terraform's language, that
// points the provider at this emulator as the default user.
func (s *Server) ProviderBlock() string {
	var b strings.Builder
	b.WriteString("provider \"huaweiops\" {\n")
	fmt.Fprintf(&b, "  region     = %q\n  access_key = %q\n  secret_key = %q\n\n  endpoints = {\n",
		DefaultRegion, DefaultAccessKey, DefaultSecretKey)
	for _, service := range []string{"iam", "sts", "sms", "ecs", "cbh"} {
		fmt.Fprintf(&b, "    %s = %q\n", service, s.url)
	}
	b.WriteString("  }\n}\n")
	return b.String()
}
