package imanager_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
)

const credentials = `{"username":"Max","password":"correct horse"}`

func TestTokensAndLogout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	for _, at := range []string{"/imanager/security/tokens", "/imanager/security/tokens.json", "/imanager/cloud/security/tokens", "/imanager/cloud/security/tokens.json"} {
		r := b.send("POST", at, credentials, header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"))
		require.Equal(t, 200, r.http, r.body)
		require.Equal(t, "text/plain;charset=UTF-8", r.header.Get("Content-Type"))
		require.Regexp(t, `^[A-Za-z0-9_-]{20,}$`, r.body)
		response := http.Response{Header: r.header}
		cookies := response.Cookies()
		require.Len(t, cookies, 1)
		require.Equal(t, []any{"JSESSIONID", r.body, true}, []any{cookies[0].Name, cookies[0].Value, cookies[0].HttpOnly})

		ways := []option{
			header("X-Auth-Token", r.body), header("token", r.body), header("Cookie", "JSESSIONID="+r.body),
			header("Authorization", "Bearer "+r.body),
			func(request *http.Request) { request.URL.RawQuery = "token=" + r.body },
		}
		for _, way := range ways {
			require.Equal(t, 200, b.get(path(task), way).http)
		}
		out := b.get("/imanager/security/logout", ways[0])
		require.Equal(t, []any{200, `{"succeed":true}`}, []any{out.http, out.body})
		for _, way := range ways {
			requireRefused(t, b.get(path(task), way), 401)
		}
	}
	require.Equal(t, 200, b.get("/imanager/security/logout.json").http)
}

func TestAPITokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	token := b.Token(resttest.Member)
	for _, way := range []option{
		header("X-Auth-Token", token), header("token", token), header("Authorization", "Bearer "+token),
		func(r *http.Request) { r.URL.RawQuery = "token=" + token + "&_t=1" },
	} {
		require.Equal(t, 200, b.get(path(task), way).http)
	}
	for _, way := range []option{
		header("Accept", "*/*"), header("X-Auth-Token", "made-up"), header("Authorization", "Bearer made-up"), header("Authorization", "Basic "+token),
		header("Cookie", "JSESSIONID="+token), header("Cookie", "JSESSIONID=x"),
		func(r *http.Request) {
			r.URL.RawQuery = "token=made-up"
			r.Header.Set("Authorization", "Bearer "+token)
		},
	} {
		r := b.get(path(task), way)
		requireRefused(t, r, 401)
		require.Equal(t, "Bearer", r.header.Get("WWW-Authenticate"))
	}
	narrow := b.Token(resttest.Member, models.ScopeSubmit)
	requireRefused(t, b.get(path(task), header("X-Auth-Token", narrow)), 404)
	for _, kind := range []models.SessionKind{models.SessionWeb, models.SessionLinkis} {
		in, err := b.Auth.StartSession(t.Context(), kind, resttest.Member)
		require.NoError(t, err)
		requireRefused(t, b.get(path(task), header("Cookie", "JSESSIONID="+in.Secret)), 401)
		requireRefused(t, b.get(path(task), header("X-Auth-Token", in.Secret)), 401)
	}
}

func TestRefusedSignIns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const at = "/imanager/security/tokens.json"
	const noObject, noName, noPassword = "the body is no JSON object", "username is missing or empty", "password is missing or empty"
	for body, want := range map[string]struct {
		status  int
		message string
	}{
		`{"username":"max","password":"no"}`: {401, ""}, `{"username":"who","password":"no"}`: {401, ""},
		``: {400, noObject}, `{`: {400, noObject}, `[]`: {400, noObject}, `7`: {400, noObject}, `{} {}`: {400, noObject}, `username=max&password=x`: {400, noObject},
		`null`: {400, noName}, `{}`: {400, noName}, `{"username":"","password":"x"}`: {400, noName}, `{"username":null,"password":"x"}`: {400, noName},
		`{"username":"max"}`: {400, noPassword}, `{"username":"max","password":""}`: {400, noPassword},
		`{"username":1,"password":"x"}`: {400, "username is not a text"}, `{"username":"max","password":["x"]}`: {400, "password is not a text"},
		`{"username":"` + strings.Repeat("x", 64<<10) + `"}`: {400, "the body is larger than 65536 bytes"},
	} {
		r := b.send("POST", at, body)
		requireRefused(t, r, want.status)
		require.Contains(t, r.body, `"errorMsg":"`+want.message)
		require.Empty(t, r.header.Get("Set-Cookie"))
	}
	for path, allow := range map[string]string{at: "POST, OPTIONS", "/imanager/security/logout": "GET, OPTIONS"} {
		for _, verb := range []string{"PUT", "DELETE"} {
			r := b.send(verb, path, "")
			requireRefused(t, r, 405)
			require.Equal(t, allow, r.header.Get("Allow"))
		}
	}
	requireRefused(t, b.get(at), 405)
	var last reply
	for range 50 {
		if last = b.send("POST", at, `{"username":"max","password":"no"}`); last.http != 401 {
			break
		}
	}
	requireRefused(t, last, 429)
	require.NotEmpty(t, last.header.Get("Retry-After"))
}

func TestOtherSitesCannotLogOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	token := b.send("POST", "/imanager/security/tokens", credentials).body
	cookie := header("Cookie", "JSESSIONID="+token)
	requireRefused(t, b.get("/imanager/security/logout", cookie, header("Sec-Fetch-Site", "cross-site")), 403)
	require.Equal(t, 200, b.get(path(task), cookie).http)
	require.Equal(t, 200, b.get("/imanager/security/logout", cookie).http)
	requireRefused(t, b.get(path(task), cookie), 401)
}

// TestLogoutEndsEachCookie: another server on the same host may have set one too.
func TestLogoutEndsEachCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	token := b.send("POST", "/imanager/security/tokens", credentials).body
	cookies := header("Cookie", "JSESSIONID=0123456789ABCDEF; JSESSIONID="+token)
	require.Equal(t, 200, b.get(path(task), cookies).http)
	require.Equal(t, 200, b.get("/imanager/security/logout", cookies).http)
	requireRefused(t, b.get(path(task), header("X-Auth-Token", token)), 401)
}

// TestTheFirstCredentialDecides, even when a later one is good.
func TestTheFirstCredentialDecides(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	token := b.send("POST", "/imanager/security/tokens", credentials).body
	ways := []func(token string) option{
		func(token string) option { return header("X-Auth-Token", token) },
		func(token string) option { return header("token", token) },
		func(token string) option { return func(r *http.Request) { r.URL.RawQuery = "token=" + token } },
		func(token string) option { return header("Authorization", "Bearer "+token) },
		func(token string) option { return header("Cookie", "JSESSIONID="+token) },
	}
	for i, first := range ways {
		for _, second := range ways[i+1:] {
			require.Equal(t, 200, b.get(path(task), first(token), second("made-up")).http)
			requireRefused(t, b.get(path(task), first("made-up"), second(token)), 401)
		}
	}
	require.Equal(t, 200, b.get(path(task), header("Authorization", "Basic bWF4Og=="), header("Cookie", "JSESSIONID="+token)).http, "a proxy's own")
}
