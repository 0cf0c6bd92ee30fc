// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	profileAK = "PROFILEACCESSKEY0001"
	profileSK = "canary0profile0secret0key000000000000001"
	plainKeys = `"accessKeyId":"` + profileAK + `","secretAccessKey":"` + profileSK + `"`
)

// oneProfile is a config.json whose only profile, named p, has these fields.
func oneProfile(fields string) string {
	return `{"current":"p","profiles":[{"name":"p",` + fields + `}]}`
}

func TestLoadProfile(t *testing.T) {
	keys := Profile{Name: "p", Mode: ModeAKSK, AccessKey: profileAK, SecretKey: profileSK}
	with := func(edit func(*Profile)) Profile {
		p := keys
		edit(&p)
		return p
	}
	sso := `"ssoAuth":{"stsToken":{` + plainKeys + `,"securityToken":"T"}}`
	for _, tt := range []struct {
		name, text, profile string
		want                Profile
	}{
		{"AKSK", oneProfile(`"mode":"AKSK",` + plainKeys), "", keys},
		{"AKSK in lower case", oneProfile(`"mode":"aksk",` + plainKeys), "p", keys},
		{"no mode", oneProfile(plainKeys), "p", keys},
		{"byte order mark", "\uFEFF" + oneProfile(plainKeys), "p", keys},
		{"temporary keys", oneProfile(plainKeys + `,"securityToken":"T"`), "", with(func(p *Profile) { p.SecurityToken = "T" })},
		{
			"region, project and account", oneProfile(plainKeys + `,"region":"eu-west-101","projectId":"P","domainId":"D"`), "",
			with(func(p *Profile) { p.Region, p.ProjectID, p.DomainID = "eu-west-101", "P", "D" }),
		},
		{
			"everything that KooCLI writes", oneProfile(`"mode":"AKSK",` + plainKeys + `,"securityToken":"","xAuthToken":"","expiresAt":"","region":"cn-north-4",
				"projectId":"","domainId":null,"skipSecureVerify":"false","readTimeout":10,"connectTimeout":5,"retryCount":0,"agencyDomainId":"",
				"agencyDomainName":"","agencyName":"","sourceProfile":"","ssoParam":{"startUrl":"","ssoRegion":""},"ssoAuth":{"stsToken":{}}`), "",
			with(func(p *Profile) { p.Region = "cn-north-4" }),
		},
		{
			"SSO", oneProfile(`"mode":"SSO","accessKeyId":"OTHER","secretAccessKey":"other",` + sso), "",
			with(func(p *Profile) { p.Mode, p.SecurityToken = ModeSSO, "T" }),
		},
		{"sso in lower case", oneProfile(`"mode":"sso",` + sso), "", with(func(p *Profile) { p.Mode, p.SecurityToken = ModeSSO, "T" })},
		{
			"agency by the account's name", oneProfile(`"mode":"agency",` + plainKeys + `,"agencyName":"A","agencyDomainName":"N"`), "",
			with(func(p *Profile) { p.Mode, p.AgencyName, p.AgencyDomainName = ModeAgency, "A", "N" }),
		},
		{
			"agency by the account's ID", oneProfile(`"mode":"AGENCY",` + plainKeys + `,"agencyName":"A","agencyDomainId":"I"`), "",
			with(func(p *Profile) { p.Mode, p.AgencyName, p.AgencyDomainID = ModeAgency, "A", "I" }),
		},
		{
			"agency with a source", `{"profiles":[{"name":"p","mode":"agency","agencyName":"A","agencyDomainName":"N","sourceProfile":"s"},
				{"name":"s","mode":"AKSK",` + plainKeys + `,"region":"r"}]}`, "p",
			with(func(p *Profile) { p.Mode, p.AgencyName, p.AgencyDomainName = ModeAgency, "A", "N" }),
		},
		{
			"agency with a source by SSO", `{"profiles":[{"name":"p","mode":"agency","agencyName":"A","agencyDomainName":"N","sourceProfile":"s"},
				{"name":"s","mode":"SSO",` + sso + `}]}`, "p",
			with(func(p *Profile) {
				p.Mode, p.AgencyName, p.AgencyDomainName, p.SecurityToken = ModeAgency, "A", "N", "T"
			}),
		},
		{
			"agency with keys of its own and a source", `{"profiles":[{"name":"p","mode":"agency","agencyName":"A","agencyDomainName":"N","sourceProfile":"s",` + plainKeys + `},
				{"name":"s","accessKeyId":"OTHER","secretAccessKey":"other"}]}`, "p",
			with(func(p *Profile) { p.Mode, p.AgencyName, p.AgencyDomainName = ModeAgency, "A", "N" }),
		},
		{
			"AKSK with an agency", oneProfile(`"mode":"AKSK",` + plainKeys + `,"agencyName":"A","agencyDomainName":"N"`), "",
			with(func(p *Profile) { p.AgencyName, p.AgencyDomainName = "A", "N" }),
		},
		{"AKSK with the rest of an agency", oneProfile(`"mode":"AKSK",` + plainKeys + `,"agencyName":"A"`), "", keys},
		{"ecsAgency", oneProfile(`"mode":"ecsAgency","region":"r"`), "", Profile{Name: "p", Mode: ModeECSAgency, Region: "r"}},
		{"the other profile", `{"current":"p","profiles":[{"name":"p"},{"name":"q",` + plainKeys + `}]}`, "q", with(func(p *Profile) { p.Name = "q" })},
		{"the first of two", `{"profiles":[{"name":"p",` + plainKeys + `},{"name":"p"}]}`, "p", keys},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := writeFile(t, tt.text)
			tt.want.Path = path
			got, err := LoadProfile(path, tt.profile)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestLoadProfileFaults(t *testing.T) {
	const (
		serve = "Use a profile with the mode AKSK, SSO, agency or ecsAgency"
		both  = "Set both: hcloud configure set --cli-access-key=... --cli-secret-key=..."
		plain = "Run `hcloud configure set --cli-auth-encrypt=false`, which makes KooCLI write them in plain text, or give access_key and secret_key"
		looks = "its secrets look encrypted, as KooCLI writes them unless told otherwise, and KooCLI alone can read them"
		test  = "Check it: hcloud configure test"
	)
	agency := `"mode":"agency","agencyName":"A","agencyDomainName":"N"`
	for _, tt := range []struct {
		name, text, profile, why, remedy string
	}{
		{"no such profile", oneProfile(plainKeys), "q", "there is no such profile", `The file has the profiles "p"`},
		{"no profiles", `{}`, "q", "there is no such profile", "The file has no profiles. Create one: hcloud configure init"},
		{
			"many profiles", `{"profiles":[` + strings.Repeat(`{"name":"n"},`, 11) + `{"name":"o"}]}`, "q", "there is no such profile",
			`The file has the profiles ` + strings.Repeat(`"n", `, 10) + "and 2 more",
		},
		{"no current profile", `{"profiles":[]}`, "", "the file names no current profile", "Give profile (HW_PROFILE), or choose one: hcloud configure set --cli-profile=NAME"},
		{"broken JSON", `{"current":"` + profileSK + `",]`, "p", "the file is no valid JSON (at byte 55)", test},
		{"cut JSON", `{"current":"` + profileSK, "p", "the file is no valid JSON (at byte 52)", test},
		{"empty", ``, "p", "the file is no valid JSON (at byte 0)", test},
		{"a list", `["` + profileSK + `"]`, "p", "the file is not as KooCLI writes it", test},
		{"profiles that are no list", `{"profiles":"` + profileSK + `"}`, "p", "the file is not as KooCLI writes it: profiles is of the wrong kind", test},
		{"a key that is no text", oneProfile(`"accessKeyId":{"x":"` + profileSK + `"}`), "p", "the file is not as KooCLI writes it: profiles.accessKeyId is of the wrong kind", test},
		{"too long", strings.Repeat(" ", maxProfiles+1), "p", "the file can not be read: it is longer than 1048576 bytes", "Check that it is a file, and its permissions"},
		{
			"mode token", oneProfile(`"mode":"token","xAuthToken":"` + profileSK + `"`), "p",
			"its mode is token, and a token in this file has no keys to renew it with", serve + ", or give no profile and the token itself as token (HW_AUTH_TOKEN)",
		},
		{"unknown mode", oneProfile(`"mode":"MAGIC",` + plainKeys), "p", `its mode "MAGIC" can not serve here`, serve},
		{"no access key", oneProfile(`"secretAccessKey":"` + profileSK + `"`), "p", "it has no accessKeyId", both},
		{"no secret key", oneProfile(`"accessKeyId":"` + profileAK + `"`), "p", "it has no secretAccessKey", both},
		{"SSO without keys", oneProfile(`"mode":"SSO",` + plainKeys), "p", "it has no keys in ssoAuth.stsToken", "Log in again: hcloud configure sso"},
		{"agency without a name", oneProfile(`"mode":"agency",` + plainKeys), "p", "its mode is agency, and it has no agencyName", "Set it: hcloud configure set --cli-agency-name=..."},
		{
			"agency without an account", oneProfile(`"mode":"agency","agencyName":"A",` + plainKeys), "p",
			"its mode is agency, and it has neither agencyDomainName nor agencyDomainId", "Set one: hcloud configure set --cli-agency-domain-name=...",
		},
		{"agency without keys", oneProfile(agency), "p", "it has no accessKeyId", both},
		{"agency without its source", oneProfile(agency + `,"sourceProfile":"s"`), "p", `its source profile "s" does not exist`, `The file has the profiles "p"`},
		{"agency that is its own source", oneProfile(agency + `,"sourceProfile":"p"`), "p", `its source profile "p" does not exist`, `The file has the profiles "p"`},
		{
			"agency with a source without keys", `{"profiles":[{"name":"p",` + agency + `,"sourceProfile":"s"},{"name":"s"}]}`, "p",
			`it has no sourceProfile "s": accessKeyId`, both,
		},
		{
			"agency with an agency for a source", `{"profiles":[{"name":"p",` + agency + `,"sourceProfile":"s"},{"name":"s","mode":"agency"}]}`, "p",
			`its source profile "s" has the mode agency`, "The source must have keys: mode AKSK or SSO",
		},
		{"encrypted as base64", oneProfile(`"accessKeyId":"d2hhdGV2ZXI+/w==","secretAccessKey":"` + profileSK + `"`), "p", looks, plain},
		{"encrypted as hex", oneProfile(`"accessKeyId":"` + strings.Repeat("0f", 32) + `","secretAccessKey":"` + profileSK + `"`), "p", looks, plain},
		{"encrypted secret key", oneProfile(`"accessKeyId":"` + profileAK + `","secretAccessKey":"` + strings.Repeat("0f", 48) + `"`), "p", looks, plain},
		{"encrypted secret key with padding", oneProfile(`"accessKeyId":"` + profileAK + `","secretAccessKey":"d2hhdGV2ZXI="`), "p", looks, plain},
		{"encrypted SSO", oneProfile(`"mode":"SSO","ssoAuth":{"stsToken":{"accessKeyId":"{enc}","secretAccessKey":"x"}}`), "p", looks, plain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := writeFile(t, tt.text)
			_, err := LoadProfile(path, tt.profile)
			var e *ProfileError
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *ProfileError", err)
			}
			if e.Why != tt.why || e.Remedy != tt.remedy || e.Path != path || e.Profile != tt.profile {
				t.Errorf("got %q, %q, %q of %q", e.Why, e.Remedy, e.Profile, e.Path)
			}
			wantNoSecret(t, err, profileSK)
			want := path + ": " + tt.why
			if tt.profile != "" {
				want = `profile "` + tt.profile + `" of ` + want
			}
			if err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
		})
	}
}

