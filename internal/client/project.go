// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

var opListProjects = &Operation{
	Name: "look up the project", Service: "IAM", Path: "/v3/projects", Permission: "iam:projects:listProjects",
}

// ProjectError means that a name did not lead to one project.
type ProjectError struct {
	Name string
	// IDs are the projects found, if there was more than one.
	IDs []string
	As  Identity
}

func (e *ProjectError) Error() string {
	if len(e.IDs) == 0 {
		return fmt.Sprintf("no project is named %q", e.Name)
	}
	return fmt.Sprintf("%d projects are named %q: %s", len(e.IDs), e.Name, Bound(strings.Join(e.IDs, ", "), MaxText))
}

// project is the ID of the scope's project, looked up once per name (GET /v3/projects?name=, "Querying Project Information").
func (c *Client) project(ctx context.Context, cred Credential, scope Scope) (string, error) {
	if scope.ProjectID != "" {
		return scope.ProjectID, nil
	}
	return c.projects.at(scope.ProjectName).get(ctx, always, func(ctx context.Context) (string, error) {
		return c.findProject(ctx, cred, scope.ProjectName)
	})
}

func (c *Client) findProject(ctx context.Context, cred Credential, name string) (string, error) {
	var answer struct {
		Projects []struct {
			ID   lenientString `json:"id"`
			Name lenientString `json:"name"`
		} `json:"projects"`
	}
	err := c.call(ctx, &request{
		op: opListProjects, service: serviceIAM, region: c.cfg.Region, method: http.MethodGet,
		segments: []string{"v3", "projects"}, query: url.Values{"name": {name}}, cred: &cred,
	}, &answer)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, p := range answer.Projects {
		if id := string(p.ID); string(p.Name) == name && CheckID(id) == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 {
		return "", &ProjectError{Name: name, IDs: ids, As: cred.As}
	}
	return ids[0], nil
}

// pathProject is the project for a path. A token that was given carries no ID, so its project is looked up like any other.
func (c *Client) pathProject(ctx context.Context, scope Scope) (string, error) {
	r := &request{scope: scope}
	cred, err := c.credential(ctx, r)
	if err != nil || r.projectID != "" {
		return r.projectID, err
	}
	if cred.ProjectID != "" {
		return cred.ProjectID, nil
	}
	return c.project(ctx, cred, r.scope)
}
