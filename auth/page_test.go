package auth_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"stepcast/auth"
)

func TestPageSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	inChinese := setup(t, func(o *auth.Options) { o.Locale = "zh" })
	for _, test := range []struct {
		from         *bundle
		accept, want string
	}{
		{b, "", "en"},
		{b, "en-GB,en;q=0.8", "en"},
		{b, "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"},
		{b, "zh", "zh-CN"},
		{b, "fr, zh;q=0.5", "zh-CN"},
		{b, "fr", "en"},
		{b, "en;q=0.5, zh;q=0.9", "zh-CN"},
		{b, "not a language; q=x", "en"},
		{b, strings.Repeat("zh,", 1000), "en"},
		{inChinese, "", "zh-CN"},
		{inChinese, "fr", "zh-CN"},
		{inChinese, "en", "en"},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://stepcast.test/login", nil)
		r.Header.Set("Accept-Language", test.accept)
		answer := httptest.NewRecorder()
		test.from.Handler().ServeHTTP(answer, r)
		button := map[string]string{"en": "Sign in to Stepcast", "zh-CN": "登录 Stepcast"}[test.want]
		page := answer.Body.String()
		if !strings.Contains(page, `<html lang="`+test.want+`">`) || !strings.Contains(page, "<button>"+button+"</button>") {
			t.Errorf("%.40q: %s", test.accept, page)
		}
		if answer.Header().Get("Content-Language") != test.want || answer.Header().Get("Vary") != "Accept-Language" {
			t.Errorf("%.40q: %v", test.accept, answer.Header())
		}
	}
}

func TestPageSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", "MEMBER")
	send := func(language string, form url.Values, more ...string) (int, string) {
		answer := b.post(auth.LoginPath, formType, form.Encode(), append([]string{"Accept", "text/html", "Accept-Language", language}, more...)...)
		return answer.Code, answer.Body.String()
	}
	wrong := url.Values{"name": {"ALICE"}, "password": {"a wrong one"}, "next": {"/tasks/7"}}
	for _, test := range []struct {
		language string
		form     url.Values
		more     []string
		status   int
		says     string
	}{
		{"en", wrong, nil, 401, auth.ErrWrongPassword.Error()},
		{"zh", wrong, nil, 401, "用户名或密码错误"},
		{"en", url.Values{"token": {"x"}}, nil, 401, "used or has expired"},
		{"zh", url.Values{"token": {"x"}}, nil, 401, "此登录链接已被使用或已过期"},
		{"zh", wrong, []string{"Sec-Fetch-Site", "cross-site"}, 403, "请从本服务器的页面登录"},
		{"zh", url.Values{"name": {strings.Repeat("x", 1<<17)}}, nil, 400, "登录失败"},
	} {
		status, page := send(test.language, test.form, test.more...)
		if status != test.status || !strings.Contains(page, `<p role="alert" id="problem">`) || !strings.Contains(page, test.says) {
			t.Errorf("%s: %d %s", test.says, status, page)
		}
	}
	_, page := send("en", wrong)
	for _, part := range []string{
		`name="name" value="alice"`, `name="next" value="/tasks/7"`, `aria-describedby="problem" autofocus>`,
		`<label for="name">`, `<label for="password">`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("%s is missing after a failure: %s", part, page)
		}
	}
	if strings.Contains(page, "a wrong one") || strings.Count(page, "autofocus") != 1 {
		t.Errorf("the page gives the password back, or two fields have the focus: %s", page)
	}
	for range 2 {
		send("en", wrong)
	}
	if status, page := send("zh", wrong); status != 429 || !strings.Contains(page, "尝试次数过多") {
		t.Errorf("too many: %d %s", status, page)
	}
	if status, page := send("en", wrong); status != 429 || !strings.Contains(page, "too many failed sign-ins") {
		t.Errorf("too many: %d %s", status, page)
	}
}

var styleOf = regexp.MustCompile(`(?s)<style>(.*)</style>`)

// The policy allows the page its own style, and no script, image or frame.
func TestPagePolicy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/login", "/login?token=abc"} {
		answer := httptest.NewRecorder()
		b.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://stepcast.test"+path, nil))
		page := answer.Body.String()
		found := styleOf.FindStringSubmatch(page)
		if found == nil || !strings.Contains(found[1], "prefers-color-scheme:dark") {
			t.Fatalf("%s: %s", path, page)
		}
		sum := sha256.Sum256([]byte(found[1]))
		want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
			"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
		if got := answer.Header().Get("Content-Security-Policy"); got != want {
			t.Errorf("%s: policy %q, want %q", path, got, want)
		}
		for _, part := range []string{"style=", "<script", "onload", "http:", "https:"} {
			if strings.Contains(page, part) {
				t.Errorf("%s: %s has no place under the policy: %s", path, part, page)
			}
		}
		if strings.Count(page, "autofocus") != 1 {
			t.Errorf("%s: one thing has the focus: %s", path, page)
		}
	}
}
