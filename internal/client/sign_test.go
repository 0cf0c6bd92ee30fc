// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestSignVectors signs the requests of the official SDK's own tests (huaweicloud-sdk-go-v3 v0.1.207, core/auth/signer), and three of
// ours that were made by running it.
func TestSignVectors(t *testing.T) {
	sdk := time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)
	own := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	const unlock = "https://sms.cn-north-4.myhuaweicloud.com/v3/tasks/7a9a9540-ff28-4869-b9e4-855fbe120000/unlock"
	project := map[string]string{"User-Agent": "ua/1.0", "Content-Type": "application/json", "X-Project-Id": "0123456789abcdef0123456789abcdef"}
	for name, tc := range map[string]struct {
		algorithm, method, url, body string
		headers                      map[string]string
		at                           time.Time
		signedHeaders, signature     string
	}{
		"GET, SHA-256": {"", http.MethodGet, "https://example.huaweicloud.com/path?limit=1", "", nil, sdk,
			"x-sdk-date", "5a2ce64c865e0e6046321c6f3d5a77ba8413eeaf355c3166c03d58d02ac79624"},
		"GET, SM3": {"HmacSM3", http.MethodGet, "https://example.huaweicloud.com/path?limit=1", "", nil, sdk,
			"x-sdk-date", "acdeecf8061419275127135b54532c2c20b683bf9bbb8a32bee021a8c40befd4"},
		"POST, SHA-256": {"HmacSHA256", http.MethodPost, "https://example.huaweicloud.com/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n",
			map[string]string{"Content-Type": "application/json", "TEST_UNDERSCORE": "TEST_VALUE"}, sdk,
			"x-sdk-date", "cecc2af119b18ab70b4d094c0750f3b42c02f254903179a0fc2cc72fc9db4f59"},
		"POST, SM3": {"HmacSM3", http.MethodPost, "https://example.huaweicloud.com/path?key=value", "{\"Name\":\"test\",\"Id\":1}\n",
			map[string]string{"Content-Type": "application/json"}, sdk,
			"x-sdk-date", "359e49285fe5a469f82b86fd761b1a4a7ee16e3181de7d643c53a30667cde508"},
		"unlock": {"", http.MethodPost, unlock, "", project, own,
			"user-agent;x-project-id;x-sdk-date", "bededfb111bff4fe1e6274e103a08e4610953ec3fb6546d499e4bdca216ebadc"},
		"unlock, temporary keys": {"", http.MethodPost, unlock, "", map[string]string{
			"User-Agent": "ua/1.0", "X-Domain-Id": "fedcba9876543210fedcba9876543210", "X-Security-Token": "tok",
		}, own, "user-agent;x-domain-id;x-sdk-date;x-security-token", "95cf7ead3bbd0c2cabf8190fcaa26cbdec7905b5053c92ab6ff08d8e6b3d9291"},
		"O&M URL": {"", http.MethodGet, "https://cbh.cn-north-4.myhuaweicloud.com/v2/0123456789abcdef0123456789abcdef/cbs/instance/get-om-url" +
			"?host_account_name=CORP%5Cadm%20in%2B1%26x%3Dy%40%C3%A9&ip_address=192.168.0.7&server_id=760aeee4-9916-436a-8854-837a9ae94b2b", "", project, own,
			"user-agent;x-project-id;x-sdk-date", "bcf5b0f809045edb9d5c3fceb9dea2762fb5878218230de4f3207f7f3038bf1f"},
	} {
		t.Run(name, func(t *testing.T) {
			sign, err := newSigner(tc.algorithm)
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(tc.url)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sign(tc.method, u, tc.headers, []byte(tc.body), Credential{AccessKey: "AccessKey", SecretKey: "SecretKey"}, tc.at)
			if err != nil {
				t.Fatal(err)
			}
			want := fmt.Sprintf("Access=AccessKey, SignedHeaders=%s, Signature=%s", tc.signedHeaders, tc.signature)
			if _, after, _ := strings.Cut(got["Authorization"], " "); after != want {
				t.Errorf("Authorization:\n got  %s\n want %s", after, want)
			}
			if date := tc.at.Format("20060102T150405Z"); got["X-Sdk-Date"] != date {
				t.Errorf("X-Sdk-Date is %s, not %s", got["X-Sdk-Date"], date)
			}
		})
	}
}

func TestSignerNames(t *testing.T) {
	for _, name := range append([]string{""}, SigningAlgorithms...) {
		if _, err := newSigner(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := newSigner("md5"); err == nil || !strings.Contains(err.Error(), "HmacSHA256") {
		t.Errorf("an unknown algorithm gave %v", err)
	}
}

// TestSignedIsSent is a property: whatever stands in path, query and body, by each algorithm, the gateway verifies what the client sent.
func TestSignedIsSent(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const alphabet = "abcXYZ019-_.~!*'();:@&=+$,/?#[]% \"<>\\^`{|}äé日\u00a0"
	letters := []rune(alphabet)
	text := func(without string) string {
		var b strings.Builder
		for range 1 + random.IntN(20) {
			if r := letters[random.IntN(len(letters))]; !strings.ContainsRune(without, r) {
				b.WriteRune(r)
			}
		}
		return b.String() + "x"
	}
	for _, name := range SigningAlgorithms {
		em := emulator.Start()
		defer em.Close()
		c := clientFor(t, em, func(cfg *Config) { cfg.SigningAlgorithm = name })
		for range 100 {
			var tasks struct{}
			r := &request{
				op: opShowTask, service: serviceSMS, method: http.MethodGet, segments: []string{"v3", "tasks", text("/")},
				query: url.Values{text(""): {text(""), text("")}, text(""): {""}},
			}
			if random.IntN(2) == 0 {
				r.method, r.segments = http.MethodPost, []string{"v3", "tasks", text("/"), "unlock"}
				r.body = map[string]string{text(""): text("")}
			}
			err := c.call(t.Context(), r, &tasks)
			if s := status(err); s == http.StatusUnauthorized || s == http.StatusBadRequest || s == 0 && err != nil {
				t.Fatalf("%s: %q %v: %v", name, r.segments, r.query, err)
			}
		}
	}
}
