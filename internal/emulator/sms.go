// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
)

// unlockMode is how SMS answers the unlock call.
type unlockMode struct {
	published   bool
	status      int // of the success; 0: the fixture's
	contentType string
	body        string
}

// ListMode makes the list of tasks misbehave. The zero value does not.
type ListMode struct {
	// EmptyFrom, when positive, answers pages from this offset on without tasks
	// although count says that there are more.
	EmptyFrom int
	// Drift is added to count again with each page, by its number.
	Drift int
	// Repeat ignores the offset: every page is the first.
	Repeat bool
	// MaxLimit caps the page size below what was asked for.
	MaxLimit int
}

// AddTask adds a task, or replaces one of the same ID, and returns its ID.
func (s *Server) AddTask(t Task) string {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	return s.state.addTask(t)
}

func (st *state) addTask(t Task) string {
	t.ID = cmp.Or(t.ID, newUUID())
	t.State = cmp.Or(t.State, "MIGRATE_FAIL")
	t.Type = cmp.Or(t.Type, "MIGRATE_BLOCK")
	t.OSType = cmp.Or(t.OSType, "LINUX")
	t.ProjectID = cmp.Or(t.ProjectID, DefaultProjectID)
	if t.RegionID == "" {
		t.RegionID = DefaultRegion
		if p := st.project(t.ProjectID); p != nil {
			t.RegionID = projectRegion(p)
		}
	}
	t.RegionName = cmp.Or(t.RegionName, t.RegionID)
	t.ProjectName = cmp.Or(t.ProjectName, t.RegionID)
	t.EnterpriseProjectID = cmp.Or(t.EnterpriseProjectID, "0")
	t.SourceServerID = cmp.Or(t.SourceServerID, newUUID())
	t.Site = cmp.Or(t.Site, st.o.site)
	if t.CreateDate == 0 {
		t.CreateDate = st.o.clock().UnixMilli()
	}
	st.tasks[t.ID] = &t
	return t.ID
}

// SetTaskState moves a task to a state, which may be one that is not
// documented.
func (s *Server) SetTaskState(id, taskState string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	if t := s.state.tasks[id]; t != nil {
		t.State = taskState
	}
}

// RemoveTask removes a task.
func (s *Server) RemoveTask(id string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	delete(s.state.tasks, id)
}

// SetUnlockPublished publishes SMS's unlock call, or withdraws it: then the
// gateway answers 404 with its code 0101.
func (s *Server) SetUnlockPublished(published bool) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.unlock.published = published
}

// SetUnlockAnswer sets what a successful unlock answers: status (200, 201, 202
// or 204), content type and body. The documentation shows {} and describes a
// string.
func (s *Server) SetUnlockAnswer(status int, contentType, body string) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.unlock.status, s.state.unlock.contentType, s.state.unlock.body = status, contentType, body
}

// SetListMode makes the list of tasks misbehave.
func (s *Server) SetListMode(m ListMode) {
	s.state.mu.Lock()
	defer s.state.mu.Unlock()
	s.state.listMode = m
}

// task finds a task that the caller may see at the site asked. That SMS tells
// nobody of the tasks of other accounts is assumed.
func (c *call) task(st *state) *Task {
	t := st.tasks[c.route.id]
	if t == nil || !c.ownsTask(st, t) {
		return nil
	}
	return t
}

func (c *call) ownsTask(st *state, t *Task) bool {
	if t.Site != cmp.Or(c.place.region, st.o.site) {
		return false
	}
	p := st.project(t.ProjectID)
	return p == nil || p.DomainID == c.id.domainID
}

func (c *call) showTask() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	t := c.task(st)
	if t == nil {
		return c.noSuchTask()
	}
	return render("sms/task", t.vars())
}

func (c *call) noSuchTask() answer {
	return c.serviceError(http.StatusNotFound, "SMS.7703", "The task does not exist.")
}

// unlockTask lifts the lock of the task's target. That it does so whatever the
// task's state, and for a server that is not locked, is assumed.
func (c *call) unlockTask() answer {
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.unlock.published {
		return c.gatewayError(http.StatusNotFound, "0101", "The API does not exist or has not been published in the environment")
	}
	t := c.task(st)
	if t == nil {
		return c.noSuchTask()
	}
	if vm := st.vms[t.TargetVMID]; vm != nil {
		vm.unlock()
	}
	if st.unlock.status != 0 {
		return answer{status: st.unlock.status, contentType: st.unlock.contentType, body: []byte(st.unlock.body)}
	}
	return render("sms/unlock", nil)
}

func (c *call) listTasks() answer {
	limit, ok1 := c.intQuery("limit", 100, 0, 200)
	offset, ok2 := c.intQuery("offset", 0, 0, 65535)
	if !ok1 || !ok2 {
		return c.serviceError(http.StatusBadRequest, "SMS.6102", "The parameter is invalid.")
	}
	st := c.s.state
	st.mu.Lock()
	defer st.mu.Unlock()
	var found []*Task
	for _, t := range st.tasks {
		if c.ownsTask(st, t) && c.matches(t) {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(a, b *Task) int {
		return cmp.Or(cmp.Compare(b.CreateDate, a.CreateDate), cmp.Compare(a.ID, b.ID))
	})
	count := len(found)
	mode := st.listMode
	if mode.MaxLimit > 0 {
		limit = min(limit, mode.MaxLimit)
	}
	if mode.Drift != 0 && limit > 0 {
		count += mode.Drift * (offset / limit)
	}
	if mode.Repeat {
		offset = 0
	}
	page := found[min(offset, len(found)):min(offset+limit, len(found))]
	if mode.EmptyFrom > 0 && offset >= mode.EmptyFrom {
		page = nil
	}
	items := make([]json.RawMessage, 0, len(page))
	for _, t := range page {
		items = append(items, render("sms/task-item", t.vars()).body)
	}
	return render("sms/task-list", vars{"count": count, "tasks": items})
}

// matches applies the filters of the query. That name is compared whole is
// assumed.
func (c *call) matches(t *Task) bool {
	for param, have := range map[string]string{
		"state": t.State, "name": t.Name, "id": t.ID,
		"source_server_id": t.SourceServerID, "enterprise_project_id": t.EnterpriseProjectID,
	} {
		if want := c.query.Get(param); want != "" && want != have {
			return false
		}
	}
	return true
}

func (c *call) intQuery(name string, def, low, high int) (int, bool) {
	if !c.query.Has(name) {
		return def, true
	}
	n, err := strconv.Atoi(c.query.Get(name))
	return n, err == nil && n >= low && n <= high
}

func (t *Task) vars() vars {
	var ip any
	if t.TargetIP != "" {
		ip = t.TargetIP
	}
	return vars{
		"id": t.ID, "name": t.Name, "state": t.State, "type": t.Type, "os_type": t.OSType,
		"create_date": t.CreateDate, "region_id": t.RegionID, "region_name": t.RegionName,
		"project_id": t.ProjectID, "project_name": t.ProjectName, "enterprise_project_id": t.EnterpriseProjectID,
		"source_id": t.SourceServerID, "source_name": t.SourceServerName,
		"vm_id": t.TargetVMID, "vm_name": t.TargetServerName, "vm_ip": ip,
	}
}
