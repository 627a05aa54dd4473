// Package bustest is the conformance suite of every bus.
package bustest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus"
)

// Run tests the bus that open makes.
func Run(t *testing.T, open func(t *testing.T) bus.Bus) {
	t.Run("delivers in order to every subscriber", func(t *testing.T) {
		t.Parallel()
		b := open(t)
		const count = 500
		var readers [3]recorder
		for i := range readers {
			t.Cleanup(b.Subscribe(readers[i].handle))
		}
		for i := range count {
			b.Publish(context.Background(), []bus.Change{{Task: 1, From: int64(i), To: int64(i + 1)}})
		}
		for i := range readers {
			got := readers[i].wait(t, count)
			for n, c := range got {
				require.EqualValues(t, n+1, c.To, "changes of one task come in order")
			}
		}
	})
	t.Run("calls nobody after cancel", func(t *testing.T) {
		t.Parallel()
		b := open(t)
		var gone, stays recorder
		cancel := b.Subscribe(gone.handle)
		t.Cleanup(b.Subscribe(stays.handle))
		cancel()
		cancel()
		b.Publish(context.Background(), []bus.Change{{Task: 1, To: 1}})
		stays.wait(t, 1)
		require.Empty(t, gone.seen())
	})
	t.Run("subscribing, cancelling and publishing at once", func(t *testing.T) {
		t.Parallel()
		b := open(t)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for i := range 200 {
					var r recorder
					cancel := b.Subscribe(r.handle)
					b.Publish(context.Background(), []bus.Change{{Task: 2, To: int64(i)}})
					cancel()
				}
			})
		}
		group.Wait()
	})
}

type recorder struct {
	mu      sync.Mutex
	changes []bus.Change
}

func (r *recorder) handle(changes []bus.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes = append(r.changes, changes...)
}

func (r *recorder) seen() []bus.Change {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]bus.Change(nil), r.changes...)
}

func (r *recorder) wait(t *testing.T, count int) []bus.Change {
	t.Helper()
	require.Eventually(t, func() bool { return len(r.seen()) >= count }, 10*time.Second, time.Millisecond)
	return r.seen()
}
