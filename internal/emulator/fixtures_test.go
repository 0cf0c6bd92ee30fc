// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFixturesAreLabelled(t *testing.T) {
	fixtures := loadFixtures()
	files, err := filepath.Glob("testdata/*/*.json")
	if err != nil || len(files) != len(fixtures) {
		t.Fatalf("%d files, %d fixtures: %v", len(files), len(fixtures), err)
	}
	for name, fx := range fixtures {
		if fx.Source == "" || (fx.Label != "documented" && fx.Label != "assumed") || fx.Status < 200 {
			t.Errorf("%s: source %q, label %q, status %d", name, fx.Source, fx.Label, fx.Status)
		}
		if _, err := time.Parse(time.DateOnly, fx.Date); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if fx.Label == "assumed" && fx.Note == "" {
			t.Errorf("%s is assumed and does not say what of it", name)
		}
	}
}

// TestFixturesAreUsed looks for each name in the sources, so that no fixture
// stands beside what is really answered.
func TestFixturesAreUsed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(b)
		}
	}
	for name := range loadFixtures() {
		_, last, _ := strings.Cut(name, "/")
		if !strings.Contains(sources.String(), `"`+name+`"`) && !strings.Contains(sources.String(), `"/`+last+`"`) {
			t.Errorf("%s is not used", name)
		}
	}
}

func TestRenderQuotes(t *testing.T) {
	const hostile = `"quoted" \ <tag> & line` + "\n\x01é"
	for _, name := range []string{"sms/forbidden", "ecs/error"} {
		a := render(name, vars{"code": "c", "message": hostile, "encoded": "e"})
		var v map[string]any
		if err := json.Unmarshal(a.body, &v); err != nil {
			t.Fatalf("%s: %v in %s", name, err, a.body)
		}
		if !strings.Contains(string(a.body), "<tag> & line") || strings.Contains(string(a.body), "${") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
}