func TestLoadProfileWhere(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	_, err := LoadProfile("", "p")
	var e *ProfileError
	want := filepath.Join(home, ".hcloud", "config.json")
	if !errors.As(err, &e) || e.Path != want || e.Why != "the file does not exist" || !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
	if err := os.Mkdir(filepath.Dir(want), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, []byte(oneProfile(plainKeys)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"", "~/.hcloud/config.json", want} {
		if p, err := LoadProfile(path, ""); err != nil || p.Path != want || p.Name != "p" {
			t.Errorf("%q: got %+v, %v", path, p, err)
		}
	}
	if _, err := LoadProfile(home, ""); !errors.As(err, &e) || !strings.HasPrefix(e.Why, "the file can not be read: ") {
		t.Errorf("a directory: got %v", err)
	}
	if got := ExpandHome("~somebody/x"); got != "~somebody/x" {
		t.Errorf("another's home became %q", got)
	}
	if got := ExpandHome("~"); got != home {
		t.Errorf("~ became %q", got)
	}
}

// FuzzProfile: no file makes the reader panic, or quote what is in it.
func FuzzProfile(f *testing.F) {
	for _, text := range []string{
		oneProfile(plainKeys), oneProfile(`"mode":"SSO"`), oneProfile(`"mode":"agency","sourceProfile":"p"`), `{"current":1,"profiles":[null,{}]}`,
		`{"profiles":{"name":"` + profileSK + `"}}`, `{"current":"p"`, "\uFEFF{}", "[]", "",
	} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, "config.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := LoadProfile(path, "p")
		var e *ProfileError
		switch {
		case err == nil && p.Mode != ModeECSAgency && (p.AccessKey == "" || p.SecretKey == ""):
			t.Errorf("a profile without keys: %+v", p)
		case err != nil && (!errors.As(err, &e) || e.Why == "" || e.Remedy == "" || strings.Contains(e.Why+e.Remedy, profileSK)):
			t.Errorf("got %v", err)
		}
	})
}
