// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"strings"
)

// Advice is what is known of a refusal: what the code means, whether the same request can succeed later, what to do.
type Advice struct {
	Meaning string
	// Later is true where nothing has to be changed before another try.
	Later  bool
	Remedy string
}

// Remedies that several codes share.
const (
	remedyPermission = "Grant the identity named above the permission, in an identity policy or a role, and run again."
	remedySignature  = "Check the access key and the secret key: are they of one pair, enabled, and of the account that is meant? Check that this machine's clock is right and that no proxy changes headers."
	remedyToken      = "Sign in again: the token is expired, revoked, or of another site." //nolint:gosec // Words about a token, none itself.
	remedyLater      = "Run again in a while. If it stays, give the request ID to Huawei Cloud's support."
	remedySupport    = "If it stays after another try, give the request ID to Huawei Cloud's support."
	remedyReport     = "Check the values given. If they are right, report this to the provider's authors, with the code and the request ID."
	remedyAccount    = "Settle this with the account's owner in the console; no configuration of this provider can."
	remedyTask       = "Check task_id, and whether the task belongs to this account and this site."
	remedyInside     = "Look at the task in the SMS console: its state does not allow this."
)

// advice holds the codes of the services' own tables: SMS (api-sms/ErrorCode and the operations' pages), ECS, CBH (api-cbh/ErrorCode)
// and IAM. The gateway's are in gatewayAdvice.
var advice = map[string]Advice{
	"SMS.9004": {"The identity may not do this with this resource.", false, remedyPermission},
	"SMS.0204": {"The permissions are insufficient.", false, remedyPermission},
	"SMS.2002": {"The identity has no permission.", false, remedyPermission},
	"SMS.2248": {"The resource belongs to someone else.", false, "Sign in with the account that owns the migration task."},
	"SMS.7703": {"SMS knows no such migration task.", false, remedyTask},
	"SMS.2219": {"SMS knows no such migration task.", false, remedyTask},
	"SMS.2252": {"SMS knows no such resource.", false, remedyTask},
	"SMS.2323": {"The task's source server does not exist.", false, remedyTask},
	"SMS.7602": {"The task's source server does not exist.", false, remedyTask},
	"SMS.2112": {"The migration project does not exist.", false, remedyTask},
	"SMS.7301": {"The migration project does not exist.", false, remedyTask},
	"SMS.7101": {"The server template does not exist.", false, remedyTask},
	"SMS.2031": {"The request's JSON is malformed.", false, remedyReport},
	"SMS.2032": {"The request's body is empty.", false, remedyReport},
	"SMS.2035": {"A parameter is invalid.", false, remedyReport},
	"SMS.6010": {"A parameter is invalid.", false, remedyReport},
	"SMS.6011": {"A parameter is invalid.", false, remedyReport},
	"SMS.6012": {"A parameter is invalid.", false, remedyReport},
	"SMS.6102": {"A parameter is invalid.", false, remedyReport},
	"SMS.2003": {"The HTTP method is wrong.", false, remedyReport},
	"SMS.2004": {"The request's content is too long.", false, remedyReport},
	"SMS.2005": {"The request's content type is missing.", false, remedyReport},
	"SMS.2006": {"The request's content type is not JSON.", false, remedyReport},
	"SMS.2007": {"The back end of SMS failed.", true, remedySupport},
	"SMS.7714": {"The task can only be paused while it migrates or synchronizes.", false, remedyInside},
	"SMS.7715": {"The task can only be synchronized after it succeeded.", false, remedyInside},
	"SMS.7716": {"The task's logs can not be collected in this state.", false, remedyInside},
	"SMS.7717": {"The task's logs can not be collected in this state.", false, remedyInside},
	"SMS.7718": {"The task can only be rolled back after a synchronization failed.", false, remedyInside},
	"SMS.7719": {"The task can not be deleted while it migrates or pauses.", false, remedyInside},
	"SMS.7720": {"Only the consistency check of a task can be skipped.", false, remedyInside},
	"SMS.1038": {"The task can not be paused in this state.", false, remedyInside},
	"SMS.1039": {"The task can not be resumed in this state.", false, remedyInside},
	"SMS.1040": {"The task can not be restarted in this state.", false, remedyInside},
	"SMS.6526": {"The quota is exceeded.", false, remedyAccount},
	"SMS.6528": {"The account is not verified by real name.", false, remedyAccount},
	"SMS.6529": {"The account's balance is insufficient, or it is restricted as a risk.", false, remedyAccount},
	"SMS.0201": {"The network is busy, or the gateway can not be reached.", true, remedyLater},
	"SMS.0203": {"The gateway timed out.", true, remedyLater},
	"SMS.0202": {"The access key was not accepted.", false, remedySignature},
	"SMS.0205": {"The access key was not accepted: the client's clock or time zone is wrong.", false, "Set this machine's clock, and run again."},

	"Ecs.0605": {"The server is locked.", false, "Unlock it first: with huaweiops_sms_task_unlock if a migration task locked it."},

	"CBH.10020001": {"The tenant or project ID is wrong.", false, "Check project_id and region: the CBH instance must be in this project."},
	"CBH.10020009": {"The message's format is wrong.", false, remedyReport},
	"CBH.10020010": {"A parameter is wrong.", false, "Check server_id, ip_address and host_account_name."},
	"CBH.10020011": {"The ID of the instance or of its server is wrong.", false, "Check server_id: it is the ID of the server on which the CBH instance is deployed, not the instance's own ID."},
	"CBH.10027007": {"The resource is missing.", false, "Check server_id: it is the ID of the server on which the CBH instance is deployed, not the instance's own ID. Check that the instance is in this region and project."},
	"CBH.10027011": {"The instance's present status does not permit this.", true, "Look at the CBH instance in the console: is it running? Run again when it is."},
	"CBH.10020100": {"The IAM token is invalid.", false, remedyToken},
	"CBH.10020002": {"The tenant lacks the authority.", false, remedyPermission},
	"CBH.10020000": {"CBH failed, for an unknown reason.", true, remedySupport},
	"CBH.11000000": {"CBH failed inside.", true, remedySupport},

	"IAM.0001": {"Authentication is needed.", false, remedySignature},
	"IAM.0061": {"The user is locked.", false, "Wait until IAM unlocks the user, or have an administrator do it. Each further failure makes it last longer."},
	"IAM.0062": {"The password is wrong.", false, "Correct the password. It is not tried again while the provider runs, since accounts get locked. A HUAWEI ID can not sign in by password: create an IAM user."},
	"IAM.0063": {"The sign-in was refused.", false, "Check the user, the domain and the password."},
	"IAM.0064": {"The sign-in was refused.", false, "Check the user, the domain and the password."},
	"IAM.0066": {"The token is expired.", false, remedyToken},
	"IAM.0067": {"The token is invalid.", false, remedyToken},
	"IAM.0002": {"The identity may not do this.", false, remedyPermission},
	"IAM.0003": {"The identity's policy does not allow this.", false, remedyPermission},
	"IAM.0080": {"The owner of the access key is disabled.", false, "Enable the IAM user, or use another access key."},
	"IAM.0081": {"The user has no programmatic access.", false, "Give the IAM user programmatic access in the console."},
	"IAM.0082": {"The user may not do this.", false, remedyPermission},
	"IAM.0083": {"The user may not do this.", false, remedyPermission},
	"IAM.0004": {"IAM does not know what was asked for.", false, "Check the names and IDs in the provider's configuration."},
	"IAM.0005": {"It conflicts with what is there.", false, remedyReport},
	"IAM.0012": {"Too many requests.", true, remedyLater},
	"IAM.0007": {"A parameter is invalid.", false, "Check the names and IDs in the provider's configuration."},
	"IAM.0011": {"A parameter is invalid.", false, "Check the names and IDs in the provider's configuration."},
	"IAM.0072": {"A parameter is invalid.", false, "Check the names and IDs in the provider's configuration."},
	"IAM.0073": {"A parameter is invalid.", false, "Check the names and IDs in the provider's configuration."},
	"IAM.0006": {"IAM failed inside.", true, remedySupport},
}

