package store

import (
	"context"

	"stepcast/models"
)

// Events reads up to limit events of a task whose number is above after, in order.
func (s *Store) Events(ctx context.Context, task, after int64, limit int) ([]models.Event, error) {
	var events []models.Event
	err := s.read.WithContext(ctx).
		Where("task_id = ? AND number > ?", task, after).
		Order("number").Limit(limit).Find(&events).Error
	return events, readError(err, "events of task %d", task)
}

// EventRange gives the numbers of the first and the last event of a timeline of a
// task, or of the whole task when timelineID is 0. They are 0 when there is none.
func (s *Store) EventRange(ctx context.Context, task, timelineID int64) (first, last int64, err error) {
	db := s.read.WithContext(ctx).Model(&models.Event{}).Where("task_id = ?", task)
	if timelineID != 0 {
		db = db.Where("timeline_id = ?", timelineID)
	}
	var found struct{ First, Last int64 }
	err = db.Select("COALESCE(MIN(number), 0) AS first, COALESCE(MAX(number), 0) AS last").Take(&found).Error
	return found.First, found.Last, readError(err, "events of task %d", task)
}
