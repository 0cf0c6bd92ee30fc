// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

var signingAlgorithms = []algorithm.SigningAlgorithm{
	algorithm.HmacSHA256, algorithm.HmacSM3, algorithm.EcdsaP256SHA256, algorithm.SM2SM3,
}

// The first four vectors are those of huaweicloud-sdk-go-v3 0.1.207
// (core/auth/signer/signer_test.go, sm3_signer_test.go); the others were made
// with its signer.
func TestVectors(t *testing.T) {
	const (
		unlock  = "/v3/tasks/7a9a9540-ff28-4869-b9e4-855fbe120000/unlock"
		project = "0123456789abcdef0123456789abcdef"
	)
	ours := func(name, value string, more ...string) http.Header {
		h := http.Header{"X-Sdk-Date": {"20240102T030405Z"}, "User-Agent": {"ua/1.0"}, "Content-Type": {"application/json"}, name: {value}}
		for i := 0; i < len(more); i += 2 {
			h.Set(more[i], more[i+1])
		}
		return h
	}
	official := http.Header{"X-Sdk-Date": {"20060102T150405Z"}, "Test_underscore": {"TEST_VALUE"}}
	get := wireRequest{method: "GET", path: "/path", query: "limit=1", header: official}
	post := wireRequest{method: "POST", path: "/path", query: "key=value", header: official, body: []byte("{\"Name\":\"test\",\"Id\":1}\n")}
	for _, tc := range []struct {
		name, alg, headers, signature string
		req                           wireRequest
	}{
		{"get HMAC-SHA256", "SDK-HMAC-SHA256", "x-sdk-date", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624", get},
		{"post HMAC-SHA256", "SDK-HMAC-SHA256", "x-sdk-date", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59", post},
		{"get HMAC-SM3", "SDK-HMAC-SM3", "x-sdk-date", "acdeecf8061419275127135b54532c2c20b683bf9bbb8a32bee021a8c40befd4", get},
		{"post HMAC-SM3", "SDK-HMAC-SM3", "x-sdk-date", "359e49285fe5a469f82b86fd761b1a4a7ee16e3181de7d643c53a30667cde508", post},
		{
			"unlock by project", "SDK-HMAC-SHA256", "user-agent;x-project-id;x-sdk-date",
			"bededfb111bff4fe1e6274e103a08e4610953ec3fb6546d499e4bdca216ebadc",
			wireRequest{method: "POST", path: unlock, header: ours("X-Project-Id", project)},
		},
		{
			"unlock by account", "SDK-HMAC-SHA256", "user-agent;x-domain-id;x-sdk-date;x-security-token",
			"95cf7ead3bbd0c2cabf8190fcaa26cbdec7905b5053c92ab6ff08d8e6b3d9291",
			wireRequest{method: "POST", path: unlock, header: ours("X-Domain-Id", "fedcba9876543210fedcba9876543210", "X-Security-Token", "tok")},
		},
		{
			"hostile query", "SDK-HMAC-SHA256", "user-agent;x-project-id;x-sdk-date",
			"bcf5b0f809045edb9d5c3fceb9dea2762fb5878218230de4f3207f7f3038bf1f",
			wireRequest{
				method: "GET", path: "/v2/" + project + "/cbs/instance/get-om-url", header: ours("X-Project-Id", project),
				query: "host_account_name=CORP%5Cadm%20in%2B1%26x%3Dy%40%C3%A9&ip_address=192.168.0.7&server_id=760aeee4-9916-436a-8854-837a9ae94b2b",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			auth, ok := parseAuthorization(fmt.Sprintf("%s Access=AccessKey, SignedHeaders=%s, Signature=%s", tc.alg, tc.headers, tc.signature))
			if !ok {
				t.Fatal("the header does not parse")
			}
			if err := auth.verify(tc.req, "SecretKey"); err != nil {
				t.Error(err)
			}
			if err := auth.verify(tc.req, "secretKey"); !errors.Is(err, errSignature) {
				t.Errorf("with another secret: %v", err)
			}
		})
	}
}

func TestCanonicalHashes(t *testing.T) {
	auth, ok := parseAuthorization("SDK-HMAC-SHA256 Access=AccessKey, SignedHeaders=x-sdk-date, Signature=00")
	if !ok {
		t.Fatal("the header does not parse")
	}
	header := http.Header{"X-Sdk-Date": {"20060102T150405Z"}}
	for hash, req := range map[string]wireRequest{
		"85c3b7730f308aee452b16138a42a914397e43a8f0d732dfa521c0ef2afa98a4": {method: "GET", path: "/path", query: "limit=1", header: header},
		"13f75ff5f5216199f986c7e7f2f77834d5e160ad9e46f37319816dc72ba7eeab": {
			method: "POST", path: "/path", query: "key=value", header: header, body: []byte("{\"Name\":\"test\",\"Id\":1}\n"),
		},
	} {
		canonical, err := auth.canonicalRequest(req)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, req.method, auth.alg.hashHex([]byte(canonical)), hash)
	}
}

func TestCanonicalQuery(t *testing.T) {
	const vector = "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123&test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29"
	for raw, want := range map[string]string{
		"multi=3&test=%e4%b8%80%20(%26%3D%3F!%23%25.*)&path=/tmp/123&enable=true&multi=1&limit=1&multi=2": vector,
		"":     "",
		"k":    "k=",
		"k=":   "k=",
		"b=&a": "a=&b=",
	} {
		got, err := canonicalQuery(raw)
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", raw, got, err)
		}
	}
	for _, raw := range []string{"a+b=c", "a=b+c", "a=%zz", "a=%2", "a=1&&b=2", "=v", "a=1;b=2", "&"} {
		if got, err := canonicalQuery(raw); err == nil {
			t.Errorf("%s is taken as %s", raw, got)
		}
	}
}

