// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Operation names a call of a service's API as its documentation does.
type Operation struct {
	// Name says what is done, for messages, e.g. "unlock the target server".
	Name string
	// Service is the service's short name, e.g. "SMS".
	Service string
	// Path is the path's template, e.g. "/v3/tasks/{task_id}/unlock".
	Path string
	// Permission is the IAM action that the call needs, empty where it needs none or none is documented.
	Permission string
}

// Detail is one entry of an answer's "details".
type Detail struct {
	Code, Message string
}

// Error is a request that was refused, or that got no answer that could be understood. It holds no secret. All text in it that
// came from a service is bounded and free of control characters.
type Error struct {
	Operation *Operation
	// Host is the host that was asked, with its port where it is not the default.
	Host string
	// Kind tells a refusal from the ways in which an answer can fail to come.
	Kind Kind
	// Status is the HTTP status, 0 where there was no answer.
	Status int
	// Code, Message, Params and Details are the service's own.
	Code, Message string
	Params        []string
	Details       []Detail
	// RequestID is the service's ID of the request, for its support.
	RequestID string
	// EncodedAuthorizationMessage is the reason of a refusal in a form that only STS can decode.
	EncodedAuthorizationMessage string
	// Denial is what STS said of it; nil where it was not asked or could not say.
	Denial *Denial
	// As is as whom the client acted, in which project.
	As        Identity
	ProjectID string
	// Unsigned is true where the request carried a token, or nothing, instead of the signature of an access key.
	Unsigned bool
	// Tries is how often the request was sent.
	Tries int
	// Date is the service's clock, zero where it was not told; Sent is ours when the last try began.
	Date, Sent time.Time
	// TaskID is set where the request was about a migration task.
	TaskID string

	cause error
}

// Error is one line for logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): ", e.Operation.Name, e.Host)
	if e.Status == 0 {
		fmt.Fprintf(&b, "%s", e.Kind)
		if e.Message != "" {
			b.WriteString(": " + e.Message)
		}
		return b.String()
	}
	fmt.Fprintf(&b, "HTTP %d", e.Status)
	for _, s := range []string{e.Code, e.Message} {
		if s != "" {
			b.WriteString(", " + s)
		}
	}
	if e.RequestID != "" {
		b.WriteString(", request " + e.RequestID)
	}
	return b.String()
}

// Unwrap gives the failure beneath, where there was no answer.
func (e *Error) Unwrap() error { return e.cause }

// status is the HTTP status of a refusal, 0 for anything else.
func status(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Unpublished says whether the gateway knows no such operation. It tells "this call does not exist here" from "this task does
// not exist": the gateway's own code 0101, under either of its two prefixes (devg-apisign, api-sign-errorcode).
func (e *Error) Unpublished() bool {
	return e.Status == http.StatusNotFound && (e.Code == "APIGW.0101" || e.Code == "APIG.0101")
}

// NoSuchTask says whether SMS knows no such migration task.
func (e *Error) NoSuchTask() bool {
	return e.Code == "SMS.7703" || e.Code == "SMS.2219"
}

// clockWindow is how far a signature's time may be from the gateway's clock (API signing guide, FAQ, devg-apisign).
const clockWindow = 15 * time.Minute

// ClockWrong says whether a signature was refused while our clock and the service's, as its answer tells it, are too far apart.
func (e *Error) ClockWrong() bool {
	if e.Date.IsZero() || e.Sent.IsZero() || e.Unsigned || e.As.token() || e.Status != http.StatusUnauthorized && e.Code != "SMS.0205" {
		return false
	}
	return e.Sent.Sub(e.Date).Abs() > clockWindow
}

func (a *attempt) newError(host string) *Error {
	e := &Error{Operation: a.r.op, Host: host, Tries: a.tries, ProjectID: a.r.projectID, TaskID: a.r.op.taskID(a.r.segments)}
	e.As = a.r.identity()
	e.Unsigned = a.r.cred == nil || a.r.cred.AccessKey == ""
	if a.r.cred != nil && e.ProjectID == "" {
		e.ProjectID = a.r.cred.ProjectID
	}
	return e
}

// identity is as whom the request is made.
func (r *request) identity() Identity {
	if r.as == (Identity{}) && r.cred != nil {
		return r.cred.As
	}
	return r.as
}

// taskID is the value of {task_id} in the path.
func (o *Operation) taskID(segments []string) string {
	for i, s := range strings.Split(strings.TrimPrefix(o.Path, "/"), "/") {
		if s == "{task_id}" && i < len(segments) {
			return segments[i]
		}
	}
	return ""
}

// refusal is the error of an answer that is not 2xx.
func (a *attempt) refusal(host string, resp *http.Response) *Error {
	e := a.newError(host)
	env := parseEnvelope(a.body)
	e.Kind = Refused
	e.Status = resp.StatusCode
	e.Code = a.show(env.Code, maxCode)
	e.RequestID = a.show(firstOf(requestID(resp.Header), env.RequestID), maxCode)
	// What the service chose to say is bounded as a whole.
	left := MaxText
	say := func(s string, most int) string {
		s = a.show(s, min(most, left))
		left -= len(s)
		return s
	}
	e.Message = say(env.Message, MaxText)
	for _, d := range env.Details {
		if detail := (Detail{Code: say(d.Code, maxCode), Message: say(d.Message, MaxText)}); detail != (Detail{}) {
			e.Details = append(e.Details, detail)
		}
	}
	for _, p := range env.Params {
		if p = say(p, MaxText); p != "" {
			e.Params = append(e.Params, p)
		}
	}
	if encoded := base64Only(env.Encoded); redact(encoded, a.secrets) == encoded {
		e.EncodedAuthorizationMessage = encoded
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		e.Date, e.Sent = date, a.sent
	}
	if e.Message == "" && resp.StatusCode/100 == 3 {
		e.Message = "the service answered with a redirect, which is not followed: credentials are sent to the configured host alone"
	}
	return e
}

// unreadable is the error of a 2xx answer that can not be understood.
func (a *attempt) unreadable(host string, resp *http.Response, err error) *Error {
	e := a.newError(host)
	e.Kind = Unreadable
	e.Status = resp.StatusCode
	e.RequestID = a.show(requestID(resp.Header), maxCode)
	e.Message = "the answer is not what the service documents: " + decodeFault(err)
	e.cause = err
	return e
}

// failure is the error of a request that got no whole answer.
func (a *attempt) failure(ctx context.Context, host string, err error) error {
	if ctxErr := ctx.Err(); errors.Is(ctxErr, context.Canceled) || ctxErr != nil && (kindOf(err) == Timeout || errors.Is(err, ctxErr)) {
		err = ctxErr
	}
	e := a.newError(host)
	e.Kind = kindOf(err)
	e.Message = a.show(errText(err), MaxText)
	e.cause = err
	return e
}

// requestID is the ID that the service gave the request.
func requestID(h http.Header) string {
	return firstOf(h.Get("X-Request-Id"), h.Get("X-IAM-Trace-Id"))
}

func firstOf(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}

// decodeFault says what is wrong with an answer without quoting it: it may hold a URL that logs its holder in.
func decodeFault(err error) string {
	if errors.Is(err, errTooLong) {
		return errTooLong.Error()
	}
	if s := err.Error(); s == "it is empty" {
		return s
	}
	var lack lacking
	if errors.As(err, &lack) {
		return lack.Error()
	}
	return "it is no JSON of the documented shape"
}

// lacking is an answer without the part that the caller asked for.
type lacking string

func (l lacking) Error() string { return "it holds no " + string(l) }
