package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"stepcast/models"
)

// bareStatus names the status so that SQLite does not look for the tasks of a status, to
// sort them, where an index has all of them in order.
const bareStatus = "+status"

// listSubmitted is List by the time of submission, the newest first. An index alone finds
// the tasks of the page; only those are read.
func (s *Store) listSubmitted(ctx context.Context, q models.ListQuery) ([]*models.Task, error) {
	page := filtered(s.read.Model(&models.Task{}), q.Filter, bareStatus).
		Select("id").Order("created_at DESC").Order("id DESC").Limit(q.Limit).Offset(q.Offset)
	var tasks []*models.Task
	err := s.read.WithContext(ctx).Joins("JOIN (?) AS page ON page.id = tasks.id", page).Find(&tasks).Error
	if err != nil {
		return nil, fmt.Errorf("list tasks by submission: %w", err)
	}
	slices.SortFunc(tasks, func(a, b *models.Task) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return tasks, nil
}

// Submission is what a task was asked to do.
type Submission struct {
	TaskID int64
	// Code is that of the first content, as far as it was asked for.
	Code string
	// Original is what the client of another API sent; empty is nothing.
	Original models.JSON
}

// Submissions reads what tasks were asked to do, in one statement, with up to maxCode
// characters of their code. Tasks that do not exist are left out.
func (s *Store) Submissions(ctx context.Context, tasks []int64, maxCode int) ([]Submission, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	var found []Submission
	err := s.read.WithContext(ctx).Table("content_sources AS source").
		Select("source.task_id, SUBSTR(source.code, 1, ?) AS code, original.data AS original", maxCode).
		Joins("LEFT JOIN task_originals AS original ON original.task_id = source.task_id").
		Where("source.task_id IN ? AND source.step_number = 1 AND source.number = 1", tasks).
		Scan(&found).Error
	return found, readError(err, "what %d tasks were asked to do", len(tasks))
}
