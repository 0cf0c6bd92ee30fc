// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The modes of a KooCLI profile ("Profile Parameters", KooCLI user guide, hcli_03_003_03).
const (
	ModeAKSK      = "AKSK"
	ModeSSO       = "SSO"
	ModeAgency    = "agency"
	ModeECSAgency = "ecsAgency"
	modeToken     = "token"
)

// maxProfiles bounds the shared config file, in bytes.
const maxProfiles = 1 << 20

// plainCommand makes KooCLI write what a reader other than itself can read ("Configuring Whether to Encrypt Authentication
// Information", KooCLI user guide).
const plainCommand = "hcloud configure set --cli-auth-encrypt=false"

// Profile is what a profile of KooCLI's config.json gives. Fields that it does not have are empty.
type Profile struct {
	// Path is the file that was read, Name the profile's name.
	Path, Name string
	// Mode is ModeAKSK, ModeSSO, ModeAgency or ModeECSAgency. The last holds no keys: they are the metadata service's.
	Mode string
	// The keys, of ssoAuth.stsToken with ModeSSO. An agency that is to be assumed with them is in AgencyName.
	AccessKey, SecretKey, SecurityToken string
	// AgencyName is the agency to assume, in the account AgencyDomainName or AgencyDomainID. As in the official provider, it
	// is assumed whatever the mode is, if the account's name is given with it.
	AgencyName, AgencyDomainName, AgencyDomainID string
	Region, ProjectID, DomainID                  string
}

// ProfileError means that a profile can not be used. It holds no secret and nothing else of the file but names.
type ProfileError struct {
	// Path is the file, Profile the profile's name where one was looked for.
	Path, Profile string
	// Why is what is wrong, Remedy what the reader can do about it, each a clause without a full stop at its end.
	Why, Remedy string
	// File is true where the file is at fault, not the profile.
	File bool

	cause error
}

// Error is one line.
func (e *ProfileError) Error() string {
	if e.Profile == "" {
		return fmt.Sprintf("%s: %s", e.Path, e.Why)
	}
	return fmt.Sprintf("profile %q of %s: %s", e.Profile, e.Path, e.Why)
}

// Unwrap gives the failure beneath, e.g. [fs.ErrNotExist].
func (e *ProfileError) Unwrap() error { return e.cause }

// profileFile is KooCLI's config.json, as far as it is read (huaweicloud/terraform-provider-huaweicloud v1.97.1, config/auth.go;
// sourceProfile and agencyDomainId by KooCLI's own documentation).
type profileFile struct {
	Current  lenientString `json:"current"`
	Profiles []rawProfile  `json:"profiles"`
}

type rawKeys struct {
	AccessKey     lenientString `json:"accessKeyId"`
	SecretKey     lenientString `json:"secretAccessKey"`
	SecurityToken lenientString `json:"securityToken"`
}

type rawProfile struct {
	Name lenientString `json:"name"`
	Mode lenientString `json:"mode"`
	rawKeys
	Region           lenientString `json:"region"`
	ProjectID        lenientString `json:"projectId"`
	DomainID         lenientString `json:"domainId"`
	AgencyName       lenientString `json:"agencyName"`
	AgencyDomainName lenientString `json:"agencyDomainName"`
	AgencyDomainID   lenientString `json:"agencyDomainId"`
	SourceProfile    lenientString `json:"sourceProfile"`
	SSO              struct {
		Keys rawKeys `json:"stsToken"`
	} `json:"ssoAuth"`
}

// LoadProfile reads a profile of KooCLI's config.json. An empty path means [DefaultProfilePath], an empty name the file's
// current profile. Every error is a [*ProfileError].
func LoadProfile(path, name string) (Profile, error) {
	fail := &ProfileError{Path: path, Profile: name}
	if path == "" {
		path = DefaultProfilePath()
	}
	path = ExpandHome(path)
	fail.Path = path
	file, err := readProfiles(path, fail)
	if err != nil {
		return Profile{}, err
	}
	if name == "" {
		name = string(file.Current)
		fail.Profile = Bound(Clean(name), 128)
	}
	if name == "" {
		return Profile{}, fail.because("the file names no current profile", "Give profile (HW_PROFILE), or choose one: hcloud configure set --cli-profile=NAME")
	}
	raw, ok := file.find(name)
	if !ok {
		return Profile{}, fail.because("there is no such profile", file.names())
	}
	return file.profile(raw, path, fail)
}

