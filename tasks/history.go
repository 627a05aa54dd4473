package tasks

import (
	"context"
	"slices"
	"unicode/utf8"

	"stepcast/models"
)

// Log reads a page of a task's log.
func (s *Service) Log(ctx context.Context, v models.Viewer, id int64, q LogQuery) (LogBatch, error) {
	t, err := s.Poll(ctx, v, id)
	if err != nil {
		return LogBatch{}, err
	}
	return s.LogOf(ctx, t.Task, q)
}

// LogOf is Log for who has just been given the task by Poll: of the lines that there
// were then.
func (s *Service) LogOf(ctx context.Context, t *models.Task, q LogQuery) (LogBatch, error) {
	if q.First < 0 || q.First > MaxLogPage {
		return LogBatch{}, models.Invalid([]string{"first"}, "first is 0 to %d, not %d", MaxLogPage, q.First)
	}
	if q.After < 0 {
		return LogBatch{}, models.Invalid([]string{"after"}, "after is a line number, 0 for the beginning, not %d", q.After)
	}
	if n := utf8.RuneCountInString(q.Contains); n > MaxContains {
		return LogBatch{}, models.Invalid([]string{"contains"}, "contains is a text of at most %d characters, not %d", MaxContains, n)
	}
	return s.logPage(ctx, t, q)
}

// logPage reads lines that are known to be stored: those up to row.LogLines. The end of
// a log that somebody polls or follows is in memory.
func (s *Service) logPage(ctx context.Context, row *models.Task, q LogQuery) (LogBatch, error) {
	if q.After > row.LogLines {
		task, err := s.whole(ctx, row)
		return LogBatch{Cursor: row.LogLines, CaughtUp: true, Gap: &Gap{Reason: GapReplaced, Task: task}}, err
	}
	batch := LogBatch{Cursor: q.After, CaughtUp: q.After >= row.LogLines}
	if batch.CaughtUp {
		s.Hub.KeepTail(row.ID, row.LogLines, nil)
		return batch, nil
	}
	if q.First == 0 {
		return batch, nil
	}
	if lines, ok := s.Hub.Tail(row.ID, q.After, row.LogLines); ok {
		batch.examine(lines, q.filter())
	} else if err := s.readLog(ctx, row, q, &batch); err != nil {
		return batch, err
	}
	batch.CaughtUp = batch.Cursor >= row.LogLines
	return batch, nil
}

// whole is a task with its steps, which are read when it came without.
func (s *Service) whole(ctx context.Context, t *models.Task) (*models.Task, error) {
	if t.Steps != nil {
		return t, nil
	}
	return s.Store.Task(ctx, t.ID)
}

// readLog adds lines that are stored to the batch: as many as one reading gives, or, where
// a text is looked for, those of a bounded part of the log.
func (s *Service) readLog(ctx context.Context, row *models.Task, q LogQuery, batch *LogBatch) error {
	f, levels := q.filter(), levelsFrom(q.MinLevel)
	step, size := q.First, 0
	if q.Contains != "" {
		step = scanFirst
	}
	full := func() bool { return len(batch.Lines) >= q.First || batch.Cursor >= row.LogLines }
	for readings := 1; ; readings++ {
		chunks, err := s.Store.Log(ctx, row.ID, batch.Cursor, step, levels)
		if err != nil {
			return err
		}
		for i := range chunks {
			if err := batch.take(&chunks[i], f, row.LogLines); err != nil {
				return err
			}
			if size += len(chunks[i].Data); full() {
				break
			}
		}
		if q.Contains == "" || full() || size >= scanBytes || readings == scanReadings {
			break
		}
		step *= 2
	}
	if whole := int64(len(batch.Lines)) == batch.Cursor-q.After; whole && batch.Cursor >= row.LogLines {
		s.Hub.KeepTail(row.ID, batch.Cursor, batch.Lines)
	}
	return nil
}

// take adds the lines of a chunk that were asked for, up to a number. A chunk without
// data has none.
func (b *LogBatch) take(c *models.LogChunk, f lineFilter, upTo int64) error {
	upTo = min(upTo, c.Last)
	lines, err := f.unpack(c)
	if err != nil {
		return err
	}
	b.Lines = slices.Grow(b.Lines, min(len(lines), f.first-len(b.Lines)))
	for i := range lines {
		if n := lines[i].Number; n > b.Cursor && n <= upTo && len(b.Lines) < f.first {
			b.Lines = append(b.Lines, lines[i])
			b.Cursor = n
		}
	}
	if len(b.Lines) < f.first {
		b.Cursor = max(b.Cursor, upTo)
	}
	return nil
}

