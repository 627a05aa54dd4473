package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"stepcast/models"
)

// endedWorkerKept is how long a worker whose lease has ended stays known, in
// milliseconds: whoever looks into a lost lease can still see whose it was.
const endedWorkerKept = int64(time.Hour / time.Millisecond)

// Heartbeat adds the worker, or renews its lease, to last for lease from now by
// the database's clock. Its LeaseUntil and CreatedAt are not looked at.
func (s *Store) Heartbeat(ctx context.Context, w models.Worker, lease time.Duration) error {
	err := s.change(ctx, func(tx *gorm.DB) error {
		return tx.Model(&models.Worker{}).
			Clauses(clause.OnConflict{
				Columns:   []clause.Column{{Name: "id"}},
				DoUpdates: clause.AssignmentColumns([]string{"name", "lease_until"}),
			}).
			Create(map[string]any{
				"id": w.ID, "name": w.Name, "created_at": s.now(),
				"lease_until": gorm.Expr(s.dialect.clock+" + ?", lease.Milliseconds()),
			}).Error
	})
	if err != nil {
		return fmt.Errorf("renew lease of worker %s: %w", w.ID, err)
	}
	return nil
}

// Intent is what is wanted of a task that a worker holds.
type Intent struct {
	Task    int64
	Fencing int64
	// Desired is empty while nothing but going on is wanted.
	Desired models.Status
}

// Intents reads what is wanted of the tasks that the worker holds, by id. A task
// that it believes to hold and that is not there is not its own any more.
func (s *Store) Intents(ctx context.Context, workerID string) ([]Intent, error) {
	var intents []Intent
	err := s.read.WithContext(ctx).Model(&taskRow{}).
		Select("id AS task", "fencing", "desired").
		Where("worker = ? AND queue = ?", workerID, models.QueueHeld).Order("id").Find(&intents).Error
	return intents, readError(err, "intents for worker %s", workerID)
}

// LeaseEnded gives the leases, by task, that hold a task although they have ended by the
// database's clock, or their worker is gone.
func (s *Store) LeaseEnded(ctx context.Context) ([]Holder, error) {
	var ended []Holder
	err := s.read.WithContext(ctx).Model(&taskRow{}).
		Select("tasks.id AS task", "tasks.worker", "tasks.fencing").
		Joins("LEFT JOIN workers ON workers.id = tasks.worker").
		Where("tasks.queue = ? AND (workers.id IS NULL OR workers.lease_until <= "+s.dialect.clock+")", models.QueueHeld).
		Order("tasks.id").Scan(&ended).Error
	if err != nil {
		return nil, fmt.Errorf("read ended leases: %w", err)
	}
	return ended, nil
}

// LeaseUntil gives the end of the worker's lease and the time now, both in
// milliseconds since 1970 by the database's clock. until is 0 for an unknown worker.
func (s *Store) LeaseUntil(ctx context.Context, workerID string) (until, now int64, err error) {
	var lease struct{ Until, Now int64 }
	err = s.read.WithContext(ctx).Raw("SELECT COALESCE((SELECT lease_until FROM workers WHERE id = ?), 0) AS `until`, "+
		s.dialect.clock+" AS `now`", workerID).Scan(&lease).Error
	return lease.Until, lease.Now, readError(err, "lease of worker %s", workerID)
}

// RemoveWorker forgets a worker; the tasks that it holds count as LeaseEnded from
// now on. Removing one that is gone is no error.
func (s *Store) RemoveWorker(ctx context.Context, id string) error {
	err := s.change(ctx, func(tx *gorm.DB) error { return tx.Where("id = ?", id).Delete(&models.Worker{}).Error })
	if err != nil {
		return fmt.Errorf("remove worker %s: %w", id, err)
	}
	return nil
}

// RemoveEndedWorkers forgets the workers whose lease ended more than an hour ago
// and that hold nothing, and says how many.
func (s *Store) RemoveEndedWorkers(ctx context.Context) (int, error) {
	var removed int64
	err := s.change(ctx, func(tx *gorm.DB) error {
		result := tx.Where("lease_until < "+s.dialect.clock+" - ?", endedWorkerKept).
			Where("NOT EXISTS (SELECT 1 FROM tasks WHERE worker = workers.id AND queue = ?)", models.QueueHeld).
			Delete(&models.Worker{})
		removed = result.RowsAffected
		return result.Error
	})
	if err != nil {
		return 0, fmt.Errorf("remove ended workers: %w", err)
	}
	return int(removed), nil
}