func (e *ProfileError) because(why, remedy string) *ProfileError {
	e.Why, e.Remedy = why, remedy
	return e
}

func readProfiles(path string, fail *ProfileError) (profileFile, error) {
	var file profileFile
	fail.File = true
	text, err := readBounded(path, maxProfiles)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		fail.cause = err
		return file, fail.because("the file does not exist", "Check shared_config_file (HW_SHARED_CONFIG_FILE), or create it: hcloud configure init")
	case err != nil:
		fail.cause = err
		return file, fail.because("the file can not be read: "+fileFault(err), "Check that it is a file, and its permissions")
	}
	if err := json.Unmarshal(bytes.TrimPrefix(text, []byte("\uFEFF")), &file); err != nil {
		return file, fail.because("the file is "+jsonFault(err), "Check it: hcloud configure test")
	}
	fail.File = false
	return file, nil
}

// jsonFault says what is wrong with JSON without a word of what it holds.
func jsonFault(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("no valid JSON (at byte %d)", syntax.Offset)
	case errors.As(err, &kind) && kind.Field != "":
		return "not as KooCLI writes it: " + strings.ReplaceAll(kind.Field, "rawKeys.", "") + " is of the wrong kind"
	}
	return "not as KooCLI writes it"
}

func (f profileFile) find(name string) (rawProfile, bool) {
	for _, p := range f.Profiles {
		if string(p.Name) == name {
			return p, true
		}
	}
	return rawProfile{}, false
}

// names says which profiles there are to choose from, ten at most.
func (f profileFile) names() string {
	const most = 10
	var names []string
	for _, p := range f.Profiles {
		names = append(names, fmt.Sprintf("%q", Bound(Clean(string(p.Name)), 64)))
	}
	switch {
	case len(names) == 0:
		return "The file has no profiles. Create one: hcloud configure init"
	case len(names) > most:
		names = append(names[:most], fmt.Sprintf("and %d more", len(names)-most))
	}
	return "The file has the profiles " + strings.Join(names, ", ")
}

func (f profileFile) profile(raw rawProfile, path string, fail *ProfileError) (Profile, error) {
	p := Profile{
		Path: path, Name: string(raw.Name), Region: string(raw.Region),
		ProjectID: string(raw.ProjectID), DomainID: string(raw.DomainID),
	}
	var err error
	if p.Mode, err = mode(raw, fail); err != nil {
		return Profile{}, err
	}
	if p.Mode == ModeECSAgency {
		return p, nil
	}
	keys, field := raw.keys(p.Mode)
	if source := string(raw.SourceProfile); p.Mode == ModeAgency && keys == (rawKeys{}) && source != "" {
		if keys, field, err = f.sourceKeys(source, raw, fail); err != nil {
			return Profile{}, err
		}
	}
	if err := keys.check(p.Mode, field, fail); err != nil {
		return Profile{}, err
	}
	p.AccessKey, p.SecretKey, p.SecurityToken = string(keys.AccessKey), string(keys.SecretKey), string(keys.SecurityToken)
	return p, p.agency(raw, fail)
}

// mode reads the mode, which stands for AKSK where it is missing, in upper or lower case.
func mode(raw rawProfile, fail *ProfileError) (string, error) {
	for _, m := range []string{ModeAKSK, ModeSSO, ModeAgency, ModeECSAgency} {
		if strings.EqualFold(m, string(raw.Mode)) {
			return m, nil
		}
	}
	const serve = "Use a profile with the mode AKSK, SSO, agency or ecsAgency"
	switch {
	case raw.Mode == "":
		return ModeAKSK, nil
	case strings.EqualFold(modeToken, string(raw.Mode)):
		return "", fail.because("its mode is token, and a token in this file has no keys to renew it with",
			serve+", or give no profile and the token itself as token (HW_AUTH_TOKEN)")
	}
	return "", fail.because(fmt.Sprintf("its mode %q can not serve here", Bound(Clean(string(raw.Mode)), 64)), serve)
}

