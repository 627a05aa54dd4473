package auth

import (
	"context"
	"slices"
	"strings"

	"stepcast/models"
)

// A token may make and revoke tokens, but nothing that reaches further than itself: who
// finds a narrow one must not come by a wider one. What somebody signed in by a session
// may make is bounded by the user's rights alone.

// MintToken is CreateToken as somebody asks for it. What in leaves open a token fills
// with its own scopes and expiry, and its ActsFor goes with it. Faults: those of
// CreateToken; INVALID for scopes or an expiry beyond the token's; FORBIDDEN for one that
// acts for another user.
func (s *Service) MintToken(ctx context.Context, v models.Viewer, user string, in CreateTokenInput) (text string, _ models.Token, err error) {
	with, byToken, err := s.signInToken(ctx, v)
	if err == nil && byToken {
		in, err = boundBy(with, v, user, in)
	}
	if err != nil {
		return "", models.Token{}, err
	}
	return s.CreateToken(ctx, user, in)
}

// RevokeAs is RevokeToken as somebody asks for it. Faults: those of RevokeToken;
// FORBIDDEN for a token that is narrower than the one to be revoked.
func (s *Service) RevokeAs(ctx context.Context, v models.Viewer, id int64) (models.Token, error) {
	token, err := s.Token(ctx, id)
	if err != nil {
		return models.Token{}, err
	}
	with, byToken, err := s.signInToken(ctx, v)
	if err != nil {
		return models.Token{}, err
	}
	if byToken && !covers(with.Scopes, token.Scopes) {
		return models.Token{}, models.Faultf(models.CodeForbidden,
			"this token has only %s, and may not revoke one with more; sign in, or use a wider token", listed(with.Scopes))
	}
	if err := s.RevokeToken(ctx, id); err != nil {
		return models.Token{}, err
	}
	return s.Token(ctx, id)
}

// signInToken gives the token that v signed in with, or that the session was opened with;
// byToken is false for a session of the user's own.
func (s *Service) signInToken(ctx context.Context, v models.Viewer) (_ *models.Token, byToken bool, err error) {
	credential := v.Credential
	if hash, ok := strings.CutPrefix(credential, sessionKind); ok {
		session, err := s.session(ctx, hash)
		if err != nil {
			return nil, false, err
		}
		credential = session.Credential
	}
	if credential == "" {
		return nil, false, nil
	}
	token, err := s.tokenByCredential(ctx, credential)
	return token, err == nil, err
}

// boundBy bounds a token that is to be made by the one that asks for it.
func boundBy(with *models.Token, v models.Viewer, user string, in CreateTokenInput) (CreateTokenInput, error) {
	if with.User != v.Name {
		return in, models.Faultf(models.CodeForbidden, "this token acts for %s, and makes no tokens; sign in as %s", v.Name, v.Name)
	}
	if len(in.Scopes) == 0 {
		for _, scope := range with.Scopes {
			in.Scopes = append(in.Scopes, models.Scope(scope))
		}
	}
	if !covers(with.Scopes, in.Scopes) {
		return in, models.Invalid([]string{"scopes"},
			"this token has only %s, and makes none with more; sign in, or use a wider token", listed(with.Scopes))
	}
	if in.ExpiresAt == nil {
		in.ExpiresAt = with.ExpiresAt
	}
	if with.ExpiresAt != nil && in.ExpiresAt.After(*with.ExpiresAt) {
		return in, models.Invalid([]string{"expiresAt"}, "this token ends at %s, and makes none that ends later; sign in, or use one that lasts longer",
			with.ExpiresAt.Format("2006-01-02T15:04:05.000Z07:00"))
	}
	if name, ok := ParseName(user); ok && name == with.User {
		in.ActsFor = with.ActsFor
	}
	return in, nil
}

// covers says whether a token with the scopes has may do all that one with wants may;
// none is everything.
func covers[T ~string](has models.Names, wants []T) bool {
	if len(has) == 0 {
		return true
	}
	return len(wants) > 0 && !slices.ContainsFunc(wants, func(scope T) bool { return !slices.Contains(has, string(scope)) })
}
