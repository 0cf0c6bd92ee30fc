// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

//go:embed testdata
var testdata embed.FS

// fixture is an answer as a service publishes it, or as it is assumed. Within
// its body "${name}" stands for a JSON value, and ${name} inside a longer
// string for text.
type fixture struct {
	Source string            `json:"source"`
	Date   string            `json:"date"`
	Label  string            `json:"label"` // documented or assumed
	Note   string            `json:"note"`
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   json.RawMessage   `json:"body"`

	parts []part
}

type part struct {
	literal string
	name    string // of the value that follows the literal
	quoted  bool   // the value stands inside a string
}

type vars map[string]any

// loadFixtures reads the embedded files once, by name without .json.
var loadFixtures = sync.OnceValue(func() map[string]*fixture {
	out := map[string]*fixture{}
	err := fs.WalkDir(testdata, "testdata", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		raw, err := testdata.ReadFile(path)
		if err != nil {
			return err
		}
		fx := &fixture{}
		if err := json.Unmarshal(raw, fx); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if fx.parts, err = parseParts(fx.Body); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		out[strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".json")] = fx
		return nil
	})
	if err != nil {
		panic("emulator: " + err.Error())
	}
	return out
})

func parseParts(body json.RawMessage) ([]part, error) {
	if len(body) == 0 {
		return nil, nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return nil, err
	}
	var parts []part
	rest := compact.String()
	for {
		before, after, found := strings.Cut(rest, "${")
		name, tail, closed := strings.Cut(after, "}")
		if !found || !closed {
			return append(parts, part{literal: rest}), nil
		}
		p := part{literal: before, name: name, quoted: true}
		if strings.HasSuffix(before, `"`) && strings.HasPrefix(tail, `"`) {
			p.literal, p.quoted, tail = before[:len(before)-1], false, tail[1:]
		}
		parts = append(parts, p)
		rest = tail
	}
}

// render fills a fixture in. A value that v lacks is a fault of this package
// and panics.
func render(name string, v vars) answer {
	fx := loadFixtures()[name]
	if fx == nil {
		panic("emulator: no fixture " + name)
	}
	a := answer{status: fx.Status, contentType: "application/json"}
	for k, val := range fx.Header {
		a.set(k, val)
	}
	if len(fx.parts) == 0 {
		return a
	}
	out := make([]byte, 0, 512)
	for _, p := range fx.parts {
		out = append(out, p.literal...)
		if p.name == "" {
			continue
		}
		val, ok := v[p.name]
		if !ok {
			panic("emulator: fixture " + name + " lacks " + p.name)
		}
		if p.quoted {
			quoted := appendJSON(nil, fmt.Sprint(val))
			out = append(out, quoted[1:len(quoted)-1]...)
		} else {
			out = appendJSON(out, val)
		}
	}
	a.body = out
	return a
}

// appendJSON encodes a value without escaping what HTML alone minds.
func appendJSON(out []byte, val any) []byte {
	switch val := val.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, val)
	case int:
		return strconv.AppendInt(out, int64(val), 10)
	case int64:
		return strconv.AppendInt(out, val, 10)
	case json.RawMessage:
		return append(out, val...)
	case string:
		if isPlain(val) {
			return append(append(append(out, '"'), val...), '"')
		}
	}
	buf := bytes.NewBuffer(out)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(val); err != nil {
		panic("emulator: " + err.Error())
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// isPlain reports whether a string stands in JSON as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
