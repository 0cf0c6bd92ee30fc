// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	goodManifest = `{"version": 1, "metadata": {"protocol_versions": ["6.0"]}}`
	goodBill     = `{"spdxVersion": "SPDX-2.3", "packages": [{"name": "` + framework + `"}]}`
	prefix       = name + "_1.2.3_"
)

func archive(t *testing.T, mode fs.FileMode, names ...string) []byte {
	t.Helper()
	var content bytes.Buffer
	writer := zip.NewWriter(&content)
	for _, name := range names {
		header := &zip.FileHeader{Name: name}
		header.SetMode(mode)
		if _, err := writer.CreateHeader(header); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

// sum writes SHA256SUMS anew for whatever the release holds.
func sum(files fstest.MapFS, manifest string) {
	lines := fmt.Sprintf("%x  %smanifest.json\n", sha256.Sum256([]byte(manifest)), prefix)
	for name, file := range files {
		if strings.HasPrefix(name, prefix) && !strings.HasSuffix(name, "SHA256SUMS") {
			lines += fmt.Sprintf("%x  %s\n", sha256.Sum256(file.Data), name)
		}
	}
	files[prefix+"SHA256SUMS"] = &fstest.MapFile{Data: []byte(lines)}
}

func goodRelease(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"metadata.json": {Data: []byte(`{"version": "1.2.3"}`)}}
	for _, platform := range platforms {
		binary := name + "_v1.2.3"
		if strings.HasPrefix(platform, "windows") {
			binary += ".exe"
		}
		files[prefix+platform+".zip"] = &fstest.MapFile{Data: archive(t, 0o755, binary, "LICENSE")}
		files[prefix+platform+".zip.spdx.json"] = &fstest.MapFile{Data: []byte(goodBill)}
	}
	sum(files, goodManifest)
	return files
}

func TestCheck(t *testing.T) {
	const linux = prefix + "linux_amd64.zip"
	tests := map[string]struct {
		spoil    func(files fstest.MapFS)
		manifest string
		resum    bool
		want     []string
	}{
		"good": {spoil: func(fstest.MapFS) {}},
		"archive missing": {
			spoil: func(files fstest.MapFS) { delete(files, linux) },
			resum: true,
			want:  []string{linux + ": open " + linux + ": file does not exist"},
		},
		"archive of another platform": {
			spoil: func(files fstest.MapFS) { files[prefix+"plan9_386.zip"] = files[linux] },
			want:  []string{prefix + "plan9_386.zip: not a platform of the registry's list"},
		},
		"archive is no zip": {
			spoil: func(files fstest.MapFS) { files[linux] = &fstest.MapFile{Data: []byte("text")} },
			want: []string{
				"SHA256SUMS: names " + linux + ", which is not released or has a fault",
				linux + ": zip: not a valid zip file",
			},
		},
		"provider by another name": {
			spoil: func(files fstest.MapFS) {
				files[linux] = &fstest.MapFile{Data: archive(t, 0o755, name, "LICENSE")}
			},
			want: []string{
				"SHA256SUMS: names " + linux + ", which is not released or has a fault",
				linux + `: holds ["LICENSE" "terraform-provider-huaweiops"],` +
					` not ["LICENSE" "terraform-provider-huaweiops_v1.2.3"]`,
			},
		},
		"provider not executable": {
			spoil: func(files fstest.MapFS) {
				files[linux] = &fstest.MapFile{Data: archive(t, 0o644, name+"_v1.2.3", "LICENSE")}
			},
			want: []string{
				"SHA256SUMS: names " + linux + ", which is not released or has a fault",
				linux + ": terraform-provider-huaweiops_v1.2.3 is not executable",
			},
		},
		"archive changed after it was summed": {
			spoil: func(files fstest.MapFS) {
				files[linux] = &fstest.MapFile{Data: archive(t, 0o700, name+"_v1.2.3", "LICENSE")}
			},
			want: []string{"SHA256SUMS: wrong sum for " + linux},
		},
		"bill of materials of something else": {
			spoil: func(files fstest.MapFS) {
				files[linux+".spdx.json"] = &fstest.MapFile{Data: []byte(`{"spdxVersion": "SPDX-2.3", "packages": [{"name": "a"}]}`)}
			},
			want: []string{
				"SHA256SUMS: names " + linux + ".spdx.json, which is not released or has a fault",
				linux + ".spdx.json: does not name " + framework + " among its 1 packages",
			},
		},
		"bill of materials missing and not summed": {
			spoil: func(files fstest.MapFS) {
				delete(files, linux+".spdx.json")
				sum(files, goodManifest)
			},
			want: []string{linux + ".spdx.json: open " + linux + ".spdx.json: file does not exist"},
		},
		"sums missing": {
			spoil: func(files fstest.MapFS) {
				for name := range files {
					if strings.HasPrefix(name, prefix) {
						delete(files, name)
					}
				}
			},
			want: []string{"open " + prefix + "SHA256SUMS: file does not exist"},
		},
		"manifest not summed": {
			spoil: func(files fstest.MapFS) {
				sums := files[prefix+"SHA256SUMS"]
				_, sums.Data, _ = bytes.Cut(sums.Data, []byte("\n"))
			},
			want: []string{"SHA256SUMS: lacks " + prefix + "manifest.json"},
		},
		"manifest of protocol 5": {
			spoil:    func(fstest.MapFS) {},
			manifest: `{"version": 1, "metadata": {"protocol_versions": ["5.0"]}}`,
			resum:    true,
			want:     []string{"the manifest does not name protocol 6.0"},
		},
		"line without a sum": {
			spoil: func(files fstest.MapFS) {
				sums := files[prefix+"SHA256SUMS"]
				sums.Data = append(sums.Data, "oops\n"...)
			},
			want: []string{`SHA256SUMS: no sum in "oops\n"`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			manifest := test.manifest
			if manifest == "" {
				manifest = goodManifest
			}
			files := goodRelease(t)
			test.spoil(files)
			if test.resum {
				sum(files, manifest)
			}
			release, err := open(files, []byte(manifest))
			if err != nil {
				t.Fatal(err)
			}
			got := release.check()
			for _, want := range test.want {
				if !slices.Contains(got, want) {
					t.Errorf("no fault %q in %q", want, got)
				}
			}
			if len(test.want) == 0 && len(got) > 0 {
				t.Errorf("faults in a good release: %q", got)
			}
		})
	}
}

func TestOpenWantsAVersion(t *testing.T) {
	for name, content := range map[string]string{"no version": `{}`, "no JSON": `version`} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{"metadata.json": {Data: []byte(content)}}
			if _, err := open(files, []byte(goodManifest)); err == nil {
				t.Error("opened")
			}
		})
	}
}

func TestCheckSchema(t *testing.T) {
	tests := map[string]struct {
		schema, want string
	}{
		"whole": {
			schema: `{"provider_schemas": {"` + address + `": {
				"resource_schemas": {"huaweiops_sms_task_unlock": {}},
				"data_source_schemas": {"huaweiops_sms_target_server": {}, "huaweiops_cbh_instance_om_url": {}}}}}`,
		},
		"no provider": {schema: `{}`, want: "schema: " + address + " is not in it"},
		"no resource": {
			schema: `{"provider_schemas": {"` + address + `": {
				"data_source_schemas": {"huaweiops_sms_target_server": {}, "huaweiops_cbh_instance_om_url": {}}}}}`,
			want: "schema: lacks resource_schemas.huaweiops_sms_task_unlock",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := checkSchema([]byte(test.schema)); err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
