// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxText bounds text of a service in an error, in bytes.
const MaxText = 4 << 10

// maxCode bounds a code or an ID that a service gives, in bytes.
const maxCode = 128

// maxEncoded bounds an encoded authorization message, in bytes: 65,535 characters are documented ("Unlocking a Target Server").
const maxEncoded = 64 << 10

// envelope is what the services' forms of an error have in common.
type envelope struct {
	Code, Message, RequestID, Encoded string
	Params                            []string
	Details                           []Detail
}

// parseEnvelope reads each form in which the services and the gateway word an error:
//
//  1. error_code + error_msg, with request_id, encoded_authorization_message, error_param, details (SMS, gateway, IAM v5)
//  2. error_code (text or number) + error_description or description (CBH)
//  3. code + message
//  4. error{code, message, title}, or any other nested object that holds both (IAM v3, OpenStack)
//  5. errorCode + errorMsg
//  6. anything else is text
func parseEnvelope(body []byte) envelope {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(body, &fields) != nil {
		return envelope{Message: plainText(body)}
	}
	e := flat(fields)
	if e.Code == "" && e.Message == "" {
		for _, key := range append([]string{"error"}, sortedKeys(fields)...) {
			inner := map[string]json.RawMessage{}
			if json.Unmarshal(fields[key], &inner) != nil {
				continue
			}
			if n := flat(inner); n.Message != "" && (n.Code != "" || key == "error") {
				n.RequestID = firstOf(n.RequestID, e.RequestID)
				n.Encoded = firstOf(n.Encoded, e.Encoded)
				return n
			}
		}
		e.Message = plainText(body)
	}
	return e
}

func flat(fields map[string]json.RawMessage) envelope {
	e := envelope{
		Code:      text(fields, "error_code", "errorCode", "code"),
		Message:   text(fields, "error_msg", "error_description", "errorMsg", "message", "description", "error_message", "title"),
		RequestID: text(fields, "request_id", "requestId"),
		Encoded:   text(fields, "encoded_authorization_message"),
	}
	var params []lenientString
	if json.Unmarshal(fields["error_param"], &params) == nil {
		for _, p := range params[:min(len(params), 20)] {
			e.Params = append(e.Params, string(p))
		}
	}
	var details []map[string]json.RawMessage
	if json.Unmarshal(fields["details"], &details) == nil {
		for _, d := range details[:min(len(details), 20)] {
			e.Details = append(e.Details, Detail{Code: text(d, "error_code", "code"), Message: text(d, "error_msg", "message")})
		}
	}
	return e
}

// text is the first of the keys that holds text or a number.
func text(fields map[string]json.RawMessage, keys ...string) string {
	for _, k := range keys {
		var s lenientString
		if json.Unmarshal(fields[k], &s) == nil && s != "" {
			return string(s)
		}
	}
	return ""
}

// plainText keeps a body that is no JSON object, without the markup of a web page.
func plainText(body []byte) string {
	body = bytes.TrimSpace(body)
	if !looksLikeHTML(body) {
		return secretField.ReplaceAllString(string(body), "${1}"+masked)
	}
	var b strings.Builder
	depth := 0
	for _, r := range string(body) {
		switch {
		case r == '<':
			depth++
			b.WriteByte(' ')
		case r == '>' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func looksLikeHTML(body []byte) bool {
	return strings.HasPrefix(http.DetectContentType(body), "text/html")
}

// escapes are the control sequences that terminals act on, whole (ECMA-48): CSI up to its final byte, OSC and other strings up to their
// terminator, and what is left of two characters or three.
var escapes = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]" +
	"|(?:\x1b[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\x07\x1b\u009c]*(?:\x07|\x1b\\\\|\u009c)" +
	"|\x1b[ -/]*[0-~]")

// Clean makes a service's text safe to show: on one line, without control and escape sequences, invisible formatting and invalid UTF-8.
func Clean(s string) string { return strings.TrimSpace(tame(s)) }

// tame is Clean for what is kept as data: white space at the ends stays.
func tame(s string) string {
	if isPlain(s) {
		return s
	}
	s = escapes.ReplaceAllString(strings.ToValidUTF8(s, ""), "")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r):
			return -1
		}
		return r
	}, s)
}

// isPlain says whether text is printable ASCII, as nearly all of it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Bound cuts text to at most n bytes at a character's edge.
func Bound(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const mark = "…"
	if n < len(mark) {
		return ""
	}
	cut := n - len(mark)
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + mark
}

// base64Only keeps an encoded authorization message only if it is nothing else, white space apart.
func base64Only(s string) string {
	s = strings.Join(strings.Fields(s), "")
	if len(s) > maxEncoded {
		return ""
	}
	for _, r := range s {
		if !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_", r) {
			return ""
		}
	}
	return s
}
