package client

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestCheckpointPauses(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		half := 50.0
		if err := l.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Report(t.Context(), Report{Contents: []ContentReport{{ContentID: "690-1-2", Progress: &half}}}); err != nil {
			t.Fatal(err)
		}
		o.want(StatusPausing)
		elapse(4 * time.Second) // a heartbeat tells
		checked := make(chan error, 1)
		go func() { checked <- l.Checkpoint(t.Context()) }()
		elapse(3 * officeLease)
		select {
		case err := <-checked:
			t.Fatalf("Checkpoint returned while paused: %v", err)
		default:
		}
		o.want(StatusRunning)
		if err := <-checked; err != nil {
			t.Error(err)
		}
		if got := o.said(); fmt.Sprint(got) != "[690-1-2  690-1-2 PAUSED 690-1-2 RUNNING]" {
			t.Errorf("said %q", got)
		}
	})
}

// TestCheckpointGoesOnWhenThePauseWasTakenBack before the worker could confirm it.
func TestCheckpointGoesOnWhenThePauseWasTakenBack(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.want(StatusPausing)
		elapse(4 * time.Second)
		o.want(StatusRunning)
		if l.Desired() != StatusPausing {
			t.Fatalf("the lease knows already: %s", l.Desired())
		}
		if err := l.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
		if got := o.said(); len(got) != 0 {
			t.Errorf("said %v", got)
		}
	})
}

// TestCheckpointAfterTheEnd: a person may have paused the task by then, and the last
// answer says so. No content is left to hold.
func TestCheckpointAfterTheEnd(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.want(StatusPaused)
		finishBoth(t, l)
		if l.Desired() != StatusPaused {
			t.Fatalf("the answer was %s", l.Desired())
		}
		if err := l.Checkpoint(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// TestCheckpointHoldsWithoutContents: the worker has ended those that the lease knows of,
// and added one by a report of its own. There is nothing to report, but a pause to wait for.
func TestCheckpointHoldsWithoutContents(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		if _, err := l.Report(t.Context(), Report{AddContents: []ContentInput{{Message: "third", RunType: "external"}}}); err != nil {
			t.Fatal(err)
		}
		finishBoth(t, l)
		o.want(StatusPausing)
		elapse(4 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Checkpoint(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while the pause lasts: %v", err)
		}
		checked := make(chan error, 1)
		go func() { checked <- l.Checkpoint(t.Context()) }()
		o.want(StatusRunning)
		if err := <-checked; err != nil {
			t.Error(err)
		}
		if got := o.said(); fmt.Sprint(got) != "[690-1-1 SUCCEEDED 690-1-2 SUCCEEDED]" {
			t.Errorf("said %q", got)
		}
	})
}

// finishBoth reports the end of the two contents that the lease began with.
func finishBoth(t *testing.T, l *Lease) {
	t.Helper()
	if err := l.reportStatus(t.Context(), StatusSucceeded, []string{"690-1-1", "690-1-2"}); err != nil {
		t.Fatal(err)
	}
}

func TestCheckpointLetsGo(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.want(StatusPausing)
		elapse(4 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Checkpoint(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("its own context: %v", err)
		}
		o.want(StatusCancelling)
		if err := l.Checkpoint(t.Context()); !errors.Is(err, ErrCancelled) {
			t.Errorf("cancelled while paused: %v", err)
		}
	})
}
