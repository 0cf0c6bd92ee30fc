// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// proxied is an asker that goes through the proxy and trusts the emulator.
func proxied(t *testing.T, s *Server, base string) *asker {
	t.Helper()
	u, err := url.Parse(s.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(s.CACertPEM())) {
		t.Fatal("no certificate")
	}
	tr := &http.Transport{Proxy: http.ProxyURL(u), TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(tr.CloseIdleConnections)
	return newAsker(s).with(func(a *asker) {
		a.base = base
		a.http = &http.Client{Transport: tr}
	})
}

func (a *asker) transport(t *testing.T) *http.Transport {
	t.Helper()
	tr, ok := a.http.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport")
	}
	return tr
}

func TestRealHostNames(t *testing.T) {
	s := start(t, WithCloud("cloud.example"))
	inSite := s.AddTask(Task{Site: "ap-southeast-3"})
	east := s.AddServer(VM{ProjectID: SecondProjectID})
	s.AddHost("sms.eu-west-101.myhuaweicloud.eu", "sms", "eu-west-101")
	for _, tc := range []struct {
		base, path string
		status     int
		code       string
	}{
		{"https://sms.cn-north-4.myhuaweicloud.com", failedTask, 200, ""},
		{"https://sms.cn-north-4.myhuaweicloud.com", "/v3/tasks/" + inSite, 404, "SMS.7703"},
		{"https://sms.ap-southeast-3.myhuaweicloud.com", "/v3/tasks/" + inSite, 200, ""},
		{"https://sms.ap-southeast-3.myhuaweicloud.com", failedTask, 404, "SMS.7703"},
		{"https://sms.my-kualalumpur-1.myhuaweicloud.com", failedTask, 404, "SMS.7703"},
		{"https://sms-api.ru-moscow-1.myhuaweicloud.com", failedTask, 404, "SMS.7703"},
		{"https://sms.eu-west-101.myhuaweicloud.eu", failedTask, 404, "SMS.7703"},
		{"https://sms.cn-north-4.myhuaweicloud.com", "/v3/projects", 404, "APIGW.0101"},
		{"https://ecs.cn-east-3.myhuaweicloud.com", serverPath(SecondProjectID, east), 200, ""},
		{"https://ecs.cn-north-4.myhuaweicloud.com", serverPath(SecondProjectID, east), 403, "APIGW.0310"},
		{"https://cbh.cn-north-4.myhuaweicloud.com", omURL(DefaultBastionServerID, DefaultHostIP, DefaultHostAccount), 200, ""},
		{"https://cbh.cn-north-4.myhuaweicloud.com", failedTask, 404, "APIGW.0101"},
		{"https://iam.myhuaweicloud.com", "/v3/projects", 200, ""},
		{"https://iam.cn-north-4.myhuaweicloud.com", "/v3/projects", 200, ""},
		{"https://iam.eu-west-101.myhuaweicloud.eu", "/v3/projects", 200, ""},
		{"https://sts.cn-north-4.myhuaweicloud.com", "/v5/caller-identity", 200, ""},
		{"https://iam.cloud.example", "/v3/projects", 200, ""},
		{"https://sms.r.cloud.example:8443", failedTask, 404, "SMS.7703"},
		{"http://iam.myhuaweicloud.com", "/v3/projects", 200, ""},
	} {
		a := proxied(t, s, tc.base)
		r := a.get(t, tc.path)
		if r.status != tc.status {
			t.Errorf("%s%s: %d %s", tc.base, tc.path, r.status, r.body)
		} else if tc.code != "" {
			r.want(t, tc.status, tc.code)
		}
		reqs := s.Requests()
		equal(t, "host", "https://"+reqs[len(reqs)-1].Host, strings.Replace(tc.base, "http:", "https:", 1))
	}
	equal(t, "region", s.Requests(OpShowServer)[0].Region, SecondRegion)
}

func TestHostsThatDoNotResolve(t *testing.T) {
	s := start(t)
	for _, host := range []string{
		"sms.cn-east-3.myhuaweicloud.com", "sms.cn-north-4.eu-west-101.myhuaweicloud.com", "ecs.nowhere-1.myhuaweicloud.com",
		"sts.me-east-1.myhuaweicloud.com", "sms.eu-west-101.myhuaweicloud.eu", "obs.cn-north-4.myhuaweicloud.com",
		"ecs.myhuaweicloud.com", "example.com", "iam.cloud.example", "169.254.169.254",
	} {
		a := proxied(t, s, "https://"+host)
		if _, err := a.send(t, a.sign(t, http.MethodGet, "/", nil, nil, "")); err == nil || !strings.Contains(err.Error(), "Bad Gateway") { //nolint:bodyclose // there is none
			t.Errorf("%s: %v", host, err)
		}
		if asked := s.ProxiedHosts(); !slices.Contains(asked, host) {
			t.Errorf("%s is not in %v", host, asked)
		}
	}
	equal(t, "requests", s.Count(""), 0)
}

func TestHostOfTheRequestCounts(t *testing.T) {
	s := start(t)
	a := proxied(t, s, "https://ecs.cn-north-4.myhuaweicloud.com")
	w := a.sign(t, http.MethodGet, failedTask, nil, nil, "")
	w.header.Set("Host", "sms.nowhere.example")
	a.do(t, w).want(t, http.StatusNotFound, "APIGW.0101")
}

func TestTLS(t *testing.T) {
	s := start(t)
	a := proxied(t, s, s.TLSURL())
	a.transport(t).Proxy = nil
	a.get(t, failedTask).want(t, http.StatusOK, "")
	equal(t, "protocol", s.Requests()[0].Proto, "HTTP/1.1")
	equal(t, "same listener", s.TLSURL(), a.base)

	plain := newAsker(s).with(func(a *asker) { a.base = s.TLSURL() })
	if _, err := plain.send(t, plain.sign(t, http.MethodGet, failedTask, nil, nil, "")); err == nil || !strings.Contains(err.Error(), "certificate") { //nolint:bodyclose // there is none
		t.Errorf("without the authority: %v", err)
	}
}

func TestHTTP2(t *testing.T) {
	s := start(t)
	a := proxied(t, s, "https://sms.cn-north-4.myhuaweicloud.com")
	a.transport(t).ForceAttemptHTTP2 = true
	a.get(t, failedTask).want(t, http.StatusOK, "")
	equal(t, "protocol", s.Requests()[0].Proto, "HTTP/2.0")
	for _, f := range []Fault{{Drop: DropAfterRead}, {HalfBody: true}, {Drop: DropBeforeRead}} {
		s.InjectFault(OpUnlockTask, f, -1)
		resp, err := a.send(t, a.sign(t, http.MethodPost, failedTask+"/unlock", nil, nil, ""))
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		if err == nil {
			t.Errorf("%+v: an answer came", f)
		}
		s.ClearFaults()
	}
}
