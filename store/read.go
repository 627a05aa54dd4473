package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"stepcast/models"
)

// Task reads a task with its steps and contents, all of one version.
func (s *Store) Task(ctx context.Context, id int64) (*models.Task, error) {
	var task *models.Task
	err := s.snapshot(ctx, func(tx *gorm.DB) (err error) {
		if task, err = one[models.Task](tx.Where("id = ?", id)); err != nil {
			return err
		}
		return loadSteps(tx, []*models.Task{task})
	})
	return task, readError(err, "task %d", id)
}

// Row reads a task without its steps, in one statement.
func (s *Store) Row(ctx context.Context, id int64) (*models.Task, error) {
	task, err := one[models.Task](s.read.WithContext(ctx).Where("id = ?", id))
	return task, readError(err, "task %d", id)
}

// Tasks reads tasks with their steps and contents, in the order of ids. Those that
// do not exist are left out.
func (s *Store) Tasks(ctx context.Context, ids []int64) ([]*models.Task, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var found []*models.Task
	err := s.snapshot(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("id IN ?", ids).Find(&found).Error; err != nil {
			return err
		}
		return loadSteps(tx, found)
	})
	if err != nil {
		return nil, fmt.Errorf("read %d tasks: %w", len(ids), err)
	}
	byID := make(map[int64]*models.Task, len(found))
	for _, t := range found {
		byID[t.ID] = t
	}
	tasks := make([]*models.Task, 0, len(found))
	for _, id := range ids {
		if t := byID[id]; t != nil {
			tasks = append(tasks, t)
		}
	}
	return tasks, nil
}

// Version is how far a task has come.
type Version struct {
	// Version is that of the task; LogLines is the number of its newest line.
	Version, LogLines int64
}

// maxVersions bounds the ids of one statement.
const maxVersions = 500

// Versions reads how far tasks have come, in one statement for maxVersions tasks: what a poller asks.
// Tasks that do not exist are not in the map.
func (s *Store) Versions(ctx context.Context, ids []int64) (map[int64]Version, error) {
	versions := make(map[int64]Version, len(ids))
	for some := range slices.Chunk(ids, maxVersions) {
		if err := s.scanVersions(ctx, some, versions); err != nil {
			return nil, fmt.Errorf("read versions of %d tasks: %w", len(ids), err)
		}
	}
	return versions, nil
}

// scanVersions reads without gorm, whose reflection would be most of the work.
func (s *Store) scanVersions(ctx context.Context, ids []int64, versions map[int64]Version) (err error) {
	pool, err := s.read.DB()
	if err != nil {
		return err
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	marks := strings.Repeat(", ?", len(ids))[len(", "):]
	rows, err := pool.QueryContext(ctx, "SELECT id, version, log_lines FROM tasks WHERE id IN ("+marks+")", args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id int64
		var v Version
		if err := rows.Scan(&id, &v.Version, &v.LogLines); err != nil {
			return err
		}
		versions[id] = v
	}
	return rows.Err()
}

// ByIdempotencyKey finds the task, without its steps, that the owner submitted with the key.
func (s *Store) ByIdempotencyKey(ctx context.Context, owner, key string) (*models.Task, error) {
	task, err := one[models.Task](s.read.WithContext(ctx).Where("owner = ? AND idempotency_key = ?", owner, key))
	return task, readError(err, "task with idempotency key %q", key)
}

// Sources reads what the contents of a task run.
func (s *Store) Sources(ctx context.Context, task int64) ([]models.ContentSource, error) {
	var sources []models.ContentSource
	err := s.read.WithContext(ctx).Where("task_id = ?", task).Order("step_number, number").Find(&sources).Error
	return sources, readError(err, "sources of task %d", task)
}

// one reads the row that a query finds.
func one[T any](query *gorm.DB) (*T, error) {
	row := new(T)
	if err := query.Take(row).Error; err != nil {
		return nil, err
	}
	return row, nil
}

// loadSteps fills in the steps and contents of the tasks, with two statements for all.
func loadSteps(tx *gorm.DB, tasks []*models.Task) error {
	ids := make([]int64, len(tasks))
	for i, t := range tasks {
		ids[i] = t.ID
	}
	var steps []*models.Step
	if err := tx.Where("task_id IN ?", ids).Order("task_id, place, number").Find(&steps).Error; err != nil {
		return err
	}
	var contents []*models.Content
	if err := tx.Where("task_id IN ?", ids).Order("task_id, place, number").Find(&contents).Error; err != nil {
		return err
	}
	type stepKey struct {
		task   int64
		number int
	}
	byStep := make(map[stepKey]*models.Step, len(steps))
	byTask := make(map[int64][]*models.Step, len(tasks))
	for _, step := range steps {
		step.Contents = []*models.Content{}
		byStep[stepKey{step.TaskID, step.Number}] = step
		byTask[step.TaskID] = append(byTask[step.TaskID], step)
	}
	for _, content := range contents {
		if step := byStep[stepKey{content.TaskID, content.StepNumber}]; step != nil {
			step.Contents = append(step.Contents, content)
		}
	}
	for _, t := range tasks {
		// Loaded and empty is not the same as not loaded.
		if t.Steps = byTask[t.ID]; t.Steps == nil {
			t.Steps = []*models.Step{}
		}
	}
	return nil
}

// readError is nil, a NOT_FOUND fault about what was looked for, or err saying so.
func readError(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	what := fmt.Sprintf(format, args...)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.NotFound(what)
	}
	return fmt.Errorf("read %s: %w", what, err)
}
