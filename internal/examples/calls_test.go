// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"slices"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestWhenTheServicesAreCalled holds the pages to their tables: what each command sends for each kind.
func TestWhenTheServicesAreCalled(t *testing.T) {
	om := minted(1)
	none := []string{}
	commands := []struct {
		name string
		args []string
	}{
		{"validate", []string{"validate"}},
		{"plan", []string{"plan", "-input=false", "-out=plan.bin"}},
		{"apply of the saved plan", []string{"apply", "-input=false", "plan.bin"}},
		{"plan without a change", []string{"plan", "-input=false"}},
		{"plan without refresh", []string{"plan", "-input=false", "-refresh=false"}},
		{"apply without a change", []string{"apply", "-input=false", "-auto-approve"}},
		{"refresh", []string{"apply", "-input=false", "-refresh-only", "-auto-approve"}},
		{"output", []string{"output"}},
		{"destroy", []string{"destroy", "-input=false", "-auto-approve"}},
	}
	for _, tt := range []struct {
		dir   string
		needs []capability
		// want has the requests of each command, in order.
		want [][]string
	}{
		{"resources/huaweiops_sms_task_unlock", nil, [][]string{none, none, guarded, none, none, none, none, none, none}},
		{"data-sources/huaweiops_sms_target_server", nil, [][]string{none, looked, none, looked, looked, looked, looked, none, looked}},
		{"data-sources/huaweiops_cbh_instance_om_url", nil, [][]string{none, om, none, om, om, om, om, none, om}},
		{
			"ephemeral-resources/huaweiops_cbh_instance_om_url", []capability{ephemerals},
			[][]string{none, om, om, om, om, minted(2), minted(2), none, none},
		},
		// Here a resource refers to it, and so does its destruction.
		{
			"ephemeral-resources/huaweiops_cbh_instance_om_url/vault", []capability{ephemerals, writeOnly},
			[][]string{none, om, om, om, om, minted(2), minted(2), none, om},
		},
	} {
		t.Run(strings.ReplaceAll(tt.dir, "/", "_"), func(t *testing.T) {
			t.Parallel()
			need(t, tt.needs...)
			s := emulator.Start()
			t.Cleanup(s.Close)
			w := newWork(t, tt.dir, s)
			withVault(t, w, s)
			w.init()
			for i, command := range commands {
				s.ResetRequests()
				w.must(command.args...)
				if got := operations(s); !slices.Equal(got, tt.want[i]) {
					t.Errorf("%s sent\n  %v, want\n  %v", command.name, got, tt.want[i])
				}
			}
		})
	}
}
