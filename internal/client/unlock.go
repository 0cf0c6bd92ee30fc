// Copyright (c) HuaweiOps
// SPDX-License-Identifier: MPL-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// The ways in which a task's target server is unlocked.
const (
	// MethodAuto asks SMS, and ECS where SMS no longer publishes the call.
	MethodAuto = "auto"
	// MethodSMS asks SMS alone.
	MethodSMS = "sms"
	// MethodECS asks ECS alone.
	MethodECS = "ecs"
)

// Methods lists the ways, the default first.
var Methods = []string{MethodAuto, MethodSMS, MethodECS}

// BusyStates are the states of a task that is moving data or being changed: its target is locked for a reason. Every other
// state, known or not, can be unlocked. The states are those of "Querying Migration Tasks" (api-sms/ListTasks).
var BusyStates = []string{"RUNNING", "SYNCING", "ABORTING", "SKIPPING", "DELETING", "RESETING", "SYNC_F_ROLLBACKING"}

// UnlockRequest names a task whose target server is to be unlocked.
type UnlockRequest struct {
	TaskID string
	// Method is one of [Methods]; empty means auto.
	Method string
	// Force skips the look at what the task is doing.
	Force bool
	// Verify waits until ECS says that the server is not locked.
	Verify bool
	// Fallback is called before ECS is asked because SMS no longer publishes the call. It may be nil.
	Fallback func()
}

// Unlocked tells how the server was unlocked.
type Unlocked struct {
	// By is [MethodSMS] or [MethodECS].
	By string
	// At is when the service accepted it.
	At time.Time
	// Refused is SMS's answer where ECS was asked instead of it.
	Refused *Error
	// Unseen is why what the task is doing could not be seen before, nil where it was seen or not asked.
	Unseen *Error
	// Target is the server, where it had to be known.
	Target Target
}

// BusyError means that the task is moving data or being changed.
type BusyError struct {
	TaskID, State string
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("task %s is %s: it is moving data or being changed", e.TaskID, e.State)
}

// TargetError means that a task does not say, in a form that can be used, where its target server is.
type TargetError struct {
	TaskID, Why string
}

func (e *TargetError) Error() string { return "task " + e.TaskID + ": " + e.Why }

// LockedError means that the server was still locked when the time was over.
type LockedError struct {
	Target Target
	Lock   Lock
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("ECS still reports server %s in %s as locked", e.Target.ServerID, e.Target.Region)
}

// UnpublishedError means that SMS does not publish the unlock call and that nothing else was to be tried.
type UnpublishedError struct{ Refusal *Error }

func (e *UnpublishedError) Error() string { return e.Refusal.Error() }

// Unwrap gives the answer of SMS.
func (e *UnpublishedError) Unwrap() error { return e.Refusal }

// IDError is an ID that can not stand in a path. Nothing was sent.
type IDError struct{ Name, Why string }

func (e *IDError) Error() string { return e.Name + " can not be used: " + e.Why }

func checkTaskID(id string) error {
	if err := CheckID(id); err != nil {
		return &IDError{Name: "task_id", Why: err.Error()}
	}
	return nil
}

// Unlock lifts the lock of the task's target server:
//
//  1. unless Force, a task that is moving data or being changed is refused with a [*BusyError];
//  2. auto and sms ask SMS, once accepted whatever the answer's body;
//  3. ecs, and auto where the gateway does not publish the call, ask ECS for the task's target;
//  4. with Verify it waits until ECS reports the server as not locked, or fails with a [*LockedError].
func (c *Client) Unlock(ctx context.Context, in UnlockRequest) (Unlocked, error) {
	if err := checkTaskID(in.TaskID); err != nil {
		return Unlocked{}, err
	}
	u := unlocking{c: c, in: in}
	done, err := u.run(ctx)
	return done, c.explain(ctx, err)
}

