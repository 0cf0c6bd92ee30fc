// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package budget

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

const (
	module = "github.com/huaweiops/terraform-provider-huaweiops"
	sdk    = "github.com/huaweicloud/huaweicloud-sdk-go-v3"
	// maxBinary is the size of the stripped program, in bytes.
	maxBinary = 22 << 20
)

// ownPackages are all that the program has of this module, sdkPackages all that it has of the vendor's SDK: the signer,
// and what that imports.
var (
	ownPackages = []string{module, module + "/internal/client", module + "/internal/provider"}
	sdkPackages = []string{
		sdk + "/core/auth/signer", sdk + "/core/auth/signer/algorithm", sdk + "/core/auth/signer/hkdf", sdk + "/core/converter",
		sdk + "/core/def", sdk + "/core/progress", sdk + "/core/request", sdk + "/core/utils",
	}
	// unwanted must not be linked in, and nothing below them.
	unwanted = []string{
		"github.com/hashicorp/terraform-plugin-sdk", "github.com/hashicorp/terraform-plugin-testing", "github.com/hashicorp/terraform-plugin-mux",
		"github.com/hashicorp/terraform-exec", "github.com/hashicorp/terraform-json", "github.com/hashicorp/hc-install",
		"github.com/hashicorp/hcl", "github.com/zclconf/go-cty", "github.com/ProtonMail", "github.com/google/go-cmp",
		"gonum.org", "codeberg.org", "git.sr.ht", "golang.org/x/image", "golang.org/x/tools",
		"testing/quick", "testing/iotest", "testing/fstest", "net/http/httptest", "net/http/pprof", "expvar",
	}
)

func TestBudgetPackages(t *testing.T) {
	root, err := tfcli.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", ".")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, module+"/internal/client") {
		t.Fatalf("the list is not the program's: %d packages", len(packages))
	}
	for _, p := range packages {
		switch {
		case below(p, module) && !slices.Contains(ownPackages, p):
			t.Errorf("%s is linked in: of this module, only main, the provider and the client belong there", p)
		case below(p, sdk) && !slices.Contains(sdkPackages, p):
			t.Errorf("%s is linked in: of the SDK, only the signer belongs there", p)
		case slices.ContainsFunc(unwanted, func(u string) bool { return below(p, u) }):
			t.Errorf("%s is linked in", p)
		}
	}
}

// below says whether a package is the one at the path, or one below it.
func below(pkg, path string) bool { return pkg == path || strings.HasPrefix(pkg, path+"/") }

// TestBudgetProgram builds the program as a release is built and looks at its size, and at what it logs when nobody asked for a log.
func TestBudgetProgram(t *testing.T) {
	root, err := tfcli.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), tfcli.Executable("provider"))
	if err := tfcli.Build(t.Context(), root, ".", program); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxBinary {
		t.Errorf("the program has %d bytes, at most %d", info.Size(), maxBinary)
	}

	// Sockets want short paths.
	dir, err := os.MkdirTemp("", "budget")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for _, c := range []struct {
		env  []string
		logs bool
	}{{nil, false}, {[]string{"TF_LOG="}, false}, {[]string{"TF_LOG=trace"}, true}, {[]string{"TF_LOG_PROVIDER=trace"}, true}} {
		started, err := tfcli.Start(t.Context(), program, dir, c.env...)
		if err != nil {
			t.Fatal(err)
		}
		if logged := strings.Contains(started.Log, `"@level":"trace"`); logged != c.logs {
			t.Errorf("with %v it wrote %d bytes of log:\n%.500s", c.env, len(started.Log), started.Log)
		}
	}
}
