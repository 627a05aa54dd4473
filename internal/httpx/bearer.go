package httpx

import (
	"net/http"
	"strings"
)

// BearerToken is the token of an Authorization header (RFC 6750), which may be empty; ok
// is false for other schemes, which a proxy in front may have used for itself.
func BearerToken(header string) (token string, ok bool) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", false
	}
	return strings.TrimSpace(token), true
}

// Bearer is the token of a request; "" without one.
func Bearer(r *http.Request) string {
	token, _ := BearerToken(r.Header.Get("Authorization"))
	return token
}
