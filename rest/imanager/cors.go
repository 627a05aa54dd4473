package imanager

import (
	"net/http"
	"slices"
	"strings"
)

// allowOrigin lets pages of other sites read the answer, refusals included. It never
// allows credentials: such a page must send a token of its own.
func (a *api) allowOrigin(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	allowed := "*"
	if len(a.AllowedOrigins) > 0 {
		header.Add("Vary", "Origin")
		allowed = r.Header.Get("Origin")
		if !slices.ContainsFunc(a.AllowedOrigins, func(o string) bool { return strings.EqualFold(o, allowed) }) {
			return
		}
	}
	header.Set("Access-Control-Allow-Origin", allowed)
	header.Set("Access-Control-Expose-Headers", "ETag, Retry-After, Preference-Applied, Content-Language, Link")
}

// preflight answers OPTIONS. Browsers ask because of X-Auth-Token.
func preflight(w http.ResponseWriter, verbs []string) {
	header := w.Header()
	header.Set("Allow", allowing(verbs))
	header.Set("Access-Control-Allow-Methods", allowing(verbs))
	header.Set("Access-Control-Allow-Headers", "X-Auth-Token, Content-Type, token")
	header.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
