// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import "strings"

// Names of the operations that the emulator knows, as they stand in
// [Request.Operation] and are given to [Server.InjectFault], [Server.Deny],
// [Server.Hold] and [Server.Count]. After the colon stands the name of the
// call in the vendor's API reference.
const (
	OpUnlockTask = "sms:UnlockTargetEcs"
	OpShowTask   = "sms:ShowTask"
	OpListTasks  = "sms:ListTasks"

	OpShowServer   = "ecs:ShowServer"
	OpServerAction = "ecs:NovaUnlockServer"

	OpShowOMURL = "cbh:ShowOmUrl"

	OpCreateToken  = "iam:KeystoneCreateUserTokenByPassword"
	OpListProjects = "iam:KeystoneListProjects"
	OpListDomains  = "iam:KeystoneListAuthDomains"
	// OpAssumeRoleV3 and OpTokenToKeys share a path; the body's method tells them apart.
	OpAssumeRoleV3 = "iam:CreateTemporaryAccessKeyByAgency"
	OpTokenToKeys  = "iam:CreateTemporaryAccessKeyByToken"
	OpOIDCToken    = "iam:CreateTokenWithIdToken"

	OpAssumeRoleV5   = "sts:AssumeAgency" // #nosec G101 -- a name
	OpDecode         = "sts:DecodeAuthorizationMessage"
	OpCallerIdentity = "sts:GetCallerIdentity"

	OpMetadataToken = "metadata:Token"
	OpMetadataKeys  = "metadata:SecurityKey"
)

// route is the operation that a method and a path name, with what the path
// carries.
type route struct {
	op      string
	service string
	project string // of the path, decoded
	id      string // task or server of the path, decoded
}

// findRoute matches the segments of a path as they came over the wire, so
// that an encoded slash never moves a boundary.
func findRoute(method, rawPath string) route {
	segs := strings.Split(strings.TrimPrefix(rawPath, "/"), "/")
	for i, seg := range segs {
		dec, ok := unescape(seg)
		if !ok {
			return route{}
		}
		segs[i] = dec
	}
	for i := range routes {
		if rt, ok := routes[i].match(method, segs); ok {
			return rt
		}
	}
	return route{}
}

type pattern struct {
	method string
	op     string
	segs   []string
}

var routes = []pattern{
	newPattern("GET /v3/tasks", OpListTasks),
	newPattern("GET /v3/tasks/{id}", OpShowTask),
	newPattern("POST /v3/tasks/{id}/unlock", OpUnlockTask),
	newPattern("GET /v1/{project}/cloudservers/{id}", OpShowServer),
	newPattern("POST /v2.1/{project}/servers/{id}/action", OpServerAction),
	newPattern("GET /v2/{project}/cbs/instance/get-om-url", OpShowOMURL),
	newPattern("POST /v3/auth/tokens", OpCreateToken),
	newPattern("GET /v3/projects", OpListProjects),
	newPattern("GET /v3/auth/domains", OpListDomains),
	newPattern("POST /v3.0/OS-CREDENTIAL/securitytokens", OpAssumeRoleV3),
	newPattern("POST /v3.0/OS-AUTH/id-token/tokens", OpOIDCToken),
	newPattern("POST /v5/agencies/assume", OpAssumeRoleV5),
	newPattern("POST /v5/decode-authorization-message", OpDecode),
	newPattern("GET /v5/caller-identity", OpCallerIdentity),
	newPattern("PUT /meta-data/latest/api/token", OpMetadataToken),
	newPattern("GET /openstack/latest/securitykey", OpMetadataKeys),
}

func newPattern(methodAndPath, op string) pattern {
	method, path, _ := strings.Cut(methodAndPath, " ")
	return pattern{method: method, op: op, segs: strings.Split(strings.TrimPrefix(path, "/"), "/")}
}

func (p *pattern) match(method string, segs []string) (route, bool) {
	if method != p.method || len(segs) != len(p.segs) {
		return route{}, false
	}
	rt := route{op: p.op, service: serviceOf(p.op)}
	for i, want := range p.segs {
		switch {
		case want == "{project}" && segs[i] != "":
			rt.project = segs[i]
		case want == "{id}" && segs[i] != "":
			rt.id = segs[i]
		case want != segs[i]:
			return route{}, false
		}
	}
	return rt, true
}

func serviceOf(op string) string {
	service, _, _ := strings.Cut(op, ":")
	return service
}
