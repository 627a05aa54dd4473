package client

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"
)

func snapshot(version int, status Status) map[string]any {
	return map[string]any{"id": "690", "version": version, "status": status}
}

func TestStreamEndsWithEOFOnComplete(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "690:3")
	p, vars := s.open()
	if vars["id"] != "690" || vars["after"] != "690:3" {
		t.Errorf("subscribed with %v", vars)
	}
	p.next("taskEvents", events(4, 5))
	p.complete()

	if got := mustNext(t, stream); len(got.Events) != 2 || got.Cursor != "690:5" {
		t.Errorf("batch %+v", got)
	}
	for range 2 {
		if _, err := stream.Next(within(t)); err != io.EOF { //nolint:errorlint // exactly this is promised
			t.Errorf("end: %v", err)
		}
	}
	stream.Close()
}

func TestCancelledContextTellsTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	stream := s.client().WatchProgress(ctx, "690")
	p, _ := s.open()
	bored := errors.New("bored")
	cancel(bored)
	p.expectLeave()
	if err := mustEnd(t, stream); !errors.Is(err, bored) {
		t.Errorf("end: %v", err)
	}
}

func TestCloseTellsTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchProgress(t.Context(), "690")
	p, _ := s.open()
	closed := make(chan struct{})
	go func() { defer close(closed); stream.Close() }()
	p.expectLeave()
	<-closed
	stream.Close()
	if err := mustEnd(t, stream); !errors.Is(err, ErrStreamClosed) {
		t.Errorf("end: %v", err)
	}
}

// TestCancelAtEveryStage: the stream lets go wherever the context finds it.
func TestCancelAtEveryStage(t *testing.T) {
	t.Parallel()
	stages := map[string]func(s *server){
		"before the server accepts":     func(*server) {},
		"before connection_init":        func(s *server) { s.accept() },
		"before connection_ack":         func(s *server) { s.accept().expect("connection_init") },
		"before the first value":        func(s *server) { s.open() },
		"between two tries":             func(s *server) { p, _ := s.open(); p.drop() },
		"while its reader does nothing": func(s *server) { p, _ := s.open(); p.next("taskEvents", events(1)) },
	}
	for name, reach := range stages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			ctx, cancel := context.WithCancel(t.Context())
			never := func(Failure) (time.Duration, bool) { return time.Hour, true }
			stream := s.client(WithBackoff(never)).WatchEvents(ctx, "690", "")
			reach(s)
			cancel()
			for {
				if _, err := stream.Next(within(t)); err != nil {
					if !errors.Is(err, context.Canceled) {
						t.Errorf("end: %v", err)
					}
					return
				}
			}
		})
	}
}

func TestNextIsBoundedByItsOwnContext(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchProgress(t.Context(), "690")
	p, _ := s.open()
	brief, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := stream.Next(brief); !errors.Is(err, context.Canceled) {
		t.Errorf("Next: %v", err)
	}
	p.next("taskProgress", snapshot(1, StatusRunning))
	if got := mustNext(t, stream); got.Version != 1 {
		t.Errorf("after an impatient Next: %+v", got)
	}
	p.complete()
}

func TestAllStopsAtTheEndAndAtBreak(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "")
	p, _ := s.open()
	p.next("taskEvents", events(1))
	p.next("taskEvents", events(2))
	p.complete()
	n := 0
	for batch, err := range stream.All(within(t)) {
		if n++; err != nil || len(batch.Events) != 1 {
			t.Errorf("%+v, %v", batch, err)
		}
	}
	if n != 2 {
		t.Errorf("%d batches", n)
	}

	stream = s.client().WatchEvents(t.Context(), "690", "")
	p, _ = s.open()
	p.next("taskEvents", events(1))
	left := make(chan struct{})
	go func() { defer close(left); p.expectLeave() }()
	for range stream.All(within(t)) {
		break
	}
	<-left

	stream = s.client().WatchEvents(t.Context(), "690", "")
	p, _ = s.open()
	p.fail(CodeNotFound, "no such task")
	n = 0
	for _, err := range stream.All(within(t)) {
		if n++; CodeOf(err) != CodeNotFound {
			t.Errorf("error %v", err)
		}
	}
	if n != 1 {
		t.Errorf("%d values", n)
	}
}

// TestProgressIsConflated: a snapshot replaces one that was not read, and the last is
// never left out.
func TestProgressIsConflated(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchProgress(t.Context(), "690")
	p, _ := s.open()
	for version := range 100 {
		p.next("taskProgress", snapshot(version, StatusRunning))
	}
	p.next("taskProgress", snapshot(100, StatusSucceeded))
	p.complete()

	last := int64(-1)
	for task, err := range stream.All(within(t)) {
		if err != nil || task.Version <= last {
			t.Fatalf("%+v after version %d, %v", task, last, err)
		}
		last = task.Version
	}
	if last != 100 {
		t.Errorf("last version %d", last)
	}
}

func TestSubscribeGivesRawData(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().Subscribe(t.Context(), "subscription($x: Int) { count(to: $x) }", map[string]any{"x": 3})
	p, vars := s.open()
	if vars["x"] != 3.0 {
		t.Errorf("variables %v", vars)
	}
	p.next("count", 1)
	if got := string(mustNext(t, stream)); got != `{"count":1}` {
		t.Errorf("data %s", got)
	}
	p.complete()
	if err := mustEnd(t, stream); err != nil {
		t.Error(err)
	}
}
