package auth

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"stepcast/models"
)

// A Viewer's Credential is "token:<id>@<owner>" or "session:<hash>": enough to find
// again what was signed in with, and of no use for signing in. The hash of a session
// is that of a random secret, so it may be logged.
const (
	tokenKind   = "token:"
	sessionKind = "session:"
)

func tokenCredential(id int64, owner string) string {
	return tokenKind + strconv.FormatInt(id, 10) + "@" + owner
}

func sessionCredential(hash string) string { return sessionKind + hash }

// StillValid says whether v could still sign in with what v signed in with, and would
// have the same role and scopes. Open streams ask it every second or two: answers come
// from memory for CacheTTL, so that a revoked right ends a stream within five seconds.
//
// While the store cannot be asked it says yes, until ExpiresAt: an outage must not end
// the streams that are to survive it. A viewer without a Credential was not signed in
// by this package; only ExpiresAt ends it.
func (s *Service) StillValid(ctx context.Context, v models.Viewer) bool {
	if s.over(v.ExpiresAt) {
		return false
	}
	if v.Credential == "" {
		return true
	}
	now, err := s.signedIn(ctx, v)
	if err != nil {
		return models.CodeOf(err) != models.CodeUnauthenticated
	}
	return now.Role == v.Role && slices.Equal(now.Scopes, v.Scopes)
}

// signedIn gives the viewer that v would be signed in as now. Faults: UNAUTHENTICATED when
// what v signed in with counts no longer.
func (s *Service) signedIn(ctx context.Context, v models.Viewer) (models.Viewer, error) {
	if hash, ok := strings.CutPrefix(v.Credential, sessionKind); ok {
		session, err := s.session(ctx, hash)
		if err != nil {
			return models.Viewer{}, err
		}
		return s.sessionViewer(ctx, session)
	}
	token, err := s.tokenByCredential(ctx, v.Credential)
	if err != nil {
		return models.Viewer{}, err
	}
	owner, err := s.tokenOwner(ctx, token)
	if err != nil {
		return models.Viewer{}, err
	}
	return s.actFor(ctx, token, owner, v.Name, false)
}

func (s *Service) tokenByCredential(ctx context.Context, credential string) (*models.Token, error) {
	number, owner, _ := strings.Cut(strings.TrimPrefix(credential, tokenKind), "@")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, refuse(ErrUnknown)
	}
	tokens, err := s.owned.get(ctx, owner)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(tokens, func(t *models.Token) bool { return t.ID == id })
	if at < 0 {
		return nil, refuse(ErrUnknown)
	}
	return tokens[at], nil
}
