// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/clitest"
	"github.com/huaweiops/terraform-provider-huaweiops/internal/emulator"
)

var table = flag.Bool("table", false, "wait as long as users do, print the table, and write the page")

// operation is what a row asks for.
type operation int

const (
	// theUnlock creates the resource, with force, so that one request is sent: a POST, of whose answer the status alone counts.
	theUnlock operation = iota
	// theURL reads the data source: a GET, whose answer is read.
	theURL
)

// row is a line of the table.
type row struct {
	// kind is what goes wrong, note what the reader may want to know besides.
	kind, note string
	op         operation
	// fault meets the next times requests, all if it is negative. set does what a fault can not do.
	fault emulator.Fault
	times int
	set   func(t *testing.T, s *emulator.Server, with *settings)
	// timeout is given in the timeouts block.
	timeout time.Duration
	// tries is how often the request is sent, within how long it all takes at most, with the waits that users have.
	tries  int
	within time.Duration
	// says is what the error tells; empty where the operation succeeds.
	says string
	// done is true where the server was unlocked although the user is told otherwise, unseen where no request comes through.
	done, unseen bool
	// run replaces the usual way to run a row; it returns the time that the row took. shown replaces the number of tries in the table.
	run   func(t *testing.T) time.Duration
	shown string
}

// group is a part of the table.
type group struct {
	title string
	rows  []row
}

// groups are the whole table.
func groups() []group {
	return []group{
		{"The service refuses", refusals()},
		{"The connection fails", connections()},
		{"The answer is wrong", answers()},
		{"Time runs out", slowness()},
		{"The way is wrong", ways()},
		{"Somebody interferes", interference()},
	}
}

// outcome is the last column.
func (r row) outcome() string {
	text := "succeeds"
	if r.says != "" {
		text = "fails: " + quoted(r.says)
	}
	if r.note != "" {
		text += "; " + r.note
	}
	return text
}

// quoted is a part of a message, with signs of what is left out.
func quoted(part string) string {
	if first, _ := utf8.DecodeRuneInString(part); unicode.IsLower(first) {
		part = "… " + part
	}
	if !strings.HasSuffix(part, ".") {
		part += " …"
	}
	return "“" + part + "”"
}

func (r row) triesShown() string { return cmp.Or(r.shown, fmt.Sprint(r.tries)) }

// load is what a machine that does other things at the same time may need besides. What is to be told apart lies further away.
const load = 10 * time.Second

func TestFaults(t *testing.T) {
	clitest.Prepare(t)
	var mu sync.Mutex
	took := map[string]time.Duration{}
	t.Run("rows", func(t *testing.T) {
		for _, g := range groups() {
			for _, r := range g.rows {
				t.Run(g.title+"/"+r.kind, func(t *testing.T) {
					t.Parallel()
					run := r.run
					if run == nil {
						run = r.check
					}
					d := run(t)
					if d > r.within+load {
						t.Errorf("it took %s, and %s is the limit", d, r.within)
					}
					mu.Lock()
					defer mu.Unlock()
					took[g.title+r.kind] = d
				})
			}
		}
	})
	if *table {
		printTable(os.Stdout, took)
	}
	checkPage(t)
}

