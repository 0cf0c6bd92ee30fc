// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// maxIdlePerHost keeps one connection per parallel slot alive: Terraform's -parallelism is 10 by default and rarely above 64.
const maxIdlePerHost = 64

// errNoCertificate means that the PEM text of a CA bundle holds no certificate.
var errNoCertificate = errors.New("it holds no PEM certificate")

// newTransport returns the one transport of a client: TLS 1.2 or newer, proxies from the environment, never a proxy for
// the metadata service.
func newTransport(insecure bool, caPEM []byte) (*http.Transport, error) {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		Proxy:                  proxies(),
		OnProxyConnectResponse: proxyAnswered,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           4 * maxIdlePerHost,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		ExpectContinueTimeout:  time.Second,
		// One header of 32 KiB is the gateway's own limit for requests; answers get room beyond it.
		MaxResponseHeaderBytes: 256 << 10,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12,
			//nolint:gosec // The user asked for it, and is warned each time.
			InsecureSkipVerify: insecure,
		},
	}
	if len(caPEM) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(caPEM) {
			return nil, errNoCertificate
		}
		t.TLSClientConfig.RootCAs = pool
	}
	return t, nil
}

// proxies reads the proxies from the environment, but sends nothing meant for the metadata service through one: its answer holds
// keys, and a proxy would answer for another server. Unlike net/http's own function this one reads the environment for each client.
func proxies() func(*http.Request) (*url.URL, error) {
	find := httpproxy.FromEnvironment().ProxyFunc()
	return func(r *http.Request) (*url.URL, error) {
		if isMetadata(r.URL) {
			return nil, nil
		}
		return find(r.URL)
	}
}
