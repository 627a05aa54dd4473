package store

import (
	"context"
	"errors"
	"fmt"

	"stepcast/models"
)

var (
	// ErrStale: the task is not any more as it was when the change was decided. Read
	// it again and decide again.
	ErrStale = errors.New("the task was changed by somebody else")
	// ErrDuplicateKey: the owner has a task with this idempotency key already.
	ErrDuplicateKey = errors.New("the owner has a task with this idempotency key")
)

// Create is a new task.
type Create struct {
	// Task is what was submitted, with ID 0. Commit sets its ID, which counts only
	// when the create succeeds.
	Task *models.Task
	// Finish is called with Task once its id is known. It gives the first snapshot,
	// with the events (from 1) that lead to it and the first lines of the log. It is
	// called inside the transaction, maybe several times: it must neither block nor
	// remember.
	Finish func(t *models.Task) (after *models.Task, events []models.Event, lines []models.LogLine)
	// Sources are of the contents in the snapshot; their TaskID is filled in.
	Sources []models.ContentSource
	// Original is what the client of another API sent; empty is nothing.
	Original models.JSON

	// Err is set by Commit: nil, ErrDuplicateKey, or why this task cannot be stored.
	Err error
	// Stored is set by Commit when Err is nil: the snapshot of Finish with its log counters.
	Stored *models.Task
}

// Change is a decision on one task.
type Change struct {
	// Before is the snapshot it was decided on, steps included.
	Before *models.Task
	// After is Before with Events folded in, and its ReportSequence. Without events it
	// may be Before itself. Commit sets its log counters, so nobody else may hold it
	// yet when there are Lines.
	After  *models.Task
	Events []models.Event
	// Lines are appended to the log in order. Commit sets their Number.
	Lines []models.LogLine
	// Sources are of contents that Events declare; their TaskID is filled in.
	Sources []models.ContentSource

	// Err is set by Commit: nil, ErrStale, or why this change cannot be stored.
	Err error
}

// Commit writes the group in one transaction. What cannot be written — a change
// that is stale, a create whose idempotency key exists, a value that no column
// holds — has its Err set, leaves nothing behind and hinders no other. A group has
// one change of a task at most; a second one is stale.
//
// The error is about the transaction, and the group is not written then. Only when
// the connection breaks while the database commits is it open whether it was: what
// is committed once more is stale if so.
func (s *Store) Commit(ctx context.Context, creates []*Create, changes []*Change) error {
	g := newGroup(s, creates, changes)
	err := g.commit(ctx)
	if err == nil || !s.dialect.refused(err) {
		return err
	}
	// The database does not say whose value it refused: each alone finds out.
	for _, c := range g.creates {
		alone := &group{store: s, creates: []*Create{c}}
		if err := alone.commit(ctx); s.dialect.refused(err) {
			c.Err = err
		} else if err != nil {
			return err
		}
	}
	for _, w := range g.writes {
		alone := &group{store: s, writes: []*write{w}}
		if err := alone.commit(ctx); s.dialect.refused(err) {
			w.change.Err = err
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (g *group) commit(ctx context.Context) error {
	if len(g.creates)+len(g.writes) == 0 {
		return nil
	}
	if err := g.store.change(ctx, g.transaction); err != nil {
		return fmt.Errorf("commit %d new and %d changed tasks: %w", len(g.creates), len(g.writes), err)
	}
	g.finish()
	return nil
}
