// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/url"
	"testing"
)

func TestParseEndpoint(t *testing.T) {
	for in, want := range map[string]string{
		"sms.example": "https://sms.example", "sms.example/": "https://sms.example", "https://sms.example//": "https://sms.example",
		" https://sms.example/base/ ": "https://sms.example/base", "https://sms.example:8443": "https://sms.example:8443",
		"http://127.0.0.1:1": "http://127.0.0.1:1", "http://localhost/": "http://localhost", "http://[::1]:1": "http://[::1]:1",
		"": "", "http://sms.example": "", "ftp://sms.example": "", "https://": "", "https://u:p@sms.example": "",
		"https://sms.example?x": "", "https://sms.example?x=1": "", "https://sms.example#x": "", "https://sms example": "", "http://169.254.169.254": "",
		"https://sms.example/a%2Fb": "", "https://sms.example/a%20b": "https://sms.example/a%20b",
	} {
		u, err := ParseEndpoint(in)
		if want == "" {
			if err == nil {
				t.Errorf("%q was taken as %s", in, u)
			}
			continue
		}
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v, want %s", in, u, err, want)
		}
	}
	for _, in := range []string{"iam.example/v3", "https://iam.example/v3/", "https://iam.example"} {
		if u, err := ParseAuthURL(in); err != nil || u.String() != "https://iam.example" {
			t.Errorf("%q: %v, %v", in, u, err)
		}
	}
}

// TestHosts: where each service is asked, by region, cloud and override.
func TestHosts(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg                     Config
		sms, ecs, cbh, iam, sts string
	}{
		"mainland": {Config{Region: "cn-east-3"}, "https://sms.cn-north-4.myhuaweicloud.com", "https://ecs.cn-east-3.myhuaweicloud.com",
			"https://cbh.cn-east-3.myhuaweicloud.com", "https://iam.cn-east-3.myhuaweicloud.com", "https://sts.cn-east-3.myhuaweicloud.com"},
		"international": {cfg: Config{Region: "af-south-1"}, sms: "https://sms.ap-southeast-3.myhuaweicloud.com"},
		"its own":       {cfg: Config{Region: "my-kualalumpur-1"}, sms: "https://sms.my-kualalumpur-1.myhuaweicloud.com"},
		"another name":  {cfg: Config{Region: "ru-moscow-1"}, sms: "https://sms-api.ru-moscow-1.myhuaweicloud.com"},
		"Europe":        {cfg: Config{Region: "eu-west-101"}, sms: "none", cbh: "https://cbh.eu-west-101.myhuaweicloud.eu"},
		"Europe, told":  {cfg: Config{Region: "eu-west-101", SMSRegion: "eu-west-101"}, sms: "https://sms.eu-west-101.myhuaweicloud.eu"},
		"own cloud":     {cfg: Config{Region: "cn-north-4", Cloud: "cloud.example"}, sms: "none", ecs: "https://ecs.cn-north-4.cloud.example"},
		"sms_region":    {cfg: Config{Region: "cn-north-4", SMSRegion: "ap-southeast-3"}, sms: "https://sms.ap-southeast-3.myhuaweicloud.com"},
		"endpoint":      {cfg: Config{Region: "eu-west-101", Endpoints: map[string]string{"sms": "sms.example"}}, sms: "https://sms.example"},
		"endpoint of the other site alone": {cfg: Config{Region: "cn-north-4", Endpoints: map[string]string{"sms-intl": "intl.example"}},
			sms: "https://intl.example"},
		"endpoints of both sites, mainland": {cfg: Config{Region: "cn-north-4", Endpoints: map[string]string{"sms-intl": "intl.example", "sms": "cn.example"}},
			sms: "https://cn.example"},
		"endpoints of both sites, international": {cfg: Config{Region: "af-south-1", Endpoints: map[string]string{"sms-intl": "intl.example", "sms": "cn.example"}},
			sms: "https://intl.example"},
		"auth_url":         {cfg: Config{Region: "cn-north-4", AuthURL: "https://iam.example/v3"}, iam: "https://iam.example"},
		"endpoint of IAM":  {cfg: Config{Region: "cn-north-4", AuthURL: "https://a.example", Endpoints: map[string]string{"iam": "b.example/v3"}}, iam: "https://b.example"},
		"endpoint of CBH":  {cfg: Config{Region: "cn-north-4", Endpoints: map[string]string{"cbh": "http://127.0.0.1:1/"}}, cbh: "http://127.0.0.1:1"},
		"endpoints of STS": {cfg: Config{Region: "cn-north-4", Endpoints: map[string]string{"sts": "sts.example"}}, sts: "https://sts.example"},
	} {
		c, err := New(tc.cfg)
		if err != nil {
			t.Fatal(err)
		}
		for service, want := range map[string]string{"sms": tc.sms, "ecs": tc.ecs, "cbh": tc.cbh, "iam": tc.iam, "sts": tc.sts} {
			if want == "" {
				continue
			}
			u, err := c.endpoint(service, tc.cfg.Region)
			if err != nil && want != "none" || err == nil && u.String() != want {
				t.Errorf("%s: %s is %v (%v), want %s", name, service, u, err, want)
			}
		}
	}
}

func TestOtherSMSHost(t *testing.T) {
	for host, want := range map[string]string{
		"sms.cn-north-4.myhuaweicloud.com":         "sms.ap-southeast-3.myhuaweicloud.com",
		"sms.ap-southeast-3.myhuaweicloud.com:443": "sms.cn-north-4.myhuaweicloud.com",
		"127.0.0.1:1": "",
	} {
		if got := OtherSMSHost(host); got != want {
			t.Errorf("the other host of %s is %q, want %q", host, got, want)
		}
	}
}

func TestOutside(t *testing.T) {
	for raw, want := range map[string]bool{
		"https://sms.cn-north-4.myhuaweicloud.com": false, "https://myhuaweicloud.com": false, "http://127.0.0.1:1": false,
		"https://evilmyhuaweicloud.com": true, "https://myhuaweicloud.com.evil.example": true, "https://SMS.MYHUAWEICLOUD.COM": false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := Outside(u, "myhuaweicloud.com"); got != want {
			t.Errorf("%s: outside is %v", raw, got)
		}
	}
}

func TestNamesOfHosts(t *testing.T) {
	for region, want := range map[string]bool{"cn-north-4": true, "eu-west-101": true, "": false, "-a": false, "a-": false, "A": false, "a.b": false, "a/b": false, "a\n": false} {
		if ValidRegion(region) != want {
			t.Errorf("region %q: %v", region, !want)
		}
	}
	for cloud, want := range map[string]bool{"myhuaweicloud.com": true, "cloud": true, "": false, ".a": false, "a..b": false, "a:1": false, "a/b": false, "u@a": false} {
		if ValidCloud(cloud) != want {
			t.Errorf("cloud %q: %v", cloud, !want)
		}
	}
}
