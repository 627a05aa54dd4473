package e2e

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

var signInLink = regexp.MustCompile(`http://\S+/login\?token=\S+`)

// redeem uses a link up, as a program, and gives the status and the cookie that came.
func (s *server) redeem(link string) (status int, cookie []string) {
	s.t.Helper()
	u, err := url.Parse(link)
	require.NoError(s.t, err)
	status, body, header := s.do(http.MethodPost, u.Path, `{"token": "`+u.Query().Get("token")+`"}`, "Content-Type", "application/json")
	for _, set := range (&http.Response{Header: header}).Cookies() {
		require.Equal(s.t, webCookie, set.Name, body)
		cookie = []string{"Cookie", set.Name + "=" + set.Value}
	}
	return status, cookie
}

// requireViewer checks who a cookie signs in.
func (s *server) requireViewer(cookie []string, name, role string) {
	s.t.Helper()
	said := s.graphql(`{ viewer { name role } }`, nil, cookie...)
	require.Empty(s.t, said.Errors)
	require.Equal(s.t, object{"name": name, "role": role}, said.Data["viewer"])
}

// loginLink runs the command login-link beside the server.
func (s *server) loginLink(t *testing.T, more ...string) ran {
	t.Helper()
	return runToEnd(t, command(t, append([]string{"login-link", "--data", s.data, "--database", s.database()}, more...)...))
}

// TestFirstStart follows the newcomer: the first start prints a link, opening it spoils
// nothing, its button signs in, once. Later starts print none.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := startIn(t, []string{"STEPCAST_ADMIN_TOKEN="})
	link := signInLink.FindString(s.log.String())
	require.True(t, strings.HasPrefix(link, s.url+"/login?token="), s.log)
	u, err := url.Parse(link)
	require.NoError(t, err)
	for range 2 {
		status, page, header := s.get(u.RequestURI(), "Accept", "text/html")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, "<button autofocus>Sign in to Stepcast</button>")
		require.Empty(t, header.Get("Set-Cookie"))
	}
	browser := []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Origin", s.url}
	form := url.Values{"token": {u.Query().Get("token")}}.Encode()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/login", strings.NewReader(form))
	require.NoError(t, err)
	setHeaders(r.Header, browser)
	answered, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, answered.Body.Close())
	require.Equal(t, []any{http.StatusSeeOther, "/"}, []any{answered.StatusCode, answered.Header.Get("Location")})
	require.Len(t, answered.Cookies(), 1)
	cookie := []string{"Cookie", answered.Cookies()[0].Name + "=" + answered.Cookies()[0].Value}
	s.requireViewer(cookie, "admin", "ADMIN")
	for path, content := range map[string]string{"/": "/console/console.js", "/graphiql": "graphiql"} {
		status, page, _ := s.get(path, cookie...)
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, content)
	}
	status, page, _ := s.do(http.MethodPost, "/login", form, browser...)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Contains(t, page, "login-link", "it says where to get a new one")

	require.Zero(t, s.stop())
	before := len(s.log.String())
	s.run()
	require.Empty(t, signInLink.FindString(s.log.String()[before:]), "somebody can sign in already")
	require.Contains(t, s.log.String()[before:], "stepcast login-link")
	s.requireViewer(cookie, "admin", "ADMIN")
}

// TestLoginLink makes links on the server's machine: while it runs and while it does
// not. Each signs in exactly once.
func TestLoginLink(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		s.office(t).user("mia", models.Member)
		made := s.loginLink(t)
		require.Zero(t, made.exit, made.stderr)
		require.True(t, strings.HasPrefix(made.stdout, s.url+"/login?token="), made.stdout)
		require.Contains(t, made.stderr, "Works once, until ")
		s.requireOnce(t, strings.TrimSpace(made.stdout), "admin", "ADMIN")

		made = s.loginLink(t, "--user", "mia")
		s.requireOnce(t, strings.TrimSpace(made.stdout), "mia", "MEMBER")
		requireRefused(t, s.loginLink(t, "--user", "nobody"), "nobody", "does not exist")

		require.Zero(t, s.stop())
		made = s.loginLink(t, "--addr", "0.0.0.0:8123")
		require.Zero(t, made.exit, made.stderr)
		require.True(t, strings.HasPrefix(made.stdout, "http://localhost:8123/login?token="), made.stdout)
		s.run()
		s.requireOnce(t, strings.TrimSpace(made.stdout), "admin", "ADMIN")
	}, "--no-worker")
}

// requireOnce uses a link up many times at once: one succeeds.
func (s *server) requireOnce(t *testing.T, link, name, role string) {
	t.Helper()
	var opened atomic.Pointer[[]string]
	var tries, successes atomic.Int64
	t.Run("once", func(t *testing.T) {
		for range 8 {
			t.Run("redeem", func(t *testing.T) {
				t.Parallel()
				tries.Add(1)
				status, cookie := s.with(t).redeem(link)
				if status == http.StatusOK {
					successes.Add(1)
					opened.Store(&cookie)
					return
				}
				require.Equal(t, http.StatusUnauthorized, status)
				require.Empty(t, cookie)
			})
		}
	})
	require.Equal(t, []int64{8, 1}, []int64{tries.Load(), successes.Load()})
	s.requireViewer(*opened.Load(), name, role)
}

// TestLoginLinkMakesNoFolder asks for a link where no server has been.
func TestLoginLinkMakesNoFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "none")
	requireRefused(t, runToEnd(t, command(t, "login-link", "--data", folder)), folder, "start it once", "--data")
	_, err := os.Stat(folder)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// TestFailedFirstStartKeepsTheLink starts on a busy port first: the first link is not
// used up by a start that nobody could sign in to.
func TestFailedFirstStartKeepsTheLink(t *testing.T) {
	t.Parallel()
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer busy.Close()
	folder := t.TempDir()
	failing := command(t, "--data", folder, "--addr", busy.Addr().String())
	failing.Env = append(failing.Env, "STEPCAST_ADMIN_TOKEN=")
	requireRefused(t, runToEnd(t, failing), "another program listens")
	s := startIn(t, []string{"STEPCAST_ADMIN_TOKEN="}, "--data", folder)
	require.Contains(t, s.log.String(), "Sign in as admin (once")
}
