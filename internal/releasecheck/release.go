// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

const name = "terraform-provider-huaweiops"

// platforms are those that HashiCorp recommends for the registry, less
// windows_arm, which Go no longer builds.
var platforms = []string{
	"darwin_amd64", "darwin_arm64",
	"freebsd_386", "freebsd_amd64", "freebsd_arm", "freebsd_arm64",
	"linux_386", "linux_amd64", "linux_arm", "linux_arm64",
	"windows_386", "windows_amd64", "windows_arm64",
}

// framework is in every provider, and so in every bill of materials.
const framework = "github.com/hashicorp/terraform-plugin-framework"

type release struct {
	dist     fs.FS
	manifest []byte
	version  string
}

func open(dist fs.FS, manifest []byte) (*release, error) {
	content, err := fs.ReadFile(dist, "metadata.json")
	if err != nil {
		return nil, err
	}
	var metadata struct {
		Version string `json:"version"`
	}
	if err := json.Unmarshal(content, &metadata); err != nil {
		return nil, fmt.Errorf("metadata.json: %w", err)
	}
	if metadata.Version == "" {
		return nil, fmt.Errorf("metadata.json names no version")
	}
	return &release{dist: dist, manifest: manifest, version: metadata.Version}, nil
}

// file is the name that a released file with this ending has.
func (r *release) file(ending string) string {
	return name + "_" + r.version + "_" + ending
}

func (r *release) archive(platform string) string {
	return r.file(platform + ".zip")
}

func (r *release) check() []string {
	var faults []string
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Sprintf(format, args...))
	}

	released := map[string][]byte{r.file("manifest.json"): r.manifest}
	if !protocol6(r.manifest) {
		fault("the manifest does not name protocol 6.0")
	}
	for _, platform := range platforms {
		archive := r.archive(platform)
		bill := archive + ".spdx.json"
		for file, check := range map[string]func([]byte) error{
			archive: func(content []byte) error { return r.checkArchive(platform, content) },
			bill:    checkBill,
		} {
			content, err := fs.ReadFile(r.dist, file)
			if err == nil {
				err = check(content)
			}
			if err != nil {
				fault("%s: %v", file, err)
				continue
			}
			released[file] = content
		}
	}

	present, err := fs.Glob(r.dist, "*.zip")
	if err != nil {
		fault("%v", err)
	}
	for _, file := range present {
		if !slices.ContainsFunc(platforms, func(platform string) bool { return r.archive(platform) == file }) {
			fault("%s: not a platform of the registry's list", file)
		}
	}

	sums, err := fs.ReadFile(r.dist, r.file("SHA256SUMS"))
	if err != nil {
		fault("%v", err)
	}
	faults = append(faults, checkSums(string(sums), released)...)
	slices.Sort(faults)
	return faults
}

func protocol6(manifest []byte) bool {
	var content struct {
		Version  int `json:"version"`
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	err := json.Unmarshal(manifest, &content)
	return err == nil && content.Version == 1 && slices.Equal(content.Metadata.ProtocolVersions, []string{"6.0"})
}

// checkArchive wants the provider, under the name that Terraform looks for and
// executable, and the licence.
func (r *release) checkArchive(platform string, content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return err
	}
	binary := name + "_v" + r.version
	if strings.HasPrefix(platform, "windows_") {
		binary += ".exe"
	}
	modes := map[string]fs.FileMode{}
	for _, file := range archive.File {
		modes[file.Name] = file.Mode()
	}
	want := []string{"LICENSE", binary}
	if got := slices.Sorted(maps.Keys(modes)); !slices.Equal(got, want) {
		return fmt.Errorf("holds %q, not %q", got, want)
	}
	if modes[binary].Perm()&0o111 == 0 {
		return fmt.Errorf("%s is not executable", binary)
	}
	return nil
}

// checkBill wants an SPDX document that knows what the provider is made of.
func checkBill(content []byte) error {
	var bill struct {
		Version  string `json:"spdxVersion"`
		Packages []struct {
			Name string `json:"name"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(content, &bill); err != nil {
		return err
	}
	if !strings.HasPrefix(bill.Version, "SPDX-") {
		return fmt.Errorf("no SPDX document")
	}
	for _, pkg := range bill.Packages {
		if pkg.Name == framework {
			return nil
		}
	}
	return fmt.Errorf("does not name %s among its %d packages", framework, len(bill.Packages))
}

// checkSums wants one right line for each released file, and no other.
func checkSums(sums string, released map[string][]byte) []string {
	var faults []string
	got := map[string]string{}
	for line := range strings.Lines(sums) {
		sum, file, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok {
			faults = append(faults, fmt.Sprintf("SHA256SUMS: no sum in %q", line))
			continue
		}
		got[file] = sum
	}
	for file, content := range released {
		want := sha256.Sum256(content)
		switch got[file] {
		case hex.EncodeToString(want[:]):
		case "":
			faults = append(faults, "SHA256SUMS: lacks "+file)
		default:
			faults = append(faults, "SHA256SUMS: wrong sum for "+file)
		}
		delete(got, file)
	}
	for file := range got {
		faults = append(faults, "SHA256SUMS: names "+file+", which is not released or has a fault")
	}
	return faults
}
