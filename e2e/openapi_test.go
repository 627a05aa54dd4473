package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDescription reads the description of the REST APIs, and what it describes besides
// the APIs; that the answers are as described is checked by do.
func TestDescription(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	for _, path := range []string{"/openapi.json", "/healthz", "/readyz"} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			status, body, _ := s.do(method, path, "")
			require.Equal(t, http.StatusOK, status, "%s %s", method, path)
			require.Equal(t, method == http.MethodHead, body == "", "%s %s", method, path)
		}
		status, _, header := s.do(http.MethodPost, path, "")
		require.Equal(t, http.StatusMethodNotAllowed, status, path)
		require.Equal(t, "GET, HEAD", header.Get("Allow"), path)
	}
	_, body, header := s.get("/openapi.json")
	var said struct {
		OpenAPI string
		Info    struct{ Version string }
		Paths   map[string]any
	}
	require.NoError(t, decode(body, &said))
	require.Equal(t, "3.1.0", said.OpenAPI)
	require.NotContains(t, []string{"", "unknown"}, said.Info.Version)
	require.Contains(t, said.Paths, "/api/rest_j/v1/entrance/submit")
	status, _, _ := s.get("/openapi.json", "If-None-Match", header.Get("ETag"))
	require.Equal(t, http.StatusNotModified, status)

	for _, path := range []string{"/openapi", "/openapi/", "/openapi/start.js", "/openapi/swagger-ui-bundle.js", "/openapi/swagger-ui.css", "/openapi/LICENSES.txt"} {
		status, _, header := s.get(path, bearer(token)...)
		require.Equal(t, http.StatusOK, status, path)
		require.Contains(t, header.Get("Content-Security-Policy"), "default-src 'none'", path)
	}
	status, _, _ = s.get("/openapi/README.md", bearer(token)...)
	require.Equal(t, http.StatusNotFound, status)
}
