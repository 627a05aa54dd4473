package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"stepcast/models"
)

// Holder names the lease under which results are written.
type Holder struct {
	Task    int64
	Worker  string
	Fencing int64
}

// holding runs fn in a transaction that fails with ErrStale unless the lease holds
// until it commits.
func (s *Store) holding(ctx context.Context, h Holder, fn func(tx *gorm.DB) error) error {
	return s.change(ctx, func(tx *gorm.DB) error {
		var ids []int64
		// The lock keeps the next claim waiting until this is written. SQLite has one
		// writer, and leaves the lock out.
		err := tx.Model(&taskRow{}).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
			Where("id = ? AND worker = ? AND fencing = ?", h.Task, h.Worker, h.Fencing).Pluck("id", &ids).Error
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return ErrStale
		}
		return fn(tx)
	})
}

// CreateResult adds a result that is about to be written and sets its Number. It is
// not seen before FinishResult.
func (s *Store) CreateResult(ctx context.Context, h Holder, r *models.Result) error {
	err := s.holding(ctx, h, func(tx *gorm.DB) error {
		var newest int
		err := tx.Model(&models.Result{}).Where("task_id = ?", h.Task).Select("COALESCE(MAX(number), 0)").Scan(&newest).Error
		if err != nil {
			return err
		}
		r.TaskID, r.Number, r.CreatedAt = h.Task, newest+1, s.now()
		r.FinishedAt, r.DroppedAt = nil, nil
		return tx.Create(r).Error
	})
	return changeError(err, "add", "result of task %d", h.Task)
}

// AppendResult adds the next bytes of a result. Bytes that are there already, because an
// earlier try was committed although its connection broke, are left as they are.
func (s *Store) AppendResult(ctx context.Context, h Holder, c models.ResultChunk) error {
	c.TaskID = h.Task
	err := s.holding(ctx, h, func(tx *gorm.DB) error { return tx.Create(&c).Error })
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return nil
	}
	return changeError(err, "write", "result %s", models.ResultID(h.Task, c.ResultNumber))
}

// FinishResult makes a result visible, with what became known while it was written:
// Format, ContentType, Columns, Units, Bytes and Cut.
func (s *Store) FinishResult(ctx context.Context, h Holder, r *models.Result) error {
	at := s.now()
	finished := *r
	finished.FinishedAt = &at
	err := s.holding(ctx, h, func(tx *gorm.DB) error {
		return tx.Model(&models.Result{}).Where("task_id = ? AND number = ?", h.Task, r.Number).
			Select("Format", "ContentType", "Columns", "Units", "Bytes", "Cut", "FinishedAt").Updates(&finished).Error
	})
	if err == nil {
		r.FinishedAt = &at
	}
	return changeError(err, "finish", "result %s", r.ID())
}

// DropResults takes away what attempts before this one produced with a content, which
// runs again. Their numbers are not given again.
func (s *Store) DropResults(ctx context.Context, h Holder, content models.ContentRef, attempt int) error {
	err := s.holding(ctx, h, func(tx *gorm.DB) error {
		var numbers []int
		err := tx.Model(&models.Result{}).
			Where("task_id = ? AND attempt < ? AND step_number = ? AND content_number = ? AND dropped_at IS NULL",
				h.Task, attempt, content.Step, content.Content).
			Pluck("number", &numbers).Error
		if err != nil || len(numbers) == 0 {
			return err
		}
		if err := tx.Where("task_id = ? AND result_number IN ?", h.Task, numbers).Delete(&models.ResultChunk{}).Error; err != nil {
			return err
		}
		return tx.Model(&models.Result{}).Where("task_id = ? AND number IN ?", h.Task, numbers).
			Updates(map[string]any{"dropped_at": s.now()}).Error
	})
	return changeError(err, "drop", "results of task %d", h.Task)
}

// visible narrows a statement to results that may be seen.
func visible(db *gorm.DB) *gorm.DB {
	return db.Where("finished_at IS NOT NULL AND dropped_at IS NULL")
}

// Results reads the results of tasks in one statement, by task and number.
func (s *Store) Results(ctx context.Context, tasks []int64) ([]models.Result, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	var results []models.Result
	err := s.read.WithContext(ctx).Scopes(visible).Where("task_id IN ?", tasks).Order("task_id, number").Find(&results).Error
	return results, readError(err, "results of %d tasks", len(tasks))
}

// Result reads one result; NOT_FOUND when it may not be seen.
func (s *Store) Result(ctx context.Context, task int64, number int) (*models.Result, error) {
	r, err := one[models.Result](s.read.WithContext(ctx).Scopes(visible).Where("task_id = ? AND number = ?", task, number))
	return r, readError(err, "result %s", models.ResultID(task, number))
}

// ResultChunk reads the chunk that begins at a byte; NOT_FOUND where none does, as at
// the end.
func (s *Store) ResultChunk(ctx context.Context, task int64, number int, firstByte int64) (*models.ResultChunk, error) {
	c, err := one[models.ResultChunk](s.read.WithContext(ctx).
		Where("task_id = ? AND result_number = ? AND first_byte = ?", task, number, firstByte))
	return c, readError(err, "byte %d of result %s", firstByte, models.ResultID(task, number))
}

// ResultChunkAt gives the first byte of the chunk in which a unit, counted from 0, begins.
func (s *Store) ResultChunkAt(ctx context.Context, task int64, number int, unit int64) (firstByte int64, err error) {
	err = s.read.WithContext(ctx).Model(&models.ResultChunk{}).
		Where("task_id = ? AND result_number = ? AND first_unit <= ?", task, number, unit).
		Select("COALESCE(MAX(first_byte), 0)").Scan(&firstByte).Error
	return firstByte, readError(err, "result %s", models.ResultID(task, number))
}
