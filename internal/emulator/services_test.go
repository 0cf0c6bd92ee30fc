// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestEveryTaskStateUnlocks(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, state := range TaskStates() {
		t.Run(state, func(t *testing.T) {
			r := a.get(t, "/v3/tasks/"+TaskID(state))
			r.want(t, http.StatusOK, "")
			equal(t, "state", r.at(t, "state"), any(state))
			equal(t, "vm_id", r.at(t, "target_server", "vm_id"), any(ServerID(state)))
			equal(t, "region_id", r.at(t, "region_id"), any(DefaultRegion))
			equal(t, "project_id", r.at(t, "project_id"), any(DefaultProjectID))
			equal(t, "ip", r.at(t, "target_server", "ip"), nil)
			equal(t, "locked", s.Locked(ServerID(state)), true)
			r = a.post(t, "/v3/tasks/"+TaskID(state)+"/unlock", "")
			r.want(t, http.StatusOK, "")
			equal(t, "body", r.body, "{}")
			equal(t, "locked", s.Locked(ServerID(state)), false)
		})
	}
}

func TestUnlockAnswers(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	for _, tc := range []struct {
		status            int
		contentType, body string
	}{
		{200, "", ""}, {200, "application/json", `"unlocked"`}, {201, "text/plain", "unlocked"}, {202, "application/json", "{}"}, {204, "", ""},
	} {
		s.SetUnlockAnswer(tc.status, tc.contentType, tc.body)
		r := a.post(t, failedTask+"/unlock", "")
		if r.status != tc.status || r.body != tc.body || (tc.body != "" && r.header.Get("Content-Type") != tc.contentType) {
			t.Errorf("%+v: got %+v", tc, r)
		}
	}
}

func TestUnlockWithdrawn(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	s.SetUnlockPublished(false)
	a.post(t, failedTask+"/unlock", "").want(t, http.StatusNotFound, "APIGW.0101")
	s.SetGatewayPrefix("APIG")
	a.post(t, failedTask+"/unlock", "").want(t, http.StatusNotFound, "APIG.0101")
	equal(t, "locked", s.Locked(failedVM), true)
	s.SetUnlockPublished(true)
	a.post(t, failedTask+"/unlock", "").want(t, http.StatusOK, "")
}

func TestUnknownTasks(t *testing.T) {
	s := start(t)
	s.AddAccount(Account{ID: "other-domain", Name: "other"})
	s.AddProject(Project{ID: "other-project", Name: DefaultRegion, DomainID: "other-domain"})
	a := newAsker(s)
	elsewhere := s.AddTask(Task{Site: "ap-southeast-3"})
	foreign := s.AddTask(Task{ProjectID: "other-project"})
	for _, id := range []string{"no-such-task", elsewhere, foreign} {
		a.get(t, "/v3/tasks/"+id).want(t, http.StatusNotFound, "SMS.7703")
		a.post(t, "/v3/tasks/"+id+"/unlock", "").want(t, http.StatusNotFound, "SMS.7703")
	}
	there := a.with(func(a *asker) { a.base = s.URLFor("sms", "ap-southeast-3") })
	there.get(t, "/v3/tasks/"+elsewhere).want(t, http.StatusOK, "")
	there.get(t, failedTask).want(t, http.StatusNotFound, "SMS.7703")
	s.RemoveTask(elsewhere)
	there.get(t, "/v3/tasks/"+elsewhere).want(t, http.StatusNotFound, "SMS.7703")
	s.SetTaskState(TaskID("ABORT"), "BRAND_NEW")
	equal(t, "state", a.get(t, "/v3/tasks/"+TaskID("ABORT")).at(t, "state"), any("BRAND_NEW"))
}

// listed returns count and IDs of a page.
func listed(t *testing.T, a *asker, query string) (count string, ids []string) {
	t.Helper()
	r := a.get(t, "/v3/tasks?"+query)
	r.want(t, http.StatusOK, "")
	for _, task := range r.list(t, "tasks") {
		id, _ := task.(map[string]any)["id"].(string)
		ids = append(ids, id)
	}
	count = r.text(t, "count")
	return count, ids
}

