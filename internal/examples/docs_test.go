// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// pages are README.md and the pages below docs, by their paths from the root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	h := theHouse(t)
	all := map[string]string{}
	add := func(name string) {
		text, err := os.ReadFile(filepath.Join(h.root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(text)
	}
	add("README.md")
	err := fs.WalkDir(os.DirFS(h.root), "docs", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, ".md") {
			add(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	fence   = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	notSlug = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// anchors are the slugs of a page's headings, as GitHub and the registry make them.
func anchors(page string) []string {
	var all []string
	for _, h := range heading.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
		all = append(all, strings.ReplaceAll(notSlug.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return all
}

func TestLinksLeadSomewhere(t *testing.T) {
	all := pages(t)
	h := theHouse(t)
	for name, page := range all {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(page, ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(anchor, "nestedblock--") || strings.HasPrefix(anchor, "nestedatt--") {
				continue
			}
			path := name
			if target != "" {
				path = filepath.ToSlash(filepath.Join(filepath.Dir(name), target))
			}
			if _, err := os.Stat(filepath.Join(h.root, filepath.FromSlash(path))); err != nil {
				t.Errorf("%s: %s leads nowhere", name, m[1])
				continue
			}
			if to, ok := all[path]; ok && anchor != "" && !slices.Contains(anchors(to), anchor) {
				t.Errorf("%s: %s has no heading %q, only %v", name, path, anchor, anchors(to))
			}
		}
	}
}

// TestConfigurationOnPagesIsFormatted holds what is written on a page itself to what fmt writes.
func TestConfigurationOnPagesIsFormatted(t *testing.T) {
	w := newWork(t, "", nil)
	seen := map[string]bool{}
	for name, page := range pages(t) {
		for _, m := range fence.FindAllStringSubmatch(page, -1) {
			if m[1] != "terraform" && m[1] != "hcl" || seen[m[2]] {
				continue
			}
			seen[m[2]] = true
			writeFile(t, filepath.Join(w.dir, "page.tf"), m[2])
			if out, code := w.run("fmt", "-check", "-diff", "page.tf"); code != 0 {
				t.Errorf("%s is not formatted, or no configuration:\n%s", name, out)
			}
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d blocks of configuration were found", len(seen))
	}
}

// TestCredentialsTableNamesTheVariables holds the table to the schema below it.
func TestCredentialsTableNamesTheVariables(t *testing.T) {
	page := pages(t)["docs/index.md"]
	written, schema, ok := strings.Cut(page, "## Schema")
	if !ok {
		t.Fatal("docs/index.md has no schema")
	}
	for _, name := range []string{
		"token", "idp_id", "id_token", "id_token_file", "shared_config_file", "profile", "access_key", "secret_key", "security_token",
		"user_name", "user_id", "password", "domain_name", "domain_id", "agency_name",
	} {
		m := regexp.MustCompile("(?m)^- `" + name + "` .*Falls back to `(\\w+)`").FindStringSubmatch(schema)
		if m == nil {
			t.Errorf("the schema names no variable of %s", name)
		} else if !strings.Contains(written, "`"+m[1]+"`") {
			t.Errorf("the page does not name %s, which %s falls back to", m[1], name)
		}
	}
}

// TestEachKindsPageIsWhole looks for the sections that each page has.
func TestEachKindsPageIsWhole(t *testing.T) {
	for name, page := range pages(t) {
		dir := filepath.Base(filepath.Dir(name))
		if !slices.Contains([]string{"resources", "data-sources", "ephemeral-resources", "actions"}, dir) {
			continue
		}
		for _, want := range []string{"**Use it when**", "**Do not use it**", "## Example Usage", "## When the API is called", "## What is stored",
			"## Permissions", "## Errors and remedies", "## Schema"} {
			if !strings.Contains(page, want) {
				t.Errorf("%s has no %s", name, want)
			}
		}
		if dir == "resources" && !strings.Contains(page, "## Import") {
			t.Errorf("%s does not tell how to import", name)
		}
	}
}

// needed is the permission that the client names when an operation is refused.
func needed(t *testing.T, op string, call func(*client.Client) error) string {
	t.Helper()
	s := emulator.Start()
	t.Cleanup(s.Close)
	s.Deny("", op)
	c, err := client.New(client.Config{
		Region: emulator.DefaultRegion, ProjectID: emulator.DefaultProjectID,
		Endpoints: map[string]string{"sms": s.URL(), "ecs": s.URL(), "cbh": s.URL()},
		SignIn:    client.Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey},
	})
	if err != nil {
		t.Fatal(err)
	}
	var refusal *client.Error
	if err := call(c); !errors.As(err, &refusal) {
		t.Fatalf("%s was denied, and the error is %v", op, err)
	}
	return refusal.Operation.Permission
}

// TestPolicies holds the published policies to the permissions that the operations of each kind need.
func TestPolicies(t *testing.T) {
	ctx := t.Context()
	task := client.Task{ID: emulator.TaskID(failed), RegionID: emulator.DefaultRegion, ProjectID: emulator.DefaultProjectID}
	task.Target.VMID = emulator.ServerID(failed)
	unlock := func(method string) func(*client.Client) error {
		return func(c *client.Client) error {
			_, err := c.Unlock(ctx, client.UnlockRequest{TaskID: task.ID, Method: method})
			return err
		}
	}
	list := needed(t, emulator.OpListTasks, func(c *client.Client) error { _, err := c.Tasks(ctx, client.TaskFilter{}); return err })
	read := needed(t, emulator.OpShowTask, func(c *client.Client) error { _, err := c.Task(ctx, task.ID); return err })
	lock := needed(t, emulator.OpShowServer, func(c *client.Client) error { _, err := c.Lock(ctx, task); return err })
	bySMS := needed(t, emulator.OpUnlockTask, unlock(client.MethodSMS))
	byECS := needed(t, emulator.OpServerAction, unlock(client.MethodECS))
	url := needed(t, emulator.OpShowOMURL, func(c *client.Client) error {
		_, err := c.OMURL(ctx, client.OMURLRequest{ServerID: "a", IPAddress: "a", HostAccountName: "a"})
		return err
	})
	h := theHouse(t)
	for name, want := range map[string][]string{
		"look-up": {list, read, lock}, "unlock": {read, bySMS, byECS, lock}, "om-url": {url},
	} {
		text, err := os.ReadFile(h.examples("policies/" + name + ".json"))
		if err != nil {
			t.Fatal(err)
		}
		var policy struct {
			Version   string
			Statement []struct {
				Effect string
				Action []string
			}
		}
		if err := json.Unmarshal(text, &policy); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if policy.Version != "5.0" || len(policy.Statement) != 1 || policy.Statement[0].Effect != "Allow" || !slices.Equal(policy.Statement[0].Action, want) {
			t.Errorf("%s is %+v, want %v", name, policy, want)
		}
	}
}
