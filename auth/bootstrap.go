package auth

import (
	"context"

	"stepcast/models"
)

// AdminName is the user that the first start creates.
const AdminName = "admin"

// adminTokenName marks the token that the operator sets, so that setting another
// replaces it.
const adminTokenName = "STEPCAST_ADMIN_TOKEN"

// adminTokenMin is the length of the shortest token that an operator may set, in bytes.
const adminTokenMin = 16

// Bootstrap is what the operator sets for the user admin; what is empty stays as it is.
type Bootstrap struct {
	// AdminToken is any text of 16 to 1024 visible ASCII characters.
	AdminToken    string
	AdminPassword string
}

// Bootstrap makes sure that somebody can sign in. Without any user, or when something
// is set, it creates admin; it sets the password when it is another than the one
// stored, and puts the token in the place of the one that was set before. Each start
// calls it. INVALID names the setting, "adminToken" or "adminPassword".
//
// needsLink says that this was the first start and that nothing was set: only a
// sign-in link lets the newcomer in.
func (s *Service) Bootstrap(ctx context.Context, set Bootstrap) (needsLink bool, err error) {
	if err := set.check(); err != nil {
		return false, err
	}
	nothing := set == Bootstrap{}
	users, err := s.store.CountUsers(ctx)
	if err != nil {
		return false, err
	}
	if users > 0 && nothing {
		return false, nil
	}
	admin, _, err := s.createIfAbsent(ctx, &models.User{Name: AdminName, Role: models.Admin})
	if err != nil {
		return false, err
	}
	if err := s.setAdminPassword(ctx, admin, set.AdminPassword); err != nil {
		return false, err
	}
	if err := s.setAdminToken(ctx, set.AdminToken); err != nil {
		return false, err
	}
	return nothing, nil
}

func (set Bootstrap) check() error {
	if n := len(set.AdminPassword); n > 0 && newPassword(set.AdminPassword) != nil {
		return models.Invalid([]string{"adminPassword"}, "a password has %d to %d bytes, this one %d",
			passwordMin, passwordMax, n)
	}
	n := len(set.AdminToken)
	if n > 0 && (n < adminTokenMin || n > secretMax || !visible(set.AdminToken)) {
		return models.Invalid([]string{"adminToken"},
			"a token has %d to %d visible ASCII characters; make one for example with: openssl rand -hex 32",
			adminTokenMin, secretMax)
	}
	return nil
}

// setAdminPassword writes only what changed: each start comes through here.
func (s *Service) setAdminPassword(ctx context.Context, admin *models.User, password string) error {
	if password == "" {
		return nil
	}
	same, err := s.passwords.matches(ctx, admin.PasswordHash, password)
	if err != nil || same {
		return err
	}
	return s.SetPassword(ctx, AdminName, password)
}

// setAdminToken adds the token if it is new, and revokes those that were set before.
func (s *Service) setAdminToken(ctx context.Context, text string) error {
	if text == "" {
		return nil
	}
	token, err := s.tokenOrAdd(ctx, &models.Token{
		Hash: hashOf(text), User: AdminName, Name: adminTokenName, CreatedAt: s.time(),
	})
	if err != nil {
		return err
	}
	if token.RevokedAt != nil || token.User != AdminName {
		// A server that does not start would be worse than a token that does not count.
		s.log.WarnContext(ctx, "the admin token that was set does not count: it was revoked or is another user's; set a new one")
		return nil
	}
	tokens, err := s.store.TokensOf(ctx, AdminName)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Name == adminTokenName && t.ID != token.ID && t.RevokedAt == nil {
			if err := s.RevokeToken(ctx, t.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// visible says whether s is all printable ASCII without blanks: what a header carries
// unchanged.
func visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
