// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"strings"
	"testing"
)

// documented are the codes of the vendor's tables, by the status that they come with.
var documented = map[int]string{
	// api-sms/ErrorCode and the operations' own pages.
	400: `SMS.2031 SMS.2032 SMS.2035 SMS.6010 SMS.6011 SMS.6012 SMS.6102 SMS.7714 SMS.7715 SMS.7716 SMS.7717 SMS.7718 SMS.7719 SMS.7720
		SMS.6526 SMS.6528 SMS.6529 SMS.0201 SMS.0202 SMS.0203 SMS.0204 SMS.0205 SMS.1038 SMS.1039 SMS.1040 SMS.7602
		CBH.10020001 CBH.10020009 CBH.10020010 CBH.10020011 CBH.10027007 CBH.10027011 IAM.0007 IAM.0011 IAM.0072 IAM.0073
		APIGW.0104 APIGW.0105 APIGW.0106 APIGW.0201 APIGW.0204 APIGW.0602 APIGW.0607 APIGW.1009`,
	401: `SMS.2003 SMS.2004 SMS.2005 SMS.2006 CBH.10020100 IAM.0001 IAM.0061 IAM.0062 IAM.0063 IAM.0064 IAM.0066 IAM.0067
		APIGW.0301 APIGW.0303 APIGW.0305 APIGW.0307 APIGW.0311 APIGW.0402`,
	403: `SMS.9004 SMS.2002 SMS.2248 CBH.10020002 IAM.0002 IAM.0003 IAM.0080 IAM.0081 IAM.0082 IAM.0083 Ecs.0605
		APIGW.0302 APIGW.0304 APIGW.0306 APIGW.0310 APIGW.0401 APIGW.0404 APIGW.0802`,
	404: `SMS.7703 SMS.2219 SMS.2323 SMS.2112 SMS.7301 SMS.7101 SMS.2252 IAM.0004 APIGW.0101 APIGW.0103`,
	405: `APIGW.0501 APIGW.0502`,
	409: `IAM.0005`,
	413: `APIGW.0201`,
	414: `APIGW.0201`,
	429: `IAM.0012 APIGW.0308`,
	494: `APIGW.0201`,
	500: `SMS.2007 CBH.10020000 CBH.11000000 IAM.0006 APIGW.0601 APIGW.0201 APIGW.0605 APIGW.0606 APIGW.0608 APIGW.0609 APIGW.0611 APIGW.0612 APIGW.0705`,
	502: `APIGW.0201 APIGW.0610`,
	503: `APIGW.0613 APIGW.0801`,
	504: `APIGW.0201`,
}

// TestCatalogue: every documented code has a meaning and a remedy of its own, under both prefixes of the gateway, and so has every
// status with a code that no table has.
func TestCatalogue(t *testing.T) {
	known := map[string]bool{}
	for status, codes := range documented {
		for _, code := range append(strings.Fields(codes), "Unknown.1") {
			for _, code := range []string{code, strings.Replace(code, "APIGW.", "APIG.", 1)} {
				e := Error{Operation: opShowTask, Status: status, Code: code}
				a := e.Advice()
				number, isGateway := strings.CutPrefix(strings.Replace(code, "APIG.", "APIGW.", 1), "APIGW.")
				_, own := advice[code]
				if isGateway {
					_, own = gatewayCodes[number]
				}
				if !own && code != "Unknown.1" {
					t.Errorf("%s with %d has no entry of its own", code, status)
				}
				if status != 413 && status != 414 && status != 494 || code != "Unknown.1" {
					checkAdvice(t, code, a)
				}
				known[code], known[number] = true, true
			}
		}
	}
	for code := range advice {
		if !known[code] {
			t.Errorf("%s is documented nowhere", code)
		}
	}
	for number := range gatewayCodes {
		if !known[number] {
			t.Errorf("%s is documented nowhere", number)
		}
	}
	for _, status := range []int{301, 302, 307, 308} {
		checkAdvice(t, "a redirect", (&Error{Operation: opShowTask, Status: status}).Advice())
	}
	if a := (&Error{Operation: opShowTask, Kind: Timeout}).Advice(); a != (Advice{}) {
		t.Errorf("where there was no answer, the advice is %+v", a)
	}
}

func checkAdvice(t *testing.T, code string, a Advice) {
	t.Helper()
	for _, text := range []string{a.Meaning, a.Remedy} {
		if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") || text != Clean(text) {
			t.Errorf("%s: %q is no sentence", code, text)
		}
	}
}

// TestLater: what can succeed without a change is told apart from what can not.
func TestLater(t *testing.T) {
	for code, want := range map[string]bool{
		"APIGW.0308": true, "APIGW.0801": true, "SMS.2007": true, "IAM.0006": true, "CBH.11000000": true, "SMS.0203": true,
		"SMS.9004": false, "SMS.7703": false, "APIGW.0101": false, "APIGW.0301": false, "IAM.0062": false, "Ecs.0605": false,
	} {
		e := Error{Operation: opShowTask, Status: 400, Code: code}
		if got := e.Advice().Later; got != want {
			t.Errorf("%s can succeed later: %v, want %v", code, got, want)
		}
	}
}
