package auth

import (
	"context"
	"slices"
	"strings"

	"stepcast/models"
)

// PageMax is the length of the longest page of a list.
const PageMax = 100

func validPage(first int) error {
	if first < 0 || first > PageMax {
		return models.Invalid([]string{"first"}, "first is 0 to %d, not %d", PageMax, first)
	}
	return nil
}

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

// UserUpdate says what of a user changes; what is nil stays as it is.
type UserUpdate struct {
	Role     *models.Role
	Disabled *bool
	// Locale is a BCP 47 tag; "" is the language of each request.
	Locale   *string
	Password *string
}

// UpdateUser changes a user, all of it or nothing. Another password ends the sessions
// opened under the old one: whoever knew that is out. Tokens go on, and so do the tokens
// and sessions of a user who is disabled: they stay stored, and do not count meanwhile.
// Faults: INVALID naming the field, NOT_FOUND, WRONG_STATE when nobody would be left who
// is ADMIN.
func (s *Service) UpdateUser(ctx context.Context, name string, in UserUpdate) (models.User, error) {
	in, hash, err := s.readUpdate(ctx, in)
	if err != nil {
		return models.User{}, err
	}
	user, err := s.change(ctx, name, func(u *models.User, anotherAdmin bool) error {
		wasAdmin := activeAdmin(u)
		set(&u.Role, in.Role)
		set(&u.Disabled, in.Disabled)
		set(&u.Locale, in.Locale)
		set(&u.PasswordHash, hash)
		if wasAdmin && !activeAdmin(u) && !anotherAdmin {
			return lastAdmin(u.Name)
		}
		return nil
	})
	if err != nil || hash == nil {
		return user, err
	}
	return user, s.endSessions(ctx, user.Name, "")
}

// readUpdate checks what is to be set, and gives it as it is stored.
func (s *Service) readUpdate(ctx context.Context, in UserUpdate) (_ UserUpdate, hash *string, err error) {
	if in.Role != nil {
		if err := validRole(*in.Role); err != nil {
			return in, nil, err
		}
	}
	if in.Locale != nil {
		tag, err := validLocale(*in.Locale)
		if err != nil {
			return in, nil, err
		}
		in.Locale = &tag
	}
	if in.Password != nil {
		made, err := s.hashNew(ctx, *in.Password)
		if err != nil {
			return in, nil, err
		}
		hash = &made
	}
	return in, hash, nil
}

// set changes what something is said of.
func set[T any](at, to *T) {
	if to != nil {
		*at = *to
	}
}

// endSessions ends the sessions of a user, but for the one of this hash; "" is none.
func (s *Service) endSessions(ctx context.Context, name, except string) error {
	defer s.sessions.forgetAll()
	return s.store.DeleteSessionsOf(ctx, name, except)
}

// SetPassword is UpdateUser for the password alone.
func (s *Service) SetPassword(ctx context.Context, name, password string) error {
	_, err := s.UpdateUser(ctx, name, UserUpdate{Password: &password})
	return err
}

// SetRole is UpdateUser for the role alone.
func (s *Service) SetRole(ctx context.Context, name string, role models.Role) (models.User, error) {
	return s.UpdateUser(ctx, name, UserUpdate{Role: &role})
}

// Disable is UpdateUser for shutting a user out, or letting the user in again.
func (s *Service) Disable(ctx context.Context, name string, disabled bool) (models.User, error) {
	return s.UpdateUser(ctx, name, UserUpdate{Disabled: &disabled})
}

// SetLocale is UpdateUser for the language alone.
func (s *Service) SetLocale(ctx context.Context, name, locale string) (models.User, error) {
	return s.UpdateUser(ctx, name, UserUpdate{Locale: &locale})
}

// DeleteUser deletes a user with all tokens and sessions, which end at once, and gives
// the user as it was. What the user submitted stays, under that name. Faults: NOT_FOUND,
// WRONG_STATE when nobody would be left who is ADMIN.
func (s *Service) DeleteUser(ctx context.Context, name string) (models.User, error) {
	name, ok := ParseName(name)
	if !ok {
		return models.User{}, models.NotFound("the user")
	}
	user, err := s.store.DeleteUser(ctx, name, func(u *models.User, anotherAdmin bool) error {
		if activeAdmin(u) && !anotherAdmin {
			return lastAdmin(u.Name)
		}
		return nil
	})
	if missing(err) {
		return models.User{}, models.NotFound("the user " + name)
	}
	if err != nil {
		return models.User{}, err
	}
	s.users.forget(user.Name)
	s.forgetTokens()
	s.sessions.forgetAll()
	return public(user), nil
}

// ListUsers lists users by name, without their passwords: those after the name given,
// and at most first. INVALID unless first is 0 to PageMax.
func (s *Service) ListUsers(ctx context.Context, after string, first int) ([]models.User, error) {
	if err := validPage(first); err != nil {
		return nil, err
	}
	users, err := s.store.UsersAfter(ctx, strings.ToLower(after), first)
	if err != nil {
		return nil, err
	}
	shown := make([]models.User, len(users))
	for i, u := range users {
		shown[i] = public(u)
	}
	return shown, nil
}

// User reads a user, without the password. The answer is at most CacheTTLMax old.
// NOT_FOUND when there is none.
func (s *Service) User(ctx context.Context, name string) (models.User, error) {
	name, ok := ParseName(name)
	if !ok {
		return models.User{}, models.NotFound("the user")
	}
	user, err := s.users.get(ctx, name)
	if missing(err) {
		return models.User{}, models.NotFound("the user " + name)
	}
	if err != nil {
		return models.User{}, err
	}
	return public(user), nil
}

// change reads a user, changes it and stores it, unless edit refuses.
func (s *Service) change(
	ctx context.Context, name string, edit func(u *models.User, anotherAdmin bool) error,
) (models.User, error) {
	name, ok := ParseName(name)
	if !ok {
		return models.User{}, models.NotFound("the user")
	}
	user, err := s.store.ChangeUser(ctx, name, edit)
	if missing(err) {
		return models.User{}, models.NotFound("the user " + name)
	}
	if err != nil {
		return models.User{}, err
	}
	s.users.forget(name)
	return public(user), nil
}

// createIfAbsent adds a user, or gives the one who has the name already.
func (s *Service) createIfAbsent(ctx context.Context, user *models.User) (_ *models.User, created bool, err error) {
	s.creating.Lock()
	defer s.creating.Unlock()
	there, err := s.store.User(ctx, user.Name)
	if err == nil {
		return there, false, nil
	}
	if !missing(err) {
		return nil, false, err
	}
	user.CreatedAt = s.time()
	if err := s.store.PutUser(ctx, user); err != nil {
		return nil, false, err
	}
	s.users.forget(user.Name)
	return user, true, nil
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

// activeAdmin says whether the user can do what only an ADMIN can.
func activeAdmin(u *models.User) bool { return u.Role == models.Admin && !u.Disabled }

// lastAdmin refuses a change after which no enabled user would be ADMIN: nobody could undo
// it.
func lastAdmin(name string) error {
	return models.Faultf(models.CodeWrongState, "%s is the last ADMIN; make somebody else ADMIN first", name)
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
