package linkis

import (
	"errors"
	"fmt"
	"net/http"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/models"
)

// A token and the user it is used for: headers, or cookies of the same names.
const (
	tokenCode = "Token-Code"
	tokenUser = "Token-User"
)

// The texts of Linkis for who is not signed in, letter by letter.
const (
	textNoLogin      = "You are not logged in, please login first(您尚未登录，请先登录)!"
	textUnknownLogin = "You are not logged in, please login first!(您尚未登录，请先登录!)"
	textExpiredLogin = "Login has expired, please log in again!(登录已过期，请重新登录！)"
)

// signIn finds out who calls, unless the endpoint is open, and refuses what a page of
// another site does with the browser's cookies. Tokens in headers no page has by itself.
func (c *call) signIn(e endpoint) error {
	viewer, byCookie, err := c.credentials()
	if err != nil {
		// A cookie that another site's page sends is refused even where none is needed.
		if e.open && models.CodeOf(err) != models.CodeForbidden {
			return nil
		}
		return err
	}
	if byCookie && e.changes && !c.Auth.SameSite(c.r) {
		return otherSite()
	}
	c.viewer = viewer
	return nil
}

// otherSite refuses what a page of another site started.
func otherSite() error {
	r := refusef(http.StatusForbidden, "This request was started by a page of another site and is refused(请求来自其他站点，已被拒绝)")
	r.status = statusForbidden
	return r
}

// credentials signs in with the first that is there of: token headers, bearer token,
// token cookies, session cookie. The first decides; another is not tried.
func (c *call) credentials() (v models.Viewer, byCookie bool, err error) {
	if code, user := c.r.Header.Get(tokenCode), c.r.Header.Get(tokenUser); code != "" && user != "" {
		v, err = c.tokenUser(code, user)
		return v, false, err
	}
	if token := httpx.Bearer(c.r); token != "" {
		v, err = c.Auth.Bearer(c.r.Context(), token)
		return v, false, err
	}
	if code, user := c.cookie(tokenCode), c.cookie(tokenUser); code != "" && user != "" {
		v, err = c.tokenUser(code, user)
		return v, true, err
	}
	v, err = c.Auth.FromRequest(c.r, models.SessionLinkis)
	return v, true, err
}

// cookie is the value of a cookie; "" without it.
func (c *call) cookie(name string) string {
	cookie, err := c.r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// tokenUser signs in with a token for a user. Unlike Linkis it does not repeat the
// token in its refusal, because refusals end in the logs of clients.
func (c *call) tokenUser(code, user string) (models.Viewer, error) {
	v, err := c.Auth.TokenUser(c.r.Context(), code, user)
	if models.CodeOf(err) != models.CodeUnauthenticated {
		return v, err
	}
	number := 15207
	switch {
	case errors.Is(err, auth.ErrExpired):
		number = 15201
	case errors.Is(err, auth.ErrMayNotActFor), errors.Is(err, auth.ErrUnknownUser), errors.Is(err, auth.ErrDisabled):
		number = 15202
	}
	return v, unauthenticated(fmt.Sprintf("Token Authentication Failed, token: ******，tokenUser: %s, reason: errCode: %d ,desc: %s",
		user, number, models.AsFault(err).Message))
}

// notLoggedIn is the refusal of who did not sign in, in the words for each reason.
func notLoggedIn(err error) answer {
	framed := func(desc string) string {
		return "errCode: 11002 ,desc: " + desc + " ,ip: 127.0.0.1 ,port: 9001 ,serviceKind: linkis-mg-gateway"
	}
	switch {
	case errors.Is(err, auth.ErrNoCredential):
		return unauthenticated(textNoLogin).answer
	case errors.Is(err, auth.ErrExpired):
		return unauthenticated(framed(textExpiredLogin)).answer
	}
	return unauthenticated(framed(textUnknownLogin)).answer
}

// unauthenticated has both the HTTP status and the body status: the Java SDK signs in
// again at 401, the web console goes to its login page at -1.
func unauthenticated(message string) *refusal {
	return &refusal{answer{
		http: http.StatusUnauthorized, status: statusNoLogin, message: message,
		header: http.Header{"Www-Authenticate": {"Bearer"}},
	}}
}
