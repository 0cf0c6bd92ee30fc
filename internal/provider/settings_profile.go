// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// readProfile reads the profile that was chosen by shared_config_file or profile; without them no file is looked for. Region and
// project that the profile has come before arguments and variables, as in the official provider (v1.97.1, provider.go, readConfig).
func (s *settings) readProfile(diags *diag.Diagnostics) {
	file, name := s.m["shared_config_file"], s.m["profile"]
	if !file.given() && !name.given() {
		return
	}
	p, err := client.LoadProfile(file.value, name.value)
	if err != nil {
		s.reportProfile(diags, err)
		return
	}
	s.profile = &p
	s.override(diags, "region", p.Region)
	s.override(diags, "project_id", p.ProjectID)
	if given := s.m["project_name"]; p.ProjectID != "" && given.given() {
		s.warnOverridden(diags, "project_name", given, s.m["project_id"])
		delete(s.m, "project_name")
	}
}

// profileName is how messages call the profile that was read.
func (s *settings) profileName() string {
	return fmt.Sprintf("profile %q of %s", s.profile.Name, s.profile.Path)
}

// profileAttribute is the argument that chose the profile.
func (s *settings) profileAttribute() string {
	if s.m["profile"].given() {
		return "profile"
	}
	return "shared_config_file"
}

// override takes the profile's value, and warns where another was given.
func (s *settings) override(diags *diag.Diagnostics, name, value string) {
	if value == "" {
		return
	}
	given := s.m[name]
	s.m[name] = setting{value: value, from: s.profileName()}
	if given.given() && given.value != value {
		s.warnOverridden(diags, name, given, s.m[name])
	}
}

func (s *settings) warnOverridden(diags *diag.Diagnostics, name string, given, taken setting) {
	diags.AddAttributeWarning(path.Root(name), "The profile's value is used", fmt.Sprintf(
		"%s is %q, but %q is used: it is in the %s, which comes before arguments and variables, as in the official provider.",
		given.from, given.value, taken.value, taken.from))
}

// reportProfile adds the error of a profile that can not be used, at the argument that chose it.
func (s *settings) reportProfile(diags *diag.Diagnostics, err error) {
	at := s.profileAttribute()
	remedy := ""
	var e *client.ProfileError
	if errors.As(err, &e) {
		remedy = "\n\nWhat to do: " + sentence(e.Remedy)
		if e.File && s.m["shared_config_file"].given() {
			at = "shared_config_file"
		}
	}
	diags.AddAttributeError(path.Root(at), "The profile can not be used", fmt.Sprintf(
		"%s names a file or a profile that can not be used: %s%s", s.m[at].from, sentence(err.Error()), remedy))
}