func TestCanonicalPath(t *testing.T) {
	for raw, want := range map[string]string{
		"/":         "/",
		"/a/b":      "/a/b/",
		"/a/b/":     "/a/b/",
		"/a:b@c/%e": "",
		"/a:b@c":    "/a%3Ab%40c/",
		"/a%2fb":    "/a%2Fb/",
		"/%7E~":     "/~~/",
	} {
		got, err := canonicalPath(raw)
		if got != want || (err != nil) != (want == "") {
			t.Errorf("%s: got %s, %v", raw, got, err)
		}
	}
}

func TestParseAuthorizationRefuses(t *testing.T) {
	const good = "SDK-HMAC-SHA256 Access=a, SignedHeaders=x-sdk-date, Signature=00ff"
	if _, ok := parseAuthorization(good); !ok {
		t.Fatal("the good header is refused")
	}
	for _, v := range []string{
		"", "Bearer x", strings.Replace(good, "SHA256", "SHA512", 1), strings.Replace(good, "Access=a", "Access=", 1),
		strings.Replace(good, "00ff", "00FF", 1), strings.Replace(good, "00ff", "0", 1), strings.Replace(good, "Access=", "Credential=", 1),
		strings.Replace(good, ", Signature=00ff", "", 1), good + ", Signature=00", strings.Replace(good, " Access", "  ,Access", 1),
	} {
		if _, ok := parseAuthorization(v); ok {
			t.Errorf("%q is taken", v)
		}
	}
}

func TestSignedHeadersAreHeldToTheirRules(t *testing.T) {
	header := http.Header{"X-Sdk-Date": {"20240102T030405Z"}, "X-A": {"1"}, "X-Sdk-Content-Sha256": {"abc"}}
	for headers, want := range map[string]string{
		"x-a":                             "x-sdk-date is not signed",
		"x-sdk-date;x-a":                  "not in order",
		"x-a;x-a;x-sdk-date":              "not in order",
		"X-A;x-sdk-date":                  "not in order",
		"x-b;x-sdk-date":                  "x-b is missing",
		"x-a;x-sdk-date":                  "X-Sdk-Content-Sha256 is not signed",
		"x-sdk-content-sha256;x-sdk-date": "hash of the body",
	} {
		auth, ok := parseAuthorization("SDK-HMAC-SHA256 Access=a, SignedHeaders=" + headers + ", Signature=00")
		if !ok {
			t.Fatal("the header does not parse")
		}
		_, err := auth.canonicalRequest(wireRequest{method: "GET", path: "/", header: header})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", headers, err, want)
		}
	}
}

// FuzzSignature signs with the official signer and checks with this package:
// what is signed must hold, and must not once a byte of it is another.
func FuzzSignature(f *testing.F) {
	f.Add(byte(0), "POST", "/v3/tasks/7a9a9540-ff28-4869-b9e4-855fbe12xxxx/unlock", "", "", "", "", "0123456789abcdef")
	f.Add(byte(1), "GET", "/v2/p/cbs/instance/get-om-url", "host_account_name", "CORP\\adm in+1&x=y@é", "ip_address", "192.168.0.7", "p")
	f.Add(byte(2), "PUT", "/a b/ü%20/c", "k", "", "k2", "a=b&c", " padded ")
	f.Add(byte(3), "POST", "/", "一", "(&=?!#%.*)", "", "{\"unlock\":null}\n", "x")
	f.Fuzz(func(t *testing.T, alg byte, method, path, key, value, key2, body, header string) {
		if method == "" || !strings.HasPrefix(path, "/") || key == key2 || strings.ContainsAny(header, "\r\n\x00") || !utf8.ValidString(key+value+key2) {
			t.Skip()
		}
		q := url.Values{}
		if key != "" {
			q.Set(key, value)
		}
		if key2 != "" {
			q.Set(key2, "v")
		}
		b := request.NewHttpRequestBuilder().WithMethod(method).WithPath(path).
			AddHeaderParam("X-Sdk-Date", "20240102T030405Z").AddHeaderParam("X-Header", header)
		for k, v := range q {
			b.AddQueryParam(k, reflect.ValueOf(v))
		}
		if body != "" {
			b.WithBody("body", body)
		}
		sg, err := signer.GetSigner(signingAlgorithms[int(alg)%len(signingAlgorithms)])
		if err != nil {
			t.Fatal(err)
		}
		added, err := sg.Sign(b.Build(), "ak", "sk")
		if err != nil {
			t.Fatal(err)
		}
		auth, ok := parseAuthorization(added["Authorization"])
		if !ok {
			t.Fatalf("%q does not parse", added["Authorization"])
		}
		w := wireRequest{
			method: method, path: encodePath(path), query: encodeQuery(q), body: []byte(body),
			header: http.Header{"X-Sdk-Date": {"20240102T030405Z"}, "X-Header": {header}},
		}
		if err := auth.verify(w, "sk"); err != nil {
			t.Fatalf("%v: %+v", err, w)
		}
		w.body = append(w.body, 'x')
		if err := auth.verify(w, "sk"); err == nil {
			t.Fatal("another body is taken")
		}
	})
}
