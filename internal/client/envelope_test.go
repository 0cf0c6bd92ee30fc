// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// TestEnvelopes reads each form of an error through a whole request, as the documentation and the gateway's guide show them.
func TestEnvelopes(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		header http.Header
		body   string
		want   Error
	}{
		"SMS, as documented": {status: 403,
			body: `{"error_code":"SMS.9004","error_msg":"The current account does not have the permission to execute policy You do not have permission to perform action XXX on resource XXX.","encoded_authorization_message":"XXXXXX","error_param":["You do not have permission to perform action XXX on resource XXX."],"details":[{"error_code":"SMS.9004","error_msg":"You do not have permission to perform action XXX on resource XXX."}]}`,
			want: Error{Code: "SMS.9004", Message: "The current account does not have the permission to execute policy You do not have permission to perform action XXX on resource XXX.",
				EncodedAuthorizationMessage: "XXXXXX", Params: []string{"You do not have permission to perform action XXX on resource XXX."},
				Details: []Detail{{"SMS.9004", "You do not have permission to perform action XXX on resource XXX."}}}},
		"gateway": {status: 401, body: `{"error_msg":"Incorrect IAM authentication information","error_code":"APIGW.0301","request_id":"r-1"}`,
			want: Error{Code: "APIGW.0301", Message: "Incorrect IAM authentication information", RequestID: "r-1"}},
		"the header's request ID comes first": {status: 404, header: http.Header{"X-Request-Id": {"h-1"}}, body: `{"error_code":"APIG.0101","error_msg":"gone","request_id":"r-1"}`,
			want: Error{Code: "APIG.0101", Message: "gone", RequestID: "h-1"}},
		"CBH":                {status: 400, body: `{"error_code":"CBH.10020010","error_description":"parameter"}`, want: Error{Code: "CBH.10020010", Message: "parameter"}},
		"CBH, as exampled":   {status: 400, body: `{"error_code":10020010,"description":"parameter"}`, want: Error{Code: "10020010", Message: "parameter"}},
		"code and message":   {status: 400, body: `{"code":"A.1","message":"m"}`, want: Error{Code: "A.1", Message: "m"}},
		"IAM v3":             {status: 401, header: http.Header{"X-Iam-Trace-Id": {"t-1"}}, body: `{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}`, want: Error{Code: "401", Message: "The username or password is wrong.", RequestID: "t-1"}},
		"IAM v3, no code":    {status: 400, body: `{"error":{"message":"m"}}`, want: Error{Message: "m"}},
		"nested by any name": {status: 400, body: `{"badRequest":{"code":400,"message":"m"}}`, want: Error{Code: "400", Message: "m"}},
		"camel case":         {status: 400, body: `{"errorCode":"B.2","errorMsg":"m"}`, want: Error{Code: "B.2", Message: "m"}},
		"HTML":               {status: 502, body: "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", want: Error{Message: "502 Bad Gateway nginx"}},
		"text":               {status: 503, body: "upstream is away", want: Error{Message: "upstream is away"}},
		"nothing":            {status: 500, body: "", want: Error{}},
		"null":               {status: 500, body: "null", want: Error{Message: "null"}},
		"a list":             {status: 500, body: "[1,2]", want: Error{Message: "[1,2]"}},
		"wrong types":        {status: 500, body: `{"error_code":["x"],"error_msg":{"a":1},"details":"none","error_param":7}`, want: Error{Message: `{"error_code":["x"],"error_msg":{"a":1},"details":"none","error_param":7}`}},
		"nulls":              {status: 500, body: `{"error_code":null,"error_msg":"m","details":null,"error_param":[null,1,"x"]}`, want: Error{Message: "m", Params: []string{"1", "x"}}},
		"duplicate keys":     {status: 500, body: `{"error_code":"A","error_code":"B","error_msg":"m"}`, want: Error{Code: "B", Message: "m"}},
		"escapes": {status: 400, body: "{\"error_code\":\"A\\u001b[31m\",\"error_msg\":\"red\\u001b[0m\\u202e\\u0000\\nline\"}",
			want: Error{Code: "A", Message: "red line"}},
		"no base64": {status: 403, body: `{"error_code":"A","error_msg":"m","encoded_authorization_message":"$(rm -rf)"}`, want: Error{Code: "A", Message: "m"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for k, v := range tc.header {
					w.Header()[k] = v
				}
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			}))
			defer server.Close()
			c := signedIn(t, server.URL, nil, defaultKeys())
			c.cfg.ProjectID = "p"
			_, err := c.Task(t.Context(), "x")
			e := wantRefusal(t, err, opShowTask, tc.status)
			got := Error{Code: e.Code, Message: e.Message, RequestID: e.RequestID, EncodedAuthorizationMessage: e.EncodedAuthorizationMessage, Params: e.Params, Details: e.Details}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("read\n got  %+v\n want %+v", got, tc.want)
			}
		})
	}
}

// TestEnvelopeBounds: what a service chose to say is cut, at a character's edge.
func TestEnvelopeBounds(t *testing.T) {
	long := strings.Repeat("é", MaxText)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error_code":"` + long + `","error_msg":"` + long + `"}`))
	}))
	defer server.Close()
	c := signedIn(t, server.URL, nil, defaultKeys())
	c.cfg.ProjectID = "p"
	_, err := c.Task(t.Context(), "x")
	e := wantRefusal(t, err, opShowTask, http.StatusBadRequest)
	if len(e.Message) > MaxText || len(e.Code) > 128 || !strings.HasSuffix(e.Message, "é…") {
		t.Errorf("message of %d bytes, code of %d, ending in %q", len(e.Message), len(e.Code), e.Message[len(e.Message)-6:])
	}
}
