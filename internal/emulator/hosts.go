// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"slices"
	"strings"
)

// The regions in which the services have hosts, from the region tables of
// huaweicloud-sdk-go-v3 0.1.207. That ECS and IAM stand in all regions of CBH,
// and in eu-west-101 besides, is assumed; so is CBH there.
var (
	cbhRegions = strings.Fields(`cn-north-1 cn-north-4 cn-north-9 cn-north-11 cn-north-12 cn-east-2 cn-east-3
		cn-east-4 cn-east-5 cn-south-1 cn-south-2 cn-southwest-2 cn-southwest-3 ap-southeast-1 ap-southeast-2
		ap-southeast-3 ap-southeast-4 ap-southeast-5 af-north-1 af-south-1 sa-brazil-1 la-south-2 la-north-2
		me-east-1 tr-west-1 ru-moscow-1 my-kualalumpur-1`)
	stsRegions = strings.Fields(`cn-north-4 cn-south-1 cn-east-3 cn-southwest-2 ap-southeast-1 ap-southeast-2
		ap-southeast-3 ap-southeast-4 sa-brazil-1 la-south-2 af-south-1 tr-west-1`)
	smsHosts = map[string]string{
		"sms.cn-north-4":       "cn-north-4",
		"sms.ap-southeast-3":   "ap-southeast-3",
		"sms.my-kualalumpur-1": "my-kualalumpur-1",
		"sms-api.ru-moscow-1":  "ru-moscow-1",
	}
)

// find tells which service of which region a host is, and whether it is any.
func (p *proxy) find(hostport string) (place, bool) {
	host := hostOnly(hostport)
	p.mu.Lock()
	pl, ok := p.hosts[host]
	p.mu.Unlock()
	if ok {
		return pl, true
	}
	if name, ok := strings.CutSuffix(host, ".myhuaweicloud.com"); ok {
		return findPublic(name)
	}
	if name, ok := strings.CutSuffix(host, ".myhuaweicloud.eu"); ok {
		service, region, _ := strings.Cut(name, ".")
		known := region == "eu-west-101" && slices.Contains([]string{"iam", "ecs", "cbh"}, service)
		return place{service: service, region: region}, known
	}
	for _, cloud := range p.s.opts.clouds {
		if name, ok := strings.CutSuffix(host, "."+cloud); ok {
			service, region, regional := strings.Cut(name, ".")
			known := slices.Contains([]string{"iam", "sts", "sms", "ecs", "cbh"}, service) &&
				!strings.Contains(region, ".") && (regional || service == "iam")
			return place{service: service, region: region}, known
		}
	}
	return place{}, false
}

func findPublic(name string) (place, bool) {
	if name == "iam" {
		return place{service: "iam"}, true
	}
	if region, ok := smsHosts[name]; ok {
		return place{service: "sms", region: region}, true
	}
	service, region, _ := strings.Cut(name, ".")
	pl := place{service: service, region: region}
	switch service {
	case "iam", "ecs", "cbh":
		return pl, slices.Contains(cbhRegions, region)
	case "sts":
		return pl, slices.Contains(stsRegions, region)
	}
	return place{}, false
}
