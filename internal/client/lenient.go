// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// lenientString takes text, a number or null where a service documents text: examples and schemas disagree.
type lenientString string

func (s *lenientString) UnmarshalJSON(b []byte) error {
	switch {
	case bytes.Equal(b, []byte("null")):
		*s = ""
		return nil
	case len(b) > 0 && b[0] == '"':
		var v string
		if err := json.Unmarshal(b, &v); err != nil {
			return err
		}
		*s = lenientString(v)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*s = lenientString(n)
	return nil
}

// shown is text that people chose, such as a name, as it is kept: a CLI prints the escape sequences of data as they are. What requests
// are made of, such as an ID, is not altered but checked.
func (s lenientString) shown() string { return tame(string(s)) }

// lenientInt takes a whole number, the same as text, or null.
type lenientInt int64

func (n *lenientInt) UnmarshalJSON(b []byte) error {
	var s lenientString
	if err := s.UnmarshalJSON(b); err != nil {
		return err
	}
	if s == "" {
		*n = 0
		return nil
	}
	f, err := strconv.ParseFloat(string(s), 64)
	*n = lenientInt(f)
	return err
}

// lenientBool takes a boolean, the same as text, or null. It remembers whether there was a value.
type lenientBool struct {
	value, known bool
}

func (v *lenientBool) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*v = lenientBool{}
		return nil
	}
	value, err := strconv.ParseBool(string(bytes.Trim(b, "\"")))
	*v = lenientBool{value: value, known: err == nil}
	return err
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
