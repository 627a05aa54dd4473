package openapi_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/rest/openapi"
)

func ask(h http.Handler, verb, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(verb, path, nil))
	return w
}

// TestPageLoadsNothingFromElsewhere follows all that the page refers to.
func TestPageLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	ui := openapi.Page("/api", "/api.json")
	page := ask(ui, http.MethodGet, "/api")
	require.Equal(t, http.StatusOK, page.Code)
	require.Contains(t, page.Body.String(), `data-document="/api.json"`)
	require.NotContains(t, page.Body.String(), "://")
	require.NotRegexp(t, regexp.MustCompile(`<script(>| [^>]*[^/]>[^<])|<style|\son\w+=|\sstyle=`), page.Body.String(), "nothing inline")
	policy := page.Header().Get("Content-Security-Policy")
	for _, rule := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} {
		require.Contains(t, policy, rule)
	}
	require.NotRegexp(t, regexp.MustCompile(`https?:|\*|unsafe-eval|script-src[^;]*unsafe`), policy)

	links := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page.Body.String(), -1)
	require.Len(t, links, 5)
	for _, link := range links {
		if link[1] == "data:," {
			continue
		}
		require.True(t, strings.HasPrefix(link[1], "/api/"), "from here: %s", link[1])
		file := ask(ui, http.MethodGet, link[1])
		require.Equal(t, http.StatusOK, file.Code, link[1])
		require.Regexp(t, `^text/(css|javascript); charset=utf-8$`, file.Header().Get("Content-Type"))
		require.Equal(t, policy, file.Header().Get("Content-Security-Policy"))
		require.NotContains(t, file.Body.String(), "@import")
		require.NotContains(t, file.Body.String(), "sourceMappingURL")
		require.NotRegexp(t, regexp.MustCompile(`url\(["']?(https?:)?//`), file.Body.String())
	}
	require.Contains(t, ask(ui, http.MethodGet, "/api/start.js").Body.String(), "validatorUrl: null")
	require.Contains(t, ask(ui, http.MethodGet, "/api/LICENSES.txt").Body.String(), "SmartBear")
	require.Equal(t, http.StatusNotFound, ask(ui, http.MethodGet, "/api/README.md").Code)
	require.Panics(t, func() { openapi.Page("/api", "https://example.com/api.json") })
}

func TestDocumentIsServed(t *testing.T) {
	t.Parallel()
	served := ask(openapi.New("v1"), http.MethodGet, "/openapi.json")
	require.Equal(t, http.StatusOK, served.Code)
	require.Equal(t, string(openapi.Document("v1")), served.Body.String())
	require.Equal(t, "application/json;charset=UTF-8", served.Header().Get("Content-Type"))
	require.Equal(t, "no-cache", served.Header().Get("Cache-Control"))
	require.Equal(t, "*", served.Header().Get("Access-Control-Allow-Origin"))
	require.Empty(t, served.Header().Get("Set-Cookie"))
	require.NotEqual(t, served.Header().Get("ETag"), ask(openapi.New("v2"), http.MethodGet, "/openapi.json").Header().Get("ETag"))
	require.Equal(t, http.StatusMethodNotAllowed, ask(openapi.New("v1"), http.MethodPost, "/openapi.json").Code)
}
