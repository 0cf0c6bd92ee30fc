// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package emulator

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// gatewayNumbers are the codes that the gateway's published table has for a
// status, for faults that give none.
var gatewayNumbers = map[int]string{
	400: "0201", 401: "0301", 403: "0302", 404: "0101", 429: "0308",
	500: "0601", 502: "0201", 503: "0801", 504: "0201",
}

// answers reports whether the fault has an answer of its own.
func (f *Fault) answers() bool {
	return f.Status != 0 || f.Code != "" || f.Message != "" || f.Body != "" || f.NoBody || f.RedirectTo != ""
}

// alter puts the fault's answer in the place of the operation's.
func (f *Fault) alter(c *call, a answer) answer {
	switch {
	case f.RedirectTo != "":
		a = answer{status: cmp.Or(f.Status, http.StatusFound)}
		a.set("Location", f.RedirectTo)
	case f.Body != "" || f.NoBody:
		a = answer{status: cmp.Or(f.Status, http.StatusOK), contentType: "application/json", body: []byte(f.Body), code: f.Code}
	case f.answers():
		status := cmp.Or(f.Status, http.StatusInternalServerError)
		code, msg := f.Code, cmp.Or(f.Message, http.StatusText(status))
		if code == "" {
			code = c.prefix + "." + cmp.Or(gatewayNumbers[status], "0602")
		}
		a = c.serviceError(status, code, msg)
	}
	for k, values := range f.Header {
		for i, v := range values {
			if i == 0 {
				a.set(k, v)
			} else {
				a.header.Add(k, v)
			}
		}
	}
	a.contentType = cmp.Or(f.ContentType, a.contentType)
	if f.Gzip && !f.Endless {
		a.body = compress(a.body)
	}
	if f.Gzip {
		a.set("Content-Encoding", "gzip")
	}
	return a
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	_, _ = zw.Write(body)
	_ = zw.Close()
	return b.Bytes()
}

// send writes the answer, with what a fault does to it on the wire.
func (c *call) send(w http.ResponseWriter, a answer, f *Fault) {
	h := w.Header()
	for k, values := range a.header {
		h[k] = values
	}
	h.Set("Date", c.s.now().UTC().Format(http.TimeFormat))
	h.Set("X-Request-Id", c.requestID)
	if c.route.service == "iam" {
		h.Set("X-Iam-Trace-Id", "token_"+c.s.opts.site+"_"+c.requestID)
	}
	if len(a.body) > 0 && h.Get("Content-Type") == "" {
		h.Set("Content-Type", a.contentType)
	}
	if f != nil {
		switch {
		case f.Drop == DropAfterRead:
			cut(w, true)
			return
		case f.Drop == DropClose:
			cut(w, false)
			return
		case f.Drop == DropMidBody || f.HalfBody || f.ContentLength != 0 || f.SlowHeaders > 0:
			c.sendRaw(w, a, f)
			return
		case f.Endless:
			c.sendEndless(w, a, f)
			return
		case f.SlowBody > 0:
			h.Set("Content-Length", strconv.Itoa(len(a.body)))
			w.WriteHeader(a.status)
			c.drip(w, a.body, f.SlowBody)
			return
		}
	}
	if bodyAllowed(a.status) {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if bodyAllowed(a.status) {
		_, _ = w.Write(a.body) // the client may be gone
	}
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// drip writes one byte at a time with a pause before each.
func (c *call) drip(w io.Writer, body []byte, every time.Duration) {
	flush := func() {}
	if rw, ok := w.(http.ResponseWriter); ok {
		rc := http.NewResponseController(rw)
		flush = func() { _ = rc.Flush() }
	}
	flush()
	for i := range body {
		if !c.s.pause(c.r, every) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(body[i : i+1]); err != nil {
			return
		}
		flush()
	}
}

// sendEndless writes blanks after the body until somebody gives up.
func (c *call) sendEndless(w http.ResponseWriter, a answer, f *Fault) {
	w.WriteHeader(a.status)
	var out io.Writer = w
	flush := func() error { return nil }
	if f.Gzip {
		zw, _ := gzip.NewWriterLevel(w, gzip.BestSpeed) // a valid level
		defer func() { _ = zw.Close() }()
		// Compressed blanks would fill a buffer only after many megabytes.
		out, flush = zw, func() error { return errors.Join(zw.Flush(), http.NewResponseController(w).Flush()) }
	}
	blanks := bytes.Repeat([]byte(" "), 64<<10)
	_, err := out.Write(a.body)
	for err == nil && c.s.pause(c.r, f.SlowBody) {
		select {
		case <-c.s.closed:
			return
		case <-c.r.Context().Done():
			return
		default:
		}
		if _, err = out.Write(blanks); err == nil {
			err = flush()
		}
	}
}

// sendRaw writes the answer on the bare connection, where net/http would not
// let it be wrong, and closes.
func (c *call) sendRaw(w http.ResponseWriter, a answer, f *Fault) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2: resetting the stream is the nearest thing
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = conn.Close() }()
	length, body := int64(len(a.body)), a.body
	if f.ContentLength != 0 {
		length = f.ContentLength
	}
	if f.HalfBody || f.Drop == DropMidBody {
		body = body[:len(body)/2]
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "HTTP/1.1 %d %s\r\n", a.status, http.StatusText(a.status))
	w.Header().Set("Content-Length", strconv.FormatInt(length, 10))
	w.Header().Set("Connection", "close")
	_ = w.Header().Write(&head) // a bytes.Buffer takes everything
	head.WriteString("\r\n")
	for sc := bufio.NewScanner(&head); sc.Scan(); {
		if !c.s.pause(c.r, f.SlowHeaders) {
			return
		}
		if _, err := io.WriteString(conn, sc.Text()+"\r\n"); err != nil {
			return
		}
	}
	if f.SlowBody > 0 {
		for i := range body {
			if !c.s.pause(c.r, f.SlowBody) {
				return
			}
			if _, err := conn.Write(body[i : i+1]); err != nil {
				return
			}
		}
	} else if _, err := conn.Write(body); err != nil {
		return
	}
	if f.Drop == DropMidBody {
		reset(conn)
	}
}

// cut ends the connection without an answer, by a reset or in good order.
func cut(w http.ResponseWriter, abrupt bool) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if abrupt {
		reset(conn)
	}
	_ = conn.Close()
}

// reset makes the closing of a connection a TCP reset.
func reset(conn net.Conn) {
	for {
		inner, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		conn = inner.NetConn()
	}
	if tc, ok := conn.(*net.TCPConn); ok {
		_ = tc.SetLinger(0)
		_ = tc.Close()
	}
}