// unlocking is one run of Unlock. The target is read once, when a step first needs it.
type unlocking struct {
	c      *Client
	in     UnlockRequest
	known  bool
	target Target
	unseen *Error
}

func (u *unlocking) run(ctx context.Context) (Unlocked, error) {
	if err := u.guard(ctx); err != nil {
		return Unlocked{}, err
	}
	done, err := u.unlock(ctx)
	done.Unseen = u.unseen
	if err != nil || !u.in.Verify {
		return done, err
	}
	return done, u.c.verify(ctx, u.target)
}

// guard refuses a task that is busy. Where the answer is needed for no more than that, a task that can not be read is no
// obstacle: the right to unlock does not include the right to read.
func (u *unlocking) guard(ctx context.Context) error {
	needed := u.in.Verify || u.in.Method == MethodECS
	if u.in.Force && !needed {
		return nil
	}
	task, err := u.read(ctx, needed)
	var refusal *Error
	switch {
	case err == nil:
	case needed, ctx.Err() != nil, !errors.As(err, &refusal), refusal.NoSuchTask(), refusal.Operation != opShowTask:
		return err
	default:
		u.unseen = refusal
		return nil
	}
	if !u.in.Force && slices.Contains(BusyStates, task.State) {
		return &BusyError{TaskID: u.in.TaskID, State: task.State}
	}
	if needed {
		return u.locate(task)
	}
	if target, err := task.target(); err == nil {
		u.known, u.target = true, target
	}
	return nil
}

func (u *unlocking) read(ctx context.Context, needed bool) (Task, error) {
	if needed {
		return u.c.task(ctx, u.in.TaskID, false)
	}
	// What the unlock itself needs as well is not bounded with the look: the credential, and the project.
	if _, err := u.c.credential(ctx, &request{}); err != nil {
		return Task{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, u.c.guardTime)
	defer cancel()
	return u.c.task(ctx, u.in.TaskID, true)
}

func (u *unlocking) locate(task Task) (err error) {
	u.target, err = task.target()
	u.known = err == nil
	return err
}

func (u *unlocking) unlock(ctx context.Context) (Unlocked, error) {
	if u.in.Method == MethodECS {
		return u.byECS(ctx, nil)
	}
	err := u.c.unlockBySMS(ctx, u.in.TaskID)
	if err == nil {
		return Unlocked{By: MethodSMS, At: u.c.cfg.Now(), Target: u.target}, nil
	}
	var refusal *Error
	if !errors.As(err, &refusal) || !refusal.Unpublished() {
		return Unlocked{}, err
	}
	if u.in.Method == MethodSMS {
		return Unlocked{}, &UnpublishedError{Refusal: refusal}
	}
	if u.in.Fallback != nil {
		u.in.Fallback()
	}
	return u.byECS(ctx, refusal)
}

func (u *unlocking) byECS(ctx context.Context, refused *Error) (Unlocked, error) {
	if !u.known {
		task, err := u.read(ctx, true)
		if err == nil {
			err = u.locate(task)
		}
		if err != nil {
			return Unlocked{Refused: refused}, err
		}
	}
	if err := u.c.unlockByECS(ctx, u.target); err != nil {
		return Unlocked{Refused: refused}, err
	}
	return Unlocked{By: MethodECS, At: u.c.cfg.Now(), Refused: refused, Target: u.target}, nil
}

// verify asks ECS until the server is not locked or the deadline is near.
func (c *Client) verify(ctx context.Context, t Target) error {
	var last Lock
	for asked := false; ; asked = true {
		lock, err := c.lock(ctx, t)
		switch {
		case err != nil && asked && errors.Is(ctx.Err(), context.DeadlineExceeded):
			return &LockedError{Target: t, Lock: last}
		case err != nil:
			return err
		case lock.Known && !lock.Locked:
			return nil
		}
		last = lock
		if !c.wait(ctx, c.lockWait) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return ctx.Err()
			}
			return &LockedError{Target: t, Lock: last}
		}
	}
}
