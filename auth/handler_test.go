package auth_test

import (
	"crypto/tls"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"stepcast/auth"
	"stepcast/models"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

// post sends a body to the handler as a program would; more headers as pairs.
func (b *bundle) post(path, contentType, body string, pairs ...string) *httptest.ResponseRecorder {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://stepcast.test"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	answer := httptest.NewRecorder()
	b.Handler().ServeHTTP(answer, r)
	return answer
}

func TestPostLogin(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Operator)
	link := func() string {
		secret, _, err := b.LoginLink(b.ctx, "alice")
		noError(t, err)
		return secret
	}
	good := `{"name":"Alice","password":"` + password + `"}`
	form := url.Values{"name": {"alice"}, "password": {password}}.Encode()
	for _, test := range []struct {
		name, kind, body string
		headers          []string
		status           int
		code             models.ErrorCode
	}{
		{"JSON", jsonType + "; charset=utf-8", good, nil, 200, ""},
		{"form of a program", formType, form, nil, 200, ""},
		{"form of a browser", formType, form, []string{"Accept", "text/html,*/*"}, 303, ""},
		{"link of a program", jsonType, `{"token":"` + link() + `"}`, nil, 200, ""},
		{"link of a browser", formType, "token=" + link(), []string{"Accept", "text/html"}, 303, ""},
		{"wrong password", jsonType, `{"name":"alice","password":"x"}`, nil, 401, models.CodeUnauthenticated},
		{"wrong link", jsonType, `{"token":"x"}`, nil, 401, models.CodeUnauthenticated},
		{"empty object", jsonType, `{}`, nil, 401, models.CodeUnauthenticated},
		{"not JSON", jsonType, `{`, nil, 400, models.CodeInvalid},
		{"wrong type", jsonType, `{"name":1}`, nil, 400, models.CodeInvalid},
		{"not a form", formType, `%zz`, nil, 400, models.CodeInvalid},
		{"neither", "text/plain", good, nil, 400, models.CodeInvalid},
		{"huge", jsonType, `{"name":"` + strings.Repeat("x", 1<<17) + `"}`, nil, 400, models.CodeInvalid},
		{"from another site", formType, form, []string{"Sec-Fetch-Site", "cross-site"}, 403, models.CodeForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer := b.post(auth.LoginPath, test.kind, test.body, test.headers...)
			if answer.Code != test.status {
				t.Fatalf("answered %d %s, want %d", answer.Code, answer.Body, test.status)
			}
			if answer.Header().Get("Cache-Control") != "no-store" || answer.Header().Get("Referrer-Policy") == "" {
				t.Errorf("headers: %v", answer.Header())
			}
			cookies := answer.Result().Cookies()
			if test.code == "" {
				b.signedIn(t, cookies)
				return
			}
			var body struct {
				Error struct{ Code, Message string }
			}
			noError(t, json.Unmarshal(answer.Body.Bytes(), &body))
			if body.Error.Code != string(test.code) || body.Error.Message == "" || len(cookies) > 0 {
				t.Errorf("answered %s and set %v", answer.Body, cookies)
			}
		})
	}
}

func (b *bundle) signedIn(t *testing.T, cookies []*http.Cookie) {
	t.Helper()
	if len(cookies) != 1 {
		t.Fatalf("set %d cookies, want 1", len(cookies))
	}
	c := cookies[0]
	if c.Name != "stepcast_session" || c.Path != "/" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure {
		t.Errorf("set %v", c)
	}
	v, err := b.Session(b.ctx, models.SessionWeb, c.Value)
	if err != nil || v.Name != "alice" {
		t.Errorf("the cookie is of %q, %v", v.Name, err)
	}
}

func TestLoginAnswersWho(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Operator)
	answer := b.post(auth.LoginPath, jsonType, `{"name":"alice","password":"`+password+`"}`)
	want := `{"name":"alice","role":"OPERATOR","expiresAt":"2026-03-02T00:00:00Z"}`
	if got := strings.TrimSpace(answer.Body.String()); got != want {
		t.Errorf("answered %s, want %s", got, want)
	}
}

func TestLoginSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		b.post(auth.LoginPath, jsonType, `{"name":"alice","password":"x"}`)
	}
	answer := b.post(auth.LoginPath, jsonType, `{"name":"alice","password":"x"}`)
	if answer.Code != http.StatusTooManyRequests || answer.Header().Get("Retry-After") != "15" {
		t.Errorf("answered %d, Retry-After %q", answer.Code, answer.Header().Get("Retry-After"))
	}
}

