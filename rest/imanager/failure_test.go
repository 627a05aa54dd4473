package imanager_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

const internalError = `{"succeed":false,"error":{"code":500,"errorMsg":"something went wrong on the server; its log says what"}}`

// TestFailuresTellNothing: what broke is in the log alone.
func TestFailuresTellNothing(t *testing.T) {
	t.Parallel()
	b := resttest.Setup(t)
	broken := resttest.Setup(t)
	broken.Tasks.Stop()
	require.NoError(t, broken.Store.Close())
	for name, o := range map[string]imanager.Options{
		"panic while answering": {Auth: b.Auth}, // without Tasks
		"closed":                {Auth: b.Auth, Tasks: broken.Tasks},
	} {
		var log bytes.Buffer
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		for _, verb := range []string{"GET", "HEAD"} {
			r := httptest.NewRequestWithContext(t.Context(), verb, "/imanager/cloud/web/tasks/1.json", nil)
			r.Header.Set("X-Auth-Token", b.Token(resttest.Member))
			w := httptest.NewRecorder()
			imanager.New(o).ServeHTTP(w, r)
			require.Equal(t, 500, w.Code)
			require.Equal(t, map[string]string{"GET": internalError, "HEAD": ""}[verb], w.Body.String())
			require.Equal(t, "application/json;charset=UTF-8", w.Header().Get("Content-Type"))
			require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			require.Equal(t, "*", w.Header().Get("Access-Control-Allow-Origin"))
			require.Empty(t, w.Header().Get("ETag"))
			require.Contains(t, log.String(), name)
		}
	}
}

// TestSignInFailures: a database that is gone gives no token, and says nothing of it.
func TestSignInFailures(t *testing.T) {
	t.Parallel()
	b := setup(t)
	signedIn := header("X-Auth-Token", b.send("POST", "/imanager/security/tokens", credentials).body)
	b.Tasks.Stop()
	require.NoError(t, b.Store.Close())
	for _, r := range []reply{
		b.send("POST", "/imanager/security/tokens", credentials),
		b.get("/imanager/security/logout", signedIn),
		b.get("/imanager/cloud/web/tasks/1", signedIn),
	} {
		require.Equal(t, []any{http.StatusInternalServerError, internalError}, []any{r.http, r.body})
		require.Empty(t, r.header.Get("Set-Cookie"))
	}
}

// TestBodiesThatBreakOff are the client's to send again.
func TestBodiesThatBreakOff(t *testing.T) {
	t.Parallel()
	b := resttest.Setup(t)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/imanager/security/tokens", iotest.ErrReader(errors.New("cut")))
	w := httptest.NewRecorder()
	imanager.New(imanager.Options{Tasks: b.Tasks, Auth: b.Auth}).ServeHTTP(w, r)
	require.Equal(t, 400, w.Code)
	require.Equal(t, `{"succeed":false,"error":{"code":400,"errorMsg":"the body could not be read to its end; send it again"}}`, w.Body.String())
}

// TestTokensStayOutOfLogs answers everything that there is to answer, with the token in
// the query, and lets every part that has a log write all of it.
func TestTokensStayOutOfLogs(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer // slog's handler lets one write at a time
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b := setupOn(t, resttest.Setup(t, func(o *tasks.Options) { o.Logger = logger }))
	task := b.Submit(resttest.Member)
	token := b.Token(resttest.Member)
	const wrong = "wrong-token-of-somebody"
	o := b.options()
	o.Logger, o.Auth = logger, auth.New(auth.Options{Store: b.Store, Logger: logger})
	serve := func(o imanager.Options) {
		b.server = httptest.NewUnstartedServer(imanager.New(o))
		b.server.Config.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelDebug)
		b.server.Start()
		t.Cleanup(b.server.Close)
	}
	ask := func(status int, verb, path string) {
		t.Helper()
		for _, given := range []string{token, wrong} {
			r := b.send(verb, path+"?_t=1;x&token="+url.QueryEscape(given)+"&token=other", "")
			if given == token || status == 404 || status == 405 || status == 500 {
				require.Equal(t, status, r.http, r.body)
			}
		}
	}
	serve(o)
	ask(200, "GET", path(task))
	ask(200, "POST", path(task)+"?_method=GET&x=")
	ask(405, "DELETE", path(task))
	ask(406, "GET", path(task)+".xml")
	ask(404, "GET", "/imanager/nothing")
	ask(200, "GET", "/imanager/security/logout")
	o.Tasks = nil // panics
	serve(o)
	r := b.get(path(task) + "?token=" + token)
	require.Equal(t, internalError, r.body)
	b.Tasks.Stop()
	require.NoError(t, b.Store.Close())
	o.Tasks, o.Auth = b.Tasks, auth.New(auth.Options{Store: b.Store, Logger: logger})
	serve(o)
	r = b.get(path(task) + "?token=" + token)
	require.Equal(t, []any{http.StatusInternalServerError, internalError}, []any{r.http, r.body})
	b.server.Close()
	require.Contains(t, log.String(), "panic while answering")
	require.Contains(t, log.String(), "answer an iManager call")
	require.NotContains(t, log.String(), token)
	require.NotContains(t, log.String(), wrong)
}
