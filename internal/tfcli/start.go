// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package tfcli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
)

// rawCodec passes messages as the bytes they are: the messages of the plugin protocol are internal to terraform-plugin-go, and an
// empty request needs no encoding.
type rawCodec struct{}

func (rawCodec) Marshal(any) (mem.BufferSlice, error) { return nil, nil }

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	b, ok := v.(*[]byte)
	if !ok {
		return errors.New("not bytes")
	}
	*b = data.Materialize()
	return nil
}

func (rawCodec) Name() string { return "proto" }

var _ encoding.CodecV2 = rawCodec{}

// Started is what came of starting a provider.
type Started struct {
	// Took is the time from the start of the process until it has answered with its schema.
	Took time.Duration
	// Log is what it wrote to its standard error meanwhile.
	Log string
}

// Start runs a provider's program, asks it for its schema as Terraform does (protocol 6, handshake of hashicorp/go-plugin), but
// without TLS, and ends it. Its socket is made in dir; env is added to this process's environment, without what sets logs there.
func Start(ctx context.Context, program, dir string, env ...string) (Started, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	for name, value := range Environ(os.DevNull) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Env = append(append(cmd.Env,
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		"PLUGIN_PROTOCOL_VERSIONS=6", "PLUGIN_UNIX_SOCKET_DIR="+dir), env...)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return Started{}, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return Started{}, err
	}
	err = askSchema(ctx, out)
	took := time.Since(began)
	cancel()
	_ = cmd.Wait() // it was killed
	return Started{Took: took, Log: log.String()}, err
}

// askSchema reads the handshake and asks for the schema.
func askSchema(ctx context.Context, out io.Reader) error {
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	// 1|6|unix|/tmp/plugin123|grpc|
	fields := strings.Split(strings.TrimSpace(line), "|")
	if len(fields) < 5 || fields[1] != "6" || fields[2] != "unix" {
		return fmt.Errorf("not a handshake of protocol 6 over a Unix socket: %q", line)
	}
	conn, err := grpc.NewClient("unix:"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var schema []byte
	if err := conn.Invoke(ctx, "/tfplugin6.Provider/GetProviderSchema", nil, &schema, grpc.ForceCodecV2(rawCodec{})); err != nil {
		return err
	}
	if len(schema) == 0 {
		return errors.New("the schema is empty")
	}
	return nil
}
