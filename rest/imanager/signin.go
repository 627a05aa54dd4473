package imanager

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/models"
)

// bodyLimit is the size of the largest sign-in that is read, in bytes.
const bodyLimit = 64 << 10

// viewer says who calls, by the first that is there of: the headers X-Auth-Token and
// token, the query's token, a bearer token, the cookie. The first decides.
func (a *api) viewer(r *http.Request) (models.Viewer, error) {
	token := tokenOf(r)
	if token == "" {
		return a.Auth.FromRequest(r, models.SessionIManager)
	}
	v, err := a.byToken(r, token)
	if err != nil {
		return models.Viewer{}, err
	}
	return a.Auth.Localize(v, r), nil
}

// tokenOf is the token of a request, cookies aside. The query is read here and never logged.
func tokenOf(r *http.Request) string {
	return cmp.Or(r.Header.Get("X-Auth-Token"), r.Header.Get("token"), r.URL.Query().Get("token"), httpx.Bearer(r))
}

// byToken signs in with what POST security/tokens gave out, or with an API token.
func (a *api) byToken(r *http.Request, token string) (models.Viewer, error) {
	v, err := a.Auth.Session(r.Context(), models.SessionIManager, token)
	if errors.Is(err, auth.ErrUnknown) {
		return a.Auth.Bearer(r.Context(), token)
	}
	return v, err
}

// credentials is the body of POST security/tokens.
type credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// token answers POST security/tokens: the token as plain text, which clients keep as
// it comes, and the same in a cookie.
func (a *api) token(w http.ResponseWriter, r *http.Request, _ string) error {
	given, err := readCredentials(w, r)
	if err != nil {
		return err
	}
	user, err := a.Auth.Login(r.Context(), given.Username, given.Password, r.RemoteAddr)
	if err != nil {
		return err
	}
	in, err := a.Auth.StartSession(r.Context(), models.SessionIManager, user.Name)
	if err != nil {
		return err
	}
	http.SetCookie(w, auth.Cookie(r, models.SessionIManager, in.Secret))
	w.Header().Set("Cache-Control", "no-store")
	httpx.Write(w, r, http.StatusOK, "text/plain;charset=UTF-8", []byte(in.Secret))
	return nil
}

// readCredentials reads the body as JSON whatever Content-Type says, because iManager's
// JavaScript client says it is a form. Its errors are refusals with 400.
func readCredentials(w http.ResponseWriter, r *http.Request) (given credentials, err error) {
	body, err := httpx.ReadBody(w, r, bodyLimit)
	if errors.Is(err, httpx.ErrTooLarge) {
		return given, badRequest("the body is larger than %d bytes", bodyLimit)
	}
	if err != nil {
		return given, badRequest("the body could not be read to its end; send it again")
	}
	const form = `send a JSON object such as {"username":"…","password":"…"}`
	err = json.Unmarshal(body, &given)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped) && mistyped.Field != "":
		return given, badRequest("%s is not a text; %s", mistyped.Field, form)
	case err != nil:
		return given, badRequest("the body is no JSON object; " + form)
	case given.Username == "":
		return given, badRequest("username is missing or empty; " + form)
	case given.Password == "":
		return given, badRequest("password is missing or empty; " + form)
	}
	return given, nil
}

// logout answers GET security/logout: it ends the session of the token, else those of
// the cookies, of which another server on the same host may have set one too.
func (a *api) logout(w http.ResponseWriter, r *http.Request, _ string) error {
	if token := tokenOf(r); token != "" {
		if err := a.Auth.EndSession(r.Context(), token); err != nil {
			return err
		}
		http.SetCookie(w, auth.NoCookie(r, models.SessionIManager))
	} else if err := a.Auth.SignOut(w, r, models.SessionIManager); err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	httpx.Write(w, r, http.StatusOK, httpx.TypeJSON, []byte(`{"succeed":true}`))
	return nil
}
