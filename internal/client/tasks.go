// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

var opListTasks = &Operation{Name: "list the migration tasks", Service: "SMS", Path: "/v3/tasks", Permission: "sms:server:listTask"}

// The bounds of a page and of an offset in the list of tasks ("Querying Migration Tasks", api-sms/ListTasks).
const (
	taskPage      = 200
	maxTaskOffset = 65535
)

// TaskFilter narrows the list of tasks. Empty fields do not count.
type TaskFilter struct {
	State, Name, ID, SourceServerID, EnterpriseProjectID string
	// TargetVMID is the ECS ID of the target. The service has no such filter: it is applied here.
	TargetVMID string
}

func (f TaskFilter) query(offset int) url.Values {
	q := url.Values{"limit": {strconv.Itoa(taskPage)}, "offset": {strconv.Itoa(offset)}}
	for key, value := range map[string]string{
		"state": f.State, "name": f.Name, "id": f.ID, "source_server_id": f.SourceServerID, "enterprise_project_id": f.EnterpriseProjectID,
	} {
		if value != "" {
			q.Set(key, value)
		}
	}
	return q
}

// Tasks lists the migration tasks that the filter lets through, newest first, then by ID. All pages are read; a task that two
// pages name, because the list moved in between, counts once.
func (c *Client) Tasks(ctx context.Context, f TaskFilter) ([]Task, error) {
	var tasks []Task
	seen := map[string]bool{}
	total := 0
	for offset := 0; offset <= maxTaskOffset; {
		var page struct {
			Count lenientInt `json:"count"`
			Tasks []Task     `json:"tasks"`
		}
		err := c.call(ctx, &request{
			op: opListTasks, service: serviceSMS, method: http.MethodGet, segments: []string{"v3", "tasks"},
			query: f.query(offset), limit: maxListBody,
		}, &page)
		if err != nil {
			return nil, c.explain(ctx, err)
		}
		for _, t := range page.Tasks {
			if seen[t.ID] || f.TargetVMID != "" && t.Target.VMID != f.TargetVMID {
				continue
			}
			seen[t.ID] = true
			tasks = append(tasks, t)
		}
		// The total may change between two pages, so the largest counts; an empty page is the end whatever it says.
		offset += len(page.Tasks)
		total = max(total, int(page.Count))
		if len(page.Tasks) == 0 || offset >= total {
			break
		}
	}
	slices.SortStableFunc(tasks, func(a, b Task) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
	return tasks, nil
}

// FilterStates are the states that the list documents as a filter ("Querying Migration Tasks", api-sms/ListTasks).
var FilterStates = []string{
	"READY", "RUNNING", "SYNCING", "MIGRATE_SUCCESS", "MIGRATE_FAIL", "ABORTING", "ABORT", "DELETING", "SYNC_F_ROLLBACKING", "SYNC_F_ROLLBACK_SUCCESS",
}
