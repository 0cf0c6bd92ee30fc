// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an answer's body, in bytes: what lies beyond is not read.
const (
	maxBody     = 1 << 20
	maxListBody = 16 << 20
	// maxDiscard is how much of an answer that nobody needs is read to keep the connection alive.
	maxDiscard = 64 << 10
)

// request is one call before it is signed. Path and query are built from single values, so that nothing given by a user
// can change their shape.
type request struct {
	op       *Operation
	service  string
	region   string
	method   string
	segments []string // after the endpoint's own path, unescaped
	query    url.Values
	body     any // JSON
	header   map[string]string
	secrets  []string // in the body

	scope     Scope // whose project the call is made in
	projectID string
	anonymous bool // no credentials: the request itself asks for some
	cred      *Credential
	session   *Session // whose credentials; nil means the client's own
	as        Identity // on whose behalf, where that is not whose credentials are used
	once      bool     // one try
	limit     int64    // bytes of the answer; 0 means maxBody
	discard   bool     // every 2xx is success, whatever the body
}

// url is where the request goes. Everything but unreserved characters is percent-encoded (RFC 3986, section 2.3), so that
// what is signed is what is sent.
func (r *request) url(base *url.URL) *url.URL {
	u := *base
	path := make([]string, len(r.segments))
	for i, s := range r.segments {
		path[i] = escape(s)
	}
	raw := strings.TrimSuffix(base.EscapedPath(), "/") + "/" + strings.Join(path, "/")
	u.Path = strings.TrimSuffix(base.Path, "/") + "/" + strings.Join(r.segments, "/")
	u.RawPath = raw
	if len(r.query) > 0 {
		// Encode writes a space as "+", the canonical form of the signature as "%20".
		u.RawQuery = strings.ReplaceAll(r.query.Encode(), "+", "%20")
	}
	return &u
}

// payload is the body as it is sent and signed.
func (r *request) payload() ([]byte, error) {
	if r.body == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(r.body)
	return b.Bytes(), err
}

func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

// CheckID says what is wrong with an ID that is to stand in a path: it must be 1 to 255 characters of printable text without
// white space or slash, and not "." or "..", which a server may resolve to another path.
func CheckID(id string) error {
	switch {
	case id == "":
		return fmt.Errorf("it is empty")
	case utf8.RuneCountInString(id) > 255:
		return fmt.Errorf("it has %d characters, and 255 is the limit", utf8.RuneCountInString(id))
	case id == "." || id == "..":
		return fmt.Errorf("%q is no ID: a server resolves it to another path", id)
	case !utf8.ValidString(id):
		return fmt.Errorf("it is not valid UTF-8")
	}
	for _, r := range id {
		if r == '/' || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return fmt.Errorf("it holds %q: slashes, white space and control characters can not stand in an ID", r)
		}
	}
	return nil
}

// CheckQueryValue says what is wrong with a value that is to stand in a query: it must be 1 to 64 characters, all printable
// ("Obtaining an O&M URL", api-cbh/ShowOmUrl). Nothing else is presumed of it.
func CheckQueryValue(s string) error {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		return fmt.Errorf("it is empty")
	case n > 64:
		return fmt.Errorf("it has %d characters, and 64 is the limit", n)
	case !utf8.ValidString(s):
		return fmt.Errorf("it is not valid UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) {
			return fmt.Errorf("it holds the control character %q", r)
		}
	}
	return nil
}

// call signs in, finds the project, sends the request, and decodes the answer into out. A token that the client itself
// obtained and that the service answers 401 to is replaced once.
func (c *Client) call(ctx context.Context, r *request, out any) error {
	_, err := c.exchange(ctx, r, out)
	return err
}

func (c *Client) exchange(ctx context.Context, r *request, out any) (http.Header, error) {
	if r.cred != nil || r.anonymous {
		return c.send(ctx, r, out)
	}
	cred, err := c.credential(ctx, r)
	if err != nil {
		return nil, err
	}
	r.cred = &cred
	header, err := c.send(ctx, r, out)
	if status(err) != http.StatusUnauthorized || cred.Token == "" || cred.Refresh.IsZero() {
		return header, err
	}
	session := c.session
	if r.session != nil {
		session = r.session
	}
	cred, err = session.Renew(ctx, c, r.scope, cred)
	if err != nil {
		return nil, err
	}
	r.cred = &cred
	return c.send(ctx, r, out)
}
