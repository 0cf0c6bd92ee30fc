// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// The bounds of the life of temporary keys, in seconds ("Obtaining a Temporary Access Key and Security Token Through an Agency").
const (
	durationMin = 900
	durationMax = 86400
)

// roles are the agencies to assume, in order.
//
// The official provider keeps one place for an agency, into which the only assume_role block (or the variables), an ID token's
// agency, and a profile's are put in this order, each over the one before; two and more blocks are a chain that follows that place.
// So it is here, with a warning where an agency is given and not assumed.
func (s settings) roles(diags *diag.Diagnostics) []client.AssumeRole {
	var first *client.AssumeRole
	var chain []client.AssumeRole
	for i, b := range s.agencies {
		at := within("assume_role", i, true)
		from := "assume_role"
		if len(s.agencies) > 1 {
			from = fmt.Sprintf("assume_role %d", i+1)
		}
		if r := blockRole(diags, at, from, b); r != nil {
			chain = append(chain, *r)
		}
	}
	switch len(s.agencies) {
	case 0:
		first = variableRole(diags)
	case 1:
		if len(chain) == 1 {
			first, chain = &chain[0], nil
		}
	}
	replace := func(by *client.AssumeRole) {
		if by == nil {
			return
		}
		if first != nil && !sameRole(*first, *by) {
			diags.AddWarning("An agency is not assumed", fmt.Sprintf(
				"The agency %s (%s) is given, but that of %s takes its place: the agency %s. This provider acts as the latter.%s",
				first.AgencyName, first.Way, by.Way, by.AgencyName, mixture(*first, *by)))
		}
		first = by
	}
	oidc := s.oidcRole(diags)
	if _, isBlock := s.oidcBlock(); oidc == nil && !isBlock && first != nil && fromEnvironment("assume_role_with_oidc.idp_id").given() {
		diags.AddAttributeWarning(path.Root("assume_role"), "The agency is assumed with an ID token", fmt.Sprintf(
			"assume_role is given beside an ID token of the environment, so its agency %s is assumed with the ID token's keys. The official provider would not assume it: there the two are different accounts.",
			first.AgencyName))
	}
	replace(oidc)
	replace(s.profileRole())
	s.warnLegacyAgency(diags)
	if first != nil {
		chain = append([]client.AssumeRole{*first}, chain...)
	}
	return chain
}

// mixture tells of what the official provider makes of two agencies: it replaces the name and keeps the account's ID.
func mixture(kept, by client.AssumeRole) string {
	if kept.DomainID == "" || by.DomainID != "" {
		return " So does the official provider."
	}
	return fmt.Sprintf(" The official provider would look for the agency %s in the account %s, which may be another one.", by.AgencyName, kept.DomainID)
}

func sameRole(a, b client.AssumeRole) bool {
	return a.AgencyName == b.AgencyName && a.DomainID == b.DomainID && a.DomainName == b.DomainName
}

// blockRole reads an assume_role block.
func blockRole(diags *diag.Diagnostics, at func(string) path.Path, from string, b assumeModel) *client.AssumeRole {
	id, name := inBlock("assume_role.domain_id", b.DomainID), inBlock("assume_role.domain_name", b.DomainName)
	if name.argument && id.given() && !id.argument {
		diags.AddAttributeWarning(at("domain_name"), "A variable is not used", fmt.Sprintf(
			"domain_name is given, so the agency of the account %s is assumed. The official provider would take the account of %s instead, %s: if they are not the same, the two providers act as different accounts.",
			name.value, id.from, id.value))
	}
	return newRole(diags, at, from, "assume_role", inBlock("assume_role.agency_name", b.AgencyName), id, name, inBlock("assume_role.duration", b.Duration))
}

