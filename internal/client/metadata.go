// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"net/netip"
	"net/url"
	"os"
)

// metadataHost is the address of the ECS metadata service.
const metadataHost = "169.254.169.254"

// metadataVariable moves the metadata service, for tests and for forwarders on this machine.
const metadataVariable = "HW_METADATA_ENDPOINT"

// metadataURL is where the metadata service answers. It speaks plain HTTP, so it may only be moved to a loopback or
// link-local address.
func metadataURL() (*url.URL, error) {
	s := os.Getenv(metadataVariable)
	if s == "" {
		return &url.URL{Scheme: "http", Host: metadataHost}, nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" {
		return nil, errors.New(metadataVariable + " is no http URL")
	}
	addr, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() != "localhost" && (err != nil || !addr.IsLoopback() && !addr.IsLinkLocalUnicast()) {
		return nil, errors.New(metadataVariable + " must name a loopback or link-local address")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}