func TestTaskList(t *testing.T) {
	s := start(t, WithoutSeed())
	a := newAsker(s)
	for i := range 250 {
		s.AddTask(Task{
			ID: fmt.Sprintf("id-%03d", i), Name: fmt.Sprintf("n-%d", i%50), State: TaskStates()[i%5],
			SourceServerID: fmt.Sprintf("src-%d", i%25), EnterpriseProjectID: fmt.Sprintf("ep-%d", i%2), CreateDate: int64(1000 + i),
		})
	}
	for query, want := range map[string]struct {
		count string
		n     int
		first string
	}{
		"":                                   {"250", 100, "id-249"},
		"limit=200":                          {"250", 200, "id-249"},
		"limit=200&offset=200":               {"250", 50, "id-049"},
		"limit=200&offset=400":               {"250", 0, ""},
		"limit=0":                            {"250", 0, ""},
		"id=id-007":                          {"1", 1, "id-007"},
		"name=n-3":                           {"5", 5, "id-203"},
		"state=READY":                        {"50", 50, "id-245"},
		"source_server_id=src-24":            {"10", 10, "id-249"},
		"enterprise_project_id=ep-1&limit=3": {"125", 3, "id-249"},
		"state=READY&name=n-3":               {"0", 0, ""},
	} {
		count, ids := listed(t, a, query)
		if count != want.count || len(ids) != want.n || (want.n > 0 && ids[0] != want.first) {
			t.Errorf("%s: count %s, %d tasks, %v", query, count, len(ids), ids[:min(3, len(ids))])
		}
	}
	for _, query := range []string{"limit=201", "limit=-1", "limit=x", "offset=65536"} {
		a.get(t, "/v3/tasks?"+query).want(t, http.StatusBadRequest, "SMS.6102")
	}
}

func TestTaskListMisbehaves(t *testing.T) {
	s := start(t, WithoutSeed())
	a := newAsker(s)
	for i := range 30 {
		s.AddTask(Task{ID: fmt.Sprintf("id-%02d", i), CreateDate: int64(i)})
	}
	s.SetListMode(ListMode{EmptyFrom: 20})
	if count, ids := listed(t, a, "limit=10&offset=20"); count != "30" || len(ids) != 0 {
		t.Errorf("empty page: %s %v", count, ids)
	}
	s.SetListMode(ListMode{Drift: -5})
	if count, ids := listed(t, a, "limit=10&offset=20"); count != "20" || len(ids) != 10 {
		t.Errorf("drift: %s %v", count, ids)
	}
	s.SetListMode(ListMode{Repeat: true, MaxLimit: 7})
	_, one := listed(t, a, "limit=10")
	if _, two := listed(t, a, "limit=10&offset=10"); !slices.Equal(one, two) || len(one) != 7 {
		t.Errorf("repeat: %v %v", one, two)
	}
}

func serverPath(project, id string) string { return "/v1/" + project + "/cloudservers/" + id }

func TestServerLock(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	path, action := serverPath(DefaultProjectID, failedVM), "/v2.1/"+DefaultProjectID+"/servers/"+failedVM+"/action"
	r := a.get(t, path)
	r.want(t, http.StatusOK, "")
	equal(t, "locked", r.at(t, "server", "locked"), any(true))
	equal(t, "lockSource", r.at(t, "server", "metadata", "lockSource"), any("SMS"))
	for _, body := range []string{"", "{}", "{\"lock\":null}", "{\"unlock\":1}", "{\"unlock\":null,\"x\":1}", "null"} {
		a.post(t, action, body).want(t, http.StatusBadRequest, "Ecs.0005")
	}
	for _, body := range []string{`{"unlock":null}`, `{"unlock":""}`} {
		s.SetLocked(failedVM, true)
		if r := a.post(t, action, body); r.status != http.StatusAccepted || r.body != "" {
			t.Errorf("%s: %+v", body, r)
		}
		equal(t, "locked", s.Locked(failedVM), false)
	}
	r = a.get(t, path)
	equal(t, "locked", r.at(t, "server", "locked"), any(false))
	equal(t, "lockSource", r.at(t, "server", "metadata", "lockSource"), nil)
}

func TestLocksThatStay(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	sticky := s.AddServer(VM{Locked: true, Sticky: true})
	slow := s.AddServer(VM{Locked: true, LiftAfterReads: 2})
	for _, id := range []string{sticky, slow} {
		a.post(t, "/v3/tasks/"+s.AddTask(Task{TargetVMID: id})+"/unlock", "").want(t, http.StatusOK, "")
	}
	for i, want := range []bool{true, true, false, false} {
		equal(t, fmt.Sprint("slow, read ", i), a.get(t, serverPath(DefaultProjectID, slow)).at(t, "server", "locked"), any(want))
		equal(t, fmt.Sprint("sticky, read ", i), a.get(t, serverPath(DefaultProjectID, sticky)).at(t, "server", "locked"), any(true))
	}
	// A task without a target has nothing to unlock.
	a.post(t, "/v3/tasks/"+s.AddTask(Task{})+"/unlock", "").want(t, http.StatusOK, "")
}

