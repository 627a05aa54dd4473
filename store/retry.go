package store

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"time"

	"gorm.io/gorm"
)

const (
	maxTries = 8
	// firstPause doubles with each try, and half of it is random, so that two
	// transactions that met do not meet again.
	firstPause = 5 * time.Millisecond
)

// change runs fn in a transaction that may write, and again from its beginning
// after a deadlock: fn must not keep anything of an earlier run.
func (s *Store) change(ctx context.Context, fn func(tx *gorm.DB) error) error {
	began := time.Now()
	err := s.changeAgain(ctx, fn)
	s.metrics.changes.ended(began, err)
	return err
}

func (s *Store) changeAgain(ctx context.Context, fn func(tx *gorm.DB) error) error {
	pause := firstPause
	for try := 1; ; try++ {
		err := s.write.WithContext(ctx).Transaction(fn)
		if err == nil || try == maxTries || !s.dialect.again(err) {
			return err
		}
		timer := time.NewTimer(pause/2 + rand.N(pause/2))
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
		s.metrics.retries.Inc()
		pause *= 2
	}
}

// snapshot runs fn in a transaction whose reads all see one state of the database.
func (s *Store) snapshot(ctx context.Context, fn func(tx *gorm.DB) error) error {
	began := time.Now()
	err := s.read.WithContext(ctx).Transaction(fn, &sql.TxOptions{ReadOnly: true})
	s.metrics.snapshots.ended(began, err)
	return err
}
