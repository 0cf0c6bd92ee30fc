// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

// Package client speaks to Huawei Cloud over HTTP: it signs in, finds the host, asks, and understands the answer.
//
// It knows nothing of Terraform. A [Client] is made once per configuration and is safe for concurrent use; every method
// takes a context first and honours it, in the waits between tries as well. Failures are [*Error] values, to be read with
// errors.As.
package client

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Defaults that a zero [Config] stands for.
const (
	// DefaultMaxRetries is the number of further tries after the first, as in the official provider.
	DefaultMaxRetries = 5
	// tryTimeout bounds one try, from connecting to the last byte of the answer.
	tryTimeout = 60 * time.Second
)

// Config is everything that a [Client] needs to know. It is offline: nothing here is looked up before the first
// operation that needs it.
type Config struct {
	// Region is the provider's region, e.g. "cn-north-4".
	Region string
	// Cloud is the domain of the cloud, e.g. "myhuaweicloud.com"; empty means [DefaultCloud] of the region.
	Cloud string
	// SMSRegion overrides the region whose host serves SMS.
	SMSRegion string
	// Endpoints overrides hosts by service key; see [ParseEndpoint].
	Endpoints map[string]string
	// AuthURL is the IAM endpoint, used where Endpoints has no "iam".
	AuthURL string
	// ProjectID and ProjectName choose the project; with neither, the project named like the region is looked up.
	ProjectID, ProjectName string

	// SignIn is the way in. Nil means that there is none: every operation then fails with [ErrNoCredentials].
	SignIn SignIn
	// SigningAlgorithm is one of [SigningAlgorithms]; empty means HmacSHA256.
	SigningAlgorithm string
	// ExplainDenials asks STS for the reason of a refusal that carries an encoded authorization message.
	ExplainDenials bool

	// Insecure switches the verification of TLS certificates off.
	Insecure bool
	// CACertPEM holds certificates that are trusted beside the system's.
	CACertPEM []byte
	// MaxRetries is the number of further tries after the first.
	MaxRetries int
	// TryTimeout bounds one try; 0 means a minute. Backoff is the unit of the waits between tries; 0 means half a second. Users can set
	// neither: they are for tests.
	TryTimeout, Backoff time.Duration

	// UserAgent is sent with each request.
	UserAgent string
	// Log receives one event per try; nil means none. It never receives a secret.
	Log func(context.Context, Event)
	// Now is the clock; nil means [time.Now].
	Now func() time.Time
}

// Client asks Huawei Cloud. Make it with [New].
type Client struct {
	cfg       Config
	http      *retryablehttp.Client
	sign      signFunc
	session   *Session
	projects  sharedMap[string, string]
	denials   sharedMap[string, Denial]
	omWait    time.Duration
	lockWait  time.Duration
	guardTime time.Duration
}

// New returns a client for the configuration, or an error when a setting can not be used. It makes no network call.
func New(cfg Config) (*Client, error) {
	if cfg.Cloud == "" {
		cfg.Cloud = DefaultCloud(cfg.Region)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.TryTimeout, cfg.Backoff = cmp.Or(cfg.TryTimeout, tryTimeout), cmp.Or(cfg.Backoff, backoffMin)
	sign, err := newSigner(cfg.SigningAlgorithm)
	if err != nil {
		return nil, err
	}
	transport, err := newTransport(cfg.Insecure, cfg.CACertPEM)
	if err != nil {
		return nil, err
	}
	c := &Client{
		cfg:       cfg,
		sign:      sign,
		omWait:    5 * time.Second,
		lockWait:  3 * time.Second,
		guardTime: 10 * time.Second,
	}
	if cfg.SignIn != nil {
		c.session = NewSession(cfg.SignIn)
	}
	c.http = &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: transport,
			Timeout:   cfg.TryTimeout,
			// A redirect would carry the credentials to a host that nobody configured.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryMax:     cfg.MaxRetries,
		CheckRetry:   checkRetry,
		Backoff:      noWait,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
		PrepareRetry: prepareRetry,
	}
	return c, nil
}

// Region is the provider's region.
func (c *Client) Region() string { return c.cfg.Region }
