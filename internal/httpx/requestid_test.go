package httpx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
)

func TestRequestID(t *testing.T) {
	t.Parallel()
	require.Empty(t, httpx.RequestID(context.Background()))
	ask := func(id string) string {
		var seen string
		handler := httpx.WithRequestID(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = httpx.RequestID(r.Context()) }))
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Request-Id", id)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Equal(t, seen, w.Header().Get("X-Request-Id"))
		return seen
	}
	for _, kept := range []string{"a", "0af7651916cd43dd-8448_eb21.1c~80319c", strings.Repeat("x", 128)} {
		require.Equal(t, kept, ask(kept))
	}
	for _, bad := range []string{"", "a b", "a\tb", `a"b`, "ä", "a=1", "a\x00", strings.Repeat("x", 129)} {
		made := ask(bad)
		require.NotEqual(t, bad, made)
		require.Len(t, made, 26)
		require.NotEqual(t, made, ask(bad), "each request has its own")
	}
}
