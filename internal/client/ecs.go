// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"net/http"
	"strings"
)

var (
	opShowServer = &Operation{
		Name: "read the server's lock", Service: "ECS", Path: "/v1/{project_id}/cloudservers/{server_id}",
		Permission: "ecs:cloudServers:showServer",
	}
	opUnlockServer = &Operation{
		Name: "unlock the target server through ECS", Service: "ECS", Path: "/v2.1/{project_id}/servers/{server_id}/action",
		Permission: "ecs:servers:unlock",
	}
)

// Lock is what ECS knows of a server's lock ("Querying Details About an ECS", api-ecs/ShowServer). What SMS writes into the
// metadata is not documented.
type Lock struct {
	Locked bool
	// Known is false where the answer did not say whether the server is locked.
	Known bool
	// Source, SourceID and Scene are lockSource, lockSourceId and lockScene of the server's metadata, empty where absent.
	Source, SourceID, Scene string
	// ServerName and Status are the server's.
	ServerName, Status string
}

// Target is a server of ECS and where it lives.
type Target struct {
	ServerID, Region, ProjectID string
}

// target is the task's target server. It is an error when the task does not say where that is.
func (t Task) target() (Target, error) {
	task := Bound(Clean(t.ID), 255)
	var missing []string
	for _, f := range []struct{ name, value string }{
		{"target_server.vm_id", t.Target.VMID}, {"region_id", t.RegionID}, {"project_id", t.ProjectID},
	} {
		if f.value == "" {
			missing = append(missing, f.name)
		}
	}
	if len(missing) > 0 {
		return Target{}, &TargetError{TaskID: task, Why: "the task does not name " + strings.Join(missing, ", ")}
	}
	if !ValidRegion(t.RegionID) {
		return Target{}, &TargetError{TaskID: task, Why: "the region that the task names can not stand in a host name"}
	}
	for _, id := range []string{t.Target.VMID, t.ProjectID} {
		if err := CheckID(id); err != nil {
			return Target{}, &TargetError{TaskID: task, Why: "an ID that the task names can not stand in a path: " + err.Error()}
		}
	}
	return Target{ServerID: t.Target.VMID, Region: t.RegionID, ProjectID: t.ProjectID}, nil
}

// Lock reads from ECS whether the task's target server is locked.
func (c *Client) Lock(ctx context.Context, t Task) (Lock, error) {
	target, err := t.target()
	if err != nil {
		return Lock{}, err
	}
	lock, err := c.lock(ctx, target)
	return lock, c.explain(ctx, err)
}

func (c *Client) lock(ctx context.Context, t Target) (Lock, error) {
	var answer struct {
		Server struct {
			Name     lenientString            `json:"name"`
			Status   lenientString            `json:"status"`
			Locked   lenientBool              `json:"locked"`
			Metadata map[string]lenientString `json:"metadata"`
		} `json:"server"`
	}
	err := c.call(ctx, &request{
		op: opShowServer, service: serviceECS, region: t.Region, method: http.MethodGet,
		segments: []string{"v1", t.ProjectID, "cloudservers", t.ServerID}, scope: Scope{ProjectID: t.ProjectID},
	}, &answer)
	s := answer.Server
	show := func(text lenientString) string { return Bound(Clean(string(text)), 256) }
	return Lock{
		Locked: s.Locked.value, Known: s.Locked.known, ServerName: show(s.Name), Status: show(s.Status),
		Source: show(s.Metadata["lockSource"]), SourceID: show(s.Metadata["lockSourceId"]), Scene: show(s.Metadata["lockScene"]),
	}, err
}

// unlockByECS lifts the server's own lock ("Unlocking an ECS", api-ecs/ecs_03_0305_1): 202 and no body.
func (c *Client) unlockByECS(ctx context.Context, t Target) error {
	return c.call(ctx, &request{
		op: opUnlockServer, service: serviceECS, region: t.Region, method: http.MethodPost,
		segments: []string{"v2.1", t.ProjectID, "servers", t.ServerID, "action"}, scope: Scope{ProjectID: t.ProjectID},
		body: map[string]any{"unlock": nil}, discard: true,
	}, nil)
}
