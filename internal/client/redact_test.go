// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

func TestRedact(t *testing.T) {
	const token = "MIIEIQYJKoZIhvcNAQcCoIIEEjCCBA4CAQExDTALBglghkgBZQMEAgE"
	for name, c := range map[string]struct{ in, secret, want string }{
		"whole":            {"decrypt token fail: " + token + "!", token, "decrypt token fail: ****!"},
		"twice":            {token + token, token, "********"},
		"the beginning":    {"token " + token[:20] + "... is bad", token, "token ****... is bad"},
		"too little of it": {"token " + token[:8] + "... is bad", token, "token " + token[:8] + "... is bad"},
		"short":            {"a is not b", "a", "a is not b"},
		"a password":       {"wrong password pa$$word.", "pa$$word", "wrong password ****."},
		"in JSON":          {`{"p":"a\"b\\c&d"}`, `a"b\c&d`, `{"p":"****"}`},
		"in JSON, escaped": {`{"p":"a\"b\\c\u0026d"}`, `a"b\c&d`, `{"p":"****"}`},
		"in a URL":         {"at /x?p=p%40ss+word%26", "p@ss word&", "at /x?p=****"},
		"in a page":        {"no &lt;secret&gt; here", "<secret>", "no **** here"},
		"a URL":            {"open https://203.0.113.10:443/?cbhinfo=abc and <http://h/x#frag>", "", "open https://203.0.113.10:443/?**** and <http://h/x#****>"},
		"a plain URL":      {"see https://support.huaweicloud.com/x.html", "", "see https://support.huaweicloud.com/x.html"},
		"nothing":          {"", token, ""},
	} {
		if got := redact(c.in, []string{c.secret, ""}); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// mirror answers every request with a refusal that repeats its headers and its body, in every part.
func mirror(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		flat := strings.Join(strings.Fields(string(dump)), " ")
		w.Header().Set("X-Request-Id", flat)
		w.WriteHeader(http.StatusBadRequest)
		answer := map[string]any{
			"error_code": flat, "error_msg": string(dump), "error_param": []string{flat},
			"details": []any{map[string]string{"error_code": flat, "error_msg": string(dump)}},
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestMirroredSecrets: a service that repeats what it was asked with gives nothing away, in no part of its answer and not in the log.
func TestMirroredSecrets(t *testing.T) {
	const (
		access, secret = "CANARYACCESSKEY00001", "canarySecretKey0000000000000000000000001"
		token          = "canary-token-canary-token-canary-token"
		password       = `canary "pass\word" & <more>`
	)
	server := mirror(t)
	t.Setenv(metadataVariable, server.URL)
	for name, c := range map[string]struct {
		way SignIn
		// secrets are looked for in what the client says, tell in what it must say, so that the test looks at the right thing.
		secrets []string
		tell    string
	}{
		"keys":           {Keys{AccessKey: access, SecretKey: secret}, []string{access, secret}, "CANA****0001, SignedHeaders="},
		"temporary keys": {Keys{AccessKey: access, SecretKey: secret, SecurityToken: token}, []string{access, secret, token}, "X-Security-Token: ****"},
		"token":          {Token{Value: token}, []string{token}, "X-Auth-Token: ****"},
		"password":       {Password{UserID: "u", Password: password}, []string{password, `pass\\word`}, `"password":"****"`},
		"ID token":       {OIDC{IdPID: "i", IDToken: token}, []string{token}, `"id":"****"`},
		"metadata":       {Metadata{}, []string{"canary"}, "Put"},
	} {
		t.Run(name, func(t *testing.T) {
			var log []string
			client := signedIn(t, server.URL, nil, c.way)
			client.cfg.ProjectID = "p"
			client.cfg.Log = func(_ context.Context, e Event) { log = append(log, fmt.Sprintf("%+v", e)) }
			_, err := client.Task(t.Context(), testTask)
			var e *Error
			if !errors.As(err, &e) || e.Status != http.StatusBadRequest {
				t.Fatalf("got %v", err)
			}
			said := fmt.Sprintf("%s %+v %v", e, *e, log)
			if name != "metadata" && !strings.Contains(said, c.tell) {
				t.Errorf("%q is not in %s", c.tell, said)
			}
			for _, s := range c.secrets {
				if strings.Contains(said, s) {
					t.Errorf("%q is in %s", s, said)
				}
			}
			if _, signature, ok := strings.Cut(said, "Signature="); ok && !strings.HasPrefix(signature, masked) {
				t.Errorf("a signature is in %s", said)
			}
			if len(log) == 0 || len(said) > 3*MaxText {
				t.Errorf("%d lines were logged, %d bytes were said", len(log), len(said))
			}
		})
	}
}

// TestEncodedSecret: an encoded authorization message that holds the token is not kept, since it would be shown.
func TestEncodedSecret(t *testing.T) {
	em, now := startEmulator(t)
	token := em.NewToken("")
	em.InjectFault(emulator.OpShowTask, emulator.Fault{
		Status: http.StatusForbidden,
		Body:   `{"error_code":"SMS.9004","error_msg":"no","encoded_authorization_message":"QUJD` + strings.NewReplacer("-", "", "_", "").Replace(token) + `"}`,
	}, 1)
	_, err := signedIn(t, em.URL(), now, Token{Value: token, Way: "token"}).Task(t.Context(), testTask)
	if e := wantRefusal(t, err, opShowTask, http.StatusForbidden); e.EncodedAuthorizationMessage != "" {
		t.Errorf("kept %q", e.EncodedAuthorizationMessage)
	}
}

// TestUnsendable: what can not stand in a header is refused before anything is sent, and not quoted.
func TestUnsendable(t *testing.T) {
	em, now := startEmulator(t)
	for name, way := range map[string]SignIn{
		"X-Auth-Token":     Token{Value: "canary\n", Way: "token (HW_AUTH_TOKEN)"},
		"X-Security-Token": Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, SecurityToken: "canary\r\n"},
		"Authorization":    Keys{AccessKey: "canary\x00", SecretKey: emulator.DefaultSecretKey},
	} {
		c := signedIn(t, em.URL(), now, way)
		c.cfg.ProjectID = emulator.DefaultProjectID
		_, err := c.Task(t.Context(), testTask)
		var e *SignInError
		if !errors.As(err, &e) || !strings.Contains(e.Why, name) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	wantCounts(t, em, map[string]int{"": 0})
}