// keys are those of the mode, and where in the profile they stand.
func (p rawProfile) keys(mode string) (keys rawKeys, field string) {
	if mode == ModeSSO {
		return p.SSO.Keys, "ssoAuth.stsToken."
	}
	return p.rawKeys, ""
}

// sourceKeys are the keys of the profile that an agency profile names as its source (--cli-source-profile).
func (f profileFile) sourceKeys(name string, of rawProfile, fail *ProfileError) (keys rawKeys, field string, err error) {
	source, ok := f.find(name)
	if !ok || source.Name == of.Name {
		return keys, "", fail.because(fmt.Sprintf("its source profile %q does not exist", Bound(Clean(name), 64)), f.names())
	}
	m, err := mode(source, fail)
	if err == nil && m != ModeAKSK && m != ModeSSO {
		err = fail.because(fmt.Sprintf("its source profile %q has the mode %s", Bound(Clean(name), 64), m), "The source must have keys: mode AKSK or SSO")
	}
	keys, field = source.keys(m)
	return keys, fmt.Sprintf("sourceProfile %q: ", Bound(Clean(name), 64)) + field, err
}

func (k rawKeys) check(mode, field string, fail *ProfileError) error {
	switch {
	case mode == ModeSSO && (k.AccessKey == "" || k.SecretKey == ""):
		return fail.because("it has no keys in "+strings.TrimSuffix(field, "."), "Log in again: hcloud configure sso")
	case k.AccessKey == "":
		return fail.because("it has no "+field+"accessKeyId", "Set both: hcloud configure set --cli-access-key=... --cli-secret-key=...")
	case k.SecretKey == "":
		return fail.because("it has no "+field+"secretAccessKey", "Set both: hcloud configure set --cli-access-key=... --cli-secret-key=...")
	case k.encrypted():
		return fail.because("its secrets look encrypted, as KooCLI writes them unless told otherwise, and KooCLI alone can read them",
			"Run `"+plainCommand+"`, which makes KooCLI write them in plain text, or give access_key and secret_key")
	}
	return nil
}

// encrypted guesses whether the keys are as KooCLI encrypts them. How that looks is not documented; but an access key has 20
// characters and a secret key 40, all letters and digits, and whatever ciphertext of them is longer, or has other characters.
func (k rawKeys) encrypted() bool {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' || r == '_' || r == '.'
	}
	odd := strings.IndexFunc(string(k.AccessKey), func(r rune) bool { return !plain(r) }) >= 0
	return odd || len(k.AccessKey) > 40 || len(k.SecretKey) > 64 || strings.HasSuffix(string(k.SecretKey), "=")
}

// agency settles which agency the profile assumes.
func (p *Profile) agency(raw rawProfile, fail *ProfileError) error {
	name, domain, id := string(raw.AgencyName), string(raw.AgencyDomainName), string(raw.AgencyDomainID)
	if p.Mode == ModeAgency {
		switch {
		case name == "":
			return fail.because("its mode is agency, and it has no agencyName", "Set it: hcloud configure set --cli-agency-name=...")
		case domain == "" && id == "":
			return fail.because("its mode is agency, and it has neither agencyDomainName nor agencyDomainId",
				"Set one: hcloud configure set --cli-agency-domain-name=...")
		}
		p.AgencyName, p.AgencyDomainName, p.AgencyDomainID = name, domain, id
		return nil
	}
	if name != "" && domain != "" {
		p.AgencyName, p.AgencyDomainName = name, domain
	}
	return nil
}

// DefaultProfilePath is where KooCLI keeps its configuration: .hcloud/config.json in the user's home directory.
func DefaultProfilePath() string { return filepath.Join("~", ".hcloud", "config.json") }

// ExpandHome replaces a leading ~ with the user's home directory, as a shell would. A ~ before a user's name stays.
func ExpandHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~")
	if !ok || rest != "" && !os.IsPathSeparator(rest[0]) {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, rest)
}

// readBounded reads a file of at most limit bytes.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(ExpandHome(path))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = fmt.Errorf("it is longer than %d bytes", limit)
	}
	return text, err
}

// fileFault is what is wrong with a file, without its path.
func fileFault(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return err.Error()
}
