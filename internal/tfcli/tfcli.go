// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package tfcli runs a real Terraform CLI on a provider that was just built: it builds, finds or installs the CLI, and
// lays a mirror of packages out, so that nothing is asked of a registry. For the demonstration, the measurements and tests.
package tfcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/hashicorp/go-version"
	install "github.com/hashicorp/hc-install"
	"github.com/hashicorp/hc-install/fs"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
	"github.com/hashicorp/hc-install/src"
)

// Oldest is the oldest Terraform that is looked for.
const Oldest = "1.5.0"

// Release is the flags that a release is linked with, but for the version and the commit.
const Release = "-s -w"

// Root returns the directory of the module that the working directory belongs to.
func Root(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for the module's directory: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if mod == "" || mod == os.DevNull {
		return "", errors.New("the working directory is not inside the module's source tree")
	}
	return filepath.Dir(mod), nil
}

// Build compiles a package of the module at root as a release is compiled, for this machine, into the file out.
func Build(ctx context.Context, root, pkg, out string) error {
	//nolint:gosec // The arguments are this program's own.
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", Release, "-o", out, pkg)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", pkg, err, text)
	}
	return nil
}

// Find returns the path of a Terraform CLI: the one on the PATH if it is not older than [Oldest], else the latest release,
// installed into dir.
func Find(ctx context.Context, dir string) (string, error) {
	constraints, err := version.NewConstraint(">= " + Oldest)
	if err != nil {
		return "", err
	}
	path, err := install.NewInstaller().Ensure(ctx, []src.Source{
		&fs.Version{Product: product.Terraform, Constraints: constraints},
		&releases.LatestVersion{Product: product.Terraform, Constraints: constraints, InstallDir: dir},
	})
	if err != nil {
		return "", fmt.Errorf("no Terraform %s or newer is on the PATH, and none could be installed: %w", Oldest, err)
	}
	return path, nil
}

// Executable is the name of a program's file on this system.
func Executable(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}

// Mirror is a directory of provider packages in the layout that Terraform and OpenTofu read.
type Mirror struct{ Dir string }

// Place returns the path at which the program of a provider such as "huaweiops/huaweiops" belongs, after making its
// directory. The CLI decides on the registry that stands before an address without one.
func (m Mirror) Place(cli, source, version string) (string, error) {
	host := "registry.terraform.io"
	if strings.HasPrefix(filepath.Base(cli), "tofu") {
		host = "registry.opentofu.org"
	}
	dir := filepath.Join(m.Dir, host, filepath.FromSlash(source), version, runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", err
	}
	return filepath.Join(dir, Executable("terraform-provider-"+filepath.Base(source)+"_v"+version)), nil
}

// WriteConfig writes a CLI configuration that knows the mirror and no other place.
func (m Mirror) WriteConfig(file string) error {
	text := fmt.Sprintf("disable_checkpoint = true\n\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", m.Dir)
	return os.WriteFile(file, []byte(text), 0o600)
}

// Environ is the environment of a CLI that reads the configuration file: this process's, without what would lead the CLI
// or the provider elsewhere (TF_*, HW_*, OS_*).
func Environ(configFile string) map[string]string {
	env := map[string]string{}
	for _, kv := range os.Environ() {
		name, value, _ := strings.Cut(kv, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "HW_") && !strings.HasPrefix(name, "OS_") {
			env[name] = value
		}
	}
	env["TF_CLI_CONFIG_FILE"] = configFile
	env["CHECKPOINT_DISABLE"] = "1"
	return env
}
