// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tjfoc/gmsm/sm3"
)

// The rules of AK/SK authentication, from the signing guide of API Gateway and
// the behaviour of huaweicloud-sdk-go-v3 0.1.207 (core/auth/signer).

const (
	dateFormat      = "20060102T150405Z"
	unsignedPayload = "UNSIGNED-PAYLOAD"
)

// scheme is one of the four ways to sign.
type scheme struct {
	name          string
	newHash       func() hash.Hash
	contentHeader string // may hold the hash of the body, or unsignedPayload
	verify        func(a *scheme, access, secret, toSign string, sig []byte) bool
}

var schemes = []*scheme{
	{"SDK-HMAC-SHA256", sha256.New, "X-Sdk-Content-Sha256", verifyHMAC},
	{"SDK-HMAC-SM3", sm3.New, "X-Sdk-Content-Sm3", verifyHMAC},
	{"SDK-ECDSA-P256-SHA256", sha256.New, "X-Sdk-Content-Sha256", verifyP256},
	{"SDK-SM2-SM3", sm3.New, "X-Sdk-Content-Sm3", verifySM2},
}

// authorization is a parsed Authorization header.
type authorization struct {
	alg       *scheme
	access    string
	headers   []string // signed ones, in lower case
	signature []byte
}

// parseAuthorization takes "<algorithm> Access=<key>, SignedHeaders=<a;b>,
// Signature=<hex>". It returns the access key, if there is one, even where it
// refuses the rest.
func parseAuthorization(value string) (authorization, bool) {
	var auth authorization
	name, rest, _ := strings.Cut(value, " ")
	fields := strings.Split(rest, ",")
	if len(fields) != 3 {
		return auth, false
	}
	access, ok1 := strings.CutPrefix(strings.TrimSpace(fields[0]), "Access=")
	headers, ok2 := strings.CutPrefix(strings.TrimSpace(fields[1]), "SignedHeaders=")
	signature, ok3 := strings.CutPrefix(strings.TrimSpace(fields[2]), "Signature=")
	auth.access = access
	i := slices.IndexFunc(schemes, func(a *scheme) bool { return a.name == name })
	if i < 0 || !ok1 || !ok2 || !ok3 || access == "" {
		return auth, false
	}
	auth.alg = schemes[i]
	auth.headers = strings.Split(headers, ";")
	sig, err := hex.DecodeString(signature)
	if err != nil || signature != strings.ToLower(signature) {
		return auth, false
	}
	auth.signature = sig
	return auth, true
}

// wireRequest is a request as it came over the wire.
type wireRequest struct {
	method string
	path   string
	query  string
	host   string
	header http.Header
	body   []byte
}

var (
	errSignature = errors.New("the signature does not match")
	errBodyHash  = errors.New("the hash of the body does not match")
)

// verify checks the signature of a request against a secret key. It does not
// look at the clock.
func (auth *authorization) verify(w wireRequest, secret string) error {
	canonical, err := auth.canonicalRequest(w)
	if err != nil {
		return err
	}
	toSign := auth.alg.name + "\n" + w.header.Get("X-Sdk-Date") + "\n" + auth.alg.hashHex([]byte(canonical))
	if !auth.alg.verify(auth.alg, auth.access, secret, toSign, auth.signature) {
		return errSignature
	}
	return nil
}

func (auth *authorization) canonicalRequest(w wireRequest) (string, error) {
	path, err := canonicalPath(w.path)
	if err != nil {
		return "", err
	}
	query, err := canonicalQuery(w.query)
	if err != nil {
		return "", err
	}
	headers, err := auth.canonicalHeaders(w)
	if err != nil {
		return "", err
	}
	payload, err := auth.payloadHash(w)
	if err != nil {
		return "", err
	}
	return strings.Join([]string{w.method, path, query, headers, strings.Join(auth.headers, ";"), payload}, "\n"), nil
}

