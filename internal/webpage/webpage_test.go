package webpage_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stepcast/internal/webpage"
)

// ask sends a request with headers given as name, value.
func ask(h http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	h.ServeHTTP(w, r)
	return w
}

func TestPage(t *testing.T) {
	t.Parallel()
	code := webpage.Pack("", []byte("let x = 1"), nil).Body
	page := webpage.New(webpage.Options{
		Base: "/ide", Data: struct{ Name string }{`a"b`}, Policy: "default-src 'none'",
		Files: fstest.MapFS{"index.html": {Data: []byte(`<p title="{{.Name}}">`)}, "x.js.gz": {Data: code}},
	})
	for _, path := range []string{"/ide", "/ide/", "/ide/index.html"} {
		w := ask(page, http.MethodGet, path)
		require.Equal(t, http.StatusOK, w.Code, path)
		require.Equal(t, `<p title="a&#34;b">`, w.Body.String())
		require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
		require.Equal(t, "default-src 'none'", w.Header().Get("Content-Security-Policy"))
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	}
	w := ask(page, http.MethodGet, "/ide/x.js")
	require.Equal(t, "let x = 1", w.Body.String())
	require.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
	for _, path := range []string{"/ide/x.js.gz", "/ide/x", "/", "/ide/../ide"} {
		require.Equal(t, http.StatusNotFound, ask(page, http.MethodGet, path).Code, path)
	}
}

func TestWhatCannotBeServedPanics(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]webpage.Options{
		"relative base":   {Base: "ide", Files: fstest.MapFS{"index.html": {}}},
		"no page":         {Base: "/ide", Files: fstest.MapFS{"x.js": {}}},
		"bad template":    {Base: "/ide", Files: fstest.MapFS{"index.html": {Data: []byte("{{")}}},
		"missing data":    {Base: "/ide", Files: fstest.MapFS{"index.html": {Data: []byte("{{.Name.X}}")}}, Data: struct{}{}},
		"unknown type":    {Base: "/ide", Files: fstest.MapFS{"index.html": {}, "x.exe": {}}},
		"folders are not": {Base: "/ide", Files: fstest.MapFS{"index.html": {}, "sub/x.js": {}}},
	} {
		require.Panics(t, func() { webpage.New(o) }, name)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("more of the same ", 100)
	file := webpage.Pack("text/plain", []byte(text), http.Header{"X-Extra": {"yes"}})
	plain := ask(file, http.MethodGet, "/")
	require.Equal(t, text, plain.Body.String())
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))
	require.Equal(t, "yes", plain.Header().Get("X-Extra"))

	packed := ask(file, http.MethodGet, "/", "Accept-Encoding", "br, gzip")
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	require.Less(t, packed.Body.Len(), len(text)/2)
	reader, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	unpacked, err := io.ReadAll(reader)
	require.NoError(t, err)
	require.Equal(t, text, string(unpacked))

	tag := plain.Header().Get("ETag")
	require.Equal(t, tag, packed.Header().Get("ETag"))
	for given, status := range map[string]int{
		tag: 304, strings.TrimPrefix(tag, "W/"): 304, `"x", ` + tag: 304, "*": 304, `W/"x"`: 200, "": 200, ",,": 200,
	} {
		w := ask(file, http.MethodGet, "/", "If-None-Match", given)
		require.Equal(t, status, w.Code, given)
		require.Equal(t, status == 304, w.Body.Len() == 0, given)
	}
	require.NotEqual(t, tag, webpage.Pack("text/plain", []byte("other"), nil).ETag())
	refused := ask(file, http.MethodPost, "/")
	require.Equal(t, http.StatusMethodNotAllowed, refused.Code)
	require.Equal(t, "GET, HEAD", refused.Header().Get("Allow"))
}
