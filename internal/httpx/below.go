package httpx

import (
	"net/http"
	"strings"
)

// Below gives h every path at and below prefix, and next the others. Unlike
// http.ServeMux it redirects nothing: a path with // or .. in it reaches h as it is,
// so that h answers all of its part of the tree in its own form.
func Below(prefix string, h, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rest, below := strings.CutPrefix(r.URL.Path, prefix)
		if below && (rest == "" || rest[0] == '/') {
			h.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
