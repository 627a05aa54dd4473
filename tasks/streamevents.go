package tasks

import (
	"context"
	"io"
	"slices"

	"stepcast/models"
)

// EventRange says which events of a task to stream.
type EventRange struct {
	// After is a cursor, "690:17"; "" is the beginning of the task.
	After string
	// Until is the number of the last event to stream; 0 is no bound.
	Until int64
}

// WatchEvents streams every event of a range, in order, none left out. It ends after the
// final one, or at the bound. A cursor that this task never gave is answered with a gap,
// which leads to the newest event also when that is past the bound.
func (s *Service) WatchEvents(ctx context.Context, v models.Viewer, id int64, r EventRange) (*Stream[EventBatch], error) {
	if err := checkUntil(r.Until); err != nil {
		return nil, err
	}
	f, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	seen, ok := EventPosition(f.start, r.After)
	w := &eventWatch{following: f, service: s, seen: seen, until: r.Until, foreign: !ok}
	if ok && seen == f.start.Version {
		w.reached(f.start)
	}
	return &Stream[EventBatch]{next: w.next, close: f.Close}, nil
}

// eventWatch streams the events of a task.
type eventWatch struct {
	following
	service *Service
	// seen is the number of the event given last, until the bound or 0.
	seen, until int64
	// foreign says that the cursor was never given, and that the reader does not know yet.
	foreign bool
	// newest is the task as of seen, when it had no later event; it is shared. replayed is
	// that once it had to be found by replaying. Both may be nil.
	newest, replayed *models.Task
	// rest was read together with what was given last, and comes next.
	rest []RecordedEvent
}

func (w *eventWatch) next(ctx context.Context) (EventBatch, Mark, error) {
	for {
		changed := w.Changed()
		now, err := w.Snapshot(ctx)
		if err != nil {
			return EventBatch{}, Mark{}, goneIsOver(err)
		}
		if w.foreign {
			w.foreign, w.seen = false, now.Version
			w.reached(now)
			return replacedBy(now), w.mark(0, now.Version), nil
		}
		from := w.seen
		if batch, err := w.page(ctx, now); err != nil || w.seen > from {
			return batch, w.mark(from, w.seen), err
		}
		if now.Status.Final() || w.bounded(w.seen+1) {
			return EventBatch{}, Mark{}, io.EOF
		}
		if err := wait(ctx, changed); err != nil {
			return EventBatch{}, Mark{}, err
		}
	}
}

// bounded says whether an event is past the bound.
func (w *eventWatch) bounded(number int64) bool { return w.until > 0 && number > w.until }

// page gives what comes after seen, if there is anything, and moves seen there.
func (w *eventWatch) page(ctx context.Context, now *models.Task) (EventBatch, error) {
	events := w.rest
	if len(events) == 0 {
		batch, err := w.read(ctx, now)
		if err != nil || len(batch.Events) == 0 {
			return batch, err
		}
		events = batch.Events
	}
	n := fitting(len(events), func(i int) int { return events[i].Data.Size() })
	batch := EventBatch{Events: events[:n:n], Cursor: events[n-1].Cursor()}
	w.rest = events[n:]
	if err := w.addPlans(ctx, now, batch.Events); err != nil {
		return batch, err
	}
	w.seen = batch.Events[n-1].Number
	if batch.CaughtUp = w.seen == now.Version; batch.CaughtUp {
		w.reached(now)
	}
	return batch, nil
}

// read reads what comes after seen, up to the bound.
func (w *eventWatch) read(ctx context.Context, now *models.Task) (EventBatch, error) {
	last := now.Version
	if w.bounded(last) {
		last = w.until
	}
	return w.service.eventPage(ctx, now, w.seen, last, streamPage)
}

// addPlans gives each PlanChanged the task as it was after it. Who has all there is needs
// no replaying from the store.
func (w *eventWatch) addPlans(ctx context.Context, now *models.Task, events []RecordedEvent) (err error) {
	if w.newest != nil && slices.ContainsFunc(events, func(e RecordedEvent) bool { return e.Kind == models.PlanChanged }) {
		// As replaying would have it: events know nothing of these counters.
		w.replayed = w.newest.Clone()
		w.replayed.LogLines, w.replayed.LogBytes, w.replayed.LastOutputAt, w.replayed.ReportSequence = 0, 0, nil, 0
	}
	w.newest = nil
	w.replayed, err = w.service.addPlans(ctx, now, events, w.replayed)
	return err
}

// reached is called when the reader has every event that led to now: from here on memory
// has what comes, and what the task was before it.
func (w *eventWatch) reached(now *models.Task) {
	w.newest, w.replayed = now, nil
	w.service.Hub.KeepEvents(now.ID, now.Version)
}
