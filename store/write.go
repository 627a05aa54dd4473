package store

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"stepcast/models"
)

// write is one change as rows. It is computed once and not changed by a run of
// the transaction.
type write struct {
	change *Change
	create *Create // nil for a change of a stored task

	row         *taskRow
	fields      []string
	linesBefore int64
	labels      []labelRow
	steps       []*models.Step
	contents    []*models.Content
	gone        []models.ContentRef
	sources     []models.ContentSource
	originals   []models.Original
	events      []models.Event
	chunks      []chunkRow
}

// newWrite checks that the change is whole and makes its rows. Its error is a
// mistake of the caller.
func newWrite(c *Change, now time.Time) (*write, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	chunks, err := chunkLines(c.After.ID, c.Before.LogLines, c.Lines)
	if err != nil {
		return nil, err
	}
	w := &write{change: c, row: stateRow(c.After, now), fields: changedFields(c), linesBefore: c.Before.LogLines, events: c.Events, chunks: chunks}
	w.row.LogLines, w.row.LogBytes, w.row.LastOutputAt = c.Before.LogLines, c.Before.LogBytes, c.Before.LastOutputAt
	addLines(&w.row.Task, c.Lines)
	var drops bool
	w.steps, w.contents, drops = models.Touched(c.After, c.Events)
	w.steps = append(w.steps, derivedSteps(c.Before, c.After, w.steps)...)
	if drops {
		w.gone = goneBetween(c.Before, c.After)
	}
	for _, source := range c.Sources {
		source.TaskID = c.After.ID
		w.sources = append(w.sources, source)
	}
	return w, nil
}

// derivedSteps lists the steps, beyond those touched, whose derived fields changed:
// an event that opens an attempt names no step and lowers the progress of all.
func derivedSteps(before, after *models.Task, touched []*models.Step) (steps []*models.Step) {
	if before == after {
		return nil
	}
	for _, s := range after.Steps {
		old := before.Step(s.Number)
		same := old != nil && old.Status == s.Status && old.Progress == s.Progress &&
			sameTime(old.StartedAt, s.StartedAt) && sameTime(old.FinishedAt, s.FinishedAt)
		if !same && !slices.Contains(touched, s) {
			steps = append(steps, s)
		}
	}
	return steps
}

func sameTime(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}

// check finds what would break the numbering of events, on which everybody who
// follows a task relies.
func (c *Change) check() error {
	if c.Before.ID != c.After.ID {
		return fmt.Errorf("change of task %d leads to task %d", c.Before.ID, c.After.ID)
	}
	number := c.Before.Version
	for _, e := range c.Events {
		number++
		if e.TaskID != c.After.ID || e.Number != number {
			return fmt.Errorf("event %d of task %d stands where event %d of task %d belongs", e.Number, e.TaskID, number, c.After.ID)
		}
	}
	if c.After.Version != number {
		return fmt.Errorf("task %d has version %d after event %d", c.After.ID, c.After.Version, number)
	}
	return nil
}

// wholeStep as the content number of what is gone is the step with all it has.
const wholeStep = 0

// goneBetween lists what a change dropped.
func goneBetween(before, after *models.Task) (gone []models.ContentRef) {
	for _, s := range before.Steps {
		if after.Step(s.Number) == nil {
			gone = append(gone, models.ContentRef{Step: s.Number, Content: wholeStep})
			continue
		}
		for _, c := range s.Contents {
			if after.Content(c.Ref()) == nil {
				gone = append(gone, c.Ref())
			}
		}
	}
	return gone
}

// remove deletes what a change dropped.
func remove(tx *gorm.DB, task int64, gone models.ContentRef) error {
	if gone.Content == wholeStep {
		if err := tx.Where("task_id = ? AND number = ?", task, gone.Step).Delete(&models.Step{}).Error; err != nil {
			return fmt.Errorf("drop step %s: %w", models.StepID(task, gone.Step), err)
		}
	}
	parts := tx.Where("task_id = ? AND step_number = ?", task, gone.Step)
	if gone.Content != wholeStep {
		parts = parts.Where("number = ?", gone.Content)
	}
	parts = parts.Session(&gorm.Session{})
	for _, table := range []any{&models.Content{}, &models.ContentSource{}} {
		if err := parts.Delete(table).Error; err != nil {
			return fmt.Errorf("drop content %s: %w", models.ContentID(task, gone), err)
		}
	}
	return nil
}

// writeParts writes what belongs to the tasks: a statement for each table, however
// many tasks there are. Dropping is rare and has statements of its own.
func writeParts(tx *gorm.DB, writes []*write) error {
	var all write
	for _, w := range writes {
		for _, gone := range w.gone {
			if err := remove(tx, w.row.ID, gone); err != nil {
				return err
			}
		}
		all.labels = append(all.labels, w.labels...)
		all.steps = append(all.steps, w.steps...)
		all.contents = append(all.contents, w.contents...)
		all.sources = append(all.sources, w.sources...)
		all.originals = append(all.originals, w.originals...)
		all.events = append(all.events, w.events...)
		all.chunks = append(all.chunks, w.chunks...)
	}
	put := tx.Clauses(clause.OnConflict{UpdateAll: true}).Session(&gorm.Session{})
	for _, insert := range []func() error{
		func() error { return insertAll(tx, all.labels, nil) },
		func() error { return insertAll(put, all.steps, nil) },
		func() error { return insertAll(put, all.contents, nil) },
		func() error { return insertAll(put, all.sources, sourceSize) },
		func() error { return insertAll(tx, all.originals, originalSize) },
		func() error { return insertAll(tx, all.events, nil) },
		func() error { return insertAll(tx, all.chunks, chunkSize) },
	} {
		if err := insert(); err != nil {
			return err
		}
	}
	return nil
}

func sourceSize(s models.ContentSource) int { return len(s.Code) + len(s.Params) }

func originalSize(o models.Original) int { return len(o.Data) }

func chunkSize(c chunkRow) int { return c.Size }

// A statement stays below MySQL's default packet of 16 MiB, and has few rows because
// the SQLite driver's time to bind the values of a statement grows with their square.
const (
	maxRows  = 100
	maxBytes = 4 << 20
)

// insertAll inserts the rows, in as few statements as the limits allow. size is of
// the part of a row that may be large; nil when none is.
func insertAll[T any](tx *gorm.DB, rows []T, size func(T) int) error {
	for len(rows) > 0 {
		count, bytes := 0, 0
		for count < min(len(rows), maxRows) {
			if size != nil {
				bytes += size(rows[count])
			}
			if count > 0 && bytes > maxBytes {
				break
			}
			count++
		}
		batch := rows[:count]
		if err := tx.Create(&batch).Error; err != nil {
			return fmt.Errorf("insert %d rows (%T): %w", count, rows[0], err)
		}
		rows = rows[count:]
	}
	return nil
}