func printTable(w io.Writer, took map[string]time.Duration) {
	for _, g := range groups() {
		_, _ = fmt.Fprintf(w, "\n%s\n\n%-60s %-6s %-8s %-8s %s\n", g.title, "kind", "tries", "seconds", "limit", "outcome")
		for _, r := range g.rows {
			_, _ = fmt.Fprintf(w, "%-60s %-6s %-8.1f %-8s %s\n", r.kind, r.triesShown(), took[g.title+r.kind].Seconds(), seconds(r.within), r.outcome())
		}
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%g", d.Seconds()) }

// check runs a row and compares everything with what it states.
func (r row) check(t *testing.T) time.Duration {
	em := emulator.Start()
	defer em.Close()
	with := settings{endpoint: em.URL()}
	op := map[operation]string{theUnlock: emulator.OpUnlockTask, theURL: emulator.OpShowOMURL}[r.op]
	em.InjectFault(op, r.fault, r.times)
	if r.set != nil {
		r.set(t, em, &with)
	}
	s := newServer(t, with)
	got := r.ask(t, s)
	if !strings.Contains(flat(got.said), r.says) || (r.says == "") != (got.said == "") {
		t.Errorf("the user is told %q, not %q", got.said, r.says)
	}
	want := r.tries
	if r.unseen {
		want = 0
	}
	// Where a moment stands for the minute of a try, a request of a machine under load may not come through in time.
	if n := em.Count(op); n > want || n < want && with.tune == nil {
		t.Errorf("%d requests came through, not %d", n, want)
	}
	if told := fmt.Sprintf("Tries: %d", r.tries); r.says != "" && strings.Contains(flat(got.said), told) != (r.tries > 1) {
		t.Errorf("the user is told %q, and it was tried %d times", got.said, r.tries)
	}
	r.checkState(t, em, got)
	return got.took
}

func (r row) ask(t *testing.T, s *server) outcome {
	if r.op == theURL {
		values := map[string]tftypes.Value{}
		if r.timeout != 0 {
			values["timeouts"] = within(t, s.schema.DataSourceSchemas[omType], "read", r.timeout)
		}
		return s.omURL(t.Context(), values)
	}
	values := map[string]tftypes.Value{"task_id": str(taskID), "force": yes()}
	if r.timeout != 0 {
		values["timeouts"] = within(t, s.schema.ResourceSchemas[unlockType], "create", r.timeout)
	}
	got, _ := s.unlock(t.Context(), nil, values)
	return got
}

// The task whose target is unlocked, and that server.
var (
	taskID   = emulator.TaskID("MIGRATE_FAIL")
	serverID = emulator.ServerID("MIGRATE_FAIL")
)

// checkState compares the state with what is so.
func (r row) checkState(t *testing.T, em *emulator.Server, got outcome) {
	t.Helper()
	succeeds := r.says == ""
	if (got.state != nil) != succeeds {
		t.Errorf("the state is %v", got.state)
	}
	switch r.op {
	case theURL:
		if issued := em.LoginURLs(); succeeds && (len(issued) == 0 || got.state["login_url"] != issued[len(issued)-1]) {
			t.Errorf("the URL is %q of %q", got.state["login_url"], issued)
		}
	case theUnlock:
		if succeeds && (got.state["id"] != taskID || got.state["accepted_by"] != "sms" || got.state["accepted_at"] == "") {
			t.Errorf("the state is %v", got.state)
		}
		if unlocked := !em.Locked(serverID); unlocked != (succeeds || r.done) {
			t.Errorf("the server is unlocked: %v", unlocked)
		}
	}
}

// flat is text with its white space made single.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestMain gives this process a DNS that knows no host, and a proxy that wants a login, for the rows that need them: the others speak
// to loopback addresses, which take neither.
func TestMain(m *testing.M) {
	flag.Parse()
	// Most rows wait most of the time.
	_ = flag.Set("test.parallel", "12")
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "HW_") || strings.HasPrefix(name, "OS_") {
			_ = os.Unsetenv(name)
		}
	}
	stop := answerDNS()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	_ = os.Setenv("HTTPS_PROXY", "http://user:canary@"+strings.TrimPrefix(proxy.URL, "http://"))
	_ = os.Setenv("NO_PROXY", ".invalid")
	code := m.Run()
	proxy.Close()
	stop()
	clitest.Close()
	os.Exit(code)
}

// answerDNS makes every look-up of this process meet a server to which no name is known.
func answerDNS() (stop func()) {
	conn, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.RCode, m.Additionals = true, dnsmessage.RCodeNameError, nil
			if reply, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	return func() { _ = conn.Close() }
}
