package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"stepcast/models"
)

// AddSession adds a session. It is NOT_FOUND when there is no such user.
func (s *Store) AddSession(ctx context.Context, session *models.Session) error {
	row := *session
	err := s.change(ctx, func(tx *gorm.DB) error { return tx.Create(&row).Error })
	if err != nil {
		return ofUser(err, "session", session.User)
	}
	session.CreatedAt = row.CreatedAt
	return nil
}

// SessionByHash finds the session with this SHA-256, expired ones included.
func (s *Store) SessionByHash(ctx context.Context, hash string) (*models.Session, error) {
	session, err := sessionByHash(s.read.WithContext(ctx), hash)
	return session, readError(err, "session")
}

// DeleteSession deletes a session; deleting one that is gone is no error.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	err := s.change(ctx, func(tx *gorm.DB) error { return tx.Where("hash = ?", hash).Delete(&models.Session{}).Error })
	return changeError(err, "delete", "session")
}

// TakeSession deletes a session and returns it. Of all who take the same one, one
// gets it; for the others it is NOT_FOUND.
func (s *Store) TakeSession(ctx context.Context, hash string) (*models.Session, error) {
	var session *models.Session
	err := s.change(ctx, func(tx *gorm.DB) (err error) {
		if session, err = sessionByHash(tx, hash); err != nil {
			return err
		}
		return found(tx.Where("hash = ?", hash).Delete(&models.Session{}))
	})
	if err != nil {
		return nil, changeError(err, "take", "session")
	}
	return session, nil
}

// DeleteSessionsOf deletes every session of a user, links included, but for the one with
// the SHA-256 given; "" is none.
func (s *Store) DeleteSessionsOf(ctx context.Context, user, except string) error {
	err := s.change(ctx, func(tx *gorm.DB) error {
		return tx.Where("user_name = ? AND hash <> ?", user, except).Delete(&models.Session{}).Error
	})
	if err != nil {
		return fmt.Errorf("delete sessions of %s: %w", user, err)
	}
	return nil
}

// DeleteExpiredSessions deletes the sessions that expired by the instant, and says how many.
func (s *Store) DeleteExpiredSessions(ctx context.Context, at time.Time) (int, error) {
	var deleted int64
	err := s.change(ctx, func(tx *gorm.DB) error {
		result := tx.Where("expires_at <= ?", at).Delete(&models.Session{})
		deleted = result.RowsAffected
		return result.Error
	})
	if err != nil {
		return 0, fmt.Errorf("delete expired sessions: %w", err)
	}
	return int(deleted), nil
}

func sessionByHash(db *gorm.DB, hash string) (*models.Session, error) {
	return one[models.Session](db.Where("hash = ?", hash))
}
