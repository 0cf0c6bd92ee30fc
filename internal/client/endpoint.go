// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// The services that are asked, by the keys that the official provider gives them in "endpoints".
const (
	serviceSMS      = "sms"
	serviceSMSIntl  = "sms-intl"
	serviceECS      = "ecs"
	serviceCBH      = "cbh"
	serviceIAM      = "iam"
	serviceSTS      = "sts"
	serviceMetadata = "metadata"
)

// EndpointKeys are the keys of "endpoints" that this client reads.
var EndpointKeys = []string{serviceSMS, serviceSMSIntl, serviceECS, serviceCBH, serviceIAM, serviceSTS}

// The clouds that have a default. Regions that start with eu-west-1 are served by the European one, as in the official provider.
const (
	cloudDefault = "myhuaweicloud.com"
	cloudEurope  = "myhuaweicloud.eu"
)

// The regions whose hosts serve SMS for the mainland and for the international site ("Endpoints", api-sms/sms_api_0004).
const (
	smsMainland      = "cn-north-4"
	smsInternational = "ap-southeast-3"
)

// smsHosts are the names of SMS in the regions that have a host of their own (huaweicloud-sdk-go-v3 v0.1.207,
// services/sms/v3/region).
var smsHosts = map[string]string{
	smsMainland:        "sms",
	smsInternational:   "sms",
	"my-kualalumpur-1": "sms",
	"ru-moscow-1":      "sms-api",
}

var (
	regionRule = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	cloudRule  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)
)

// ErrNoSMSHost means that no SMS host is known for the region and the cloud.
var ErrNoSMSHost = errors.New("no SMS endpoint is known for this region and cloud")

// DefaultCloud is the domain of the cloud that the region belongs to.
func DefaultCloud(region string) string {
	if strings.HasPrefix(region, "eu-west-1") {
		return cloudEurope
	}
	return cloudDefault
}

// ValidRegion says whether the region can stand in a host name: lower-case letters, digits and hyphens, 63 at most (RFC 1123).
func ValidRegion(region string) bool { return regionRule.MatchString(region) }

// ValidCloud says whether the cloud is a host name of lower-case labels, 190 characters at most, so that a service and a
// region still fit before it.
func ValidCloud(cloud string) bool { return len(cloud) <= 190 && cloudRule.MatchString(cloud) }

// ParseEndpoint reads an endpoint as users write it: with or without scheme and final slash. It must be HTTPS, or HTTP to a
// loopback address, and hold neither user information, query nor fragment.
func ParseEndpoint(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, errors.New("it is empty")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("it is no URL")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("it holds user information, which belongs into the credentials")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("it holds a query or a fragment, and only the scheme, the host and a path can be used")
	case u.Hostname() == "" || strings.ContainsAny(u.Host, " %"):
		return nil, errors.New("it has no host name")
	case strings.Contains(strings.ToLower(u.RawPath), "%2f"):
		return nil, errors.New("its path holds an encoded slash")
	case u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())):
		return nil, fmt.Errorf("its scheme is %q; credentials are only sent over https (http is for loopback addresses)", u.Scheme)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

// ParseAuthURL reads an IAM endpoint like [ParseEndpoint], without the "/v3" that users may give it.
func ParseAuthURL(s string) (*url.URL, error) {
	u, err := ParseEndpoint(s)
	if err != nil {
		return nil, err
	}
	u.Path = strings.TrimRight(strings.TrimSuffix(u.Path, "/v3"), "/")
	return u, nil
}

// Loopback says whether the host is this machine.
func Loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// Outside says whether credentials sent to the endpoint leave the cloud. Loopback does not.
func Outside(u *url.URL, cloud string) bool {
	host := strings.ToLower(u.Hostname())
	return !Loopback(host) && host != cloud && !strings.HasSuffix(host, "."+cloud)
}

// endpoint is where the service answers for the region.
func (c *Client) endpoint(service, region string) (*url.URL, error) {
	switch service {
	case serviceSMS:
		return c.smsEndpoint()
	case serviceMetadata:
		return metadataURL()
	case serviceIAM:
		if s, ok := c.cfg.Endpoints[serviceIAM]; ok {
			return ParseAuthURL(s)
		}
		if c.cfg.AuthURL != "" {
			return ParseAuthURL(c.cfg.AuthURL)
		}
	}
	if s, ok := c.cfg.Endpoints[service]; ok {
		return ParseEndpoint(s)
	}
	return &url.URL{Scheme: "https", Host: service + "." + region + "." + c.cfg.Cloud}, nil
}

// smsRegion is the region whose host serves SMS, or empty where none is known. SMS is one control plane per site, so it is
// not derived from the region of the target server.
func (c *Client) smsRegion() string {
	region := c.cfg.Region
	switch {
	case c.cfg.SMSRegion != "":
		return c.cfg.SMSRegion
	case c.cfg.Cloud != cloudDefault || strings.HasPrefix(region, "eu-west-1"):
		return ""
	case smsHosts[region] != "":
		return region
	case strings.HasPrefix(region, "cn-"):
		return smsMainland
	}
	return smsInternational
}

func (c *Client) smsEndpoint() (*url.URL, error) {
	region := c.smsRegion()
	first, second := serviceSMSIntl, serviceSMS
	if strings.HasPrefix(region, "cn-") || region == "" {
		first, second = second, first
	}
	for _, key := range []string{first, second} {
		if s, ok := c.cfg.Endpoints[key]; ok {
			return ParseEndpoint(s)
		}
	}
	if region == "" {
		return nil, ErrNoSMSHost
	}
	name := smsHosts[region]
	if name == "" {
		name = serviceSMS
	}
	return &url.URL{Scheme: "https", Host: name + "." + region + "." + c.cfg.Cloud}, nil
}

// OtherSMSHost is the SMS host of the other site, for a task that the asked one does not know; empty where the asked host
// is not one of the two.
func OtherSMSHost(host string) string {
	mainland, international := "sms."+smsMainland+"."+cloudDefault, "sms."+smsInternational+"."+cloudDefault
	switch hostname(host) {
	case mainland:
		return international
	case international:
		return mainland
	}
	return ""
}

// hostname is the host without its port.
func hostname(hostport string) string {
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		return h
	}
	return hostport
}
