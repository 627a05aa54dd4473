package auth

import (
	"context"
	"strings"

	"stepcast/models"
)

// ChangePassword gives v another password. Whoever has one must know it; the first may be
// set by who signed in by a link. It ends the user's other sessions, and not the one that
// asks. Faults: INVALID naming "current" or "password", LIMIT after too many wrong ones,
// UNAVAILABLE when too many passwords are checked at once, FORBIDDEN for a token that
// would set the first one, CONFLICT when it was changed meanwhile.
func (s *Service) ChangePassword(ctx context.Context, v models.Viewer, current, password string) error {
	if err := newPassword(password); err != nil {
		return err
	}
	user, err := s.existing(ctx, v.Name)
	if err != nil {
		return err
	}
	if err := s.mayChangePassword(ctx, v, user, current); err != nil {
		return err
	}
	hash, err := s.passwords.hash(ctx, password)
	if err != nil {
		return err
	}
	_, err = s.change(ctx, user.Name, func(u *models.User, _ bool) error {
		if u.PasswordHash != user.PasswordHash {
			return models.Faultf(models.CodeConflict, "the password was changed meanwhile; try again")
		}
		u.PasswordHash = hash
		return nil
	})
	if err != nil {
		return err
	}
	own, bySession := strings.CutPrefix(v.Credential, sessionKind)
	if !bySession {
		own = ""
	}
	return s.endSessions(ctx, user.Name, own)
}

// mayChangePassword checks the current password, with as few tries as at the sign-in.
func (s *Service) mayChangePassword(ctx context.Context, v models.Viewer, user *models.User, current string) error {
	if user.PasswordHash == "" {
		_, byToken, err := s.signInToken(ctx, v)
		if err == nil && byToken {
			err = models.Faultf(models.CodeForbidden, "a token sets no first password; sign in by a link, or ask an administrator")
		}
		return err
	}
	key := "own " + user.Name
	if wait := s.byUser.take(key); wait > 0 {
		return tooMany(wait)
	}
	right, err := len(current) <= passwordMax, error(nil)
	if right {
		right, err = s.passwords.matches(ctx, user.PasswordHash, current)
	}
	if err != nil || right {
		s.byUser.giveBack(key)
	}
	if err == nil && !right {
		err = models.Invalid([]string{"current"}, "this is not the current password")
	}
	return err
}
