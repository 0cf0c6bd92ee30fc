// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

var (
	opShowTask = &Operation{
		Name: "read the migration task", Service: "SMS", Path: "/v3/tasks/{task_id}", Permission: "sms:server:getTask",
	}
	opUnlockTask = &Operation{
		Name: "unlock the target server through SMS", Service: "SMS", Path: "/v3/tasks/{task_id}/unlock", Permission: "sms:server:unlock",
	}
)

// Task is a migration task of SMS, as far as this client needs it ("Querying Information About a Specified Migration Task",
// api-sms/ShowTask).
type Task struct {
	ID                  string
	Name                string
	State               string
	Type                string
	OSType              string
	Created             time.Time // zero where the service did not say
	RegionID            string
	ProjectID           string
	ProjectName         string
	EnterpriseProjectID string
	Error               string
	MigrationIP         string
	Syncing             bool
	Target              TaskServer
	Source              TaskServer
}

// TaskServer is a server as a migration task names it.
type TaskServer struct {
	// ID is SMS's own; VMID is that of ECS, and may be empty.
	ID, VMID, Name, IP string
	// State is told of the source alone.
	OSType, OSVersion, State string
}

type wireServer struct {
	ID        lenientString `json:"id"`
	VMID      lenientString `json:"vm_id"`
	Name      lenientString `json:"name"`
	IP        lenientString `json:"ip"`
	OSType    lenientString `json:"os_type"`
	OSVersion lenientString `json:"os_version"`
	State     lenientString `json:"state"`
}

func (w wireServer) server() TaskServer {
	return TaskServer{
		ID: string(w.ID), VMID: string(w.VMID), Name: w.Name.shown(), IP: w.IP.shown(),
		OSType: w.OSType.shown(), OSVersion: w.OSVersion.shown(), State: w.State.shown(),
	}
}

// UnmarshalJSON reads a task leniently: text that is null or a number, a missing server.
func (t *Task) UnmarshalJSON(b []byte) error {
	var w struct {
		ID                  lenientString `json:"id"`
		Name                lenientString `json:"name"`
		State               lenientString `json:"state"`
		Type                lenientString `json:"type"`
		OSType              lenientString `json:"os_type"`
		Created             lenientInt    `json:"create_date"`
		RegionID            lenientString `json:"region_id"`
		ProjectID           lenientString `json:"project_id"`
		ProjectName         lenientString `json:"project_name"`
		EnterpriseProjectID lenientString `json:"enterprise_project_id"`
		Error               lenientString `json:"error_json"`
		MigrationIP         lenientString `json:"migration_ip"`
		Syncing             lenientBool   `json:"syncing"`
		Target              wireServer    `json:"target_server"`
		Source              wireServer    `json:"source_server"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	*t = Task{
		ID: string(w.ID), Name: w.Name.shown(), State: w.State.shown(), Type: w.Type.shown(), OSType: w.OSType.shown(),
		RegionID: string(w.RegionID), ProjectID: string(w.ProjectID), ProjectName: w.ProjectName.shown(),
		EnterpriseProjectID: string(w.EnterpriseProjectID), Error: w.Error.shown(),
		MigrationIP: w.MigrationIP.shown(), Syncing: w.Syncing.value,
		Target: w.Target.server(), Source: w.Source.server(),
	}
	if w.Created > 0 {
		t.Created = time.UnixMilli(int64(w.Created)).UTC()
	}
	return nil
}

// Task reads a migration task. A task that SMS does not know is an [*Error] whose NoSuchTask says so.
func (c *Client) Task(ctx context.Context, id string) (Task, error) {
	t, err := c.task(ctx, id, false)
	return t, c.explain(ctx, err)
}

func (c *Client) task(ctx context.Context, id string, once bool) (Task, error) {
	var t Task
	if err := checkTaskID(id); err != nil {
		return t, err
	}
	err := c.call(ctx, &request{
		op: opShowTask, service: serviceSMS, method: http.MethodGet, segments: []string{"v3", "tasks", id}, once: once,
	}, &t)
	return t, err
}

// unlockBySMS asks SMS to lift the lock of the task's target ("Unlocking a Target Server", api-sms/UnlockTargetEcs). Only the
// status of the answer is documented consistently, so nothing else is read.
func (c *Client) unlockBySMS(ctx context.Context, id string) error {
	return c.call(ctx, &request{
		op: opUnlockTask, service: serviceSMS, method: http.MethodPost, segments: []string{"v3", "tasks", id, "unlock"}, discard: true,
	}, nil)
}
