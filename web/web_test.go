package web_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/web"
)

// linked finds what the page loads.
var linked = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

func get(t *testing.T, h http.Handler, path string) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Result()
}

func text(t *testing.T, r *http.Response) []byte {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return body
}

// TestConsoleIsWhole opens everything that the page names.
func TestConsoleIsWhole(t *testing.T) {
	t.Parallel()
	console, err := web.New()
	require.NoError(t, err)
	page := get(t, console.Page(), "/tasks/7")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
	html := text(t, page)
	require.NotRegexp(t, `(?i)<script(?:\s[^>]*)?>[^<]|<style| on\w+=|style=`, string(html), "nothing inline: the policy refuses it")

	links := linked.FindAllSubmatch(html, -1)
	require.GreaterOrEqual(t, len(links), 3, "script, style and icon")
	for _, link := range links {
		path := string(link[1])
		require.Regexp(t, `^`+web.Prefix, path)
		file := get(t, console.Files(), path)
		require.Equal(t, http.StatusOK, file.StatusCode, path)
		if strings.HasSuffix(path, ".js") {
			require.Equal(t, "text/javascript; charset=utf-8", file.Header.Get("Content-Type"))
		}
	}
}

// TestNoOtherFiles: there is nothing but what the build made, and the page is no file.
func TestNoOtherFiles(t *testing.T) {
	t.Parallel()
	console, err := web.New()
	require.NoError(t, err)
	for _, path := range []string{web.Prefix, web.Prefix + "index.html", web.Prefix + "../web.go", web.Prefix + "console.js/", "/console.js"} {
		require.Equal(t, http.StatusNotFound, get(t, console.Files(), path).StatusCode, path)
	}
}