func TestServersOfOtherPlaces(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	east := s.AddServer(VM{ProjectID: SecondProjectID})
	r := a.get(t, serverPath(DefaultProjectID, "abc"))
	r.want(t, http.StatusNotFound, "Ecs.0114")
	equal(t, "message", r.at(t, "error", "message"), any("Instance[abc] could not be found."))
	a.get(t, serverPath(DefaultProjectID, east)).want(t, http.StatusNotFound, "Ecs.0114")
	a.get(t, serverPath(SecondProjectID, east)).want(t, http.StatusOK, "")
	a.get(t, serverPath("nobody", east)).want(t, http.StatusForbidden, "APIGW.0310")
	mismatch := a.with(func(a *asker) { a.header = map[string]string{"X-Project-Id": DefaultProjectID} })
	mismatch.get(t, serverPath(SecondProjectID, east)).want(t, http.StatusForbidden, "APIGW.0310")
	north := a.with(func(a *asker) { a.base = s.URLFor("ecs", DefaultRegion) })
	north.get(t, serverPath(SecondProjectID, east)).want(t, http.StatusForbidden, "APIGW.0310")
	north.get(t, failedTask).want(t, http.StatusNotFound, "APIGW.0101")
	a.with(func(a *asker) { a.base = s.URLFor("ecs", SecondRegion) }).get(t, serverPath(SecondProjectID, east)).want(t, http.StatusOK, "")
	scoped := a.with(func(a *asker) { a.token = s.NewToken(DefaultProjectID) })
	scoped.get(t, serverPath(SecondProjectID, east)).want(t, http.StatusForbidden, "APIGW.0310")
	s.RemoveServer(east)
	a.get(t, serverPath(SecondProjectID, east)).want(t, http.StatusNotFound, "Ecs.0114")
}

func omURL(server, ip, account string) string {
	q := url.Values{"server_id": {server}, "ip_address": {ip}, "host_account_name": {account}}
	return "/v2/" + DefaultProjectID + "/cbs/instance/get-om-url?" + q.Encode()
}

func TestOMURL(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	const hostile = `CORP\adm in+1&x=y@é#/"%20`
	s.AddBastion(Bastion{ServerID: "cbh-2", Hosts: map[string][]string{"fe80::1": {hostile}}, LoginURL: "https://192.0.2.1/"})
	for _, q := range []string{
		omURL(DefaultBastionServerID, DefaultHostIP, DefaultHostAccount),
		omURL(DefaultBastionServerID, DefaultHostIP, DefaultHostAccount), omURL("cbh-2", "fe80::1", hostile),
	} {
		r := a.get(t, q)
		r.want(t, http.StatusOK, "")
		equal(t, "state", r.at(t, "state"), any("SUCCESS"))
		issued := s.LoginURLs()
		equal(t, "login_url", r.at(t, "login_url"), any(issued[len(issued)-1]))
	}
	issued := s.LoginURLs()
	if len(issued) != 3 || issued[0] == issued[1] || !strings.HasPrefix(issued[2], "https://192.0.2.1/?cbhinfo=") {
		t.Errorf("issued: %v", issued)
	}
	state := func(q string) any { return a.get(t, q).at(t, "state") }
	equal(t, "other host", state(omURL(DefaultBastionServerID, "10.0.0.1", "root")), any("HOST_NOT_MANAGE"))
	equal(t, "other account", state(omURL(DefaultBastionServerID, DefaultHostIP, "Root")), any("HOST_ACCOUNT_NOT_EXIST"))
	a.get(t, omURL("none", DefaultHostIP, "root")).want(t, http.StatusNotFound, "CBH.10027007")
	a.get(t, omURL("", "", strings.Repeat("x", 65))).want(t, http.StatusBadRequest, "CBH.10020010")
	a.get(t, "/v2/"+DefaultProjectID+"/cbs/instance/get-om-url").want(t, http.StatusBadRequest, "CBH.10020010")
	a.get(t, strings.Replace(omURL("x", "y", "z"), DefaultProjectID, "nobody", 1)).want(t, http.StatusForbidden, "APIGW.0310")
	a.with(func(a *asker) { a.base = s.URLFor("cbh", SecondRegion) }).
		get(t, omURL(DefaultBastionServerID, DefaultHostIP, "root")).want(t, http.StatusForbidden, "APIGW.0310")
}

func TestOMStates(t *testing.T) {
	s := start(t)
	a := newAsker(s)
	q := omURL(DefaultBastionServerID, DefaultHostIP, DefaultHostAccount)
	if len(OMStates()) != 8 {
		t.Fatalf("states: %v", OMStates())
	}
	for _, state := range append(OMStates(), "A_NEW_ONE") {
		s.SetOMState(DefaultBastionServerID, state, "", 1)
		r := a.get(t, q)
		r.want(t, http.StatusOK, "")
		equal(t, "state", r.at(t, "state"), any(state))
		equal(t, state+" has a URL", r.at(t, "login_url") != nil, state == "SUCCESS")
		equal(t, "after "+state, a.get(t, q).at(t, "state"), any("SUCCESS"))
	}
	s.SetOMState(DefaultBastionServerID, "UNKNOWN_ERROR", "words", -1)
	for range 3 {
		equal(t, "description", a.get(t, q).at(t, "description"), any("words"))
	}
	s.SetOMState(DefaultBastionServerID, "", "", 0)
	equal(t, "reset", a.get(t, q).at(t, "state"), any("SUCCESS"))
}
