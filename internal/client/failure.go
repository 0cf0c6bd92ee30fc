// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// Kind tells the ways in which a request can fail apart.
type Kind int

// The kinds of failure.
const (
	// Refused: the service answered, with a status that is not 2xx.
	Refused Kind = iota
	// Unreadable: a 2xx answer that is not what the service documents.
	Unreadable
	// NoSuchHost: the name does not exist.
	NoSuchHost
	// NoName: whether the name exists could not be found out, since DNS failed.
	NoName
	// NoConnection: nothing listens there, or the network does not lead there.
	NoConnection
	// BadCertificate: the certificate does not verify, or TLS was not agreed on.
	BadCertificate
	// ProxyFailed: the proxy between could not be used.
	ProxyFailed
	// Broken: the connection ended before the whole answer was there.
	Broken
	// Timeout: no answer within the time for one try.
	Timeout
	// Deadline: the time that the caller gave for the whole operation is over.
	Deadline
	// Cancelled: the caller gave up.
	Cancelled
)

func (k Kind) String() string {
	return [...]string{
		"refused", "unreadable answer", "no such host", "DNS failed", "no connection", "TLS failed", "proxy failed",
		"connection broke", "no answer in time", "deadline passed", "cancelled",
	}[k]
}

// retryable says whether the same request can succeed a moment later.
func retryable(err error) bool {
	var proxy *proxyError
	if errors.As(err, &proxy) {
		return proxy.status >= 500
	}
	switch kindOf(err) {
	case NoName, NoConnection, Broken, Timeout, ProxyFailed:
		return true
	default:
		return false
	}
}

// proxyError is a proxy that did not open the way to a host.
type proxyError struct {
	host   string
	status int
}

// Error tells the proxy's host alone: its URL may hold a password, and its words are its own.
func (e *proxyError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the proxy %s answered %d %s", e.host, e.status, http.StatusText(e.status)))
}

// proxyAnswered refuses whatever a proxy answers to CONNECT but 200 (http.Transport.OnProxyConnectResponse).
func proxyAnswered(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{host: proxy.Host, status: resp.StatusCode}
}

// kindOf reads the kind off an error of net/http.
func kindOf(err error) Kind {
	var (
		dns       *net.DNSError
		op        *net.OpError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		proxy     *proxyError
		timeout   interface{ Timeout() bool }
	)
	switch {
	case errors.Is(err, context.Canceled):
		return Cancelled
	case errors.As(err, &proxy), errors.As(err, &op) && op.Op == "proxyconnect":
		return ProxyFailed
	case errors.As(err, &dns) && dns.IsNotFound:
		return NoSuchHost
	case errors.As(err, &authority), errors.As(err, &name), errors.As(err, &invalid), errors.As(err, &verify),
		errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch), isTLS(err):
		return BadCertificate
	case isClientTimeout(err):
		return Timeout
	case errors.Is(err, context.DeadlineExceeded):
		return Deadline
	case errors.As(err, &dns):
		return NoName
	case errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, syscall.ECONNREFUSED), errors.As(err, &op) && op.Op == "dial":
		return NoConnection
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return Broken
	}
	return Broken
}

// isTLS says whether the two sides did not agree on TLS. Of most such failures, crypto/tls exports no type.
func isTLS(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "remote error" || op.Op == "local error") || strings.HasPrefix(errText(err), "tls: ")
}

// isClientTimeout tells the end of one try (http.Client.Timeout) from the end of the caller's deadline: the former says so in
// its text alone.
func isClientTimeout(err error) bool {
	return strings.Contains(errText(err), "Client.Timeout")
}

// errText is the text of an error without the URL that net/http puts before it.
func errText(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	if err == nil {
		return ""
	}
	return err.Error()
}
