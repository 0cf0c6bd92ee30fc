// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"crypto/tls"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

var nested = strings.Repeat(`{"a":[`, 50_000)

// overTLS asks the emulator over TLS, where HTTP/2 is agreed on.
func overTLS(t *testing.T, s *emulator.Server, with *settings) {
	t.Helper()
	with.endpoint = s.TLSURL()
	with.values = map[string]tftypes.Value{"cacert_file": str(s.CACertPEM())}
	t.Cleanup(func() {
		for _, r := range s.Requests() {
			if r.Proto != "HTTP/2.0" {
				t.Errorf("it was asked over %s", r.Proto)
			}
		}
	})
}

// oneRetry keeps rows short in which a try takes a minute.
func oneRetry(_ *testing.T, _ *emulator.Server, with *settings) {
	with.values = map[string]tftypes.Value{"max_retries": num(1)}
	with.tune = shortTries
}

// pick is a pause for the table's real minutes, or for the moments of the tests.
func pick(measured, short time.Duration) time.Duration {
	if *table {
		return measured
	}
	return short
}

// slowness is time that runs out.
func slowness() []row {
	const late = "did not answer in time."
	return []row{
		{kind: "slow headers", op: theURL, fault: emulator.Fault{SlowHeaders: 100 * time.Millisecond}, times: forEver, tries: 1, within: oneMore},
		{kind: "slow body", op: theURL, fault: emulator.Fault{SlowBody: 10 * time.Millisecond}, times: forEver, tries: 1, within: twoMore},
		{kind: "headers that take longer than a minute", op: theURL, set: oneRetry, fault: emulator.Fault{SlowHeaders: pick(20*time.Second, 500*time.Millisecond)},
			times: forEver, timeout: 5 * time.Minute, tries: 2, within: minutes, says: late, note: "with max_retries = 1"},
		{kind: "a body that takes longer than a minute", op: theURL, set: oneRetry, fault: emulator.Fault{SlowBody: pick(2*time.Second, 50*time.Millisecond)},
			times: forEver, timeout: 5 * time.Minute, tries: 2, within: minutes, says: late, note: "with max_retries = 1"},
		{kind: "no answer within a minute", set: oneRetry, fault: emulator.Fault{Delay: time.Hour}, times: forEver, tries: 2, within: minutes, says: late,
			note: "with max_retries = 1"},
		{kind: "a slow body, to an unlock", fault: emulator.Fault{Status: 200, Body: page, SlowBody: time.Second, Apply: true}, times: forEver, tries: 1,
			within: twoMore, note: "the rest of the answer is not waited for"},
		{kind: "no answer, and a timeout of 1s", fault: emulator.Fault{Delay: time.Hour}, times: forEver, timeout: time.Second, tries: 1, within: oneMore,
			says: "Time was up before", note: "names the timeouts block"},
	}
}

// ways are hosts, certificates, clocks and proxies that are not as they should be.
func ways() []row {
	return []row{
		{kind: "no such host", unseen: true, tries: 1, within: atOnce, says: "There is no host named sms.no-such-host.invalid.",
			set: func(_ *testing.T, _ *emulator.Server, with *settings) {
				with.endpoint = "https://sms.no-such-host.invalid"
			}},
		{kind: "a proxy that wants a login", unseen: true, tries: 1, within: atOnce, says: "answered 407 Proxy Authentication Required",
			set: func(_ *testing.T, _ *emulator.Server, with *settings) {
				with.endpoint = "https://sms.cn-north-4.myhuaweicloud.com"
			}},
		{kind: "a certificate that does not verify", unseen: true, tries: 1, within: atOnce, says: "give its certificate in cacert_file",
			note: "nothing is sent", set: func(_ *testing.T, s *emulator.Server, with *settings) { with.endpoint = s.TLSURL() }},
		{kind: "TLS older than 1.2", unseen: true, tries: 1, within: atOnce, says: "TLS with 127.0.0.1:", set: oldTLS},
		{kind: "a redirect to another host", set: elsewhere(http.StatusFound), tries: 1, within: atOnce,
			says: "The host redirects, so it is not the service's API.", note: "it is not followed, and the other host gets nothing"},
		{kind: "a redirect that keeps the method", set: elsewhere(http.StatusTemporaryRedirect), tries: 1, within: atOnce,
			says: "The host redirects, so it is not the service's API."},
		{kind: "a clock that is an hour off", tries: 1, within: atOnce, says: "signatures are refused beyond 15 minutes of difference.",
			note: "both times are told", run: clockSkew},
		{kind: "a token that expires amid 200 parallel unlocks", shown: "≤ 2", within: allRetries, note: "one new token is obtained for all", run: expiringToken},
	}
}

// elsewhere redirects every request to a second emulator, and fails if that is asked for anything.
func elsewhere(status int) func(*testing.T, *emulator.Server, *settings) {
	return func(t *testing.T, s *emulator.Server, _ *settings) {
		t.Helper()
		other := emulator.Start()
		t.Cleanup(func() {
			if n := other.Count(""); n != 0 {
				t.Errorf("the other host was asked %d times", n)
			}
			other.Close()
		})
		s.ClearFaults()
		s.InjectFault("", emulator.Fault{Status: status, RedirectTo: other.URL() + "/v3/tasks/" + taskID + "/unlock"}, forEver)
	}
}

// oldTLS is a server that speaks no TLS newer than 1.1.
func oldTLS(t *testing.T, _ *emulator.Server, with *settings) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			server := tls.Server(conn, &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11})
			_ = server.HandshakeContext(t.Context())
			_ = server.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	with.endpoint = "https://" + l.Addr().String()
}
