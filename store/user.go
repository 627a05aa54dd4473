package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"stepcast/models"
)

// PutUser adds a user, or replaces all but CreatedAt of the one with this name.
func (s *Store) PutUser(ctx context.Context, u *models.User) error {
	err := s.change(ctx, func(tx *gorm.DB) error {
		row := *u
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error
	})
	if err != nil {
		return fmt.Errorf("store user %s: %w", u.Name, err)
	}
	return nil
}

// User reads a user.
func (s *Store) User(ctx context.Context, name string) (*models.User, error) {
	user, err := one[models.User](s.read.WithContext(ctx).Where("name = ?", name))
	return user, readError(err, "user %s", name)
}

// Users reads all users, by name.
func (s *Store) Users(ctx context.Context) ([]*models.User, error) {
	var users []*models.User
	if err := s.read.WithContext(ctx).Order("name").Find(&users).Error; err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return users, nil
}

// CountUsers counts the users.
func (s *Store) CountUsers(ctx context.Context) (int, error) {
	var n int64
	if err := s.read.WithContext(ctx).Model(&models.User{}).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count users: %w", err)
	}
	return int(n), nil
}

// DeleteUser deletes a user with all tokens and sessions; the user's tasks stay.
// It is NOT_FOUND when there is none.
func (s *Store) DeleteUser(ctx context.Context, name string) error {
	err := s.change(ctx, func(tx *gorm.DB) error {
		return found(tx.Where("name = ?", name).Delete(&models.User{}))
	})
	return changeError(err, "delete", "user %s", name)
}

// found turns a statement that changed no row into an error.
func found(result *gorm.DB) error {
	if result.Error == nil && result.RowsAffected == 0 {
		return gorm.ErrRecordNotFound
	}
	return result.Error
}

// changeError is nil, a NOT_FOUND fault about what should be changed, or err saying so.
func changeError(err error, verb, format string, args ...any) error {
	if err == nil || errors.Is(err, gorm.ErrRecordNotFound) {
		return readError(err, format, args...)
	}
	return fmt.Errorf(verb+" "+format+": %w", append(args, err)...)
}
