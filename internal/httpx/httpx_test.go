package httpx_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	body, err := httpx.JSON(map[string]any{"a": `<&>'"中文`, "b": nil})
	require.NoError(t, err)
	require.Equal(t, `{"a":"<&>'\"中文","b":null}`, string(body))
	_, err = httpx.JSON(math.NaN())
	require.Error(t, err)
}

func TestWrite(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]string{http.MethodGet: "text", http.MethodHead: ""} {
		w := httptest.NewRecorder()
		httpx.Write(w, httptest.NewRequest(verb, "/", nil), http.StatusTeapot, "text/plain", []byte("text"))
		require.Equal(t, http.StatusTeapot, w.Code)
		require.Equal(t, want, w.Body.String())
		require.Equal(t, "4", w.Header().Get("Content-Length"))
		require.Equal(t, "text/plain", w.Header().Get("Content-Type"))
	}
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	read := func(body io.Reader) (string, error) {
		b, err := httpx.ReadBody(httptest.NewRecorder(), httptest.NewRequest("POST", "/", body), 4)
		return string(b), err
	}
	got, err := read(strings.NewReader("1234"))
	require.NoError(t, err)
	require.Equal(t, "1234", got)
	_, err = read(strings.NewReader("12345"))
	require.ErrorIs(t, err, httpx.ErrTooLarge)
	cut := errors.New("cut")
	_, err = read(io.MultiReader(strings.NewReader("1"), failing{cut}))
	require.ErrorIs(t, err, cut)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestSaysJSON(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]bool{
		"": true, "application/json": true, "Application/JSON; charset=utf-8": true, "application/json;charset=UTF-8": true,
		"text/plain": false, "application/x-www-form-urlencoded": false, "application/jsonp": false, ";;": false,
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Header.Set("Content-Type", given)
		require.Equal(t, want, httpx.SaysJSON(r), given)
	}
}

func TestBearer(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Bearer abc": "abc", "bearer  abc ": "abc", " Bearer abc": "abc", "Basic abc": "", "Bearer": "", "": "", "Bearerabc": "",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", given)
		require.Equal(t, want, httpx.Bearer(r), given)
	}
}

func TestBelow(t *testing.T) {
	t.Parallel()
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(text + " " + r.URL.Path)) })
	}
	h := httpx.Below("/api", says("in"), says("out"))
	for path, want := range map[string]string{
		"/api": "in /api", "/api/": "in /api/", "/api//x/../y": "in /api//x/../y", "/apis": "out /apis", "/": "out /", "/x/api/": "out /x/api/",
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		require.Equal(t, want, w.Body.String())
	}
}

func TestGuard(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	guarded := func(h http.HandlerFunc) http.Handler {
		return httpx.Guard(h, slog.New(slog.NewTextHandler(&log, nil)), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
		})
	}
	w := httptest.NewRecorder()
	w.Header().Set("X-Frame-Options", "DENY")
	guarded(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", "x")
		panic("oops")
	}).ServeHTTP(w, httptest.NewRequest("GET", "/?token=hunter2", nil))
	require.Equal(t, http.StatusInternalServerError, w.Code)
	require.Empty(t, w.Header().Get("ETag"), "nothing of the answer that was begun is left")
	require.Equal(t, "DENY", w.Header().Get("X-Frame-Options"))
	require.Contains(t, log.String(), "oops")
	require.NotContains(t, log.String(), "hunter2")

	for name, h := range map[string]http.HandlerFunc{
		"begun":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("half")); panic("oops") },
		"headers": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK); panic("oops") },
		"aborted": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			guarded(h).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}, name)
	}
	w = httptest.NewRecorder()
	guarded(func(w http.ResponseWriter, _ *http.Request) {
		require.NoError(t, http.NewResponseController(w).Flush())
	}).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	require.True(t, w.Flushed)
}
