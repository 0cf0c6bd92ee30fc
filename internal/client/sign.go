// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/signer/algorithm"
	sdkrequest "github.com/huaweicloud/huaweicloud-sdk-go-v3/core/request"
)

// SigningAlgorithms lists the values of signing_algorithm, the default first, as the official SDK names them.
var SigningAlgorithms = []string{
	algorithm.HmacSHA256, algorithm.HmacSM3, algorithm.EcdsaP256SHA256, algorithm.SM2SM3,
}

// signFunc returns the headers that prove that the request was made by the holder of the keys: X-Sdk-Date and
// Authorization. Headers are signed as given.
type signFunc func(method string, u *url.URL, headers map[string]string, body []byte, cred Credential, now time.Time) (map[string]string, error)

// newSigner adapts the official SDK's signer, which knows the rules that the API gateway checks
// ("API Request Signing Guide", devg-apisign).
func newSigner(name string) (signFunc, error) {
	if name == "" {
		name = algorithm.HmacSHA256
	}
	if !slices.Contains(SigningAlgorithms, name) {
		return nil, fmt.Errorf("signing algorithm %q is none of %s", name, strings.Join(SigningAlgorithms, ", "))
	}
	impl, err := signer.GetSigner(algorithm.SigningAlgorithm(name))
	if err != nil {
		return nil, err
	}
	return func(method string, u *url.URL, headers map[string]string, body []byte, cred Credential, now time.Time) (map[string]string, error) {
		b := sdkrequest.NewHttpRequestBuilder().
			WithMethod(method).
			WithEndpoint(u.Scheme+"://"+u.Host).
			WithPath(u.Path).
			AddHeaderParam("X-Sdk-Date", now.UTC().Format(signer.BasicDateFormat))
		for k, v := range headers {
			b.AddHeaderParam(k, v)
		}
		if u.RawQuery != "" {
			for k, v := range u.Query() {
				b.AddQueryParam(k, reflect.ValueOf(v))
			}
		}
		if len(body) > 0 {
			b.WithBody("", string(body))
		}
		return impl.Sign(b.Build(), cred.AccessKey, cred.SecretKey)
	}, nil
}

// signedHeaders are the headers that the signature covers: whose keys, in which project. User-Agent stays out, since
// proxies rewrite it.
func signedHeaders(cred Credential, projectID string) map[string]string {
	h := make(map[string]string, 4)
	if projectID != "" {
		h["X-Project-Id"] = projectID
	}
	if cred.SecurityToken != "" {
		h["X-Security-Token"] = cred.SecurityToken
	}
	return h
}

// authorize puts into h what proves to the service who asks.
func (c *Client) authorize(h http.Header, r *request, u *url.URL, body []byte, cred Credential) error {
	for k, v := range r.header {
		h.Set(k, v)
	}
	switch {
	case cred.Token != "":
		h.Set("X-Auth-Token", cred.Token)
	case cred.AccessKey != "":
		headers := signedHeaders(cred, r.projectID)
		signed, err := c.sign(r.method, u, headers, body, cred, c.cfg.Now())
		if err != nil {
			return err
		}
		for k, v := range headers {
			h.Set(k, v)
		}
		for k, v := range signed {
			h.Set(k, v)
		}
	}
	return nil
}
