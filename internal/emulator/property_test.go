// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"maps"
	"math/rand"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
)

// TestRandomRequests sends random requests, signed by the official signer, and
// then each of them again with one thing changed on the wire.
func TestRandomRequests(t *testing.T) {
	s := start(t, WithoutSeed())
	s.AddUser(User{ID: "u2", Name: "other", AccessKeys: []AccessKey{{Access: "OTHERACCESSKEY", Secret: "another secret"}}})
	rnd := rand.New(rand.NewSource(20240102)) // #nosec G404 -- a seeded test
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		a := newAsker(s).with(func(a *asker) { a.algorithm = signingAlgorithms[rnd.Intn(len(signingAlgorithms))] })
		q := url.Values{}
		for range rnd.Intn(4) {
			q.Add(randomText(rnd, 1), randomText(rnd, 0))
		}
		q.Set("fixed", "a b")
		headers := map[string]string{"X-Custom": strings.TrimSpace(randomASCII(rnd)), "User-Agent": "property/1.0"}
		body := randomText(rnd, 0)
		method := []string{"GET", "POST", "PUT", "DELETE", "PATCH"}[rnd.Intn(5)]
		path := "/x" + randomSegment(rnd) + "/" + randomSegment(rnd)
		// The signer takes one value for a key that is no slice.
		for k := range q {
			q[k] = q[k][:1]
		}
		w := a.sign(t, method, path, q, headers, body)
		if r := a.do(t, w); r.status != http.StatusNotFound {
			t.Fatalf("%s: %d %s: %+v", a.algorithm, r.status, r.body, w)
		}
		for name, m := range mutations(w) {
			if r := a.do(t, m); r.status != http.StatusUnauthorized && r.status != http.StatusBadRequest {
				t.Fatalf("%s, %s: %d is not refused: %+v", a.algorithm, name, r.status, m)
			}
		}
	}
}

// mutations returns w with one thing changed each.
func mutations(w wire) map[string]wire {
	out := map[string]wire{}
	add := func(name string, f func(*wire)) {
		m := w
		m.header = w.header.Clone()
		f(&m)
		out[name] = m
	}
	auth := w.header.Get("Authorization")
	replaceAuth := func(old, with string) func(*wire) {
		return func(m *wire) { m.header.Set("Authorization", strings.Replace(auth, old, with, 1)) }
	}
	add("method", func(m *wire) { m.method = map[bool]string{true: "POST", false: "GET"}[w.method == "GET"] })
	add("path", func(m *wire) { m.path += "x" })
	add("path shortened", func(m *wire) { m.path = m.path[:strings.LastIndex(m.path, "/")] })
	add("query added", func(m *wire) { m.query += "&z=1" })
	add("query value", func(m *wire) { m.query = strings.Replace(m.query, "fixed=a%20b", "fixed=a%20c", 1) })
	add("query gone", func(m *wire) { m.query = "" })
	add("plus for a blank", func(m *wire) { m.query = strings.Replace(m.query, "a%20b", "a+b", 1) })
	add("encoded twice", func(m *wire) { m.query = strings.ReplaceAll(m.query, "%", "%25") })
	add("body", func(m *wire) { m.body += " " })
	add("signed header", func(m *wire) { m.header.Set("X-Custom", m.header.Get("X-Custom")+"x") })
	add("signed header gone", func(m *wire) { m.header.Del("X-Custom") })
	add("signed header twice", func(m *wire) { m.header.Add("X-Custom", "more") })
	add("user agent", func(m *wire) { m.header.Set("User-Agent", "other") })
	add("date", func(m *wire) {
		d := []byte(m.header.Get("X-Sdk-Date"))
		d[len(d)-2] = '0' + (d[len(d)-2]-'0'+1)%10
		m.header.Set("X-Sdk-Date", string(d))
	})
	add("header no longer signed", replaceAuth("user-agent;", ""))
	add("unknown key", replaceAuth(DefaultAccessKey, "NOSUCHACCESSKEY"))
	add("another user's key", replaceAuth(DefaultAccessKey, "OTHERACCESSKEY"))
	add("security token", func(m *wire) { m.header.Set("X-Security-Token", "x") })
	add("signature", func(m *wire) {
		b := []byte(auth)
		last := &b[len(b)-1]
		*last = map[bool]byte{true: '1', false: '0'}[*last == '0']
		m.header.Set("Authorization", string(b))
	})
	add("signature cut", replaceAuth(auth, auth[:len(auth)-2]))
	add("no signature", func(m *wire) { m.header.Del("Authorization") })
	name, _, _ := strings.Cut(auth, " ")
	add("algorithm", replaceAuth(name, map[bool]string{true: "SDK-HMAC-SM3", false: "SDK-HMAC-SHA256"}[name == "SDK-HMAC-SHA256"]))
	return out
}

const alphabet = `abzAZ09-_.~ !"#$%&'()*+,/:;<=>?@[\]^{|}` + "`\tüé一\U0001F600"

func randomText(rnd *rand.Rand, atLeast int) string {
	runes := []rune(alphabet)
	out := make([]rune, atLeast+rnd.Intn(12))
	for i := range out {
		out[i] = runes[rnd.Intn(len(runes))]
	}
	return string(out)
}

// randomASCII is text that a header can hold.
func randomASCII(rnd *rand.Rand) string {
	return strings.Map(func(r rune) rune {
		if r > '~' || r == '\t' {
			return 'x'
		}
		return r
	}, randomText(rnd, 1))
}

// randomSegment is text without a slash that is no dot segment.
func randomSegment(rnd *rand.Rand) string {
	return strings.ReplaceAll(randomText(rnd, 1), "/", "") + "s"
}

// TestAlgorithms signs the same request in the four ways, against a task that
// is there.
func TestAlgorithms(t *testing.T) {
	s := start(t)
	for _, alg := range signingAlgorithms {
		t.Run(string(alg), func(t *testing.T) {
			a := newAsker(s).with(func(a *asker) { a.algorithm = alg })
			r := a.get(t, "/v3/tasks/"+TaskID("MIGRATE_FAIL"))
			r.want(t, http.StatusOK, "")
			bad := a.with(func(a *asker) { a.secret = "another secret" })
			bad.get(t, "/v3/tasks/"+TaskID("MIGRATE_FAIL")).want(t, http.StatusUnauthorized, "APIGW.0301")
		})
	}
}

// TestUnsignedPayload covers bodies that are not JSON, whose hash the signer
// leaves out by a signed header.
func TestUnsignedPayload(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, alg := range []algorithm.SigningAlgorithm{algorithm.HmacSHA256, algorithm.HmacSM3} {
		name := map[algorithm.SigningAlgorithm]string{
			algorithm.HmacSHA256: "X-Sdk-Content-Sha256", algorithm.HmacSM3: "X-Sdk-Content-Sm3",
		}[alg]
		signed := a.with(func(a *asker) {
			a.algorithm = alg
			a.header = map[string]string{name: unsignedPayload}
		})
		w := signed.sign(t, http.MethodPost, "/v3/none", nil, nil, "one")
		w.body = "another"
		signed.do(t, w).want(t, http.StatusNotFound, "APIGW.0101")
		wrong := signed.with(func(a *asker) { a.header = maps.Clone(a.header); a.header[name] = strings.Repeat("0", 64) })
		wrong.do(t, wrong.sign(t, http.MethodPost, "/v3/none", nil, nil, "one")).want(t, http.StatusUnauthorized, "APIGW.0301")
	}
}
