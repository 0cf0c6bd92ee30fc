// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"net/http"
	"strings"
)

// answer is what goes back, before faults get at it.
type answer struct {
	status      int
	header      http.Header
	contentType string
	body        []byte
	code        string // error code, for the record
}

func (a *answer) set(name, value string) {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
}

// gatewayError is the envelope of the API gateway: number 0301 becomes
// APIGW.0301, or what SetGatewayPrefix made of it. The caller may hold the
// state's lock.
func (c *call) gatewayError(status int, number, msg string) answer {
	return c.gatewayCode(status, c.prefix+"."+number, msg)
}

func (c *call) gatewayCode(status int, code, msg string) answer {
	a := render("gateway/error", vars{"code": code, "message": msg, "request_id": c.requestID})
	a.status, a.code = status, code
	return a
}

// serviceError is an error in the envelope that the service asked uses.
func (c *call) serviceError(status int, code, msg string) answer {
	name := "gateway/error"
	switch c.route.service {
	case "sms", "ecs", "cbh", "sts":
		name = c.route.service + "/error"
	case "iam":
		name = "iam/error-code"
		if code == "" {
			name = "iam/error"
		}
	case "metadata":
		return answer{status: status, contentType: "text/plain", body: []byte(msg), code: code}
	}
	if strings.HasPrefix(code, "APIG") {
		name = "gateway/error"
	}
	a := render(name, vars{
		"code": code, "message": msg, "request_id": c.requestID,
		"status": status, "title": cmp.Or(http.StatusText(status), "Error"),
	})
	a.status, a.code = status, code
	return a
}

// iamError is the envelope of IAM v3, which has the HTTP status for a code.
func (c *call) iamError(status int, msg string) answer { return c.serviceError(status, "", msg) }
