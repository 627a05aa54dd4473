package auth_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"stepcast/auth"
	"stepcast/models"
)

// request is one to http://stepcast.test with headers given as pairs.
func request(method string, pairs ...string) *http.Request {
	r := httptest.NewRequest(method, "http://stepcast.test/graphql", nil)
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Add(pairs[i], pairs[i+1])
	}
	return r
}

func TestFromRequest(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	b.user("bob", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	web := "stepcast_session=" + b.session(models.SessionWeb, "bob")
	linkis := "linkis_user_session_ticket_id_v1=" + b.session(models.SessionLinkis, "bob")
	imanager := "JSESSIONID=" + b.session(models.SessionIManager, "bob")
	misplaced := "stepcast_session=" + b.session(models.SessionLinkis, "bob")
	legacy := []models.SessionKind{models.SessionLinkis, models.SessionIManager}

	for _, test := range []struct {
		name, method string
		headers      []string
		kinds        []models.SessionKind
		want         string
		reason       error
		code         models.ErrorCode
	}{
		{name: "token", headers: []string{"Authorization", "bearer " + text}, want: "alice"},
		{name: "token before cookie", headers: []string{"Authorization", "Bearer " + text, "Cookie", web}, want: "alice"},
		{name: "token from another site", method: "POST", headers: []string{"Authorization", "Bearer " + text, "Sec-Fetch-Site", "cross-site"}, want: "alice"},
		{name: "bad token beside a good cookie", headers: []string{"Authorization", "Bearer x", "Cookie", web}, reason: auth.ErrUnknown},
		{name: "empty token", headers: []string{"Authorization", "Bearer", "Cookie", web}, reason: auth.ErrNoCredential},
		{name: "a proxy's scheme", headers: []string{"Authorization", "Basic YTpi", "Cookie", web}, want: "bob"},
		{name: "web cookie", headers: []string{"Cookie", web}, want: "bob"},
		{name: "web cookie after a stale one", headers: []string{"Cookie", "stepcast_session=stale; " + web}, want: "bob"},
		{name: "linkis cookie elsewhere", headers: []string{"Cookie", linkis}, reason: auth.ErrNoCredential},
		{name: "linkis session as web cookie", headers: []string{"Cookie", misplaced}, reason: auth.ErrUnknown},
		{name: "linkis cookie", headers: []string{"Cookie", linkis}, kinds: legacy, want: "bob"},
		{name: "imanager cookie", headers: []string{"Cookie", imanager}, kinds: legacy, want: "bob"},
		{name: "web cookie on legacy paths", headers: []string{"Cookie", web}, kinds: legacy, reason: auth.ErrNoCredential},
		{name: "unknown cookie", headers: []string{"Cookie", "stepcast_session=x"}, reason: auth.ErrUnknown},
		{name: "nothing", reason: auth.ErrNoCredential},
		{name: "cookie posted from here", method: "POST", headers: []string{"Cookie", web, "Sec-Fetch-Site", "same-origin"}, want: "bob"},
		{name: "cookie posted by no browser", method: "POST", headers: []string{"Cookie", web}, want: "bob"},
		{name: "cookie posted from another site", method: "POST", headers: []string{"Cookie", web, "Sec-Fetch-Site", "cross-site"}, code: models.CodeForbidden},
		{name: "cookie read from another site", headers: []string{"Cookie", web, "Sec-Fetch-Site", "cross-site"}, want: "bob"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v, err := b.FromRequest(request(test.method, test.headers...), test.kinds...)
			switch {
			case test.reason != nil:
				refusedAs(t, err, test.reason)
			case test.code != "":
				faulted(t, err, test.code, "")
			case err != nil || v.Name != test.want:
				t.Errorf("got %q, %v; want %s", v.Name, err, test.want)
			}
		})
	}
}

