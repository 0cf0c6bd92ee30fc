// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	// backoffMin is the unit of the waits before further tries, in which there is jitter; none is longer than backoffMost units.
	backoffMin  = 500 * time.Millisecond
	backoffMost = 60
	// retryAfterMax is how much of a Retry-After is honoured.
	retryAfterMax = 60 * time.Second
)

// checkRetry decides on a further try, and waits before it: after 408, 429, 502, 503 and 504, once after 500, and after a connection
// that failed, unless the name does not exist or the certificate does not verify. It reads the answer, so that half an answer counts
// as a failed connection.
func checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	a := attemptOf(ctx)
	if resp != nil && (resp.StatusCode/100 != 2 || !a.r.discard) {
		a.read(resp)
	}
	a.log(ctx, resp, err)
	if ctx.Err() != nil || a.tries >= a.max || !a.worthAnother(resp, err) {
		return false, nil //nolint:nilerr // The failure is the answer, which the caller reads.
	}
	// Where there is no time left for another try, the last answer says more than a timeout would.
	return a.c.wait(ctx, a.pause(ctx, resp)), nil
}

func (a *attempt) worthAnother(resp *http.Response, err error) bool {
	if err != nil {
		return retryable(err)
	}
	switch resp.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case http.StatusInternalServerError:
		return a.tries == 1
	}
	return resp.StatusCode/100 == 2 && a.bodyErr != nil
}

// pause is how long to wait before the next try: exponential with jitter, or what the service asked for, up to a minute, unless that
// lies beyond the deadline anyway.
func (a *attempt) pause(ctx context.Context, resp *http.Response) time.Duration {
	if resp != nil {
		if after := retryAfter(resp.Header.Get("Retry-After"), a.c.cfg.Now()); after > 0 {
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= after {
				return after
			}
			return min(after, retryAfterMax)
		}
	}
	return backoff(a.c.cfg.Backoff, a.tries)
}

// backoff is the wait after the n-th try.
func backoff(unit time.Duration, n int) time.Duration {
	ceiling := unit * time.Duration(min(1<<min(n-1, 10), backoffMost))
	//nolint:gosec // Jitter is no secret.
	return ceiling/2 + rand.N(ceiling/2+1) + unit/2
}

// noWait is the wait that go-retryablehttp adds: checkRetry, which knows the request, has waited.
func noWait(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return 0 }

// retryAfter reads the header's two forms, seconds and date (RFC 9110, section 10.2.3); 0 means that there is none to honour.
func retryAfter(s string, now time.Time) time.Duration {
	if s == "" {
		return 0
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil || errors.Is(err, strconv.ErrRange) {
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