// canonicalHeaders also holds the list of signed headers to its rules: sorted,
// each there once and on the request, x-sdk-date among them.
func (auth *authorization) canonicalHeaders(w wireRequest) (string, error) {
	if !slices.Contains(auth.headers, "x-sdk-date") {
		return "", errors.New("x-sdk-date is not signed")
	}
	var b strings.Builder
	for i, name := range auth.headers {
		if name != strings.ToLower(name) || (i > 0 && name <= auth.headers[i-1]) {
			return "", errors.New("the signed headers are not in order")
		}
		values := w.header[http.CanonicalHeaderKey(name)]
		if name == "host" {
			values = []string{w.host}
		}
		if len(values) == 0 {
			return "", fmt.Errorf("the signed header %s is missing", name)
		}
		values = slices.Sorted(slices.Values(values))
		for _, v := range values {
			b.WriteString(name + ":" + strings.TrimSpace(v) + "\n")
		}
	}
	return b.String(), nil
}

// payloadHash is the hash of the body, unless a signed header says that the
// body is not signed. A hash that the header claims must be the body's.
func (auth *authorization) payloadHash(w wireRequest) (string, error) {
	have := auth.alg.hashHex(w.body)
	claimed := w.header.Get(auth.alg.contentHeader)
	switch {
	case claimed == "":
		return have, nil
	case !slices.Contains(auth.headers, strings.ToLower(auth.alg.contentHeader)):
		return "", fmt.Errorf("%s is not signed", auth.alg.contentHeader)
	case claimed != unsignedPayload && claimed != have:
		return "", errBodyHash
	}
	return claimed, nil
}

func (a *scheme) hashHex(data []byte) string {
	h := a.newHash()
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

func (a *scheme) hmac(secret, text string) []byte {
	mac := hmac.New(a.newHash, []byte(secret))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func verifyHMAC(a *scheme, _, secret, toSign string, sig []byte) bool {
	return hmac.Equal(a.hmac(secret, toSign), sig)
}

// canonicalPath encodes each segment anew and ends in a slash.
func canonicalPath(raw string) (string, error) {
	segs := strings.Split(raw, "/")
	for i, seg := range segs {
		plain, ok := unescape(seg)
		if !ok {
			return "", errors.New("the path is not percent-encoded")
		}
		segs[i] = escape(plain)
	}
	path := strings.Join(segs, "/")
	if !strings.HasSuffix(path, "/") {
		path += "/"
	}
	return path, nil
}

// canonicalQuery sorts by key, then value, and encodes both anew.
func canonicalQuery(raw string) (string, error) {
	q, err := parseQuery(raw)
	if err != nil {
		return "", err
	}
	var pairs []string
	keys := make([]string, 0, len(q))
	for k := range q {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		for _, v := range slices.Sorted(slices.Values(q[k])) {
			pairs = append(pairs, escape(k)+"="+escape(v))
		}
	}
	return strings.Join(pairs, "&"), nil
}

var errQuery = errors.New("the query is not percent-encoded")

// parseQuery decodes a query by percent signs alone. A bare "+" is refused,
// since it would be signed as one thing and read as another.
func parseQuery(raw string) (url.Values, error) {
	q := url.Values{}
	if raw == "" {
		return q, nil
	}
	for pair := range strings.SplitSeq(raw, "&") {
		k, v, _ := strings.Cut(pair, "=")
		key, ok1 := unescape(k)
		value, ok2 := unescape(v)
		if !ok1 || !ok2 || key == "" || strings.ContainsAny(pair, "+;") {
			return q, errQuery
		}
		q[key] = append(q[key], value)
	}
	return q, nil
}

// escape percent-encodes all but the unreserved characters of RFC 3986.
func escape(s string) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s))
	for i := range len(s) {
		if c := s[i]; isUnreserved(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~", c) >= 0
}

// unescape decodes percent signs and nothing else.
func unescape(s string) (string, bool) {
	if !strings.Contains(s, "%") {
		return s, true
	}
	plain, err := url.PathUnescape(s)
	return plain, err == nil
}
