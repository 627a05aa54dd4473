package live_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func TestGraphiQLIsComplete(t *testing.T) {
	t.Parallel()
	ide := live.GraphiQL("/ide", "/graphql")
	get := func(path, encoding string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		ide.ServeHTTP(w, r)
		return w
	}
	page := get("/ide", "")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), `data-endpoint="/graphql"`)
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, page.Body.String(), get("/ide/", "").Body.String())

	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1)
	require.Len(t, links, 8)
	for _, link := range links {
		if link[1] == "data:," {
			continue
		}
		require.True(t, strings.HasPrefix(link[1], "/ide/"), "from here: %s", link[1])
		plain, packed := get(link[1], ""), get(link[1], "gzip, br")
		require.Equal(t, http.StatusOK, plain.Code, link[1])
		require.Regexp(t, `^text/(css|javascript); charset=utf-8$`, plain.Header().Get("Content-Type"))
		require.NotEmpty(t, plain.Body.String())
		if packed.Header().Get("Content-Encoding") == "gzip" {
			unpacked, err := gzip.NewReader(packed.Body)
			require.NoError(t, err)
			data, err := io.ReadAll(unpacked)
			require.NoError(t, err)
			require.Equal(t, plain.Body.String(), string(data))
		}
		require.NotContains(t, plain.Body.String(), "@import")
		require.NotContains(t, plain.Body.String(), "sourceMappingURL")
	}
	require.Equal(t, http.StatusOK, get("/ide/LICENSES.txt", "").Code)
	require.Equal(t, http.StatusNotFound, get("/ide/README.md", "").Code)
}

func TestGraphiQLIsCached(t *testing.T) {
	t.Parallel()
	ide := live.GraphiQL("/graphiql", "/graphql")
	ask := func(method, etag string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "/graphiql/react.min.js", nil)
		r.Header.Set("If-None-Match", etag)
		ide.ServeHTTP(w, r)
		return w
	}
	first := ask(http.MethodGet, "")
	require.Equal(t, http.StatusOK, first.Code)
	require.Equal(t, http.StatusNotModified, ask(http.MethodGet, first.Header().Get("ETag")).Code)
	require.Equal(t, http.StatusMethodNotAllowed, ask(http.MethodPost, "").Code)
	require.Panics(t, func() { live.GraphiQL("graphiql", "/graphql") })
}
