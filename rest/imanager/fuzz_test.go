package imanager_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

// target is the API with a task of every status, and a user's token.
type target struct {
	handler http.Handler
	token   string
}

func newTarget(f *testing.F) target {
	f.Helper()
	b := resttest.Setup(f)
	for _, status := range models.Statuses {
		if status.Final() && status != models.Skipped { // no wish to wait holds up the fuzzing
			r := polyglot()
			r.state.Status = status
			importTask(f, b.Store, r)
		}
	}
	handler := imanager.New(imanager.Options{Tasks: b.Tasks, Auth: b.Auth, Aliases: true, Logger: slog.New(slog.DiscardHandler)})
	return target{handler, b.Token(resttest.Member)}
}

// answer sends a request and checks what is true of every answer: no 500, JSON, the
// status twice, no word that clients do not know.
func (x target) answer(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, r)
	status, text := w.Code, w.Body.String()
	switch {
	case r.Method == http.MethodHead, status == http.StatusNoContent, status == http.StatusNotModified:
		require.Empty(t, text)
		return w
	case status == http.StatusOK && w.Header().Get("Content-Type") == "text/plain;charset=UTF-8":
		require.Equal(t, http.MethodPost, r.Method, "only a token is no JSON")
		return w
	}
	require.Equal(t, "application/json;charset=UTF-8", w.Header().Get("Content-Type"))
	var got struct {
		Error struct {
			Code     int
			ErrorMsg string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &got), text)
	if status == http.StatusOK {
		if text != `{"succeed":true}` { // of a logout
			require.Empty(t, unknownWords(text), text)
		}
		return w
	}
	require.Contains(t, []int{400, 401, 403, 404, 405, 406, 429, 503}, status, text)
	require.Equal(t, status, got.Error.Code)
	require.NotEmpty(t, got.Error.ErrorMsg)
	require.Equal(t, status == 405, w.Header().Get("Allow") != "")
	return w
}

// FuzzPath sends any path and query with any verb.
func FuzzPath(f *testing.F) {
	x := newTarget(f)
	for _, path := range []string{
		"/cloud/web/tasks/1.json", "/cloud/web/tasks/1", "/cloud/web/tasks/.json", "/cloud/web/tasks/1.xml", "/cloud/web/tasks/%00.json", "/cloud/web/tasks/1;jsessionid=",
		"/cloud/web/tasks/%2e%2e%2f", "/cloud/w%65b/tasks/1%2Ejson", "/icloud/web/tasks/2", "/web/tasks/3.json/", "/security/tokens", "/security%2ftokens",
		"/security/logout?token=x", "/cloud/web/tasks/1.json?token=%zz&_method=GET", "/cloud/web/tasks/1?_method=HEAD;a", "",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		address := imanager.Prefix + path
		where, err := url.ParseRequestURI(address)
		if err != nil {
			t.Skip("no server gets as far as this")
		}
		for _, verb := range []string{"GET", "HEAD", "POST", "OPTIONS", "DELETE", "get", "X"} {
			r := httptest.NewRequestWithContext(t.Context(), verb, "/", nil)
			r.URL, r.RequestURI = where, address
			r.Header.Set("X-Auth-Token", x.token)
			x.answer(t, r)
		}
	})
}

// FuzzHeaders sends anything in each header that is read, and in each parameter.
func FuzzHeaders(f *testing.F) {
	x := newTarget(f)
	headers := []string{
		"Accept", "Accept-Language", "Prefer", "If-None-Match", "Content-Type", "Origin", "Sec-Fetch-Site", "Access-Control-Request-Headers",
		"X-Auth-Token", "token", "Authorization", "Cookie", "X-Forwarded-Proto", "?token", "?_method", "?_t", "?locale",
	}
	for i, value := range []string{
		"text/html", "zh;q=0.5, *;q=0.1, de-AT", `wait="5"; x, wait`, `W/"1.2.en.UTC", *`, "form", "https://x", "cross-site", "x-auth-token",
		"", "Bearer", "Bearer \x00", "JSESSIONID=x; JSESSIONID=\"", "https", "a&token=b", "GET", "%zz", "\xff",
	} {
		f.Add(i, value)
	}
	f.Fuzz(func(t *testing.T, which int, value string) {
		name := headers[uint(which)%uint(len(headers))]
		for _, path := range []string{"/imanager/cloud/web/tasks/2.json", "/imanager/cloud/web/tasks/3.xml", "/imanager/security/logout"} {
			for _, verb := range []string{"GET", "HEAD", "POST", "OPTIONS"} {
				r := httptest.NewRequestWithContext(t.Context(), verb, path, nil)
				r.Header.Set("X-Auth-Token", x.token)
				if parameter, ok := strings.CutPrefix(name, "?"); ok {
					r.URL.RawQuery = parameter + "=" + value
				} else {
					r.Header.Set(name, value)
				}
				w := x.answer(t, r)
				tasks := strings.HasSuffix(path, ".json") && (verb == "GET" || verb == "HEAD")
				if tasks && !strings.EqualFold(name, "X-Auth-Token") {
					require.Contains(t, []int{200, 304}, w.Code, "%s: %q", name, value)
				}
				for _, values := range w.Header() {
					require.NotContains(t, strings.Join(values, ""), "\n", "no header is made of what came")
				}
			}
		}
	})
}

// FuzzTokens sends any body to where tokens are given out.
func FuzzTokens(f *testing.F) {
	x := newTarget(f)
	for _, body := range []string{
		credentials, `{"username":"max","password":"no"}`, `{"username":"\u0000","password":"\ud800"}`, `{"USERNAME":"max","Password":"correct horse"}`,
		"", "null", "[]", "{", "username=max", `{"username":{}}`, "\xef\xbb\xbf{}", strings.Repeat("[", 20_000), "中文",
	} {
		f.Add(body, formType)
	}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		for _, path := range []string{"/imanager/security/tokens", "/imanager/cloud/security/tokens.json?_method=GET"} {
			r := httptest.NewRequestWithContext(t.Context(), "POST", path, strings.NewReader(body))
			r.Header.Set("Content-Type", contentType)
			w := x.answer(t, r)
			require.Equal(t, w.Code == http.StatusOK, w.Header().Get("Set-Cookie") != "")
			if w.Code == http.StatusOK {
				require.True(t, json.Valid([]byte(body)))
				require.Regexp(t, `^[A-Za-z0-9_-]{20,}$`, w.Body.String())
			}
		}
	})
}
