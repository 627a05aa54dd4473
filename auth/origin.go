package auth

import (
	"net/http"
	"net/url"
	"strings"
)

// SameSite says whether a request that carries a session cookie was meant by its user:
// whether it comes from a page of this server or of Options.AllowedOrigins, was typed
// or opened by the user, or comes from no browser at all. Ask it before a cookie counts
// for anything that changes something, GETs of the Linkis API included, and before a
// WebSocket is opened. Requests that sign in by a token need not be asked about: no
// page can make a browser send one.
//
// Browsers say it in Sec-Fetch-Site; older ones, and all of them over plain HTTP to
// another machine, only in Origin or Referer, which must name the host that was asked.
func (s *Service) SameSite(r *http.Request) bool {
	from := r.Header.Get("Origin")
	if s.origins[strings.ToLower(from)] {
		return true
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default: // same-site too: a neighbour under the same domain is somebody else
		return false
	}
	if from == "" {
		from = r.Header.Get("Referer")
	}
	if from == "" {
		return true
	}
	page, err := url.Parse(from)
	return err == nil && page.Host != "" && strings.EqualFold(page.Host, r.Host)
}

// safe says whether the method promises to change nothing.
func safe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}
