package auth

import (
	"context"
	"net/http"

	"stepcast/internal/httpx"
	"stepcast/models"
)

// SocketAuth says who opened a WebSocket: by the "Authorization": "Bearer …" of the
// first message's payload, else by the request that opened it (its header, or the web
// session's cookie). A bad token is refused even when there is a good cookie.
//
// Faults: UNAUTHENTICATED; FORBIDDEN for a cookie that SameSite refuses, because
// browsers let any page open a socket to us and send the cookie along.
func (s *Service) SocketAuth(ctx context.Context, r *http.Request, payload map[string]any) (models.Viewer, error) {
	v, err := s.socketViewer(ctx, r, payload)
	if err != nil {
		return models.Viewer{}, err
	}
	return s.Localize(v, r), nil
}

func (s *Service) socketViewer(ctx context.Context, r *http.Request, payload map[string]any) (models.Viewer, error) {
	for _, key := range []string{"Authorization", "authorization"} {
		value := payload[key]
		if value == nil || value == "" {
			continue
		}
		header, _ := value.(string)
		token, ok := httpx.BearerToken(header)
		if !ok {
			return models.Viewer{}, refuse(ErrNoCredential)
		}
		return s.Bearer(ctx, token)
	}
	if token, ok := httpx.BearerToken(r.Header.Get("Authorization")); ok {
		return s.Bearer(ctx, token)
	}
	v, err := s.fromCookies(r.WithContext(ctx), []models.SessionKind{models.SessionWeb})
	if err == nil && !s.SameSite(r) {
		return models.Viewer{}, errOtherSite
	}
	return v, err
}