// statusAdvice is for codes that no table has ("Status Codes" of the services' references).
var statusAdvice = map[int]Advice{
	http.StatusBadRequest:          {"The request is not valid.", false, remedyReport},
	http.StatusUnauthorized:        {"The credentials were not accepted.", false, remedySignature},
	http.StatusForbidden:           {"The identity may not do this.", false, remedyPermission},
	http.StatusNotFound:            {"The service does not know what was asked for.", false, "Check the IDs, the region and the endpoints."},
	http.StatusMethodNotAllowed:    {"The method is not allowed there.", false, "Check the endpoints: does the host serve this service?"},
	http.StatusRequestTimeout:      {"The service gave up waiting.", true, remedyLater},
	http.StatusConflict:            {"It conflicts with another request.", true, remedyLater},
	http.StatusTooManyRequests:     {"Too many requests.", true, "Run again in a while, or with a lower -parallelism."},
	http.StatusInternalServerError: {"The service failed inside.", true, remedySupport},
	http.StatusBadGateway:          {"The service's back end can not be reached.", true, remedyLater},
	http.StatusServiceUnavailable:  {"The service is not available.", true, remedyLater},
	http.StatusGatewayTimeout:      {"The service's back end did not answer in time.", true, remedyLater},
}

// Advice is what is known of this refusal: by its code, else by its status. It is empty where there was no answer.
func (e *Error) Advice() Advice {
	a := e.generalAdvice()
	// Several codes stand for a token and for a signature.
	switch unsigned := e.Unsigned || e.As.token(); {
	case unsigned && a.Remedy == remedySignature:
		a.Remedy = remedyToken
	case !unsigned && a.Remedy == remedyToken:
		a.Remedy = remedySignature
	}
	if remedy := signInRemedies[e.Operation][e.Status]; remedy != "" {
		a.Remedy = remedy
	}
	return a
}

// generalAdvice does not look at what was asked.
func (e *Error) generalAdvice() Advice {
	if e.Status == 0 {
		return Advice{}
	}
	if a, ok := e.gatewayAdvice(); ok {
		return a
	}
	if a, ok := advice[e.Code]; ok {
		return a
	}
	if a, ok := statusAdvice[e.Status]; ok {
		return a
	}
	if e.Status/100 == 3 {
		return Advice{Meaning: "The host redirects, so it is not the service's API.", Remedy: "Check the endpoints and the proxy."}
	}
	return Advice{}
}

// token says whether the way in is a token, whose refusal is no matter of signatures.
func (i Identity) token() bool { return strings.HasPrefix(i.Way, "token") }
