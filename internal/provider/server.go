// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
)

// NewServer returns the constructor of the server that answers Terraform (protocol 6).
//
// The framework's own server keeps the context of each call until it is told to stop, and with it all that the call's loggers
// and its gRPC stream hold: some 25 KiB a call, of which a resource takes four. Here it is given a context that lets go of that
// once the call is answered.
func NewServer(version, commit string, tune ...func(*client.Config)) func() tfprotov6.ProviderServer {
	serve := providerserver.NewProtocol6(New(version, commit, tune...)())
	return func() tfprotov6.ProviderServer {
		server := serve()
		if s, ok := server.(frameworkServer); ok {
			return &leanServer{s}
		}
		return server
	}
}

// frameworkServer is what the framework's server implements of what this provider offers.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
}

// leanServer lets the contexts go of the calls that come once for each instance of a resource or a data source. An action's
// answer goes on after its call has returned, and so keeps its context.
type leanServer struct{ frameworkServer }

// answer makes one call with a context that is let go after it.
func answer[Request, Response any](ctx context.Context, call func(context.Context, Request) (Response, error), req Request) (Response, error) {
	lent := lend(ctx)
	defer lent.release()
	return call(lent, req)
}

func (s *leanServer) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return answer(ctx, s.frameworkServer.ValidateResourceConfig, req)
}

func (s *leanServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return answer(ctx, s.frameworkServer.UpgradeResourceState, req)
}

func (s *leanServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return answer(ctx, s.frameworkServer.ReadResource, req)
}

func (s *leanServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return answer(ctx, s.frameworkServer.PlanResourceChange, req)
}

func (s *leanServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return answer(ctx, s.frameworkServer.ApplyResourceChange, req)
}

func (s *leanServer) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return answer(ctx, s.frameworkServer.ValidateDataResourceConfig, req)
}

func (s *leanServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return answer(ctx, s.frameworkServer.ReadDataSource, req)
}

// lentContext is a context that can be let go of: after release it holds nothing, and is a background context.
type lentContext struct {
	lent atomic.Pointer[context.Context]
}

var _ context.Context = (*lentContext)(nil)

func lend(ctx context.Context) *lentContext {
	c := &lentContext{}
	c.lent.Store(&ctx)
	return c
}

func (c *lentContext) release() { c.lent.Store(nil) }

func (c *lentContext) get() context.Context {
	if ctx := c.lent.Load(); ctx != nil {
		return *ctx
	}
	return context.Background()
}

func (c *lentContext) Deadline() (time.Time, bool) { return c.get().Deadline() }
func (c *lentContext) Done() <-chan struct{}       { return c.get().Done() }
func (c *lentContext) Err() error                  { return c.get().Err() }
func (c *lentContext) Value(key any) any           { return c.get().Value(key) }
