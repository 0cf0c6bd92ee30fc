// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// clientConfig checks the settings and turns them into the client's configuration. This is the one place that does.
func (s settings) clientConfig(diags *diag.Diagnostics) client.Config {
	signIn := s.signIn(diags)
	cfg := client.Config{
		Region: s.region(diags), Cloud: s.get("cloud"), SMSRegion: s.get("sms_region"),
		Endpoints: s.endpoints, AuthURL: s.get("auth_url"),
		ProjectID: s.get("project_id"), ProjectName: s.get("project_name"),
		SignIn: signIn, SigningAlgorithm: s.algorithm(diags),
		ExplainDenials: s.get("explain_denials") != "false",
		Insecure:       s.insecure(diags), CACertPEM: s.certificates(diags), MaxRetries: s.maxRetries(diags),
	}
	if cfg.Cloud == "" {
		cfg.Cloud = client.DefaultCloud(cfg.Region)
	}
	if !client.ValidCloud(cfg.Cloud) {
		s.refuse(diags, "cloud", "Invalid cloud", fmt.Sprintf("%q is no host name of lower-case letters, digits, hyphens and dots", cfg.Cloud))
	}
	if cfg.SMSRegion != "" && !client.ValidRegion(cfg.SMSRegion) {
		s.refuse(diags, "sms_region", "Invalid SMS region", regionRule(cfg.SMSRegion))
	}
	if cfg.ProjectID != "" {
		if err := client.CheckID(cfg.ProjectID); err != nil {
			s.refuse(diags, "project_id", "Invalid project ID", err.Error())
		}
	}
	s.checkEndpoints(cfg, diags)
	return cfg
}

func regionRule(region string) string {
	return fmt.Sprintf("%q can not stand in a host name. A region is made of lower-case letters, digits and hyphens, e.g. cn-north-4", region)
}

func (s settings) region(diags *diag.Diagnostics) string {
	region := s.get("region")
	switch {
	case region == "":
		diags.AddAttributeError(path.Root("region"), "Missing region", fmt.Sprintf(
			"The provider needs to know the region. Give it as %s, or in a profile (shared_config_file, profile).", orList(append([]string{"the argument region"}, variables["region"]...))))
	case !client.ValidRegion(region):
		s.refuse(diags, "region", "Invalid region", regionRule(region))
	}
	return region
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (s settings) algorithm(diags *diag.Diagnostics) string {
	name := s.get("signing_algorithm")
	if name != "" && !slices.Contains(client.SigningAlgorithms, name) {
		s.refuse(diags, "signing_algorithm", "Invalid signing algorithm",
			fmt.Sprintf("%q is none of %s", name, strings.Join(client.SigningAlgorithms, ", ")))
	}
	return name
}

func (s settings) insecure(diags *diag.Diagnostics) bool {
	if s.get("insecure") == "" {
		return false
	}
	insecure, err := strconv.ParseBool(s.get("insecure"))
	if err != nil {
		s.refuse(diags, "insecure", "Invalid insecure", "it is neither true nor false")
	}
	if insecure {
		diags.AddAttributeWarning(path.Root("insecure"), "TLS certificates are not verified", fmt.Sprintf(
			"%s switches the verification off: whoever controls the network can read the credentials and the O&M URLs. Give the CA's certificate in cacert_file instead.",
			s.m["insecure"].from))
	}
	return insecure
}

func (s settings) maxRetries(diags *diag.Diagnostics) int {
	if s.get("max_retries") == "" {
		return client.DefaultMaxRetries
	}
	n, err := strconv.Atoi(s.get("max_retries"))
	if err != nil || n < 0 {
		s.refuse(diags, "max_retries", "Invalid max_retries", fmt.Sprintf("%q is no whole number from 0 on", s.get("max_retries")))
	}
	return n
}

// certificates reads cacert_file, which is a path or the PEM text itself.
func (s settings) certificates(diags *diag.Diagnostics) []byte {
	value := s.get("cacert_file")
	if value == "" {
		return nil
	}
	text := []byte(value)
	if !strings.Contains(value, "-----BEGIN") {
		var err error
		if text, err = os.ReadFile(client.ExpandHome(value)); err != nil {
			s.refuse(diags, "cacert_file", "CA certificates can not be read", err.Error())
			return nil
		}
	}
	if block, _ := pem.Decode(bytes.TrimSpace(text)); block == nil || block.Type != "CERTIFICATE" {
		s.refuse(diags, "cacert_file", "No CA certificates", "it holds no PEM certificate")
		return nil
	}
	return text
}

// checkEndpoints refuses endpoints that credentials must not be sent to, and warns of those outside the cloud.
func (s settings) checkEndpoints(cfg client.Config, diags *diag.Diagnostics) {
	check := func(at path.Path, from, value string, parse func(string) (*url.URL, error)) {
		u, err := parse(value)
		if err != nil {
			diags.AddAttributeError(at, "Invalid endpoint", fmt.Sprintf("The value of %s can not be used: %s", from, sentence(err.Error())))
			return
		}
		if client.Outside(u, cfg.Cloud) {
			diags.AddAttributeWarning(at, "Credentials are sent outside the cloud", fmt.Sprintf(
				"%s names the host %s, which does not belong to %s. Requests there carry your credentials. If that is meant, set cloud to its domain.",
				from, u.Host, cfg.Cloud))
		}
	}
	for _, key := range client.EndpointKeys {
		if value, ok := cfg.Endpoints[key]; ok {
			parse := client.ParseEndpoint
			if key == "iam" {
				parse = client.ParseAuthURL
			}
			check(path.Root("endpoints").AtMapKey(key), "endpoints."+key, value, parse)
		}
	}
	if cfg.AuthURL != "" {
		check(path.Root("auth_url"), s.m["auth_url"].from, cfg.AuthURL, client.ParseAuthURL)
	}
}
