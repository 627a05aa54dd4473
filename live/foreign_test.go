package live_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// A GET that counts by a cookie must not come from a page of another site.
func TestGetFromOtherSites(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{SameSite: func(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") != "cross-site" }})
	ask := func(header map[string]string) answer {
		return b.do(t, http.MethodGet, b.url+"?query=%7Bhello%7D", "", header)
	}
	refused := ask(map[string]string{"Cookie": "session=1", "Sec-Fetch-Site": "cross-site"})
	require.Equal(t, http.StatusForbidden, refused.status)
	require.Contains(t, refused.body, "a page of this server")
	require.NotContains(t, refused.body, `"data"`)
	for name, header := range map[string]map[string]string{
		"our page":    {"Cookie": "session=1", "Sec-Fetch-Site": "same-origin"},
		"no cookie":   {"Sec-Fetch-Site": "cross-site"},
		"by a token":  {"Cookie": "session=1", "Sec-Fetch-Site": "cross-site", "Authorization": "Bearer alice"},
		"no page":     {},
		"typed there": {"Cookie": "session=1", "Sec-Fetch-Site": "none"},
	} {
		require.Equal(t, http.StatusOK, ask(header).status, name)
	}
}

// What a page of another site can send without asking first is refused by its type.
func TestSimpleContentTypesAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, simple := range []string{
		"", "text/plain", "text/plain;application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=application/json",
		"text/plain, application/json", "application/json, text/plain",
	} {
		header := map[string]string{}
		if simple != "" {
			header["Content-Type"] = simple
		}
		got := b.do(t, http.MethodPost, b.url, `{"query":"mutation { bump }"}`, header)
		require.Equal(t, http.StatusUnsupportedMediaType, got.status, simple)
	}
	require.Equal(t, `{"data":{"bump":1}}`, b.post(t, "", `{"query":"mutation { bump }"}`).body, "none was run")
}
