package auth

import (
	"context"
	"slices"

	"stepcast/models"
)

// CreateUser adds a user. An empty password makes one who signs in by token or link
// only. Faults: INVALID naming the field, CONFLICT when the name is taken.
func (s *Service) CreateUser(ctx context.Context, name string, role models.Role, password string) (models.User, error) {
	name, err := validName(name)
	if err != nil {
		return models.User{}, err
	}
	if err := validRole(role); err != nil {
		return models.User{}, err
	}
	hash := ""
	if password != "" {
		if hash, err = s.hashNew(ctx, password); err != nil {
			return models.User{}, err
		}
	}
	user, created, err := s.createIfAbsent(ctx, &models.User{Name: name, Role: role, PasswordHash: hash})
	if err != nil {
		return models.User{}, err
	}
	if !created {
		return models.User{}, &models.Fault{
			Code: models.CodeConflict, Field: []string{"name"}, Message: "there is already a user of this name",
		}
	}
	return public(user), nil
}

// SetPassword gives a user another password, and ends the sessions opened under the
// old one: whoever knew that is out. Tokens go on. Faults: INVALID, NOT_FOUND.
func (s *Service) SetPassword(ctx context.Context, name, password string) error {
	hash, err := s.hashNew(ctx, password)
	if err != nil {
		return err
	}
	user, err := s.change(ctx, name, func(u *models.User) error {
		u.PasswordHash = hash
		return nil
	})
	if err != nil {
		return err
	}
	defer s.sessions.forgetAll()
	return s.store.DeleteSessionsOf(ctx, user.Name)
}

// SetRole changes what a user may do at most. Faults: INVALID, NOT_FOUND, WRONG_STATE
// when nobody would be left who is ADMIN.
func (s *Service) SetRole(ctx context.Context, name string, role models.Role) (models.User, error) {
	if err := validRole(role); err != nil {
		return models.User{}, err
	}
	return s.change(ctx, name, func(u *models.User) error {
		u.Role = role
		return s.keepAnAdmin(ctx, u)
	})
}

// Disable shuts a user out, or with disabled false lets the user in again. Tokens and
// sessions stay stored and do not count meanwhile. Faults: NOT_FOUND, WRONG_STATE when
// nobody would be left who is ADMIN.
func (s *Service) Disable(ctx context.Context, name string, disabled bool) (models.User, error) {
	return s.change(ctx, name, func(u *models.User) error {
		u.Disabled = disabled
		return s.keepAnAdmin(ctx, u)
	})
}

// SetLocale sets the language a user prefers, as a BCP 47 tag; "" is that of each
// request. Faults: INVALID, NOT_FOUND.
func (s *Service) SetLocale(ctx context.Context, name, locale string) (models.User, error) {
	tag, err := validLocale(locale)
	if err != nil {
		return models.User{}, err
	}
	return s.change(ctx, name, func(u *models.User) error {
		u.Locale = tag
		return nil
	})
}

// ListUsers lists everyone by name, without their passwords.
func (s *Service) ListUsers(ctx context.Context) ([]models.User, error) {
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]models.User, len(users))
	for i, u := range users {
		shown[i] = public(u)
	}
	return shown, nil
}

// change reads a user, changes it and stores it, unless edit refuses.
func (s *Service) change(ctx context.Context, name string, edit func(*models.User) error) (models.User, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	user, err := s.existing(ctx, name)
	if err != nil {
		return models.User{}, err
	}
	if err := edit(user); err != nil {
		return models.User{}, err
	}
	if err := s.put(ctx, user); err != nil {
		return models.User{}, err
	}
	return public(user), nil
}

// createIfAbsent adds a user, or gives the one who has the name already.
func (s *Service) createIfAbsent(ctx context.Context, user *models.User) (_ *models.User, created bool, err error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	there, err := s.store.User(ctx, user.Name)
	if err == nil {
		return there, false, nil
	}
	if !missing(err) {
		return nil, false, err
	}
	user.CreatedAt = s.time()
	if err := s.put(ctx, user); err != nil {
		return nil, false, err
	}
	return user, true, nil
}

func (s *Service) put(ctx context.Context, user *models.User) error {
	if err := s.store.PutUser(ctx, user); err != nil {
		return err
	}
	s.users.forget(user.Name)
	return nil
}

// existing reads a user by a name in any case, past the cache.
func (s *Service) existing(ctx context.Context, name string) (*models.User, error) {
	name, ok := ParseName(name)
	if !ok {
		return nil, models.NotFound("the user")
	}
	user, err := s.store.User(ctx, name)
	if missing(err) {
		return nil, models.NotFound("the user " + name)
	}
	return user, err
}

// keepAnAdmin refuses a change after which no enabled user would be ADMIN: nobody
// could undo it.
func (s *Service) keepAnAdmin(ctx context.Context, changed *models.User) error {
	users, err := s.store.Users(ctx)
	if err != nil {
		return err
	}
	kept := slices.ContainsFunc(users, func(u *models.User) bool {
		if u.Name == changed.Name {
			u = changed
		}
		return u.Role == models.Admin && !u.Disabled
	})
	if !kept {
		return models.Faultf(models.CodeWrongState, "%s is the last ADMIN; make somebody else ADMIN first", changed.Name)
	}
	return nil
}

func (s *Service) hashNew(ctx context.Context, password string) (string, error) {
	if err := newPassword(password); err != nil {
		return "", err
	}
	return s.passwords.hash(ctx, password)
}

func validRole(role models.Role) error {
	if !slices.Contains(models.Roles, role) {
		return models.Invalid([]string{"role"}, "a role is one of %s", listed(models.Roles))
	}
	return nil
}
