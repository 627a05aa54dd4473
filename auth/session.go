package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"stepcast/models"
)

// endedTokensKept is how long tokens stay stored that expired or were revoked, so that who
// still sends one is told why it does not count.
const endedTokensKept = 30 * 24 * time.Hour

// SignIn is a session that was opened, or a link to open one.
type SignIn struct {
	// Secret is what the client holds; it is given out here and never again.
	Secret string
	// User is who signed in, without the password.
	User      models.User
	ExpiresAt time.Time
}

// StartSession opens a session of a user whose sign-in was checked before. Its secret
// counts as a session of that kind only. Faults: NOT_FOUND, UNAUTHENTICATED
// (ErrDisabled).
func (s *Service) StartSession(ctx context.Context, kind models.SessionKind, user string) (SignIn, error) {
	return s.addSession(ctx, kind, user, "", s.sessionTTL)
}

// StartTokenSession opens a session that stands for the token that v signed in with: it
// has the token's scopes, acts for v alone, and ends with the token. Faults: those of
// StartSession, and ErrNoCredential when v signed in with something else.
func (s *Service) StartTokenSession(ctx context.Context, kind models.SessionKind, v models.Viewer) (SignIn, error) {
	if !strings.HasPrefix(v.Credential, tokenKind) {
		return SignIn{}, refuse(ErrNoCredential)
	}
	ttl := s.sessionTTL
	if v.ExpiresAt != nil {
		ttl = min(ttl, v.ExpiresAt.Sub(s.time()))
	}
	return s.addSession(ctx, kind, v.Name, v.Credential, ttl)
}

// Session says who holds the secret of a session. Faults: UNAUTHENTICATED
// (ErrNoCredential, ErrUnknown also for one of another kind, ErrExpired, ErrDisabled).
func (s *Service) Session(ctx context.Context, kind models.SessionKind, secret string) (models.Viewer, error) {
	if secret == "" {
		return models.Viewer{}, refuse(ErrNoCredential)
	}
	if len(secret) > secretMax {
		return models.Viewer{}, refuse(ErrUnknown)
	}
	session, err := s.session(ctx, hashOf(secret))
	if err != nil {
		return models.Viewer{}, err
	}
	// A link is not a session: it must be redeemed first.
	if session.Kind != kind || kind == models.SessionLink {
		return models.Viewer{}, refuse(ErrUnknown)
	}
	return s.sessionViewer(ctx, session)
}

// EndSession signs out. It is done as well when there is no such session.
func (s *Service) EndSession(ctx context.Context, secret string) error {
	hash := hashOf(secret)
	if err := s.store.DeleteSession(ctx, hash); err != nil && !missing(err) {
		return err
	}
	s.sessions.forget(hash)
	return nil
}

// SignOut ends the sessions of the request's cookies of a kind, of which another server
// on the same host may have set one too, and makes the client drop them. Without such a
// cookie it does nothing. FORBIDDEN when SameSite refuses the request.
func (s *Service) SignOut(w http.ResponseWriter, r *http.Request, kind models.SessionKind) error {
	cookies := sessionCookies(r, kind)
	if len(cookies) == 0 {
		return nil
	}
	if !s.SameSite(r) {
		return errOtherSite
	}
	for _, cookie := range cookies {
		if err := s.EndSession(r.Context(), cookie.Value); err != nil {
			return err
		}
	}
	http.SetCookie(w, NoCookie(r, kind))
	return nil
}

// DeleteExpired deletes the sessions and links that have ended, and the tokens that ended
// endedTokensKept ago, and counts them. Call it now and then; nothing that has ended counts
// before that either.
//
// Tokens of the configuration stay: their texts are the operator's, and one that was revoked
// would count again if the next start did not find it.
func (s *Service) DeleteExpired(ctx context.Context) (int, error) {
	now := s.time()
	sessions, err := s.store.DeleteExpiredSessions(ctx, now)
	if err != nil {
		return 0, err
	}
	tokens, err := s.store.DeleteEndedTokens(ctx, now.Add(-endedTokensKept), configuredNames)
	return sessions + tokens, err
}

func (s *Service) addSession(ctx context.Context, kind models.SessionKind, name, credential string, ttl time.Duration) (SignIn, error) {
	user, err := s.existing(ctx, name)
	if err != nil {
		return SignIn{}, err
	}
	if user.Disabled {
		return SignIn{}, refuse(ErrDisabled)
	}
	now := s.time()
	in := SignIn{Secret: newSecret(), User: public(user), ExpiresAt: now.Add(ttl)}
	err = s.store.AddSession(ctx, &models.Session{
		Hash: hashOf(in.Secret), Kind: kind, User: user.Name, Credential: credential, CreatedAt: now, ExpiresAt: in.ExpiresAt,
	})
	if err != nil {
		return SignIn{}, err
	}
	return in, nil
}

func (s *Service) session(ctx context.Context, hash string) (*models.Session, error) {
	session, err := s.sessions.get(ctx, hash)
	if missing(err) {
		return nil, refuse(ErrUnknown)
	}
	return session, err
}

func (s *Service) sessionViewer(ctx context.Context, session *models.Session) (models.Viewer, error) {
	if s.over(&session.ExpiresAt) {
		return models.Viewer{}, refuse(ErrExpired)
	}
	if session.Credential != "" {
		return s.tokenSessionViewer(ctx, session)
	}
	user, err := s.enabled(ctx, session.User)
	if err != nil {
		return models.Viewer{}, err
	}
	v := viewerOf(user, sessionCredential(session.Hash))
	v.ExpiresAt = &session.ExpiresAt
	return v, nil
}

// tokenSessionViewer is who a session stands for that was opened with a token.
func (s *Service) tokenSessionViewer(ctx context.Context, session *models.Session) (models.Viewer, error) {
	v, err := s.signedIn(ctx, models.Viewer{Name: session.User, Credential: session.Credential})
	if err != nil {
		return models.Viewer{}, err
	}
	v.Credential = sessionCredential(session.Hash)
	if v.ExpiresAt == nil || session.ExpiresAt.Before(*v.ExpiresAt) {
		v.ExpiresAt = &session.ExpiresAt
	}
	return v, nil
}
