// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

var opShowOMURL = &Operation{
	Name: "obtain the O&M URL", Service: "CBH", Path: "/v2/{project_id}/cbs/instance/get-om-url", Permission: "cbh:instance:getOmUrl",
}

// OMState is the outcome of asking for an O&M URL, with the number and the meaning that the API page gives it
// ("Obtaining an O&M URL", api-cbh/ShowOmUrl).
type OMState struct {
	Name   string
	Number int
	// Meaning is what the state says, Remedy what the reader can do.
	Meaning, Remedy string
}

const (
	omSuccess      = "SUCCESS"
	omInitializing = "INS_WHITE_LIST_INITIALIZING"
)

// OMStates are the documented states, SUCCESS first.
var OMStates = []OMState{
	{omSuccess, 0, "The URL was issued.", ""},
	{"HOST_NOT_MANAGE", 1, "The bastion host does not manage a host with this address.",
		"Add the host to the CBH instance (Resources > Hosts), or correct ip_address: it must be the address that the bastion host knows the host by. Check that server_id names the right CBH instance."},
	{"HOST_ACCOUNT_NOT_EXIST", 553, "The bastion host knows no such account of this host.",
		"Add the account to the host in the CBH instance (Resources > Accounts), or correct host_account_name."},
	{"IAM_USER_NO_PERMISSION", 901, "The IAM user may not operate this host in the bastion host.",
		"Grant the user the host and the account by an access control rule inside the CBH instance (Policy > ACL Rules). This is a right within CBH, not an IAM permission."},
	{"IAM_USER_CONFLICT", 1016, "The IAM user collides with a user of the bastion host.",
		"Rename or remove the local user with the same name in the CBH instance (User > User), or call with another IAM user."},
	{"CUR_VERSION_NOT_SUPPORT_OPERATION", 9001, "The version of the CBH instance does not support O&M URLs.",
		"Upgrade the CBH instance in the console. Which version is needed is not documented."},
	{omInitializing, 9002, "The trust list of the CBH instance is still being set up.",
		"Try again later, or give the operation more time in its timeouts block."},
	{"UNKNOWN_ERROR", 9003, "The service reports an unknown error.",
		"Try again. If it stays, open a ticket with Huawei Cloud and name the time and the instance."},
}

// OMURLRequest names an account on a host that a CBH instance manages.
type OMURLRequest struct {
	// ServerID is the ID of the server on which the CBH instance is deployed, not the instance's own ID.
	ServerID string
	// IPAddress and HostAccountName are the managed host's.
	IPAddress, HostAccountName string
	// Region is the region of the instance; empty means the client's.
	Region string
}

// OMURL is the answer. LoginURL logs its holder in: it is a credential.
type OMURL struct {
	State       string
	Description string
	LoginURL    string
}

// OMStateError is an answer whose state is not SUCCESS, or one of SUCCESS without a URL.
type OMStateError struct {
	State       OMState
	Description string
	// Waited is how long the client asked again before it gave up.
	Waited time.Duration
}

func (e *OMStateError) Error() string {
	return fmt.Sprintf("CBH answered with the state %s (%d): %s", e.State.Name, e.State.Number, e.State.Meaning)
}

// Err is nil if the answer holds a URL, else an [*OMStateError].
func (u OMURL) Err() error {
	if u.State == omSuccess && u.LoginURL != "" {
		return nil
	}
	state := OMState{Name: u.State, Number: -1, Meaning: "This state is not documented.",
		Remedy: "Look the state up in the API reference of CBH, and report it to this provider's authors."}
	for _, s := range OMStates {
		if s.Name == u.State {
			state = s
		}
	}
	if u.State == omSuccess {
		state.Meaning = "The service reports success, but sent no URL."
		state.Remedy = "Try again. If it stays, open a ticket with Huawei Cloud and name the time and the instance."
	}
	return &OMStateError{State: state, Description: u.Description}
}

// Failed says whether the state is anything but SUCCESS.
func (u OMURL) Failed() bool { return u.State != omSuccess }

// UnmarshalJSON takes the state by name or by number, and text that is null or absent.
func (u *OMURL) UnmarshalJSON(b []byte) error {
	var w struct {
		State       lenientString `json:"state"`
		Description lenientString `json:"description"`
		LoginURL    lenientString `json:"login_url"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return err
	}
	login := strings.TrimSpace(string(w.LoginURL))
	*u = OMURL{
		State:       Bound(redact(Clean(string(w.State)), []string{login}), maxCode),
		Description: Bound(redact(Clean(string(w.Description)), []string{login}), MaxText),
		LoginURL:    login,
	}
	for _, s := range OMStates {
		if u.State == fmt.Sprint(s.Number) || strings.EqualFold(u.State, s.Name) {
			u.State = s.Name
		}
	}
	if u.State == "" {
		return fmt.Errorf("there is no state")
	}
	return nil
}

// OMURL asks for an O&M URL. While the instance's trust list is being set up it asks again every five seconds until the
// deadline. Every other state is returned as it is; see [OMURL.Err].
func (c *Client) OMURL(ctx context.Context, in OMURLRequest) (OMURL, error) {
	for _, v := range []struct{ name, value string }{
		{"server_id", in.ServerID}, {"ip_address", in.IPAddress}, {"host_account_name", in.HostAccountName},
	} {
		if err := CheckQueryValue(v.value); err != nil {
			return OMURL{}, fmt.Errorf("%s can not be used: %w", v.name, err)
		}
	}
	region, scope := c.cfg.Region, c.homeScope()
	if in.Region != "" && in.Region != region {
		region, scope = in.Region, Scope{ProjectName: in.Region}
	}
	project, err := c.pathProject(ctx, scope)
	if err != nil {
		return OMURL{}, err
	}
	for {
		var answer OMURL
		err := c.call(ctx, &request{
			op: opShowOMURL, service: serviceCBH, region: region, method: http.MethodGet,
			segments: []string{"v2", project, "cbs", "instance", "get-om-url"},
			query: url.Values{
				"server_id": {in.ServerID}, "ip_address": {in.IPAddress}, "host_account_name": {in.HostAccountName},
			},
			header: map[string]string{"X-Language": "en-us"},
			scope:  scope, projectID: project,
		}, &answer)
		if err != nil || answer.State != omInitializing {
			return answer, c.explain(ctx, err)
		}
		if !c.wait(ctx, c.omWait) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return answer, ctx.Err()
			}
			return answer, nil
		}
	}
}

// wait sleeps, and says whether there is time left afterwards.
func (c *Client) wait(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