// examine adds the lines that were asked for of some that follow each other.
func (b *LogBatch) examine(lines []models.LogLine, f lineFilter) {
	b.Lines = slices.Grow(b.Lines, min(len(lines), f.first-len(b.Lines)))
	for i := range lines {
		if lines[i].Number <= b.Cursor {
			continue
		}
		if len(b.Lines) >= f.first {
			return
		}
		b.Cursor = lines[i].Number
		if f.takes(lines[i].Level, lines[i].Text) {
			b.Lines = append(b.Lines, lines[i])
		}
	}
}

func levelsFrom(minimum models.LogLevel) (bits int) {
	for _, l := range models.LogLevels {
		if l.AtLeast(minimum) {
			bits |= l.Bit()
		}
	}
	return bits
}

// Events reads a page of a task's events.
func (s *Service) Events(ctx context.Context, v models.Viewer, id int64, q EventQuery) (EventBatch, error) {
	row, err := s.Row(ctx, v, id)
	if err != nil {
		return EventBatch{}, err
	}
	if q.First < 0 || q.First > MaxEvents {
		return EventBatch{}, models.Invalid([]string{"first"}, "first is 0 to %d, not %d", MaxEvents, q.First)
	}
	after, ok := EventPosition(row, q.After)
	if !ok {
		return s.replaced(ctx, row)
	}
	last := row.Version
	if q.TimelineID != 0 {
		first, end, err := s.Store.EventRange(ctx, id, q.TimelineID)
		if err != nil {
			return EventBatch{}, err
		}
		after, last = max(after, first-1), end
	}
	batch, err := s.eventPage(ctx, row, after, last, q.First)
	if err == nil {
		_, err = s.addPlans(ctx, row, batch.Events, nil)
	}
	return batch, err
}

// EventPosition reads a cursor of the task's events, "" for the beginning; false for one
// that it never gave.
func EventPosition(row *models.Task, cursor string) (after int64, ok bool) {
	if cursor == "" {
		return 0, true
	}
	task, number, ok := models.ParseEventID(cursor)
	return number, ok && task == row.ID && number <= row.Version
}

// replaced is the answer to a foreign cursor: the state to start again from.
func (s *Service) replaced(ctx context.Context, row *models.Task) (EventBatch, error) {
	task, err := s.Store.Task(ctx, row.ID)
	if err != nil {
		return EventBatch{}, err
	}
	return replacedBy(task), nil
}

func replacedBy(task *models.Task) EventBatch {
	return EventBatch{
		Cursor: models.EventID(task.ID, task.Version), CaughtUp: true,
		Gap: &Gap{Reason: GapReplaced, Task: task},
	}
}

// eventPage reads events after a number, up to last. The newest ones of a task whose events
// somebody follows are in memory.
func (s *Service) eventPage(ctx context.Context, row *models.Task, after, last int64, limit int) (EventBatch, error) {
	batch := EventBatch{Cursor: models.EventID(row.ID, after), CaughtUp: after >= last}
	if limit == 0 || batch.CaughtUp {
		return batch, nil
	}
	events, ok := s.Hub.Events(row.ID, after, last)
	if !ok {
		var err error
		if events, err = s.Store.Events(ctx, row.ID, after, limit); err != nil {
			return batch, err
		}
	}
	for _, e := range events {
		if e.Number > last || len(batch.Events) == limit {
			break
		}
		batch.Events = append(batch.Events, RecordedEvent{Event: e})
		batch.Cursor = e.Cursor()
		batch.CaughtUp = e.Number >= last
	}
	return batch, nil
}

// addPlans gives each PlanChanged the task as it was after it, by replaying. t is the task
// as it was before these events; nil when nobody has replayed so far. It is what the answer
// was for the events before.
func (s *Service) addPlans(ctx context.Context, row *models.Task, events []RecordedEvent, t *models.Task) (_ *models.Task, err error) {
	for i := range events {
		e := &events[i]
		if t == nil && e.Kind != models.PlanChanged {
			continue
		}
		if t == nil {
			if t, err = s.foldTo(ctx, row, e.Number-1); err != nil {
				return nil, err
			}
		}
		t.Apply(e.Event)
		if e.Kind == models.PlanChanged {
			e.After = t.Clone()
		}
	}
	return t, nil
}
