package cli

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"stepcast/client"
)

// teller tells people or programs what becomes of the tasks that are followed. Its methods
// are called one at a time.
type teller interface {
	// wants says what is to be followed: every event, or only the newest snapshot.
	events() bool
	// task tells of a task as it is now: at the beginning, at the end and after a gap, and
	// whenever it changed for who wants no events.
	task(task *client.Task) error
	event(event client.Event) error
	lines(id string, lines []client.LogLine) error
	gap(id string, gap *client.Gap) error
	// lost tells that the connection is lost, or with nil that it is back.
	lost(err error)
}

// follower follows tasks to their ends.
type follower struct {
	c    *client.Client
	link *link
	// log is whether lines are told too.
	log   bool
	level client.LogLevel

	mu     sync.Mutex // held while something is told
	teller teller
}

// follow follows tasks from how they are given until all have ended, and gives how each
// ended, in the same order. It ends early with ctx.
func (f *follower) follow(ctx context.Context, tasks []*client.Task) ([]*client.Task, error) {
	ended := make([]*client.Task, len(tasks))
	group, ctx := errgroup.WithContext(ctx)
	for i, task := range tasks {
		group.Go(func() (err error) {
			ended[i], err = f.one(ctx, task)
			return err
		})
	}
	return ended, group.Wait()
}

// one follows one task, its log beside its state.
func (f *follower) one(ctx context.Context, task *client.Task) (*client.Task, error) {
	if err := f.tell(func(t teller) error { return t.task(task) }); err != nil {
		return nil, err
	}
	group, within := errgroup.WithContext(ctx)
	if f.log {
		group.Go(func() error { return f.lines(within, task.ID) })
	}
	group.Go(func() error {
		if task.Status.Final() {
			return nil
		}
		if f.teller.events() {
			return f.events(within, task)
		}
		return f.snapshots(within, task.ID)
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	final, err := f.c.Task(ctx, task.ID)
	if err != nil {
		return nil, err
	}
	if final.Version == task.Version {
		return final, nil // it had ended before, and was told
	}
	return final, f.tell(func(t teller) error { return t.task(final) })
}

func (f *follower) snapshots(ctx context.Context, id string) error {
	for task, err := range f.c.WatchProgress(ctx, id).All(ctx) {
		if err := f.take(err, func(t teller) error { return t.task(task) }); err != nil {
			return err
		}
	}
	return nil
}

// events tells every event after the state of the task that was told.
func (f *follower) events(ctx context.Context, task *client.Task) error {
	for batch, err := range f.c.WatchEvents(ctx, task.ID, task.EventCursor).All(ctx) {
		err := f.take(err, func(t teller) error {
			if batch.Gap != nil {
				if err := t.gap(task.ID, batch.Gap); err != nil {
					return err
				}
			}
			for _, event := range batch.Events {
				if err := t.event(event); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) lines(ctx context.Context, id string) error {
	for batch, err := range f.c.WatchLog(ctx, id, 0, f.level).All(ctx) {
		err := f.take(err, func(t teller) error {
			if batch.Gap != nil {
				if err := t.gap(id, batch.Gap); err != nil {
					return err
				}
			}
			return t.lines(id, batch.Lines)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// take tells what came over a stream, unless it has failed.
func (f *follower) take(err error, say func(t teller) error) error {
	if err != nil {
		return err
	}
	f.link.good()
	return f.tell(say)
}

func (f *follower) tell(say func(t teller) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return say(f.teller)
}

// verdict is how a command that followed tasks ends: as the first task that did not succeed.
func verdict(tasks []*client.Task) error {
	for _, task := range tasks {
		if code := outcomeOf(task.Status); code != ExitOK {
			return fail(code, nil)
		}
	}
	return nil
}

// isInterrupted says whether err is that the user has had enough.
func isInterrupted(ctx context.Context, err error) bool {
	return ctx.Err() != nil && errors.Is(err, context.Canceled)
}
