// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package faults

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/huaweiops/terraform-provider-huaweiops/internal/tfcli"
)

// intro stands above the table of the page.
const intro = `---
page_title: "Faults, and what becomes of them"
subcategory: "Guides"
description: |-
  What is tried again and what is not, how long it can take, and what is so after a timeout, Ctrl-C or a kill.
---

# Faults, and what becomes of them

<!-- Written by make faults, which brings every row about. Change internal/faults instead. -->

An unlock and a login link are asked for over a network, from services that fail at times. This page says what the provider does then,
and what you can rely on afterwards. Each row of the tables is a test that runs against a stand-in for the cloud.

## What is tried again

A request is sent again after a connection that failed or broke, after no answer within a minute, and after the statuses 408, 429, 502,
503 and 504; after 500 once. The waits grow from half a second to half a minute, with jitter. A service's ` + "`Retry-After`" + ` is honoured
up to a minute; if it asks for more time than the operation has, the operation fails at once and says why.

It is not sent again after any other status, after a host name that does not exist, after a certificate that does not verify, and after
an answer that came whole but makes no sense. There is one exception: if a token that the provider obtained itself (with a password)
is refused with 401, a new one is obtained, once for all operations that are under way, and the request is sent again.

An unlock may be sent twice that way. That is meant: it says how the server is to be, not what is to be done to it. The vendor documents
neither this nor what a second unlock answers, so it is assumed.

## How to bound it

| | Default | Where |
|---|---|---|
| further tries of one request | 5 | ` + "`max_retries`" + ` of the provider, ` + "`HW_MAX_RETRIES`" + ` |
| one try | 1 minute | fixed |
| an unlock, all tries and ` + "`verify`" + ` included | 5 minutes | ` + "`timeouts { create, update }`" + ` of the resource, ` + "`timeouts { invoke }`" + ` of the action |
| a login link, the wait for an instance that is being set up included | 2 minutes | ` + "`timeouts { read }`" + `, ` + "`timeouts { open }`" + ` |
| the look at the task before an unlock | 1 try, 10 seconds | skipped with ` + "`force = true`" + ` |
| the question to STS for the reason of a refusal | 1 try, 5 seconds | skipped with ` + "`explain_denials = false`" + ` |

## What is so afterwards

* **A failed unlock stores nothing**, and a failed change keeps the old ` + "`triggers`" + ` in the state: the next apply tries again.
* **A timeout, Ctrl-C or a kill does not undo** what the service has accepted. If the unlock was accepted and the state does not say so,
  the next apply unlocks once more, and from then on there is nothing to do.
* **Ctrl-C** ends a request that is under way, and every wait, within a second, in ` + "`terraform plan`" + ` and while ` + "`terraform apply`" + `
  applies. While ` + "`terraform apply`" + ` plans, because it was given no saved plan, Terraform does not pass it on: a data source is read to its
  end or its timeout, and then nothing is applied. OpenTofu does the same.

## The table

Tries are how often the request was sent. Seconds are the most that the operation takes with the default settings; for Ctrl-C and its
like they count from the moment of it.
`

// reliability is the whole page.
func reliability() string {
	var b strings.Builder
	b.WriteString(intro)
	for _, g := range groups() {
		fmt.Fprintf(&b, "\n### %s\n\n| What happens | Tries | Seconds | Outcome |\n|---|---|---|---|\n", g.title)
		for _, r := range g.rows {
			fmt.Fprintf(&b, "| %s | %s | ≤ %s | %s |\n", r.kind, r.triesShown(), seconds(r.within), strings.ReplaceAll(r.outcome(), "|", "\\|"))
		}
	}
	return b.String()
}

// checkPage writes the page if the table was asked for and every row is as it states, else it compares.
func checkPage(t *testing.T) {
	t.Helper()
	root, err := tfcli.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "templates", "guides", "reliability.md")
	if *table && !t.Failed() {
		if err := os.WriteFile(file, []byte(reliability()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(text), "\r\n", "\n") != reliability() {
		t.Errorf("%s is out of date: make faults writes it", file)
	}
}
