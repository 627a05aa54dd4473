package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// hangOnce lets one request hang until it is given up.
type hangOnce struct {
	next  http.RoundTripper
	armed atomic.Bool
}

func (h *hangOnce) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.armed.CompareAndSwap(true, false) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return h.next.RoundTrip(r)
}

func TestWorkerReportsTheOutcome(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk is full")
	cases := map[string]struct {
		desired Status
		handle  func(ctx context.Context, l *Lease) error
		said    string
		err     error
	}{
		"success": {
			StatusRunning,
			func(context.Context, *Lease) error { return nil },
			"[690-1-1 SUCCEEDED 690-1-2 SUCCEEDED]", nil,
		},
		"success of what is left": {
			StatusRunning,
			func(ctx context.Context, l *Lease) error {
				return l.reportStatus(ctx, StatusFailed, []string{"690-1-1"})
			},
			"[690-1-1 FAILED 690-1-2 SUCCEEDED]", nil,
		},
		"failure": {
			StatusRunning,
			func(context.Context, *Lease) error { return broken },
			"[690-1-1 FAILED 690-1-2 FAILED ERROR disk is full]", broken,
		},
		"cancelled": {
			StatusCancelling,
			func(ctx context.Context, _ *Lease) error { <-ctx.Done(); return context.Cause(ctx) },
			"[690-1-1 CANCELLED 690-1-2 CANCELLED]", ErrCancelled,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, "690")
				o.desired = tc.desired
				ctx, cancel := context.WithCancel(t.Context())
				w := &Worker{Client: o.client(), Handle: tc.handle, Done: func(claim *Claim, err error) {
					if claim.Task.ID != "690" || !errors.Is(err, tc.err) {
						t.Errorf("done with %s: %v", claim.Task.ID, err)
					}
					cancel()
				}}
				if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("Run: %v", err)
				}
				if got := fmt.Sprint(o.said()); got != tc.said {
					t.Errorf("said %s", got)
				}
			})
		})
	}
}

func TestWorkerGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "1", "2", "3")
		ctx, cancel := context.WithCancel(t.Context())
		var handled []string
		w := &Worker{Client: o.client(), Handle: func(_ context.Context, l *Lease) error {
			handled = append(handled, l.Claim.Task.ID)
			return errors.New("no")
		}}
		began := time.Now()
		stopped := make(chan error)
		go func() { stopped <- w.Run(ctx) }()
		synctest.Wait()
		if fmt.Sprint(handled) != "[1 2 3]" || time.Since(began) != 0 {
			t.Errorf("handled %v after %v", handled, time.Since(began))
		}
		// It asks again now and then.
		o.change(func(o *office) { o.offers = []string{"4"} })
		elapse(IdleDefault + time.Millisecond)
		synctest.Wait()
		if fmt.Sprint(handled) != "[1 2 3 4]" {
			t.Errorf("handled %v", handled)
		}
		cancel()
		if err := <-stopped; !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
	})
}

// TestWorkerSaysNothingOfWorkThatItGaveUp: others are to do it.
func TestWorkerSaysNothingOfWorkThatItGaveUp(t *testing.T) {
	t.Parallel()
	ways := map[string]func(o *office, stop func()){
		"when it stops":          func(_ *office, stop func()) { stop() },
		"when the lease is lost": func(o *office, _ func()) { o.breakBy(func(int, bool) error { return errNetwork }) },
	}
	for name, interrupt := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, "690")
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				w := &Worker{Client: o.client(), Handle: func(ctx context.Context, _ *Lease) error {
					interrupt(o, cancel)
					<-ctx.Done()
					return context.Cause(ctx)
				}, Done: func(*Claim, error) { cancel() }}
				if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
					t.Errorf("Run: %v", err)
				}
				if got := o.said(); len(got) != 0 {
					t.Errorf("said %v", got)
				}
			})
		})
	}
}

func TestWorkerSitsOutWhatMayPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, "690")
		hang := &hangOnce{next: o}
		hang.armed.Store(true) // the first claim is never answered
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		w := &Worker{
			Client: o.client(func(c *Client) { c.http.Transport = hang }),
			Handle: func(context.Context, *Lease) error { cancel(); return nil },
		}
		if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Run: %v", err)
		}
		if waited := time.Since(began); waited != claimTimeout+time.Second {
			t.Errorf("claimed after %v", waited)
		}
		if got := o.said(); len(got) != 2 {
			t.Errorf("said %v", got)
		}
	})
}

func TestWorkerEndsWhenItMayNotClaim(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.refuse = CodeForbidden
	w := &Worker{Client: o.client()}
	if err := w.Run(t.Context()); CodeOf(err) != CodeForbidden {
		t.Errorf("Run: %v", err)
	}
	down := &Worker{Client: o.client(
		WithHTTPClient(&http.Client{Transport: &hangOnce{next: downTransport{}}}),
		WithBackoff(func(f Failure) (time.Duration, bool) { return 0, f.Count < 3 }),
	)}
	if err := down.Run(t.Context()); !errors.Is(err, errNetwork) {
		t.Errorf("Run without a server: %v", err)
	}
}

type downTransport struct{}

func (downTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNetwork }
