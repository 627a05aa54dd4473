package auth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"stepcast/models"
)

// Where people sign in and out.
const (
	LoginPath  = "/login"
	LogoutPath = "/logout"
)

// bodyMax bounds what signing in may send, in bytes.
const bodyMax = 64 << 10

// loginInput is the body of POST /login, as JSON or as a form: the secret of a link,
// or a name and a password.
type loginInput struct {
	Token    string `json:"token"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

// viewerBody says who has signed in.
type viewerBody struct {
	Name      string      `json:"name"`
	Role      models.Role `json:"role"`
	ExpiresAt time.Time   `json:"expiresAt"`
}

// Handler serves LoginPath and LogoutPath, the doors that need no viewer:
//
//	GET  /login           a page that asks for name and password
//	GET  /login?token=…   a page with a button that uses the link up; opening the page
//	                      does not, so that a program that looks at links ahead of their
//	                      reader spoils none
//	POST /login           form or JSON {token} or {name,password}: sets the cookie, then
//	                      sends a browser on and answers others {name,role,expiresAt}
//	POST /logout          ends the web session
func (s *Service) Handler() http.Handler { return s.routes }

func (s *Service) newRoutes() *http.ServeMux {
	routes := http.NewServeMux()
	routes.HandleFunc("GET "+LoginPath, s.showLogin)
	routes.HandleFunc("POST "+LoginPath, s.postLogin)
	routes.HandleFunc("POST "+LogoutPath, s.postLogout)
	return routes
}

func (s *Service) showLogin(w http.ResponseWriter, r *http.Request) {
	shield(w)
	s.writePage(w, r, page{Token: r.URL.Query().Get("token")}, http.StatusOK)
}

func (s *Service) postLogin(w http.ResponseWriter, r *http.Request) {
	shield(w)
	in, err := s.signIn(w, r)
	if err != nil {
		s.refuseLogin(w, r, err)
		return
	}
	http.SetCookie(w, Cookie(r, models.SessionWeb, in.Secret))
	if wantsPage(r) {
		http.Redirect(w, r, s.home, http.StatusSeeOther)
		return
	}
	writeJSON(w, http.StatusOK, viewerBody{in.User.Name, in.User.Role, in.ExpiresAt})
}

func (s *Service) signIn(w http.ResponseWriter, r *http.Request) (SignIn, error) {
	// Else a page of another site could sign its reader in as somebody else.
	if !s.SameSite(r) {
		return SignIn{}, models.Faultf(models.CodeForbidden, "sign in from a page of this server")
	}
	in, err := readLogin(http.MaxBytesReader(w, r.Body, bodyMax), r)
	if err != nil {
		return SignIn{}, err
	}
	if in.Token != "" {
		return s.Redeem(r.Context(), in.Token)
	}
	user, err := s.Login(r.Context(), in.Name, in.Password, r.RemoteAddr)
	if err != nil {
		return SignIn{}, err
	}
	return s.StartSession(r.Context(), models.SessionWeb, user.Name)
}

func readLogin(body io.ReadCloser, r *http.Request) (in loginInput, err error) {
	r.Body = body
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		err = json.NewDecoder(body).Decode(&in)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
		in = loginInput{r.PostForm.Get("token"), r.PostForm.Get("name"), r.PostForm.Get("password")}
	default:
		return in, models.Faultf(models.CodeInvalid, "send a form, or JSON as application/json")
	}
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		return in, models.Faultf(models.CodeInvalid, "the body is larger than %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return in, models.Faultf(models.CodeInvalid, `the body cannot be read; send {"name": …, "password": …}`)
	}
	return in, nil
}

func (s *Service) refuseLogin(w http.ResponseWriter, r *http.Request, err error) {
	if !wantsPage(r) {
		s.Refuse(w, r, err)
		return
	}
	fault, status := s.explain(w, r, err)
	s.writePage(w, r, page{Problem: fault.Message}, status)
}

func (s *Service) postLogout(w http.ResponseWriter, r *http.Request) {
	shield(w)
	if !s.SameSite(r) {
		s.Refuse(w, r, errOtherSite)
		return
	}
	if err := s.SignOut(w, r, models.SessionWeb); err != nil {
		s.Refuse(w, r, err)
		return
	}
	if wantsPage(r) {
		http.Redirect(w, r, LoginPath, http.StatusSeeOther)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Service) writePage(w http.ResponseWriter, r *http.Request, p page, status int) {
	if err := p.write(w, status); err != nil {
		s.log.DebugContext(r.Context(), "sign-in page", "error", err)
	}
}

// shield keeps what passes here out of caches and out of other sites' Referer.
func shield(w http.ResponseWriter) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
}
