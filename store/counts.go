package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"stepcast/models"
)

// unfinished are the statuses in which a task is not final.
var unfinished = []models.Status{models.Waiting, models.Running, models.Pausing, models.Paused, models.Cancelling}

// Unfinished counts the tasks that are not final, by status; every such status is there.
func (s *Store) Unfinished(ctx context.Context) (map[models.Status]int, error) {
	// Of the finished, of which there may be millions, no index entry is looked at.
	counts, err := countBy(s.read.WithContext(ctx), "status", unfinished)
	if err != nil {
		return nil, fmt.Errorf("count unfinished tasks: %w", err)
	}
	return counts, nil
}

// queues are those that a task can be in.
var queues = []models.Queue{models.QueueReady, models.QueueExternal, models.QueueDeferred, models.QueueHeld}

// QueueLengths counts the tasks in each queue but QueueNone; every one of them is there.
func (s *Store) QueueLengths(ctx context.Context) (map[models.Queue]int, error) {
	counts, err := countBy(s.read.WithContext(ctx), "queue", queues)
	if err != nil {
		return nil, fmt.Errorf("count queued tasks: %w", err)
	}
	return counts, nil
}

// countBy counts the tasks that have each of the values in a column.
func countBy[V comparable](db *gorm.DB, column string, values []V) (map[V]int, error) {
	var rows []struct {
		Value V
		Tasks int
	}
	err := db.Model(&taskRow{}).Select(column+" AS value", "COUNT(*) AS tasks").
		Where(column+" IN ?", values).Group(column).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	counts := make(map[V]int, len(values))
	for _, value := range values {
		counts[value] = 0
	}
	for _, row := range rows {
		counts[row.Value] = row.Tasks
	}
	return counts, nil
}
