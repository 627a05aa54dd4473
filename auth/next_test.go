package auth_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"stepcast/auth"
)

// hostile are values of next that lead to another site, or nowhere.
var hostile = []string{
	"", "tasks/7", "http://evil.example", "https:evil.example", "javascript:alert(1)", "data:text/html,x",
	"//evil.example", "///evil.example", "////evil.example/x", `/\evil.example`, `\\evil.example`, `/tasks\..\..\x`,
	"/\t/evil.example", "\t//evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", " /tasks/7", "/tasks/7 ", "/\x00", "/\x7f",
	"/%5cevil.example", "/%2fevil.example", "/%2f/evil.example", "/%zz", "/täsks", "/\u2028/evil.example",
	"/login", "/login?next=/login", "/logout", "http:///tasks/7", "//user@evil.example/", "/" + strings.Repeat("x", 2048),
}

// place gives where a browser ends up that is sent from the sign-in page to next.
func place(t *testing.T, next string) *url.URL {
	t.Helper()
	page, err := url.Parse("http://stepcast.test/login")
	noError(t, err)
	u, err := page.Parse(next)
	noError(t, err)
	return u
}

// A browser goes back to the page it wanted, and to no other site.
func TestSigningInGoesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", "MEMBER")
	send := func(next string) string {
		t.Helper()
		form := url.Values{"name": {"alice"}, "password": {password}, "next": {next}}.Encode()
		answer := b.post(auth.LoginPath, formType, form, "Accept", "text/html")
		if answer.Code != http.StatusSeeOther || len(answer.Result().Cookies()) != 1 {
			t.Fatalf("%q: answered %d %s", next, answer.Code, answer.Body)
		}
		return answer.Header().Get("Location")
	}
	for _, next := range []string{"/", "/tasks/7", "/tasks/7?tab=log&q=a%20b", "/graphiql", "/a?u=http://example.org//x"} {
		if got := send(next); got != next {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	for _, next := range hostile {
		if got := send(next); got != auth.HomeDefault {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	// What is left of a path that climbs is a path of this server.
	for _, next := range []string{"/..//evil.example", "/.//evil.example", "/tasks/..//evil.example", "/./\u002f/evil.example"} {
		if at := place(t, send(next)); at.Host != "stepcast.test" {
			t.Errorf("%q leads to %s", next, at)
		}
	}
}

// The page carries along where to go, and nothing that is no path of this server.
func TestPageCarriesNext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	show := func(query string) string {
		answer := httptest.NewRecorder()
		b.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://stepcast.test/login?"+query, nil))
		return answer.Body.String()
	}
	for _, query := range []url.Values{{"next": {"/tasks/7?a=1&b=\"2"}}, {"next": {"/tasks/7"}, "token": {"abc"}}} {
		page := show(query.Encode())
		if strings.Contains(query.Get("next"), `"`) != strings.Contains(page, `value="/tasks/7?a=1&amp;b=&#34;2"`) ||
			!strings.Contains(page, `<input type="hidden" name="next" value="/tasks/7`) {
			t.Errorf("%v: %s", query, page)
		}
	}
	for _, next := range hostile {
		if page := show(url.Values{"next": {next}}.Encode()); strings.Contains(page, `name="next"`) {
			t.Errorf("%q is carried along: %s", next, page)
		}
	}
	refused := b.post(auth.LoginPath, formType, url.Values{"name": {"Alice<b>"}, "password": {"x"}, "next": {"//evil.example"}}.Encode(), "Accept", "text/html")
	if page := refused.Body.String(); strings.Contains(page, "evil") || strings.Contains(page, "Alice") {
		t.Errorf("after a failure: %s", page)
	}
}

func TestSignInPath(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/":               "/login",
		"/tasks/7":        "/login?next=%2Ftasks%2F7",
		"/tasks?a=1&b=%2": "/login?next=%2Ftasks%3Fa%3D1%26b%3D%252",
		"/login?next=/":   "/login",
		"//evil.example":  "/login",
		"":                "/login",
	} {
		if got := auth.SignInPath(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}
