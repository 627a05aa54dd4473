package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"stepcast/models"
)

// DeleteFinishedBefore deletes up to limit tasks that finished before the instant,
// the longest finished first, with everything of theirs, and says how many. Each
// has its own transaction: a large log holds up other writers no longer than it
// must, and a task that is retried meanwhile stays.
func (s *Store) DeleteFinishedBefore(ctx context.Context, at time.Time, limit int) (int, error) {
	due := func(db *gorm.DB) *gorm.DB {
		// The + keeps SQLite from walking through all that is finished.
		return db.Where("finished_at < ? AND +status IN ?", at, finalStatuses)
	}
	var ids []int64
	err := s.read.WithContext(ctx).Model(&taskRow{}).Scopes(due).
		Order("finished_at").Limit(limit).Pluck("id", &ids).Error
	if err != nil {
		return 0, fmt.Errorf("find finished tasks: %w", err)
	}
	deleted := 0
	for _, id := range ids {
		var rows int64
		err := s.change(ctx, func(tx *gorm.DB) error {
			// The foreign keys delete what belongs to it.
			result := tx.Scopes(due).Where("id = ?", id).Delete(&taskRow{})
			rows = result.RowsAffected
			return result.Error
		})
		if err != nil {
			return deleted, fmt.Errorf("delete task %d: %w", id, err)
		}
		deleted += int(rows)
	}
	return deleted, nil
}

var finalStatuses = func() (final []models.Status) {
	for _, status := range models.Statuses {
		if status.Final() {
			final = append(final, status)
		}
	}
	return final
}()
