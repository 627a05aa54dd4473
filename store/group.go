package store

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"stepcast/models"
)

// group is what one transaction writes.
type group struct {
	store   *Store
	creates []*Create
	// writes are the changes, by task id.
	writes []*write
	// done is what the latest run of the transaction wrote.
	done []*write
}

// newGroup does all work on the changes that needs no database, so that the
// transaction is short. Sorting them by task gives all transactions one order of
// locks.
func newGroup(s *Store, creates []*Create, changes []*Change) *group {
	g := &group{store: s, creates: creates}
	seen := make(map[int64]bool, len(changes))
	for _, c := range changes {
		if seen[c.After.ID] {
			c.Err = ErrStale
			continue
		}
		seen[c.After.ID] = true
		var w *write
		if w, c.Err = newWrite(c, s.now()); c.Err == nil {
			g.writes = append(g.writes, w)
		}
	}
	slices.SortFunc(g.writes, func(a, b *write) int { return cmp.Compare(a.row.ID, b.row.ID) })
	return g
}

// transaction may run several times. It ends with its first error: after a
// deadlock MySQL has ended the transaction, and would commit a further statement
// by itself.
func (g *group) transaction(tx *gorm.DB) error {
	g.done = nil
	for _, c := range g.creates {
		w, err := g.insert(tx, c)
		if err != nil {
			return err
		}
		if w == nil {
			continue
		}
		if err := g.update(tx, w); err != nil {
			return err
		}
	}
	for _, w := range g.writes {
		if err := g.update(tx, w); err != nil {
			return err
		}
	}
	return writeParts(tx, g.done)
}

// insert adds the row of a new task, as it is before its first event, and gives
// the rest as a change of that row. There is none when c.Err is set.
func (g *group) insert(tx *gorm.DB, c *Create) (*write, error) {
	c.Err, c.Stored = nil, nil
	origin := models.Origin(c.Task)
	origin.ID = 0 // an earlier run may have set it
	if origin.CreatedAt.IsZero() {
		origin.CreatedAt = g.store.now()
		origin.UpdatedAt = origin.CreatedAt
	}
	row := originRow(origin)
	err := tx.Create(row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		c.Err = ErrDuplicateKey
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("insert task: %w", err)
	}
	origin.ID = row.ID
	c.Task.ID, c.Task.CreatedAt = row.ID, origin.CreatedAt
	after, events, lines := c.Finish(c.Task)
	change := &Change{Before: origin, After: after, Events: events, Lines: lines, Sources: c.Sources}
	w, err := newWrite(change, g.store.now())
	if err != nil {
		// A mistake of Finish: this row goes, the others stay.
		c.Err = err
		return nil, tx.Delete(&taskRow{}, row.ID).Error
	}
	w.create, w.labels = c, labelRows(row.ID, origin.Labels)
	if len(c.Original) > 0 {
		w.originals = []models.Original{{TaskID: row.ID, Data: c.Original}}
	}
	return w, nil
}

// update is the compare-and-set of one task.
func (g *group) update(tx *gorm.DB, w *write) error {
	before := w.change.Before
	result := tx.Model(&taskRow{}).Select(w.fields).
		Where("id = ? AND version = ? AND log_lines = ?", before.ID, before.Version, w.linesBefore).
		Updates(w.row)
	if result.Error != nil {
		return fmt.Errorf("update task %d: %w", before.ID, result.Error)
	}
	w.change.Err = nil
	if result.RowsAffected == 0 {
		w.change.Err = ErrStale
		return nil
	}
	g.done = append(g.done, w)
	return nil
}

// finish tells the callers what was stored.
func (g *group) finish() {
	for _, w := range g.done {
		if len(w.change.Lines) > 0 {
			t := w.change.After
			t.LogLines, t.LogBytes, t.LastOutputAt = w.row.LogLines, w.row.LogBytes, w.row.LastOutputAt
		}
		if w.create != nil {
			w.create.Stored = w.change.After
		}
	}
}
