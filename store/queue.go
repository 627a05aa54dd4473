package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"stepcast/models"
)

// Promote moves the deferred tasks whose NotBefore has come to the queue they
// belong to, and says how many. It changes no version: for its viewers such a task
// waits as before.
func (s *Store) Promote(ctx context.Context) (int, error) {
	now := s.now()
	due := func(db *gorm.DB) *gorm.DB {
		return db.Model(&taskRow{}).Where("queue = ? AND not_before <= ?", models.QueueDeferred, now)
	}
	// Asked many times a second, and hardly ever with anything to do: only reading is
	// cheap for those who write meanwhile.
	var first []int64
	if err := due(s.read.WithContext(ctx)).Limit(1).Pluck("id", &first).Error; err != nil {
		return 0, fmt.Errorf("read deferred tasks: %w", err)
	}
	if len(first) == 0 {
		return 0, nil
	}
	var moved int64
	err := s.change(ctx, func(tx *gorm.DB) error {
		result := due(tx).UpdateColumn("queue", gorm.Expr("queue_later"))
		moved = result.RowsAffected
		return result.Error
	})
	if err != nil {
		return 0, fmt.Errorf("promote deferred tasks: %w", err)
	}
	return int(moved), nil
}

// Ready gives the ids of up to limit tasks of a queue, those of the highest
// priority first and the oldest of these first. Labels must all be there; an empty
// owner is anyone.
func (s *Store) Ready(ctx context.Context, q models.Queue, labels []models.Label, owner string, limit int) ([]int64, error) {
	db := s.read.WithContext(ctx).Model(&taskRow{}).Where("queue = ?", q)
	if owner != "" {
		db = db.Where("+owner = ?", owner) // as in QueueLength
	}
	var ids []int64
	err := labelled(db, labels).Order("queue_rank").Order("id").Limit(limit).Pluck("id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read queue: %w", err)
	}
	return ids, nil
}

// QueuePosition counts the tasks before t in its queue, to limit at most. Before a
// deferred task are those it will queue behind; before a task in no queue is nobody.
func (s *Store) QueuePosition(ctx context.Context, t *models.Task, limit int) (int, error) {
	var place struct {
		Queue, QueueLater models.Queue
		QueueRank         int
	}
	db := s.read.WithContext(ctx)
	err := db.Model(&taskRow{}).Select("queue", "queue_later", "queue_rank").Where("id = ?", t.ID).Take(&place).Error
	if err != nil {
		return 0, readError(err, "task %d", t.ID)
	}
	if place.Queue == models.QueueNone || place.Queue == models.QueueHeld {
		return 0, nil
	}
	before := s.read.Model(&taskRow{}).
		Where("queue = ? AND (queue_rank < ? OR (queue_rank = ? AND id < ?))", place.QueueLater, place.QueueRank, place.QueueRank, t.ID)
	return s.count(ctx, before, limit)
}

// QueuePositions is QueuePosition for many tasks of a queue at once, which it walks
// through to limit. Those that are further back, or not in the queue, are not in the map.
func (s *Store) QueuePositions(ctx context.Context, q models.Queue, ids []int64, limit int) (map[int64]int, error) {
	line := s.read.Model(&taskRow{}).
		Select("id", "ROW_NUMBER() OVER (ORDER BY queue_rank, id) AS place").
		Where("queue = ?", q).Order("queue_rank").Order("id").Limit(limit)
	var rows []struct {
		ID    int64
		Place int
	}
	err := s.read.WithContext(ctx).Table("(?) AS line", line).Where("id IN ?", ids).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read places of %d tasks in their queue: %w", len(ids), err)
	}
	positions := make(map[int64]int, len(rows))
	for _, r := range rows {
		positions[r.ID] = r.Place - 1
	}
	return positions, nil
}

// QueueLength counts the tasks of an owner (of everybody when empty) that wait to
// be taken, deferred ones included, to limit at most.
func (s *Store) QueueLength(ctx context.Context, owner string, limit int) (int, error) {
	db := s.read.Model(&taskRow{}).Where("queue IN ?", []models.Queue{models.QueueReady, models.QueueExternal, models.QueueDeferred})
	if owner != "" {
		// The + keeps SQLite from walking through all that the owner ever had: few wait.
		db = db.Where("+owner = ?", owner)
	}
	return s.count(ctx, db, limit)
}

// heldColumns are what tells whether a task is late, silent or lost.
var heldColumns = []string{"id", "status", "worker", "timeout_seconds", "clock_since", "ran_millis", "stalled_since", "updated_at", "last_output_at"}

// Held reads the tasks that workers hold, by id: of each its status, its worker, its time
// limit and clock, and the times of its last signs, and nothing else.
func (s *Store) Held(ctx context.Context) ([]*models.Task, error) {
	var tasks []*models.Task
	if err := s.read.WithContext(ctx).Select(heldColumns).Where("queue = ?", models.QueueHeld).Find(&tasks).Error; err != nil {
		return nil, fmt.Errorf("read held tasks: %w", err)
	}
	slices.SortFunc(tasks, func(a, b *models.Task) int { return cmp.Compare(a.ID, b.ID) })
	return tasks, nil
}
