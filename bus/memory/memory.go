// Package memory is the bus of a single process: it hands each batch to the
// subscribers before Publish returns, so that what a caller published is known to
// everyone in the process when it goes on.
package memory

import (
	"context"
	"sync"

	"stepcast/bus"
)

var _ bus.Bus = (*Bus)(nil)

// Bus is an in-process bus. Use New.
type Bus struct {
	// mu orders the batches and guards subscribers. It is held while they are called, so
	// that cancel waits for them: a handler neither publishes, subscribes nor cancels.
	mu          sync.Mutex
	subscribers map[*func([]bus.Change)]struct{}
}

// New makes a bus without subscribers.
func New() *Bus { return &Bus{subscribers: map[*func([]bus.Change)]struct{}{}} }

// Publish implements bus.Bus.
func (b *Bus) Publish(_ context.Context, changes []bus.Change) {
	if len(changes) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for handle := range b.subscribers {
		(*handle)(changes)
	}
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(handle func([]bus.Change)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subscribers[&handle] = struct{}{}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subscribers, &handle)
	}
}
