// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// backoffMin and backoffMax bound the wait before a further try, in which there is jitter.
	backoffMin = 500 * time.Millisecond
	backoffMax = 30 * time.Second
	// retryAfterMax is how much of a Retry-After is honoured.
	retryAfterMax = 60 * time.Second
)

// checkRetry decides on a further try: after 408, 429, 502, 503 and 504, once after 500, and after a connection that failed,
// unless the name does not exist or the certificate does not verify. It reads the answer, so that half an answer counts as a
// failed connection.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	a := attemptOf(ctx)
	if resp != nil && (resp.StatusCode/100 != 2 || !a.r.discard) {
		a.read(resp)
	}
	a.log(ctx, resp, err)
	if ctx.Err() != nil || a.tries >= a.max {
		return false, nil
	}
	if !a.worthAnother(resp, err) {
		return false, nil
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < a.minWait(resp) {
		return false, nil // the last answer says more than a timeout would
	}
	return true, nil
}

func (a *attempt) worthAnother(resp *http.Response, err error) bool {
	if err != nil {
		return kindOf(err).retryable()
	}
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case http.StatusInternalServerError:
		return a.tries == 1
	}
	return resp.StatusCode/100 == 2 && a.bodyErr != nil
}

// minWait is the least time that passes before the next try. An answer that asks for more than the caller has time for ends
// the tries.
func (a *attempt) minWait(resp *http.Response) time.Duration {
	if resp != nil {
		a.after = retryAfter(resp.Header.Get("Retry-After"), a.c.cfg.Now())
	}
	return max(a.after, backoffMin)
}

// backoff is exponential with jitter, or what the service asked for, up to a minute.
func backoff(_, _ time.Duration, n int, resp *http.Response) time.Duration {
	if resp != nil && resp.Request != nil {
		if a := attemptOf(resp.Request.Context()); a != nil && a.after > 0 {
			return min(a.after, retryAfterMax)
		}
	}
	ceiling := min(backoffMin<<min(n, 10), backoffMax)
	//nolint:gosec // Jitter is no secret.
	return ceiling/2 + rand.N(ceiling/2+1) + backoffMin/2
}

// retryAfter reads the header's two forms, seconds and date (RFC 9110, section 10.2.3); 0 means that there is none to honour.
func retryAfter(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n <= 0 {
			return 0
		}
		return time.Duration(min(n, 1<<31)) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}
