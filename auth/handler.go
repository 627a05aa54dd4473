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
	// Next is where a browser goes then; what is no local path is as none.
	Next string `json:"next"`
}

// viewerBody says who has signed in.
type viewerBody struct {
	Name      string      `json:"name"`
	Role      models.Role `json:"role"`
	ExpiresAt time.Time   `json:"expiresAt"`
}

// Handler serves LoginPath and LogoutPath, the doors that need no viewer:
//
//	GET  /login           a page that asks for name and password, in the reader's language;
//	                      ?next=/path is where the browser goes then, if that is a path of
//	                      this server
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
	query := r.URL.Query()
	s.writePage(w, r, page{Token: query.Get("token"), Next: query.Get(nextField)}, http.StatusOK)
}

func (s *Service) postLogin(w http.ResponseWriter, r *http.Request) {
	shield(w)
	asked, in, err := s.signIn(w, r)
	if err != nil {
		s.refuseLogin(w, r, asked, err)
		return
	}
	http.SetCookie(w, Cookie(r, models.SessionWeb, in.Secret))
	if wantsPage(r) {
		http.Redirect(w, r, s.after(asked), http.StatusSeeOther)
		return
	}
	writeJSON(w, http.StatusOK, viewerBody{in.User.Name, in.User.Role, in.ExpiresAt})
}

// after is where a browser goes that has signed in.
func (s *Service) after(asked loginInput) string {
	if localPath(asked.Next) {
		return asked.Next
	}
	return s.home
}

func (s *Service) signIn(w http.ResponseWriter, r *http.Request) (asked loginInput, _ SignIn, err error) {
	// Else a page of another site could sign its reader in as somebody else.
	if !s.SameSite(r) {
		return asked, SignIn{}, errForeignForm
	}
	asked, err = readLogin(http.MaxBytesReader(w, r.Body, bodyMax), r)
	if err != nil {
		return asked, SignIn{}, err
	}
	if asked.Token != "" {
		in, err := s.Redeem(r.Context(), asked.Token)
		return asked, in, err
	}
	user, err := s.Login(r.Context(), asked.Name, asked.Password, r.RemoteAddr)
	if err != nil {
		return asked, SignIn{}, err
	}
	in, err := s.StartSession(r.Context(), models.SessionWeb, user.Name)
	return asked, in, err
}

func readLogin(body io.ReadCloser, r *http.Request) (in loginInput, err error) {
	r.Body = body
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		err = json.NewDecoder(body).Decode(&in)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
		in = loginInput{
			Token: r.PostForm.Get("token"), Name: r.PostForm.Get("name"), Password: r.PostForm.Get("password"),
			Next: r.PostForm.Get(nextField),
		}
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

// refuseLogin keeps for another try what was typed, but for the password.
func (s *Service) refuseLogin(w http.ResponseWriter, r *http.Request, asked loginInput, err error) {
	if !wantsPage(r) {
		s.Refuse(w, r, err)
		return
	}
	fault, status := s.explain(w, r, err)
	name, _ := ParseName(asked.Name)
	s.writePage(w, r, page{Problem: s.textsFor(r).problem(err, fault), UserName: name, Next: asked.Next}, status)
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
	p.pageTexts = s.textsFor(r)
	if !localPath(p.Next) {
		p.Next = ""
	}
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
