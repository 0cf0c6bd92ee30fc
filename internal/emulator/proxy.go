// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// proxy is a forward proxy behind which the services have their real names.
type proxy struct {
	s     *Server
	url   string
	conns chan net.Conn

	mu    sync.Mutex
	hosts map[string]place // added by hand
	asked []string
}

// ProxyURL returns the URL of a forward proxy, started when first asked for.
// It takes CONNECT (and plain requests) for the host names of the services and
// answers in their place, over TLS with certificates of [Server.CACertPEM].
// Each host has its own service in its own region alone. For any other host it
// answers 502, as for a name that does not resolve.
func (s *Server) ProxyURL() string { return s.startProxy().url }

// ProxiedHosts returns the hosts that the proxy was asked for, in order, known
// and unknown.
func (s *Server) ProxiedHosts() []string {
	p := s.startProxy()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked)
}

// AddHost makes the proxy know one more host, as a service in a region.
func (s *Server) AddHost(host, service, region string) {
	p := s.startProxy()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hosts[host] = place{service: service, region: region}
}

// TLSURL returns the base URL of a listener like that of [Server.URL] that
// speaks TLS, with a certificate of [Server.CACertPEM] for 127.0.0.1.
func (s *Server) TLSURL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tlsURL == "" {
		ln := mustListen("127.0.0.1:0")
		hs := s.httpServer(func(*http.Request) (place, bool) { return place{}, true })
		hs.TLSConfig = s.tlsConfig()
		s.goServe(hs, func() error { return hs.ServeTLS(ln, "", "") })
		s.tlsURL = "https://" + ln.Addr().String()
	}
	return s.tlsURL
}

func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.authority().certificate}
}

func (s *Server) startProxy() *proxy {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proxy != nil {
		return s.proxy
	}
	p := &proxy{s: s, conns: make(chan net.Conn), hosts: map[string]place{}}
	ln := mustListen("127.0.0.1:0")
	p.url = "http://" + ln.Addr().String()
	front := s.httpServer(nil)
	front.Handler, front.ConnContext = p, nil
	s.goServe(front, func() error { return front.Serve(ln) })
	back := s.httpServer(func(r *http.Request) (place, bool) { return p.find(r.Host) })
	back.TLSConfig = s.tlsConfig()
	s.goServe(back, func() error {
		return back.ServeTLS(&connListener{conns: p.conns, closed: s.closed, addr: ln.Addr()}, "", "")
	})
	s.proxy = p
	return p
}

// ServeHTTP opens a tunnel into the emulator, or forwards a plain request.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, hostOnly(r.Host))
	p.mu.Unlock()
	pl, known := p.find(r.Host)
	if !known {
		http.Error(w, "no such host", http.StatusBadGateway)
		return
	}
	if r.Method != http.MethodConnect {
		p.s.serve(w, r, pl, true)
		return
	}
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if _, err := conn.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n")); err != nil {
		_ = conn.Close()
		return
	}
	select {
	case p.conns <- &tunnel{Conn: conn, r: rw.Reader}:
	case <-p.s.closed:
		_ = conn.Close()
	}
}

// tunnel reads first what the proxy had read ahead.
type tunnel struct {
	net.Conn
	r *bufio.Reader
}

func (t *tunnel) Read(b []byte) (int, error) { return t.r.Read(b) }

// NetConn returns the connection below, for [reset].
func (t *tunnel) NetConn() net.Conn { return t.Conn }

// connListener makes a listener of the tunnels.
type connListener struct {
	conns  chan net.Conn
	closed chan struct{}
	addr   net.Addr
}

func (l *connListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *connListener) Close() error   { return nil }
func (l *connListener) Addr() net.Addr { return l.addr }

func mustListen(addr string) net.Listener {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return ln
}

func hostOnly(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return strings.ToLower(host)
	}
	return strings.ToLower(hostport)
}
