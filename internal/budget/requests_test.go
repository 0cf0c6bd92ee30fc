// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package budget

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/client"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

const ready = "MIGRATE_SUCCESS"

// newClient returns a client for the emulator's default user.
func newClient(t *testing.T, s *emulator.Server, change func(*client.Config)) *client.Client {
	t.Helper()
	cfg := client.Config{
		Region: emulator.DefaultRegion, Endpoints: map[string]string{}, MaxRetries: client.DefaultMaxRetries,
		SignIn:    client.Keys{AccessKey: emulator.DefaultAccessKey, SecretKey: emulator.DefaultSecretKey, Way: "test"},
		UserAgent: "terraform-provider-huaweiops/test",
	}
	for _, key := range client.EndpointKeys {
		cfg.Endpoints[key] = s.URL()
	}
	if change != nil {
		change(&cfg)
	}
	c, err := client.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func start(t *testing.T) *emulator.Server {
	t.Helper()
	s := emulator.Start()
	t.Cleanup(s.Close)
	return s
}

// TestBudgetRequests holds each operation to its requests. The project is given, so that nothing is looked up.
func TestBudgetRequests(t *testing.T) {
	unlock := func(in client.UnlockRequest) func(*testing.T, *client.Client) error {
		in.TaskID = emulator.TaskID(ready)
		return func(t *testing.T, c *client.Client) error {
			_, err := c.Unlock(t.Context(), in)
			return err
		}
	}
	for _, c := range []struct {
		name      string
		withdrawn bool
		do        func(*testing.T, *client.Client) error
		want      []string
	}{
		{"forced unlock", false, unlock(client.UnlockRequest{Force: true}), []string{emulator.OpUnlockTask}},
		{"unlock", false, unlock(client.UnlockRequest{}), []string{emulator.OpShowTask, emulator.OpUnlockTask}},
		{"forced unlock by SMS alone", false, unlock(client.UnlockRequest{Force: true, Method: client.MethodSMS}), []string{emulator.OpUnlockTask}},
		{"unlock through ECS", false, unlock(client.UnlockRequest{Method: client.MethodECS}), []string{emulator.OpShowTask, emulator.OpServerAction}},
		{
			"unlock withdrawn from SMS", true, unlock(client.UnlockRequest{}),
			[]string{emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpServerAction},
		},
		{
			"verified unlock", false, unlock(client.UnlockRequest{Verify: true}),
			[]string{emulator.OpShowTask, emulator.OpUnlockTask, emulator.OpShowServer},
		},
		{"look at the target", false, func(t *testing.T, c *client.Client) error {
			task, err := c.Task(t.Context(), emulator.TaskID(ready))
			if err != nil {
				return err
			}
			_, err = c.Lock(t.Context(), task)
			return err
		}, []string{emulator.OpShowTask, emulator.OpShowServer}},
		{"O&M URL", false, func(t *testing.T, c *client.Client) error {
			url, err := c.OMURL(t.Context(), client.OMURLRequest{
				ServerID: emulator.DefaultBastionServerID, IPAddress: emulator.DefaultHostIP, HostAccountName: emulator.DefaultHostAccount,
			})
			if err != nil {
				return err
			}
			return url.Err()
		}, []string{emulator.OpShowOMURL}},
		{"list of tasks", false, func(t *testing.T, c *client.Client) error {
			tasks, err := c.Tasks(t.Context(), client.TaskFilter{})
			if err == nil && len(tasks) != len(emulator.TaskStates()) {
				err = fmt.Errorf("%d tasks", len(tasks))
			}
			return err
		}, []string{emulator.OpListTasks}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t)
			s.SetUnlockPublished(!c.withdrawn)
			cl := newClient(t, s, func(cfg *client.Config) { cfg.ProjectID = emulator.DefaultProjectID })
			if err := c.do(t, cl); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range s.Requests() {
				got = append(got, r.Operation)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("sent %v, want %v", got, c.want)
			}
			if s.Connections() != 1 {
				t.Errorf("opened %d connections, want 1", s.Connections())
			}
		})
	}
}

// TestBudgetLookups holds parallel operations to one look-up of the project for all of them.
func TestBudgetLookups(t *testing.T) {
	const n = 100
	s := start(t)
	c := newClient(t, s, nil)
	inParallel(t, n, func() error {
		_, err := c.Unlock(t.Context(), client.UnlockRequest{TaskID: emulator.TaskID(ready), Force: true})
		return err
	})
	if got := s.Count(emulator.OpListProjects); got != 1 {
		t.Errorf("%d look-ups of the project, want 1", got)
	}
	if got := s.Count(""); got != n+1 {
		t.Errorf("%d requests, want %d", got, n+1)
	}
}

// TestBudgetConnections holds the client to one connection for each parallel slot, and to using it again.
func TestBudgetConnections(t *testing.T) {
	for _, slots := range []int{1, 10, 50, 64} {
		t.Run(fmt.Sprint(slots), func(t *testing.T) {
			s := start(t)
			c := newClient(t, s, func(cfg *client.Config) { cfg.ProjectID = emulator.DefaultProjectID })
			for range 3 {
				// All slots wait for their answers at once.
				arrived, release := s.Hold(emulator.OpUnlockTask)
				go func() {
					defer release()
					for range slots {
						select {
						case <-arrived:
						case <-t.Context().Done():
							return
						}
					}
				}()
				inParallel(t, slots, func() error {
					_, err := c.Unlock(t.Context(), client.UnlockRequest{TaskID: emulator.TaskID(ready), Force: true})
					return err
				})
			}
			if got := s.Connections(); got != slots {
				t.Errorf("%d connections for %d slots", got, slots)
			}
		})
	}
}

// inParallel does the same n times at once.
func inParallel(t *testing.T, n int, do func() error) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if err := do(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
