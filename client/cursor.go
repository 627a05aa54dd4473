package client

import (
	"encoding/json"
	"fmt"
)

// eventFeed goes on after the cursor of the last batch, and drops events that it has
// delivered, by their number.
type eventFeed struct {
	id       string
	after    string
	last     int64 // number of the last event delivered; 0 while none is known
	caughtUp bool
}

func (f *eventFeed) request() request {
	vars := map[string]any{"id": f.id}
	setUnlessZero(vars, "after", f.after)
	return request{Query: eventsSubscription, Variables: vars}
}

func (f *eventFeed) accept(data json.RawMessage) (EventBatch, bool, error) {
	var value struct {
		Batch *EventBatch `json:"taskEvents"`
	}
	if err := decodeValue(data, &value); err != nil {
		return EventBatch{}, false, err
	}
	if value.Batch == nil {
		return EventBatch{}, false, fmt.Errorf("%w: no batch", ErrProtocol)
	}
	batch := *value.Batch
	if batch.Gap != nil {
		// What follows a gap may be numbered anew: the store may be another one.
		f.last = 0
	}
	var err error
	if batch.Events, err = f.fresh(batch.Events); err != nil {
		return EventBatch{}, false, err
	}

	moved := len(batch.Events) > 0 || batch.Gap != nil
	if moved {
		f.after = batch.Cursor
	} else {
		// A batch of old events only must not take the stream back.
		batch.Cursor = f.after
	}
	deliver := moved || batch.CaughtUp && !f.caughtUp
	f.caughtUp = batch.CaughtUp
	return batch, deliver, nil
}

// fresh keeps what was not delivered before, and refuses a hole that no gap speaks of:
// a stream that leaves something out must not look like one that does not.
func (f *eventFeed) fresh(events []Event) ([]Event, error) {
	kept := events[:0]
	for _, e := range events {
		n := e.Head().Number()
		switch {
		case n == 0:
			return nil, fmt.Errorf("%w: an event has the id %q", ErrProtocol, e.Head().ID)
		case n <= f.last:
			continue
		case f.last > 0 && n != f.last+1:
			return nil, fmt.Errorf("%w: event %d follows event %d", ErrProtocol, n, f.last)
		}
		f.last = n
		kept = append(kept, e)
	}
	return kept, nil
}

// logFeed goes on after the last line examined, and drops lines that it has delivered.
type logFeed struct {
	id       string
	after    int64 // number of the last line examined
	minLevel LogLevel
	caughtUp bool
}

func (f *logFeed) request() request {
	vars := map[string]any{"id": f.id, "after": f.after}
	setUnlessZero(vars, "minLevel", f.minLevel)
	return request{Query: logSubscription, Variables: vars}
}

func (f *logFeed) accept(data json.RawMessage) (LogBatch, bool, error) {
	var value struct {
		Batch *LogBatch `json:"taskLog"`
	}
	if err := decodeValue(data, &value); err != nil {
		return LogBatch{}, false, err
	}
	if value.Batch == nil {
		return LogBatch{}, false, fmt.Errorf("%w: no batch", ErrProtocol)
	}
	batch := *value.Batch
	if batch.Gap != nil {
		// What follows a gap may be numbered anew: the store may be another one.
		f.after = 0
	}
	lines, err := f.fresh(batch.Lines, batch.Gap != nil)
	if err != nil {
		return LogBatch{}, false, err
	}
	batch.Lines = lines
	f.after = max(f.after, batch.Cursor)
	batch.Cursor = f.after

	deliver := len(lines) > 0 || batch.Gap != nil || batch.CaughtUp && !f.caughtUp
	f.caughtUp = batch.CaughtUp
	return batch, deliver, nil
}

// fresh keeps what was not delivered before, and refuses a hole that no gap speaks of.
func (f *logFeed) fresh(lines []LogLine, afterGap bool) ([]LogLine, error) {
	kept := lines[:0]
	for _, line := range lines {
		if line.Number <= f.after {
			continue
		}
		mayJump := f.minLevel != "" || afterGap && len(kept) == 0
		if !mayJump && line.Number != f.after+1 {
			return nil, fmt.Errorf("%w: line %d follows line %d", ErrProtocol, line.Number, f.after)
		}
		f.after = line.Number
		kept = append(kept, line)
	}
	return kept, nil
}
