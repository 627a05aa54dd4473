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

// UsersAfter reads users by name: those after the name given, and at most limit.
func (s *Store) UsersAfter(ctx context.Context, name string, limit int) ([]*models.User, error) {
	var users []*models.User
	err := s.read.WithContext(ctx).Where("name > ?", name).Order("name").Limit(limit).Find(&users).Error
	return users, readError(err, "users after %s", name)
}

// CountUsers counts the users.
func (s *Store) CountUsers(ctx context.Context) (int, error) {
	var n int64
	if err := s.read.WithContext(ctx).Model(&models.User{}).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count users: %w", err)
	}
	return int(n), nil
}

// UserChange decides on a change of a user: it changes u, or gives the reason why it may
// not be. anotherAdmin says whether an enabled ADMIN would be left without u. It may run
// again, on what the user then is.
type UserChange = func(u *models.User, anotherAdmin bool) error

// ChangeUser reads a user, lets edit change all but the name and CreatedAt, and stores the
// user, in one transaction: changes by several processes do not undo each other. Its
// errors are NOT_FOUND when there is none, and those of edit.
func (s *Store) ChangeUser(ctx context.Context, name string, edit UserChange) (*models.User, error) {
	return s.withUser(ctx, "change", name, edit, func(tx *gorm.DB, u *models.User) error {
		return tx.Model(&models.User{}).Where("name = ?", name).Select("*").Omit("name", "created_at").Updates(u).Error
	})
}

// DeleteUser deletes a user with all tokens and sessions, if allow lets it, and gives the
// user as it was; the user's tasks stay. Its errors are those of ChangeUser.
func (s *Store) DeleteUser(ctx context.Context, name string, allow UserChange) (*models.User, error) {
	return s.withUser(ctx, "delete", name, allow, func(tx *gorm.DB, u *models.User) error { return tx.Delete(u).Error })
}

// withUser decides and writes while nobody else changes this user or an ADMIN.
func (s *Store) withUser(
	ctx context.Context, verb, name string, decide UserChange, write func(tx *gorm.DB, u *models.User) error,
) (*models.User, error) {
	var user *models.User
	err := s.change(ctx, func(tx *gorm.DB) error {
		found, anotherAdmin, err := lockUser(tx, name)
		if err != nil {
			return err
		}
		if err := decide(found, anotherAdmin); err != nil {
			return err
		}
		user = found
		return write(tx, found)
	})
	switch {
	case models.AsFault(err) != nil:
		return nil, err
	case err != nil:
		return nil, changeError(err, verb, "user %s", name)
	}
	return user, nil
}

// lockUser reads a user and whether another enabled one is ADMIN. The rows are locked in
// the order of their names, so that nobody waits for each other.
func lockUser(tx *gorm.DB, name string) (user *models.User, anotherAdmin bool, err error) {
	var rows []*models.User
	err = tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).
		Where("name = ? OR role = ?", name, models.Admin).Order("name").Find(&rows).Error
	for _, row := range rows {
		if row.Name == name {
			user = row
		} else if !row.Disabled {
			anotherAdmin = true
		}
	}
	if err == nil && user == nil {
		err = gorm.ErrRecordNotFound
	}
	return user, anotherAdmin, err
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
