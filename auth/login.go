package auth

import (
	"context"

	"stepcast/models"
)

// Login checks a password and says whose it is; it opens no session. remote is where
// the request came from, as http.Request.RemoteAddr has it.
//
// Its Faults: UNAUTHENTICATED (ErrWrongPassword, also for an unknown or disabled user,
// in the same time), LIMIT after too many failures, UNAVAILABLE when too many sign in
// at once; the latter two say when to come back.
func (s *Service) Login(ctx context.Context, name, password, remote string) (models.User, error) {
	address := addressKey(remote)
	name, _ = ParseName(name) // "" is nobody, and is treated like any other unknown name
	pair := address + " " + name
	if wait := s.byAddress.take(address); wait > 0 {
		return models.User{}, tooMany(wait)
	}
	if wait := s.byUser.take(pair); wait > 0 {
		s.byAddress.giveBack(address) // nothing was tried
		return models.User{}, tooMany(wait)
	}
	// Tries are taken before and given back after, so that many at once count too.
	user, err := s.checkPassword(ctx, name, password)
	if err == nil || models.CodeOf(err) != models.CodeUnauthenticated {
		s.byAddress.giveBack(address)
		s.byUser.giveBack(pair)
	}
	if err != nil {
		return models.User{}, err
	}
	s.log.InfoContext(ctx, "signed in by password", "user", user.Name, "address", address)
	return public(user), nil
}

// checkPassword reads the user afresh: a password that was changed in another process
// counts at once.
func (s *Service) checkPassword(ctx context.Context, name, password string) (*models.User, error) {
	if len(password) > passwordMax {
		return nil, refuse(ErrWrongPassword)
	}
	user, err := s.store.User(ctx, name)
	if missing(err) {
		user, err = new(models.User), nil
	}
	if err != nil {
		return nil, err
	}
	right, err := s.passwords.matches(ctx, user.PasswordHash, password)
	if err != nil {
		return nil, err
	}
	if !right || user.Disabled {
		return nil, refuse(ErrWrongPassword)
	}
	if s.passwords.outdated(user.PasswordHash) {
		s.renewPassword(ctx, user, password)
	}
	return user, nil
}

// renewPassword stores the password again at today's cost. The sign-in does not
// depend on it: what fails now is done the next time.
func (s *Service) renewPassword(ctx context.Context, user *models.User, password string) {
	hash, err := s.passwords.hash(ctx, password)
	if err == nil {
		_, err = s.change(ctx, user.Name, func(u *models.User, _ bool) error {
			if u.PasswordHash == user.PasswordHash { // else it was changed meanwhile
				u.PasswordHash = hash
			}
			return nil
		})
	}
	if err != nil {
		s.log.WarnContext(ctx, "password not renewed", "user", user.Name, "error", err)
	}
}

// public is the user without what only this package needs.
func public(user *models.User) models.User {
	u := *user
	u.HasPassword, u.PasswordHash = u.PasswordHash != "", ""
	return u
}
