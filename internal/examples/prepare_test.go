// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// The account that the examples act for, its agency, and a token of the CI system that it trusts.
const (
	theirDomainID = "d0a10000000000000000000000000002"
	theirDomain   = "migration-account"
	theirProject  = "0123456789abcdef0123456789abcd02"
	theirAgency   = "sms-operators"
	jobToken      = "job.id.token"
)

// withProfile writes KooCLI's file with a profile that has the account's keys, and takes them out of the environment.
func withProfile(name string) func(*testing.T, *work, *emulator.Server) {
	return func(t *testing.T, w *work, _ *emulator.Server) {
		text, err := json.Marshal(map[string]any{"current": "default", "profiles": []any{map[string]any{
			"name": name, "mode": "AKSK", "region": emulator.InternationalRegion,
			"accessKeyId": emulator.DefaultAccessKey, "secretAccessKey": emulator.DefaultSecretKey,
		}}})
		if err != nil {
			t.Fatal(err)
		}
		w.hcloud(string(text))
	}
}

// hcloud writes KooCLI's file where it is looked for.
func (w *work) hcloud(text string) {
	w.t.Helper()
	dir := filepath.Join(w.env["HOME"], ".hcloud")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	writeFile(w.t, filepath.Join(dir, "config.json"), text)
}

// withAgency adds another account, with an agency that the default account may take.
func withAgency(_ *testing.T, _ *work, s *emulator.Server) {
	s.AddAccount(emulator.Account{ID: theirDomainID, Name: theirDomain})
	s.AddProject(emulator.Project{ID: theirProject, Name: emulator.DefaultRegion, DomainID: theirDomainID})
	s.AddAgency(emulator.Agency{Name: theirAgency, DomainID: theirDomainID})
}

// withIDToken lets the account trust a CI system, and leaves no other way to sign in.
func withIDToken(t *testing.T, w *work, s *emulator.Server) {
	withAgency(t, w, s)
	s.AddIdentityProvider(emulator.IdentityProvider{ID: "ci", DomainID: theirDomainID, IDTokens: []string{jobToken}})
	file := filepath.Join(t.TempDir(), "token")
	writeFile(t, file, jobToken+"\n")
	w.vars(map[string]string{"id_token_file": file, "domain_id": theirDomainID})
	w.set(map[string]string{"HW_ACCESS_KEY": "", "HW_SECRET_KEY": ""})
}

// actedAs fails unless the list of tasks was asked for in a name.
func actedAs(who string) func(*testing.T, *work, *emulator.Server) {
	return func(t *testing.T, w *work, s *emulator.Server) {
		s.ResetRequests()
		w.must("plan", "-input=false", "-no-color")
		asked := s.Requests(emulator.OpListTasks)
		if len(asked) != 1 || asked[0].Principal != who {
			t.Errorf("the tasks were asked for by %+v, want %s", asked, who)
		}
	}
}

func bothSites(t *testing.T, w *work, s *emulator.Server) {
	there := s.AddTask(emulator.Task{Name: "there", State: failed, Site: emulator.InternationalRegion})
	w.apply()
	want := map[string]any{"mainland": []any{emulator.TaskID(failed)}, "international": []any{there}}
	if got := w.output("failed"); !reflect.DeepEqual(got, want) {
		t.Errorf("failed is %v, want %v", got, want)
	}
}

func withOwnCloud(t *testing.T, w *work, s *emulator.Server) {
	s.AddProject(emulator.Project{ID: theirProject, Name: "region-1"})
	file := filepath.Join(t.TempDir(), "ca.pem")
	writeFile(t, file, s.CACertPEM())
	w.vars(map[string]string{"cacert_file": file})
	w.set(map[string]string{"HW_CACERT_FILE": ""})
}

// withOfficial tells the stand-in for the official provider what it finds.
func withOfficial(_ *testing.T, w *work, _ *emulator.Server) {
	w.set(map[string]string{
		"STANDIN_COMPUTE_INSTANCE_ID": emulator.ServerID(failed), "STANDIN_CBH_INSTANCE_ID": emulator.DefaultBastionServerID,
	})
}

func besideOfficial(t *testing.T, w *work, s *emulator.Server) {
	unlocked(t, w, s)
	if got := w.output("bastion_server_id"); got != emulator.DefaultBastionServerID {
		t.Errorf("bastion_server_id is %v", got)
	}
}
