// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"fmt"
	"slices"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

// TestTasksEnd: however the list misbehaves, reading it ends, and no task counts twice.
func TestTasksEnd(t *testing.T) {
	for name, tc := range map[string]struct {
		mode  emulator.ListMode
		tasks int
		pages int
	}{
		"as it should be":         {emulator.ListMode{}, 450, 3},
		"an empty page":           {emulator.ListMode{EmptyFrom: 200}, 200, 2},
		"a growing total":         {emulator.ListMode{Drift: 1000}, 450, 4},
		"a shrinking total":       {emulator.ListMode{Drift: -100}, 450, 3},
		"the same page each time": {emulator.ListMode{Repeat: true}, 200, 3},
		"smaller pages":           {emulator.ListMode{MaxLimit: 100}, 450, 5},
	} {
		t.Run(name, func(t *testing.T) {
			em := emulator.Start(emulator.WithoutSeed())
			defer em.Close()
			for i := range 450 {
				em.AddTask(emulator.Task{ID: fmt.Sprintf("task-%03d", i), State: "READY", CreateDate: int64(i%10 + 1)})
			}
			em.SetListMode(tc.mode)
			tasks, err := clientFor(t, em).Tasks(t.Context(), TaskFilter{})
			if err != nil {
				t.Fatal(err)
			}
			if len(tasks) != tc.tasks || em.Count(emulator.OpListTasks) != tc.pages {
				t.Errorf("%d tasks from %d pages, want %d from %d", len(tasks), em.Count(emulator.OpListTasks), tc.tasks, tc.pages)
			}
			if !slices.IsSortedFunc(tasks, func(a, b Task) int { return b.Created.Compare(a.Created) }) {
				t.Error("the newest is not first")
			}
		})
	}
}

// TestTasksBeyondTheOffset: the service takes no offset above 65,535, so the reading ends there.
func TestTasksBeyondTheOffset(t *testing.T) {
	if got := (TaskFilter{}).query(maxTaskOffset).Get("offset"); got != "65535" {
		t.Errorf("the last offset is %s", got)
	}
}
