// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// masked stands in a service's text for what must not be shown.
const masked = "****"

const (
	// minSecret is the length from which a value is looked for: masking anything shorter would garble the text, and IAM takes no
	// password below six characters.
	minSecret = 4
	// headOfSecret is how much of a secret is enough to recognise it by, for services that quote the beginning alone.
	headOfSecret = 16
)

var (
	// urlQuery is the part of a URL that may hold a secret, as in an O&M URL.
	urlQuery = regexp.MustCompile(`(https?://[^\s"'<>?#]*[?#])[^\s"'<>]+`)
	// secretField is a text of JSON whose key is named like a secret. It need not be closed, since answers are cut.
	secretField = regexp.MustCompile(`(?i)("[a-z0-9_-]*(?:token|secret|password|login_url|authorization|signature)[a-z0-9_-]*"\s*:\s*")(?:[^"\\]|\\.)*`)
)

// prove notes what the try proves itself with, and refuses what can not stand in a header.
func (a *attempt) prove(h http.Header, cred Credential) error {
	for name, values := range h {
		if !httpguts.ValidHeaderFieldValue(values[0]) {
			return &SignInError{
				As:     a.r.identity(),
				Why:    "the value for the header " + name + " holds a line break or another control character",
				Remedy: "Remove it from the credentials. A file that is read into an argument often ends with a line break, which trimspace() removes.",
			}
		}
	}
	_, signature, _ := strings.Cut(h.Get("Authorization"), "Signature=")
	a.secrets = append([]string{cred.SecretKey, cred.SecurityToken, cred.Token, signature, h.Get(metadataToken)}, a.r.secrets...)
	a.accessKey = cred.AccessKey
	return nil
}

// show makes a service's text safe to show: clean, without the secrets that the request carried, and of at most n bytes. A service
// that is asked with a secret may repeat it.
func (a *attempt) show(s string, n int) string {
	s = Clean(s)
	if len(a.accessKey) >= minSecret {
		s = strings.ReplaceAll(s, a.accessKey, Mask(a.accessKey))
	}
	return Bound(redact(s, a.secrets), n)
}

// redact masks the secrets, and the beginnings of long ones, as they are or as JSON, HTML and URLs write them. It also masks the
// queries of URLs.
func redact(s string, secrets []string) string {
	if s == "" {
		return s
	}
	var forms []string
	for _, secret := range secrets {
		text, _ := json.Marshal(secret) // text never fails
		plain := strings.ReplaceAll(strings.ReplaceAll(secret, `\`, `\\`), `"`, `\"`)
		for _, form := range []string{secret, string(text[1 : len(text)-1]), plain, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret)} {
			if form = Clean(form); len(form) >= minSecret && !slices.Contains(forms, form) {
				forms = append(forms, form)
			}
		}
	}
	var b strings.Builder
	for {
		at, n := findSecret(s, forms)
		if n == 0 {
			return maskURLs(b.String() + s)
		}
		b.WriteString(s[:at] + masked)
		s = s[at+n:]
	}
}

// findSecret is where the first of the secrets stands, and how much of it.
func findSecret(s string, secrets []string) (at, n int) {
	for _, secret := range secrets {
		i := strings.Index(s, secret[:min(len(secret), headOfSecret)])
		if i < 0 || n > 0 && i > at {
			continue
		}
		same := 0
		for same < len(secret) && i+same < len(s) && s[i+same] == secret[same] {
			same++
		}
		if n == 0 || i < at || same > n {
			at, n = i, same
		}
	}
	return at, n
}

func maskURLs(s string) string { return urlQuery.ReplaceAllString(s, "${1}"+masked) }