func TestSameSite(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *auth.Options) { o.AllowedOrigins = []string{"https://Friend.test/"} })
	for _, test := range []struct {
		name    string
		headers []string
		want    bool
	}{
		{"no browser", nil, true},
		{"typed by the user", []string{"Sec-Fetch-Site", "none"}, true},
		{"own page", []string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, true},
		{"neighbour", []string{"Sec-Fetch-Site", "same-site"}, false},
		{"other site", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://stepcast.test"}, false},
		{"own origin", []string{"Origin", "http://STEPCAST.test"}, true},
		{"own host, other port", []string{"Origin", "http://stepcast.test:81"}, false},
		{"other origin", []string{"Origin", "http://evil.test"}, false},
		{"origin that looks like ours", []string{"Origin", "http://stepcast.test.evil.test"}, false},
		{"secret origin", []string{"Origin", "null"}, false},
		{"unreadable origin", []string{"Origin", "%%"}, false},
		{"origin before referer", []string{"Origin", "http://evil.test", "Referer", "http://stepcast.test/"}, false},
		{"own referer", []string{"Referer", "http://stepcast.test/x?y"}, true},
		{"other referer", []string{"Referer", "http://evil.test/http://stepcast.test"}, false},
		{"allowed origin", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://friend.test"}, true},
		{"allowed host by another scheme", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://friend.test"}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := b.SameSite(request("GET", test.headers...)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestViewerLanguages(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *auth.Options) { o.Locale = "fr" })
	b.user("alice", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	r := request("GET", "Authorization", "Bearer "+text, "Accept-Language", "de-AT, zh;q=0.5")
	for _, test := range []struct {
		locale string
		want   []string
	}{{"", []string{"de-AT", "zh", "fr"}}, {"zh", []string{"zh", "de-AT", "fr"}}} {
		_, err := b.SetLocale(b.ctx, "alice", test.locale)
		noError(t, err)
		v, err := b.FromRequest(r)
		noError(t, err)
		if !slices.Equal(v.Languages, test.want) {
			t.Errorf("prefers %q: got %q, want %q", test.locale, v.Languages, test.want)
		}
		if again := b.Localize(v, r); !slices.Equal(again.Languages, test.want) {
			t.Errorf("a second time: got %q", again.Languages)
		}
	}
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	seen := ""
	handler := b.letIn((func(_ http.ResponseWriter, r *http.Request) {
		v, _ := auth.ViewerFrom(r.Context())
		seen += v.Name + ","
	}))
	handler.ServeHTTP(httptest.NewRecorder(), request("GET", "Authorization", "Bearer "+text))
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request("GET"))
	if seen != "alice," {
		t.Errorf("let in: %q, want alice alone", seen)
	}
	if answer.Code != http.StatusUnauthorized || answer.Header().Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("refused with %d %v", answer.Code, answer.Header())
	}
	if _, ok := auth.ViewerFrom(t.Context()); ok {
		t.Error("a context without a viewer has one")
	}
}

func TestSocketAuth(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	b.user("bob", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	cookie := "stepcast_session=" + b.session(models.SessionWeb, "bob")
	for _, test := range []struct {
		name    string
		payload map[string]any
		headers []string
		want    string
		code    models.ErrorCode
	}{
		{"payload", map[string]any{"Authorization": "Bearer " + text}, nil, "alice", ""},
		{"payload in lower case", map[string]any{"authorization": "bearer " + text}, nil, "alice", ""},
		{"payload before cookie", map[string]any{"Authorization": "Bearer " + text}, []string{"Cookie", cookie, "Origin", "http://evil.test"}, "alice", ""},
		{"bad payload beside a good cookie", map[string]any{"Authorization": "Bearer x"}, []string{"Cookie", cookie}, "", models.CodeUnauthenticated},
		{"payload of another scheme", map[string]any{"Authorization": "Basic x"}, []string{"Cookie", cookie}, "", models.CodeUnauthenticated},
		{"payload that is no text", map[string]any{"Authorization": 7.0}, []string{"Cookie", cookie}, "", models.CodeUnauthenticated},
		{"empty payload, cookie", map[string]any{"Authorization": nil, "authorization": ""}, []string{"Cookie", cookie}, "bob", ""},
		{"header", nil, []string{"Authorization", "Bearer " + text}, "alice", ""},
		{"cookie", nil, []string{"Cookie", cookie, "Origin", "http://stepcast.test"}, "bob", ""},
		{"cookie from another site", nil, []string{"Cookie", cookie, "Origin", "http://evil.test"}, "", models.CodeForbidden},
		{"nothing", nil, nil, "", models.CodeUnauthenticated},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v, err := b.SocketAuth(b.ctx, request("GET", test.headers...), test.payload)
			if models.CodeOf(err) != test.code || v.Name != test.want {
				t.Errorf("got %q, %v; want %s%s", v.Name, err, test.want, test.code)
			}
		})
	}
}