// variableRole reads the agency of the environment, nil where there is none.
func variableRole(diags *diag.Diagnostics) *client.AssumeRole {
	agency := fromEnvironment("assume_role.agency_name")
	if !agency.given() {
		return nil
	}
	return newRole(diags, within("assume_role", 0, false), agency.from, "assume_role", agency, fromEnvironment("assume_role.domain_id"),
		fromEnvironment("assume_role.domain_name"), fromEnvironment("assume_role.duration"))
}

// oidcRole reads the agency that is assumed with the keys of an ID token, nil where none is given. The variables are those of
// assume_role, so without a block they stand for it already, unless an assume_role block does.
func (s settings) oidcRole(diags *diag.Diagnostics) *client.AssumeRole {
	b, isBlock := s.oidcBlock()
	if !isBlock && !fromEnvironment("assume_role_with_oidc.idp_id").given() {
		return nil
	}
	const block = "assume_role_with_oidc"
	agency, id := inBlock(block+".agency_name", b.AgencyName), inBlock(block+".domain_id", b.DomainID)
	at := within(block, 0, isBlock)
	switch {
	case agency.given():
	case id.argument:
		(&half{at: at("agency_name"), missing: block + ".agency_name", given: id.from}).report(diags)
		return nil
	default:
		return nil
	}
	return newRole(diags, at, block, block, agency, id, fromEnvironment("assume_role.domain_name"), inBlock(block+".duration", b.Duration))
}

// profileRole is the agency of the profile, nil where it has none.
func (s settings) profileRole() *client.AssumeRole {
	if s.profile == nil || s.profile.AgencyName == "" {
		return nil
	}
	r := &client.AssumeRole{AgencyName: s.profile.AgencyName, DomainName: s.profile.AgencyDomainName, Way: s.profileName()}
	if r.DomainName == "" {
		r.DomainID = s.profile.AgencyDomainID
	}
	return r
}

// newRole makes an agency to assume of its settings, or reports what is missing.
func newRole(diags *diag.Diagnostics, at func(string) path.Path, from, block string, agency, id, name, duration setting) *client.AssumeRole {
	id, name = prefer(id, name)
	switch {
	case !agency.given():
		(&half{at: at("agency_name"), missing: block + ".agency_name", given: from}).report(diags)
		return nil
	case !id.given() && !name.given():
		missing := ".domain_name"
		if block != "assume_role" {
			missing = ".domain_id"
		}
		(&half{at: at(missing[1:]), missing: block + missing, given: agency.from}).report(diags)
		return nil
	}
	return &client.AssumeRole{
		AgencyName: agency.value, DomainID: id.value, DomainName: name.value, Way: from, Duration: life(diags, at, duration),
	}
}

// life reads a duration, 0 where none is given.
func life(diags *diag.Diagnostics, at func(string) path.Path, duration setting) time.Duration {
	if !duration.given() {
		return 0
	}
	n, err := strconv.Atoi(duration.value)
	if err != nil || n < durationMin || n > durationMax {
		diags.AddAttributeError(at("duration"), "Invalid duration", fmt.Sprintf(
			"The value of %s can not be used: %q is no whole number of seconds from %d to %d.", duration.from, duration.value, durationMin, durationMax))
	}
	return time.Duration(n) * time.Second
}

// warnLegacyAgency tells of the official provider's older way to an agency, which this provider does not know.
func (s settings) warnLegacyAgency(diags *diag.Diagnostics) {
	agency, domain := os.Getenv("OS_AGENCY_NAME"), os.Getenv("OS_AGENCY_DOMAIN_NAME")
	if agency == "" || domain == "" {
		return
	}
	diags.AddWarning("OS_AGENCY_NAME is not used", fmt.Sprintf(
		"The official provider acts as the agency %s of the account %s, which OS_AGENCY_NAME and OS_AGENCY_DOMAIN_NAME name; this provider does not read them, so the two act as different accounts. "+
			"To act as the agency here too, give it in assume_role, or in HW_ASSUME_ROLE_AGENCY_NAME and HW_ASSUME_ROLE_DOMAIN_NAME.", agency, domain))
}
