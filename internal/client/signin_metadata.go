// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

var (
	opMetadataToken = &Operation{Name: "open a session with the metadata service", Service: "ECS metadata", Path: "/meta-data/latest/api/token"}
	opMetadataKeys  = &Operation{Name: "obtain the keys of the server's agency", Service: "ECS metadata", Path: "/openstack/latest/securitykey"}
)

const (
	// metadataHost is the address of the ECS metadata service.
	metadataHost = "169.254.169.254"
	// metadataVariable moves the metadata service, for tests and for forwarders on this machine.
	metadataVariable = "HW_METADATA_ENDPOINT"
	// metadataTime bounds all of the asking: on a machine that is no ECS nothing answers.
	metadataTime = 3 * time.Second
	// metadataMargin is how long before their end the keys are replaced. The service itself replaces them six hours before.
	metadataMargin = 10 * time.Minute
	// metadataLife is taken for the keys' life where the answer does not tell when they expire.
	metadataLife = time.Hour
	// metadataSession is the life of the session's token in seconds, as the official SDK asks for it (v0.1.207,
	// core/auth/internal/metadata_accessor.go).
	metadataSession = 21600
	// noAgencyText is in the 401 of a server without an agency, by the same source.
	noAgencyText = "configure cloud service agency"
	// metadataToken is the header that carries the session's token.
	metadataToken = "X-Metadata-Token" //nolint:gosec // A header, not its value.
)

// Metadata obtains the temporary keys of the agency of the ECS that this process runs on ("Obtaining Metadata", ECS user guide).
// It asks for a session first, as the service can be told to demand, and goes on without where the service knows none.
type Metadata struct {
	// LastResort says that nothing else was configured: a failure then is an [ErrNoCredentials] too.
	LastResort bool
	// Way says what led here.
	Way string
}

// Identity says no more than that it is the server's agency: which one, the service does not tell.
func (m Metadata) Identity() Identity { return Identity{Way: m.Way, Who: "the agency of this ECS"} }

// Fetch obtains the keys within three seconds, without further tries.
func (m Metadata) Fetch(ctx context.Context, c *Client, _ Scope) (Credential, error) {
	ctx, cancel := context.WithTimeout(ctx, metadataTime)
	defer cancel()
	keys, err := m.keys(ctx, c)
	if err != nil {
		return Credential{}, m.failure(err)
	}
	cred := keys.credential(c.cfg.Now(), metadataLife)
	cred.Refresh = cred.Expires.Add(-metadataMargin)
	return cred, nil
}

func (m Metadata) keys(ctx context.Context, c *Client) (keys temporaryKeys, err error) {
	session, err := m.session(ctx, c)
	if err != nil {
		return keys, err
	}
	err = m.get(ctx, c, session, &keys)
	if status(err) != http.StatusUnauthorized || withoutAgency(err) {
		return keys, err
	}
	if session, err = m.session(ctx, c); err != nil {
		return keys, err
	}
	return keys, m.get(ctx, c, session, &keys)
}

func (m Metadata) get(ctx context.Context, c *Client, session string, keys *temporaryKeys) error {
	r := &request{
		op: opMetadataKeys, service: serviceMetadata, method: http.MethodGet,
		segments: []string{"openstack", "latest", "securitykey"}, anonymous: true, once: true, as: m.Identity(),
	}
	if session != "" {
		r.header = map[string]string{metadataToken: session}
	}
	return c.call(ctx, r, keys)
}

// session is the token of a session, empty where the service knows no sessions.
func (m Metadata) session(ctx context.Context, c *Client) (string, error) {
	var token rawText
	err := c.call(ctx, &request{
		op: opMetadataToken, service: serviceMetadata, method: http.MethodPut,
		segments:  []string{"meta-data", "latest", "api", "token"},
		header:    map[string]string{"X-Metadata-Token-Ttl-Seconds": strconv.Itoa(metadataSession)},
		anonymous: true, once: true, as: m.Identity(),
	}, &token)
	switch status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusServiceUnavailable:
		return "", nil
	}
	return strings.TrimSpace(string(token)), err
}

func withoutAgency(err error) bool {
	var e *Error
	return errors.As(err, &e) && strings.Contains(strings.ToLower(e.Message), noAgencyText)
}

// failure says why there are no keys, and where this was the last resort that there are no credentials at all.
func (m Metadata) failure(err error) error {
	e := &SignInError{As: m.Identity(), cause: err, Why: err.Error()}
	var asked *Error
	switch {
	case withoutAgency(err), status(err) == http.StatusNotFound:
		e.Why = "this ECS has no agency, so its metadata service has no keys to give"
		e.Remedy = "Create an agency that delegates to ECS, with the permissions that the operation needs, and choose it in the server's details."
	case errors.As(err, &asked) && asked.Status != 0:
		e.Remedy = "Try from the server itself: curl http://" + metadataHost + "/openstack/latest/securitykey"
	case errors.As(err, &asked):
		e.Why = fmt.Sprintf("the metadata service of ECS (%s) gave no answer: %s", asked.Host, asked.Kind)
		if asked.Kind == Deadline {
			e.Why = fmt.Sprintf("the metadata service of ECS (%s) did not answer within %s", asked.Host, metadataTime)
		}
		e.Remedy = "Only an ECS with an agency has keys of its own."
	}
	if m.LastResort {
		e.cause = ErrNoCredentials
	}
	return e
}

// metadataURL is where the metadata service answers. It speaks plain HTTP, so it may only be moved to a loopback or
// link-local address.
func metadataURL() (*url.URL, error) {
	s := os.Getenv(metadataVariable)
	if s == "" {
		return &url.URL{Scheme: "http", Host: metadataHost}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" {
		return nil, errors.New(metadataVariable + " is no http URL")
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() != "localhost" && (err != nil || !addr.IsLoopback() && !addr.IsLinkLocalUnicast()) {
		return nil, errors.New(metadataVariable + " must name a loopback or link-local address")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// isMetadata says whether a request goes to the metadata service.
func isMetadata(u *url.URL) bool {
	base, err := metadataURL()
	return err == nil && u.Scheme == "http" && u.Host == base.Host || u.Hostname() == metadataHost
}
