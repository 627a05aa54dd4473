package auth

import (
	"context"
	"net/http"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// cookiesMax is how many cookies of one name are tried: another server on the same
// host may have set one of the same name for a longer path.
const cookiesMax = 4

// FromRequest says who sent the request: by "Authorization: Bearer", else by the
// cookie of a session of one of the kinds; no kind given is the web session alone. A
// bad token is refused even when there is a good cookie.
//
// Faults: UNAUTHENTICATED (those of Bearer and Session), FORBIDDEN for a cookie with an
// unsafe method that SameSite refuses. Where GETs change something too, their handler
// asks SameSite itself.
func (s *Service) FromRequest(r *http.Request, kinds ...models.SessionKind) (models.Viewer, error) {
	v, err := s.fromRequest(r, kinds)
	if err != nil {
		return models.Viewer{}, err
	}
	return s.Localize(v, r), nil
}

func (s *Service) fromRequest(r *http.Request, kinds []models.SessionKind) (models.Viewer, error) {
	if token, ok := httpx.BearerToken(r.Header.Get("Authorization")); ok {
		return s.Bearer(r.Context(), token)
	}
	if len(kinds) == 0 {
		kinds = []models.SessionKind{models.SessionWeb}
	}
	v, err := s.fromCookies(r, kinds)
	if err == nil && !safe(r.Method) && !s.SameSite(r) {
		return models.Viewer{}, errOtherSite
	}
	return v, err
}

// fromCookies takes the first cookie that counts; when none does, it gives the reason
// of the first.
func (s *Service) fromCookies(r *http.Request, kinds []models.SessionKind) (models.Viewer, error) {
	var first error
	for _, kind := range kinds {
		for _, cookie := range sessionCookies(r, kind) {
			v, err := s.Session(r.Context(), kind, cookie.Value)
			if err == nil || models.CodeOf(err) != models.CodeUnauthenticated {
				return v, err
			}
			if first == nil {
				first = err
			}
		}
	}
	if first == nil {
		first = refuse(ErrNoCredential)
	}
	return models.Viewer{}, first
}

type viewerKey struct{}

// WithViewer gives a context that says who asks.
func WithViewer(ctx context.Context, v models.Viewer) context.Context {
	return context.WithValue(ctx, viewerKey{}, v)
}

// ViewerFrom says who asks; ok is false when nobody has signed in.
func ViewerFrom(ctx context.Context) (v models.Viewer, ok bool) {
	v, ok = ctx.Value(viewerKey{}).(models.Viewer)
	return v, ok
}
