package tasks

import (
	"context"
	"io"

	"stepcast/models"
)

// LogRange says which lines of a task's log to stream.
type LogRange struct {
	// After is a line number; 0 is the beginning.
	After int64
	// Until is the number of the last line to stream; 0 is no bound.
	Until int64
	// MinLevel leaves out what is less severe; "" is everything.
	MinLevel models.LogLevel
}

// WatchLog streams every line of a range, in order, none left out. It ends after the
// task's last one, or at the bound. With MinLevel, a batch may have no lines but a newer
// cursor. A line number that this log does not reach is answered with a gap.
func (s *Service) WatchLog(ctx context.Context, v models.Viewer, id int64, r LogRange) (*Stream[LogBatch], error) {
	if r.After < 0 {
		return nil, models.Invalid([]string{"after"}, "after is a line number, 0 for the beginning, not %d", r.After)
	}
	if err := checkUntil(r.Until); err != nil {
		return nil, err
	}
	f, err := s.follow(ctx, v, id)
	if err != nil {
		return nil, err
	}
	w := &logWatch{following: f, service: s, seen: r.After, until: r.Until, minLevel: r.MinLevel}
	return &Stream[LogBatch]{next: w.next, close: f.Close}, nil
}

// logWatch streams the log of a task.
type logWatch struct {
	following
	service *Service
	// seen is the number of the line examined last, until the bound or 0.
	seen, until int64
	minLevel    models.LogLevel
	// rest was read together with what was given last, and comes next.
	rest LogBatch
}

func (w *logWatch) next(ctx context.Context) (LogBatch, Mark, error) {
	for {
		changed := w.Changed()
		now, err := w.Snapshot(ctx)
		if err != nil {
			return LogBatch{}, Mark{}, goneIsOver(err)
		}
		from := w.seen
		batch, err := w.page(ctx, now)
		if err != nil {
			return LogBatch{}, Mark{}, goneIsOver(err)
		}
		if w.seen = batch.Cursor; batch.Gap != nil || w.seen > from {
			return batch, w.markLines(from, w.seen), nil
		}
		if now.Status.Final() || w.bounded(w.seen+1) {
			return LogBatch{}, Mark{}, io.EOF
		}
		if err := wait(ctx, changed); err != nil {
			return LogBatch{}, Mark{}, err
		}
	}
}

// bounded says whether a line is past the bound.
func (w *logWatch) bounded(number int64) bool { return w.until > 0 && number > w.until }

// page gives what comes after seen, up to the bound.
func (w *logWatch) page(ctx context.Context, now *models.Task) (LogBatch, error) {
	batch := w.rest
	if len(batch.Lines) == 0 {
		var err error
		if batch, err = w.read(ctx, now); err != nil {
			return batch, err
		}
	}
	batch, w.rest = batch.split()
	batch.CaughtUp = batch.Cursor >= now.LogLines
	return batch, nil
}

// read reads what comes after seen, up to the bound.
func (w *logWatch) read(ctx context.Context, now *models.Task) (LogBatch, error) {
	within := now
	if w.seen <= now.LogLines && w.bounded(now.LogLines) {
		if w.bounded(w.seen + 1) {
			return LogBatch{Cursor: w.seen}, nil
		}
		short := *now
		short.LogLines = w.until
		within = &short
	}
	return w.service.logPage(ctx, within, LogQuery{After: w.seen, First: streamPage, MinLevel: w.minLevel})
}

// split divides a batch into what one element holds, and the rest.
func (b LogBatch) split() (element, rest LogBatch) {
	n := fitting(len(b.Lines), func(i int) int { return len(b.Lines[i].Text) })
	if n == len(b.Lines) {
		return b, LogBatch{}
	}
	element, rest = b, b
	element.Lines, rest.Lines = b.Lines[:n:n], b.Lines[n:]
	element.Cursor = element.Lines[n-1].Number
	return element, rest
}
