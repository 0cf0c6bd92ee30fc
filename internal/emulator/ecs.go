// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
)

// AddServer adds a cloud server, or replaces one of the same ID, and returns
// its ID.
func (s *Server) AddServer(vm VM) string {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return s.state.addVM(vm)
}

func (st *state) addVM(vm VM) string {
	vm.ID = cmp.Or(vm.ID, newUUID())
	vm.ProjectID = cmp.Or(vm.ProjectID, DefaultProjectID)
	if vm.Region == "" {
		vm.Region = DefaultRegion
		if p := st.project(vm.ProjectID); p != nil {
			vm.Region = projectRegion(p)
		}
	}
	vm.Metadata = maps.Clone(vm.Metadata)
	st.vms[vm.ID] = &vm
	return vm.ID
}

// RemoveServer deletes a cloud server.
func (s *Server) RemoveServer(id string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	delete(s.state.vms, id)
}

// Locked reports whether a server is locked; false for an unknown one. It is
// no read in the sense of [VM.LiftAfterReads].
func (s *Server) Locked(id string) bool {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	vm := s.state.vms[id]
	return vm != nil && vm.Locked
}

// SetLocked locks or unlocks a server.
func (s *Server) SetLocked(id string, locked bool) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if vm := s.state.vms[id]; vm != nil {
		vm.Locked, vm.lifting = locked, false
	}
}

func (vm *VM) unlock() {
	switch {
	case vm.Sticky:
	case vm.LiftAfterReads > 0:
		vm.lifting = true
	default:
		vm.Locked = false
	}
}

// read notes one read of the server and returns whether it finds a lock.
func (vm *VM) read() bool {
	if vm.lifting {
		if vm.LiftAfterReads <= 0 {
			vm.Locked, vm.lifting = false, false
		}
		vm.LiftAfterReads--
	}
	return vm.Locked
}

// server finds the server of the path in its project and region.
func (c *call) server(st *state) (*VM, *answer) {
	if refused := c.checkProject(st); refused != nil {
		return nil, refused
	}
	vm := st.vms[c.route.id]
	if vm == nil || vm.ProjectID != c.route.project || (c.place.region != "" && vm.Region != c.place.region) {
		a := c.serviceError(http.StatusNotFound, "Ecs.0114", "Instance["+c.route.id+"] could not be found.")
		return nil, &a
	}
	return vm, nil
}

func (c *call) showServer() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	vm, refused := c.server(st)
	if refused != nil {
		return *refused
	}
	locked := vm.read()
	meta := map[string]string{"charging_mode": "0", "os_bit": "64", "os_type": "Linux"}
	for k, v := range vm.Metadata {
		if locked || !isLockKey(k) {
			meta[k] = v
		}
	}
	return render("ecs/server", vars{
		"id": vm.ID, "name": vm.Name, "project_id": vm.ProjectID, "user_id": DefaultUserID,
		"az": vm.Region + "a", "locked": locked, "metadata": meta,
	})
}

// isLockKey tells the metadata that speaks of a lock, which is assumed to go
// with it.
func isLockKey(k string) bool {
	switch k {
	case "lockSource", "lockSourceId", "lockScene", "lockCheckEndpoint":
		return true
	}
	return false
}

// serverAction does {"unlock": null}, and {"unlock": ""} as in the published
// OpenAPI example. No other action is emulated.
func (c *call) serverAction() answer {
	var body map[string]json.RawMessage
	if err := json.Unmarshal(c.body, &body); err != nil || len(body) != 1 {
		return c.serviceError(http.StatusBadRequest, "Ecs.0005", "The request body is invalid.")
	}
	if v := string(body["unlock"]); v != "null" && v != `""` {
		return c.serviceError(http.StatusBadRequest, "Ecs.0005", "The action is invalid.")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	vm, refused := c.server(st)
	if refused != nil {
		return *refused
	}
	vm.unlock()
	return render("ecs/unlock", nil)
}
