package auth

import (
	"context"
	"net/url"
	"time"

	"stepcast/models"
)

// LoginLink makes the secret of a link that signs the user in once, and says until
// when it waits. LinkPath makes the link. Faults: NOT_FOUND, UNAUTHENTICATED
// (ErrDisabled).
func (s *Service) LoginLink(ctx context.Context, user string) (secret string, expires time.Time, err error) {
	in, err := s.addSession(ctx, models.SessionLink, user, "", s.linkTTL)
	return in.Secret, in.ExpiresAt, err
}

// LinkPath is the path, with its query, of the page that redeems a secret.
func LinkPath(secret string) string { return LoginPath + "?token=" + url.QueryEscape(secret) }

// Redeem uses a link up and opens a web session for it. Of any number of callers
// exactly one succeeds; the others, and whoever comes too late, get UNAUTHENTICATED
// (ErrLinkUsed). ErrDisabled when the user was disabled meanwhile.
func (s *Service) Redeem(ctx context.Context, secret string) (SignIn, error) {
	if secret == "" || len(secret) > secretMax {
		return SignIn{}, refuse(ErrLinkUsed)
	}
	// Look before taking: the secret of another kind of session must not end it.
	hash := hashOf(secret)
	link, err := s.store.SessionByHash(ctx, hash)
	if err == nil && link.Kind == models.SessionLink {
		link, err = s.store.TakeSession(ctx, hash)
	}
	if err != nil && !missing(err) {
		return SignIn{}, err
	}
	if err != nil || link.Kind != models.SessionLink || s.over(&link.ExpiresAt) {
		return SignIn{}, refuse(ErrLinkUsed)
	}
	return s.StartSession(ctx, models.SessionWeb, link.User)
}
