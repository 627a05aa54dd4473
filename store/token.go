package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"stepcast/models"
)

// AddToken adds a token and sets its ID. It is NOT_FOUND when there is no such user.
func (s *Store) AddToken(ctx context.Context, t *models.Token) error {
	row := *t
	err := s.change(ctx, func(tx *gorm.DB) error {
		row.ID = 0
		return tx.Create(&row).Error
	})
	if err != nil {
		return ofUser(err, "token", t.User)
	}
	t.ID, t.CreatedAt = row.ID, row.CreatedAt
	return nil
}

// TokenByHash finds the token with this SHA-256, revoked and expired ones included.
func (s *Store) TokenByHash(ctx context.Context, hash string) (*models.Token, error) {
	token, err := one[models.Token](s.read.WithContext(ctx).Where("hash = ?", hash))
	return token, readError(err, "token")
}

// Token reads a token, with when it was last used.
func (s *Store) Token(ctx context.Context, id int64) (*models.Token, error) {
	token, err := one[models.Token](s.read.WithContext(ctx).Where("id = ?", id))
	if err == nil {
		err = s.loadUses(ctx, []*models.Token{token})
	}
	return token, readError(err, "token %d", id)
}

// TokensAfter reads the tokens of a user that were not revoked, by id, with when they
// were last used: those after the id given, and at most limit.
func (s *Store) TokensAfter(ctx context.Context, user string, id int64, limit int) ([]*models.Token, error) {
	var tokens []*models.Token
	err := s.read.WithContext(ctx).Where("user_name = ? AND revoked_at IS NULL AND id > ?", user, id).
		Order("id").Limit(limit).Find(&tokens).Error
	if err == nil {
		err = s.loadUses(ctx, tokens)
	}
	return tokens, readError(err, "tokens of user %s", user)
}

// CountTokens counts the tokens of a user that count at the time: neither revoked nor expired.
func (s *Store) CountTokens(ctx context.Context, user string, at time.Time) (int, error) {
	var n int64
	err := s.read.WithContext(ctx).Model(&models.Token{}).
		Where("user_name = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", user, at).Count(&n).Error
	return int(n), readError(err, "tokens of user %s", user)
}

// TokensOf reads all tokens of a user, by id.
func (s *Store) TokensOf(ctx context.Context, user string) ([]*models.Token, error) {
	var tokens []*models.Token
	err := s.read.WithContext(ctx).Where("user_name = ?", user).Order("id").Find(&tokens).Error
	return tokens, readError(err, "tokens of user %s", user)
}

// TokensNamed reads all tokens of a name, whosever they are, by id.
func (s *Store) TokensNamed(ctx context.Context, name string) ([]*models.Token, error) {
	var tokens []*models.Token
	err := s.read.WithContext(ctx).Where("name = ?", name).Order("id").Find(&tokens).Error
	return tokens, readError(err, "tokens named %s", name)
}

// PutToken replaces all but Hash and CreatedAt of the token with this ID. It is NOT_FOUND
// when there is no such token or user.
func (s *Store) PutToken(ctx context.Context, t *models.Token) error {
	row := *t
	err := s.change(ctx, func(tx *gorm.DB) error {
		return found(tx.Model(&models.Token{}).Where("id = ?", t.ID).
			Select("*").Omit("id", "hash", "created_at").Updates(&row))
	})
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return models.NotFound("user " + t.User)
	}
	return changeError(err, "store", "token %d", t.ID)
}

// RevokeToken marks a token as revoked. One that is revoked keeps the earlier
// time; one that does not exist is NOT_FOUND.
func (s *Store) RevokeToken(ctx context.Context, id int64, at time.Time) error {
	err := s.change(ctx, func(tx *gorm.DB) error {
		return found(tx.Model(&models.Token{}).Where("id = ?", id).
			UpdateColumn("revoked_at", gorm.Expr("COALESCE(revoked_at, ?)", at)))
	})
	return changeError(err, "revoke", "token %d", id)
}

// DeleteEndedTokens deletes the tokens that expired or were revoked by the instant, but for
// those of the names given, and says how many.
func (s *Store) DeleteEndedTokens(ctx context.Context, at time.Time, except []string) (int, error) {
	var deleted int64
	err := s.change(ctx, func(tx *gorm.DB) error {
		// The foreign key deletes when they were last used.
		result := tx.Where("(revoked_at <= ? OR expires_at <= ?) AND name NOT IN ?", at, at, except).Delete(&models.Token{})
		deleted = result.RowsAffected
		return result.Error
	})
	if err != nil {
		return 0, fmt.Errorf("delete ended tokens: %w", err)
	}
	return int(deleted), nil
}

// ofUser explains why something of a user could not be added.
func ofUser(err error, what, user string) error {
	if errors.Is(err, gorm.ErrForeignKeyViolated) {
		return models.NotFound("user " + user)
	}
	return fmt.Errorf("add %s of user %s: %w", what, user, err)
}
