// Package bus carries notifications of what was committed. The bus is a hint: the
// database is the truth, and losing every message loses nothing but time.
package bus

import (
	"context"

	"stepcast/models"
)

// Change tells that a task went from one version to another. Who holds From applies
// Events to it; everyone else reads the store.
type Change struct {
	Task int64
	// Owner is whose task it is.
	Owner string
	// From is 0 for a task that is new.
	From, To int64
	// Events lead from From to To; empty when only the log grew.
	Events []models.Event
	// LogLines is the number of the newest line.
	LogLines int64
}

// A Bus delivers changes to every subscriber, those of one task in the order of
// their publishing, at most once.
//
// Publish never blocks on a slow subscriber: a handler must return quickly and do
// no I/O. Handlers are called from one goroutine at a time per subscription.
type Bus interface {
	Publish(ctx context.Context, changes []Change)
	// Subscribe calls handle with each batch published from now on, until cancel
	// returned. After cancel returned, handle is not called again.
	Subscribe(handle func([]Change)) (cancel func())
}
