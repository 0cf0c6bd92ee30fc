// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"archive/zip"
	"bytes"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// block is the first block of README of a language that holds a text.
func block(t *testing.T, language, text string) string {
	t.Helper()
	for _, m := range fence.FindAllStringSubmatch(pages(t)["README.md"], -1) {
		if m[1] == language && strings.Contains(m[2], text) {
			return m[2]
		}
	}
	t.Fatalf("README has no %s block with %q", language, text)
	return ""
}

// TestInstallToday does what README says: make install, the lines of the configuration, init, plan. No CLI configuration helps.
func TestInstallToday(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no make here, or plugins are looked for elsewhere than below HOME")
	}
	s := emulator.Start()
	t.Cleanup(s.Close)
	w := newWork(t, "", s)
	w.set(map[string]string{"TF_CLI_CONFIG_FILE": ""})
	// This make is none of the one that may run the tests.
	w.set(map[string]string{"MAKEFLAGS": "", "MAKEOVERRIDES": "", "MAKELEVEL": ""})
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		out, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		w.env[name] = strings.TrimSpace(string(out))
	}
	if out, code := w.program("make", "-C", w.root, "install"); code != 0 {
		t.Fatalf("make install exited with %d:\n%s", code, out)
	}
	writeFile(t, filepath.Join(w.dir, "main.tf"), block(t, "terraform", "required_providers")+"\ndata \"huaweiops_sms_tasks\" \"all\" {}\n")
	w.init()
	expect(t, w.must("plan", "-input=false", "-no-color"), "No changes.")
	if s.Count(emulator.OpListTasks) != 1 {
		t.Error("the installed provider did not ask for the tasks")
	}
}

// TestNetworkMirror serves the files that README lists, and installs from there by its CLI configuration.
func TestNetworkMirror(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE is not read here")
	}
	w := newWork(t, "provider", nil)
	platform := runtime.GOOS + "_" + runtime.GOARCH
	archive := "terraform-provider-huaweiops_0.1.0_" + platform + ".zip"
	listing := block(t, "text", "index.json")
	files := map[string][]byte{archive: zipped(t, w)}
	for line := range strings.Lines(listing) {
		for _, name := range []string{"index.json", "0.1.0.json"} {
			if _, text, ok := strings.Cut(line, name); ok {
				files[name] = []byte(strings.ReplaceAll(strings.TrimSpace(text), "linux_amd64", platform))
			}
		}
	}
	mirror := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := files[path.Base(r.URL.Path)]
		if !ok || !strings.HasSuffix(path.Dir(r.URL.Path), "/huaweiops/huaweiops") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if strings.HasSuffix(r.URL.Path, ".json") {
			w.Header().Set("Content-Type", "application/json")
		}
		_, _ = w.Write(file)
	}))
	t.Cleanup(mirror.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: mirror.Certificate().Raw})))
	rc := filepath.Join(t.TempDir(), "terraform.rc")
	writeFile(t, rc, strings.Replace(block(t, "hcl", "network_mirror"), "https://mirror.example.com/", mirror.URL+"/", 1))
	w.set(map[string]string{"TF_CLI_CONFIG_FILE": rc, "SSL_CERT_FILE": ca})
	out := w.must("init", "-input=false", "-no-color")
	expect(t, out, "Installed huaweiops/huaweiops v0.1.0")
	w.must("validate")
}

// zipped is the provider as a release packs it.
func zipped(t *testing.T, w *work) []byte {
	t.Helper()
	file, err := w.mirror.Place(w.cli, ours, ourVersion)
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	header := &zip.FileHeader{Name: tfcli.Executable(fmt.Sprintf("terraform-provider-huaweiops_v%s", ourVersion)), Method: zip.Deflate}
	header.SetMode(0o755)
	out, err := z.CreateHeader(header)
	if err == nil {
		_, err = out.Write(program)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}
