package http_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// hops is a server at which /n redirects to /n-1, and /0 is the end.
func hops(t testing.TB) *httptest.Server {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d", &n); err != nil {
			http.NotFound(w, r)
			return
		}
		if n == 0 {
			_, _ = io.WriteString(w, r.Header.Get("Authorization")+r.Header.Get("X-Key")+r.Method)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusSeeOther)
	})
}

func TestRedirectsAreFollowed(t *testing.T) {
	t.Parallel()
	server := hops(t)
	r := content{params: object{"url": server.URL + "/5", "body": "x", "headers": object{"Authorization": "a", "X-Key": "k"}}}.run(t)
	r.requireSuccess(t)
	require.Equal(t, "akGET", r.requireFile(t, "5.txt"), "the same origin may know what the first did")
	require.Equal(t, "HTTP/1.1 303 See Other, redirected: GET "+server.URL+"/4", r.Lines(models.System)[1])

	r = content{params: object{"url": server.URL + "/6"}}.run(t)
	r.requireFailure(t, models.ErrReported, "Redirected more than 5 times")
}

// TestRedirectIsNotSentTwice: a server that ends the connection after a redirect may have
// done what it was asked to.
func TestRedirectIsNotSentTwice(t *testing.T) {
	t.Parallel()
	for method, headers := range map[string]object{"GET": {}, "POST": {"Idempotency-Key": "k"}} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" {
					http.Redirect(w, r, "/x", http.StatusTemporaryRedirect)
					return
				}
				asked.Add(1)
				conn, _, err := http.NewResponseController(w).Hijack()
				if err == nil {
					err = conn.Close()
				}
				if err != nil {
					t.Error(err)
				}
			})
			r := content{params: object{"url": server.URL + "/", "method": method, "headers": headers}}.run(t)
			require.NotNil(t, r.Result.Failure)
			require.EqualValues(t, 1, asked.Load())
		})
	}
}

func TestExpectedRedirectIsTheResponse(t *testing.T) {
	t.Parallel()
	r := content{params: object{"url": hops(t).URL + "/1", "expectStatus": "3xx"}}.run(t)
	r.requireSuccess(t)
	require.Contains(t, strings.Join(r.Lines(models.System), "\n"), "303 See Other")
	require.NotContains(t, strings.Join(r.Lines(models.System), "\n"), "redirected")
}

func TestRedirectsStayInTheList(t *testing.T) {
	t.Parallel()
	outside := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("nothing may arrive here") })
	for name, c := range map[string]struct{ location, want string }{
		"another port": {outside.URL + "/path?secret", "Requests to " + outside.URL + " are not allowed: the setting --http-targets (STEPCAST_HTTP_TARGETS) does not list it"},
		"another path": {"/elsewhere", "are not allowed"},
		"going up":     {"/in/../elsewhere", "are not allowed"},
		"hidden":       {"/in/%2e%2e/elsewhere", "refused: its path must not have a . or .. segment"},
		"a user":       {"http://user@127.0.0.1/in", "refused: it must not have a user name or password"},
		"a scheme":     {"file:///etc/passwd", "refused: it must begin with http:// or https://"},
		"nonsense":     {"http://a b/", "it redirects to what is no address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", c.location)
				w.WriteHeader(http.StatusFound)
			})
			r := content{params: object{"url": server.URL + "/in/x"}, options: options(server.Listener.Addr().String() + "/in")}.run(t)
			r.requireFailure(t, models.ErrReported, c.want)
			require.NotContains(t, r.Result.Failure.Message.In("en"), "secret")
		})
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	t.Parallel()
	var home *httptest.Server
	headers := make(chan http.Header, 2)
	stranger := serve(t, func(w http.ResponseWriter, r *http.Request) {
		headers <- r.Header
		http.Redirect(w, r, home.URL+"/chosen-by-the-stranger", http.StatusTemporaryRedirect)
	})
	home = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, stranger.URL+"/?a b", http.StatusTemporaryRedirect)
			return
		}
		headers <- r.Header
	})
	r := content{params: object{"url": home.URL + "/?secret", "body": "b", "headers": object{
		"Authorization": "secret", "Cookie": "secret", "X-Api-Key": "secret", "Referer": "secret", "Accept": "text/html",
	}}}.run(t)
	r.requireSuccess(t)
	for range 2 {
		got := <-headers
		require.NotContains(t, fmt.Sprint(got), "secret")
		require.Equal(t, "text/html", got.Get("Accept"))
		require.Equal(t, "text/plain; charset=utf-8", got.Get("Content-Type"))
		require.Equal(t, "stepcast", got.Get("User-Agent"))
	}
}

func TestRedirectToNobody(t *testing.T) {
	t.Parallel()
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, gone.URL, http.StatusFound) })
	r := content{params: object{"url": server.URL}}.run(t)
	r.requireFailure(t, models.ErrReported, "Could not connect to "+gone.URL)
}
