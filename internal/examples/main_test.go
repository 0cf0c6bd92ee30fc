// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	// What is built below belongs to what go test looks at before it answers from its cache.
	_ "github.com/huaweiops/terraform-provider-huaweiops/internal/provider"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// The releases that the mirror gives: the provider as it is in the tree, and the stand-ins of those beside it.
const (
	ours        = "huaweiops/huaweiops"
	ourVersion  = "0.1.0"
	vault       = "hashicorp/vault"
	official    = "huaweicloud/huaweicloud"
	vaultNumber = "5.0.0"
	theirNumber = "1.97.1"
)

// house is what all tests of this package share.
type house struct {
	root string
	// cli is the CLI under test, config the file that makes it use the mirror alone.
	cli, config string
	// mirror holds the packages.
	mirror tfcli.Mirror
}

// dir is removed when the last test has ended.
var dir string

func TestMain(m *testing.M) {
	var err error
	if dir, err = os.MkdirTemp("", "huaweiops-examples-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build makes the house once, within a test, so that go test sees what it depends on and does not answer from its cache.
var build = sync.OnceValues(func() (h house, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if h.root, err = tfcli.Root(ctx); err != nil {
		return h, err
	}
	if h.cli = os.Getenv("TF_ACC_TERRAFORM_PATH"); h.cli == "" {
		if h.cli, err = tfcli.Find(ctx, dir); err != nil {
			return h, err
		}
	}
	if err := h.fillMirror(ctx); err != nil {
		return h, err
	}
	h.config = filepath.Join(dir, "terraform.rc")
	return h, h.mirror.WriteConfig(h.config)
})

func theHouse(t *testing.T) house {
	t.Helper()
	h, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// fillMirror builds the provider and the stand-ins, and puts them where the CLI looks for them.
func (h *house) fillMirror(ctx context.Context) error {
	h.mirror = tfcli.Mirror{Dir: filepath.Join(dir, "mirror")}
	for _, p := range []struct{ source, version, pkg string }{
		{ours, ourVersion, "."},
		{vault, vaultNumber, "./internal/examples/standin"},
		{official, theirNumber, "./internal/examples/standin"},
	} {
		file, err := h.mirror.Place(h.cli, p.source, p.version)
		if err == nil {
			err = tfcli.Build(ctx, h.root, p.pkg, file)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// isTofu says whether the CLI under test is OpenTofu, where a test is about the two reading different files.
func (h *house) isTofu() bool { return strings.HasPrefix(filepath.Base(h.cli), "tofu") }

// examples is a directory below examples.
func (h *house) examples(name string) string {
	return filepath.Join(h.root, "examples", filepath.FromSlash(cmp.Or(name, ".")))
}
