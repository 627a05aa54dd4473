package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// inLease runs test in a bubble, with a lease of task 690.
func inLease(t *testing.T, test func(t *testing.T, o *office, l *Lease)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "690")
		l, err := o.client().Lease(t.Context(), ClaimInput{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		test(t, o, l)
	})
}

// TestLeaseIsRenewed every third of its duration after the last report.
func TestLeaseIsRenewed(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		began := time.Now()
		elapse(4 * time.Second)
		if _, err := l.Report(t.Context(), Report{Log: []LogLineInput{{Text: "hi"}}}); err != nil {
			t.Fatal(err)
		}
		elapse(27 * time.Second)
		l.Close()
		var at []time.Duration
		o.change(func(o *office) {
			for _, arrival := range o.arrivals {
				at = append(at, arrival.Sub(began)/time.Second)
			}
		})
		// At 31 s the lease was closed first, or the last heartbeat sent.
		if want := []time.Duration{3, 4, 7, 10, 13, 16, 19, 22, 25, 28}; !slices.Equal(at[:len(want)], want) {
			t.Errorf("reports at %v", at)
		}
		if got := o.said(); fmt.Sprint(got) != "[ hi]" {
			t.Errorf("said %v", got)
		}
	})
}

// TestReportThatCannotBeSent ends at once: it would hold up the heartbeat, and with it the
// lease, for as long as it was tried again.
func TestReportThatCannotBeSent(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		before, began, nan := o.arrived(), time.Now(), math.NaN()
		_, err := l.Report(t.Context(), Report{Contents: []ContentReport{{ContentID: "690-1-1", Progress: &nan}}})
		var unsupported *json.UnsupportedValueError
		if !errors.As(err, &unsupported) || o.arrived() != before || time.Since(began) != 0 {
			t.Errorf("after %v and %d reports: %v", time.Since(began), o.arrived()-before, err)
		}
		if _, err := l.Report(t.Context(), Report{Log: []LogLineInput{{Text: "hi"}}}); err != nil {
			t.Errorf("the next report: %v", err)
		}
	})
}

// TestReportCountsOnce although its answers, or itself, are lost on the way.
func TestReportCountsOnce(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.breakBy(func(arrival int, counted bool) error {
			if arrival == 1 && counted || arrival == 2 && !counted || arrival == 3 && counted {
				return errNetwork
			}
			return nil
		})
		desired, err := l.Report(t.Context(), Report{Log: []LogLineInput{{Text: "once"}}})
		if err != nil || desired != StatusRunning {
			t.Fatalf("%s, %v", desired, err)
		}
		if n := o.arrived(); n < 4 {
			t.Errorf("arrived %d times", n)
		}
		if got := o.said(); fmt.Sprint(got) != "[ once]" {
			t.Errorf("said %v", got)
		}
	})
}

// TestReportsKeepTheirOrder when several goroutines report over a bad network.
func TestReportsKeepTheirOrder(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.breakBy(func(arrival int, counted bool) error {
			if arrival%3 == 0 && counted {
				return errNetwork
			}
			return nil
		})
		var reports sync.WaitGroup
		for i := range 20 {
			reports.Go(func() {
				if _, err := l.Report(t.Context(), Report{Log: []LogLineInput{{Text: fmt.Sprint(i)}}}); err != nil {
					t.Errorf("report %d: %v", i, err)
				}
			})
		}
		reports.Wait()
		if got := o.said(); len(got) != 20 {
			t.Errorf("said %v", got)
		}
	})
}

// TestHangingReportIsSentAgain while the lease lasts.
func TestHangingReportIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "690")
		hang := &hangOnce{next: o}
		l, err := o.client(func(c *Client) { c.http.Transport = hang }).Lease(t.Context(), ClaimInput{})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		hang.armed.Store(true)
		began := time.Now()
		if _, err := l.Report(t.Context(), Report{}); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited != officeLease/3+time.Second {
			t.Errorf("sent again after %v", waited)
		}
	})
}

func TestUnrenewedLeaseIsLost(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		began := time.Now()
		o.breakBy(func(int, bool) error { return errNetwork })
		<-l.Context().Done()
		if cause := context.Cause(l.Context()); !errors.Is(cause, ErrLeaseLost) || time.Since(began) != officeLease {
			t.Errorf("after %v: %v", time.Since(began), cause)
		}
		n := o.arrived()
		if _, err := l.Report(t.Context(), Report{}); !errors.Is(err, ErrLeaseLost) || o.arrived() != n {
			t.Errorf("a report under a lost lease: %v", err)
		}
		if err := l.Checkpoint(t.Context()); !errors.Is(err, ErrLeaseLost) {
			t.Errorf("Checkpoint: %v", err)
		}
	})
}

func TestStaleLeaseIsLostAtOnce(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.refuseWith(CodeStaleLease)
		_, err := l.Report(t.Context(), Report{})
		if !errors.Is(err, ErrLeaseLost) || CodeOf(err) != CodeStaleLease {
			t.Errorf("Report: %v", err)
		}
		if !errors.Is(context.Cause(l.Context()), ErrLeaseLost) {
			t.Errorf("cause %v", context.Cause(l.Context()))
		}
	})
}

// TestRefusedReportLeavesTheLease: what is wrong with one report is its sender's to mend.
func TestRefusedReportLeavesTheLease(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		o.refuseWith(CodeInvalid)
		if _, err := l.Report(t.Context(), Report{}); CodeOf(err) != CodeInvalid {
			t.Errorf("Report: %v", err)
		}
		elapse(5 * time.Second)
		o.refuseWith("")
		elapse(3 * officeLease)
		if l.Context().Err() != nil {
			t.Errorf("lease ended: %v", context.Cause(l.Context()))
		}
	})
}

func TestDesiredStateComesWithTheAnswers(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		if l.Desired() != StatusRunning {
			t.Errorf("at first %s", l.Desired())
		}
		o.want(StatusCancelling)
		<-l.Context().Done() // with the next heartbeat
		if cause := context.Cause(l.Context()); !errors.Is(cause, ErrCancelled) || l.Desired() != StatusCancelling {
			t.Errorf("%s: %v", l.Desired(), cause)
		}
		// Stopping may take longer than the lease.
		elapse(3 * officeLease)
		if _, err := l.Report(t.Context(), Report{}); err != nil {
			t.Errorf("a report while stopping: %v", err)
		}
	})
}

func TestAddContents(t *testing.T) {
	inLease(t, func(t *testing.T, o *office, l *Lease) {
		added, err := l.AddContents(t.Context(), ContentInput{Message: "third", RunType: "external"})
		if err != nil || len(added) != 1 || added[0].ID != "690-1-3" {
			t.Fatalf("added %+v, %v", added, err)
		}
		if got := l.open(); fmt.Sprint(got) != "[690-1-1 690-1-2 690-1-3]" {
			t.Errorf("open %v", got)
		}
	})
}

func TestLeaseEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "690")
		ctx, cancel := context.WithCancel(t.Context())
		l, err := o.client().Lease(ctx, ClaimInput{ID: "690"})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		<-l.Context().Done()
		elapse(officeLease / 2)
		if n := o.arrived(); n != 0 {
			t.Errorf("%d heartbeats after the context has ended", n)
		}
		if _, err := l.Report(t.Context(), Report{}); err != nil {
			t.Errorf("last words: %v", err)
		}
		l.Close()
		l.Close()
		if _, err := l.Report(t.Context(), Report{}); !errors.Is(err, ErrLeaseClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}
