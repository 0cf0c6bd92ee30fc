// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"strings"
)

// gatewayCodes are the API gateway's codes without their prefix, which is APIGW or APIG (devg-apisign, api-sign-errorcode). Texts
// change, so only the code counts.
var gatewayCodes = map[string]Advice{
	"0101": {"The API gateway publishes no such operation there.", false, "Check the endpoints: does the host serve this service, in this region?"},
	"0103": {"The API's back end is not found.", false, remedySupport},
	"0104": {"The plug-in's configuration is not found.", false, remedySupport},
	"0105": {"The back end's configuration is not found.", false, remedySupport},
	"0106": {"The gateway's orchestration failed.", false, remedySupport},
	"0201": {"The request is malformed.", false, remedyReport},
	"0204": {"The TLS version is not supported.", false, "Check what stands between: a proxy that speaks an old TLS?"},
	"0301": {"The token or the access key's signature was not accepted.", false, remedySignature},
	"0302": {"The IAM user is not allowed to call this API.", false, remedyPermission},
	"0303": {"The authentication was not accepted, or the signature is expired.", false, remedySignature},
	"0304": {"The app is not authorized for this API.", false, remedyPermission},
	"0305": {"The authentication data is wrong.", false, remedySignature},
	"0306": {"Access to the API is refused.", false, remedyPermission},
	"0307": {"The token must be renewed.", false, remedyToken},
	"0308": {"Requests are throttled.", true, "Run again in a while, or with a lower -parallelism."},
	"0310": {"The project is not available.", false, "Check project_id and the project's state in the console."},
	"0311": {"The debugging authentication is wrong.", false, remedySignature},
	"0401": {"The client's IP address is unknown.", false, "Check the access control of the account and the proxy that requests leave by."},
	"0402": {"The client's IP address is refused.", false, "Check the access control of the account and the proxy that requests leave by."},
	"0404": {"The back end's IP address is refused.", false, remedySupport},
	"0501": {"The app's quota is used up.", false, remedyAccount},
	"0502": {"The app is frozen.", false, remedyAccount},
	"0601": {"The gateway failed inside.", true, remedyLater},
	"0602": {"The request is not legal.", false, remedyReport},
	"0605": {"The back end's name can not be resolved.", true, remedySupport},
	"0606": {"The back end's configuration is wrong.", false, remedySupport},
	"0607": {"The protocol is not allowed.", false, "Use https in the endpoints."},
	"0608": {"The gateway got no admin token.", true, remedySupport},
	"0609": {"The back end in the VPC can not be reached.", true, remedySupport},
	"0610": {"No back end can be reached.", true, remedyLater},
	"0611": {"The back end's port is not found.", false, remedySupport},
	"0612": {"The API calls itself.", false, remedySupport},
	"0613": {"IAM is not available.", true, remedyLater},
	"0705": {"The back end's signature failed.", false, remedySupport},
	"0801": {"The service is not available.", true, remedyLater},
	"0802": {"The IAM user is barred in this region.", false, "Have an administrator allow the user in this region, or use another region's endpoint."},
	"1009": {"The app's key or secret is invalid.", false, remedySignature},
}

// gatewayAdvice reads the code of the gateway. Code 0201 stands for several things that only the status tells apart.
func (e *Error) gatewayAdvice() (Advice, bool) {
	code, ok := strings.CutPrefix(e.Code, "APIGW.")
	if !ok {
		code, ok = strings.CutPrefix(e.Code, "APIG.")
	}
	if !ok {
		return Advice{}, false
	}
	if code == "0201" {
		switch e.Status {
		case http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, 494:
			return Advice{"The request is too long for the gateway.", false, remedyReport}, true
		case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
			return statusAdvice[e.Status], true
		}
	}
	a, ok := gatewayCodes[code]
	return a, ok
}
