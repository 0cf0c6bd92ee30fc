// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"errors"
	"slices"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestProject: the project of a name, where there is none, one, or several.
func TestProject(t *testing.T) {
	em, now := startEmulator(t)
	em.AddProject(emulator.Project{ID: "11111111111111111111111111111111", Name: "twice"})
	em.AddProject(emulator.Project{ID: "22222222222222222222222222222222", Name: "twice"})
	for name, tc := range map[string]struct {
		projectID, projectName string
		lookups                int
		ids                    []string
		fails                  bool
	}{
		"the region's": {"", "", 1, nil, false},
		"by name":      {"", emulator.SecondRegion, 1, nil, false},
		"by ID":        {emulator.DefaultProjectID, "twice", 0, nil, false},
		"none":         {"", "nowhere", 1, nil, true},
		"several":      {"", "twice", 1, []string{"11111111111111111111111111111111", "22222222222222222222222222222222"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			em.ResetRequests()
			c := signedIn(t, em.URL(), now, defaultKeys())
			c.cfg.ProjectID, c.cfg.ProjectName = tc.projectID, tc.projectName
			_, err := c.Task(t.Context(), testTask)
			var missing *ProjectError
			if tc.fails != errors.As(err, &missing) || !tc.fails && err != nil {
				t.Fatalf("the task was read with %v", err)
			}
			if tc.fails {
				slices.Sort(missing.IDs)
				if !slices.Equal(missing.IDs, tc.ids) {
					t.Errorf("projects %v, want %v", missing.IDs, tc.ids)
				}
			}
			wantCounts(t, em, map[string]int{emulator.OpListProjects: tc.lookups})
		})
	}
}

// TestProjectOfAToken: a token that was given names no project, so only a path that needs one looks it up.
func TestProjectOfAToken(t *testing.T) {
	em, now := startEmulator(t)
	c := signedIn(t, em.URL(), now, Token{Value: em.NewToken(emulator.DefaultProjectID), Way: "token (test)"})
	readTask(t, c)
	wantCounts(t, em, map[string]int{emulator.OpListProjects: 0})
	for range 2 {
		answer, err := c.OMURL(t.Context(), OMURLRequest{
			ServerID: emulator.DefaultBastionServerID, IPAddress: emulator.DefaultHostIP, HostAccountName: emulator.DefaultHostAccount,
		})
		if err != nil || answer.Err() != nil {
			t.Fatal(err, answer.Err())
		}
	}
	wantCounts(t, em, map[string]int{emulator.OpListProjects: 1, emulator.OpShowOMURL: 2})
}