func TestLoginPage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for query, want := range map[string]string{
		"":                    `name="password"`,
		"?token=abc":          `name="token" value="abc"`,
		`?token="><script>x=`: `value="&#34;&gt;&lt;script&gt;x="`,
	} {
		answer := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://stepcast.test/login", nil)
		r.URL.RawQuery = strings.TrimPrefix(query, "?")
		b.Handler().ServeHTTP(answer, r)
		if answer.Code != 200 || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%q: %d %s", query, answer.Code, answer.Body)
		}
		header := answer.Header()
		if policy := header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none';") {
			t.Errorf("%q: policy %q", query, policy)
		}
		if header.Get("Cache-Control") != "no-store" || header.Get("Referrer-Policy") != "strict-origin" {
			t.Errorf("%q: headers %v", query, header)
		}
	}
}

// A browser follows the link of the first start, works, and signs out.
func TestBrowserSignsInByLinkAndOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	mux := http.NewServeMux()
	mux.Handle("/", b.letIn((func(w http.ResponseWriter, r *http.Request) {
		v, _ := auth.ViewerFrom(r.Context())
		_, _ = io.WriteString(w, v.Name+" at "+r.URL.Path)
	})))
	mux.Handle(auth.LoginPath, b.Handler())
	mux.Handle(auth.LogoutPath, b.Handler())
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	browser := server.Client()
	browser.Jar, _ = cookiejar.New(nil)
	send := func(method, path string, form url.Values) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(form.Encode()))
		noError(t, err)
		r.Header.Set("Accept", "text/html")
		r.Header.Set("Content-Type", formType)
		r.Header.Set("Origin", server.URL)
		answer, err := browser.Do(r)
		noError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		noError(t, err)
		return answer.StatusCode, string(body)
	}

	secret, _, err := b.LoginLink(b.ctx, "alice")
	noError(t, err)
	for range 3 { // a mail program may look first
		if status, page := send("GET", auth.LinkPath(secret), nil); status != 200 || !strings.Contains(page, secret) {
			t.Fatalf("the link's page: %d %s", status, page)
		}
	}
	if status, _ := send("GET", "/", nil); status != 401 {
		t.Fatalf("opening the link has signed in: %d", status)
	}
	if status, page := send("POST", "/login", url.Values{"token": {secret}}); page != "alice at /" {
		t.Fatalf("the button: %d %s", status, page)
	}
	if status, page := send("POST", "/login", url.Values{"token": {secret}}); status != 401 || !strings.Contains(page, "used or has expired") {
		t.Fatalf("the button again: %d %s", status, page)
	}
	if status, page := send("POST", "/logout", nil); status != 200 || !strings.Contains(page, "password") {
		t.Fatalf("signing out: %d %s", status, page)
	}
	if status, _ := send("GET", "/", nil); status != 401 {
		t.Fatalf("still signed in after signing out: %d", status)
	}
	if log := b.log.String(); strings.Contains(log, secret) {
		t.Errorf("the log tells the link's secret:\n%s", log)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	secret := b.session(models.SessionWeb, "alice")
	answer := b.post(auth.LogoutPath, formType, "", "Cookie", "stepcast_session="+secret, "Sec-Fetch-Site", "cross-site")
	if answer.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", answer.Code)
	}
	_, err := b.Session(b.ctx, models.SessionWeb, secret)
	noError(t, err)
	for range 2 {
		answer = b.post(auth.LogoutPath, jsonType, "", "Cookie", "stepcast_session="+secret)
		cookies := answer.Result().Cookies()
		if answer.Code != http.StatusNoContent || len(cookies) != 1 || cookies[0].MaxAge != -1 || cookies[0].Value != "" {
			t.Errorf("answered %d and set %v", answer.Code, cookies)
		}
		_, err = b.Session(b.ctx, models.SessionWeb, secret)
		refusedAs(t, err, auth.ErrUnknown)
	}
}

func TestCookieIsSecureOverTLS(t *testing.T) {
	t.Parallel()
	plain, direct, proxied := request("GET"), request("GET"), request("GET", "X-Forwarded-Proto", "https")
	direct.TLS = new(tls.ConnectionState)
	for r, want := range map[*http.Request]bool{plain: false, direct: true, proxied: true} {
		if got := auth.Cookie(r, models.SessionLinkis, "x"); got.Secure != want || got.Name != "linkis_user_session_ticket_id_v1" {
			t.Errorf("set %v, want Secure %v", got, want)
		}
	}
}
