package auth

import (
	"net/http"

	"stepcast/models"
)

// cookieNames are the cookies of the kinds of sessions. Those of the legacy APIs are
// the names that their clients look for.
var cookieNames = map[models.SessionKind]string{
	models.SessionWeb:      "stepcast_session",
	models.SessionLinkis:   "linkis_user_session_ticket_id_v1",
	models.SessionIManager: "JSESSIONID",
}

// CookieName is the cookie that carries sessions of the kind; "" for one that has none.
func CookieName(kind models.SessionKind) string { return cookieNames[kind] }

// Cookie carries the secret of a session back to whoever made the request. The browser
// drops it when it is closed; the server decides when the session ends.
func Cookie(r *http.Request, kind models.SessionKind, secret string) *http.Cookie {
	return &http.Cookie{
		Name: CookieName(kind), Value: secret, Path: "/",
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: overTLS(r),
	}
}

// sessionCookies are the cookies of a kind that are looked at, cookiesMax at most.
func sessionCookies(r *http.Request, kind models.SessionKind) []*http.Cookie {
	cookies := r.CookiesNamed(CookieName(kind))
	return cookies[:min(len(cookies), cookiesMax)]
}

// NoCookie makes the client drop its cookie of the kind.
func NoCookie(r *http.Request, kind models.SessionKind) *http.Cookie {
	cookie := Cookie(r, kind, "")
	cookie.MaxAge = -1
	return cookie
}

// overTLS takes X-Forwarded-Proto as it is: httpx.Forwarded, which is further out, leaves
// it only where a trusted proxy wrote it.
func overTLS(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}
