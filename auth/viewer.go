package auth

import (
	"context"
	"slices"
	"time"

	"stepcast/models"
)

// Bearer says who an API token signs in. Faults: UNAUTHENTICATED (ErrNoCredential,
// ErrUnknown, ErrExpired, ErrDisabled).
func (s *Service) Bearer(ctx context.Context, token string) (models.Viewer, error) {
	known, owner, err := s.token(ctx, token)
	if err != nil {
		return models.Viewer{}, err
	}
	return tokenViewer(known, owner, owner), nil
}

// TokenUser says who a token signs in when the request names a user: the Token-Code
// and Token-User of Linkis. The viewer has that user's rights, narrowed to the
// token's scopes; an empty name is the token's own user.
//
// A token may name its own user, and whom its ActsFor lists; an ADMIN's token whose
// ActsFor is empty may name anyone. Faults: UNAUTHENTICATED (those of Bearer,
// ErrMayNotActFor, ErrUnknownUser unless AllowNewUsers creates a MEMBER).
func (s *Service) TokenUser(ctx context.Context, tokenCode, tokenUser string) (models.Viewer, error) {
	known, owner, err := s.token(ctx, tokenCode)
	if err != nil {
		return models.Viewer{}, err
	}
	if tokenUser == "" {
		return tokenViewer(known, owner, owner), nil
	}
	name, ok := ParseName(tokenUser)
	if !ok {
		return models.Viewer{}, refuse(ErrUnknownUser)
	}
	return s.actFor(ctx, known, owner, name, known.AllowNewUsers)
}

// actFor is the viewer of a token that counts and that is used for the user named.
func (s *Service) actFor(
	ctx context.Context, token *models.Token, owner *models.User, name string, create bool,
) (models.Viewer, error) {
	if name == owner.Name {
		return tokenViewer(token, owner, owner), nil
	}
	if !mayActFor(token, owner, name) {
		return models.Viewer{}, refuse(ErrMayNotActFor)
	}
	user, err := s.users.get(ctx, name)
	if missing(err) && create {
		user, _, err = s.createIfAbsent(ctx, &models.User{Name: name, Role: models.Member})
	}
	switch {
	case missing(err):
		return models.Viewer{}, refuse(ErrUnknownUser)
	case err != nil:
		return models.Viewer{}, err
	case user.Disabled:
		return models.Viewer{}, refuse(ErrDisabled)
	}
	return tokenViewer(token, owner, user), nil
}

func mayActFor(token *models.Token, owner *models.User, name string) bool {
	if len(token.ActsFor) == 0 {
		return owner.Role == models.Admin
	}
	return slices.Contains(token.ActsFor, name) || slices.Contains(token.ActsFor, anyone)
}

// token finds a token by its text, if it counts, and whose it is.
func (s *Service) token(ctx context.Context, text string) (*models.Token, *models.User, error) {
	if text == "" {
		return nil, nil, refuse(ErrNoCredential)
	}
	if len(text) > secretMax {
		return nil, nil, refuse(ErrUnknown)
	}
	token, err := s.tokens.get(ctx, hashOf(text))
	if missing(err) {
		return nil, nil, refuse(ErrUnknown)
	}
	if err != nil {
		return nil, nil, err
	}
	owner, err := s.tokenOwner(ctx, token)
	if err == nil {
		s.uses.note(token.ID, s.time())
	}
	return token, owner, err
}

// tokenOwner gives the user of a token, if the token counts.
func (s *Service) tokenOwner(ctx context.Context, token *models.Token) (*models.User, error) {
	if token.RevokedAt != nil {
		return nil, refuse(ErrUnknown)
	}
	if s.over(token.ExpiresAt) {
		return nil, refuse(ErrExpired)
	}
	return s.enabled(ctx, token.User)
}

// enabled gives the user who signed in, unless disabled.
func (s *Service) enabled(ctx context.Context, name string) (*models.User, error) {
	user, err := s.users.get(ctx, name)
	switch {
	case missing(err):
		return nil, refuse(ErrUnknown)
	case err != nil:
		return nil, err
	case user.Disabled:
		return nil, refuse(ErrDisabled)
	}
	return user, nil
}

// over says whether a time has come; nil never does.
func (s *Service) over(at *time.Time) bool { return at != nil && !s.now().Before(*at) }

func tokenViewer(token *models.Token, owner, user *models.User) models.Viewer {
	v := viewerOf(user, tokenCredential(token.ID, owner.Name))
	for _, scope := range token.Scopes {
		v.Scopes = append(v.Scopes, models.Scope(scope))
	}
	v.ExpiresAt = token.ExpiresAt
	return v
}

// viewerOf is the user as a viewer, with the language that the user prefers. Localize
// adds those of the request.
func viewerOf(user *models.User, credential string) models.Viewer {
	v := models.Viewer{Name: user.Name, Role: user.Role, Credential: credential}
	if user.Locale != "" {
		v.Languages = []string{user.Locale}
	}
	return v
}
