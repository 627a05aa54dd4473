package linkis_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/rest/resttest"
)

// signedIn takes the session cookie out of an answer.
func signedIn(t *testing.T, r reply) *http.Cookie {
	t.Helper()
	response := http.Response{Header: r.header}
	require.Len(t, response.Cookies(), 1)
	return response.Cookies()[0]
}

func TestLoginToLogout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.post("/user/login", `{"userName":"Max","password":"correct horse"}`)
	requireOK(t, r)
	require.Equal(t, fmt.Sprintf(`{"data":{"userName":"max","isAdmin":false,"sessionTimeOut":%d,"enableWatermark":true},"message":"login successful(登录成功)！","method":"/api/user/login","status":0}`,
		auth.SessionTTLDefault.Milliseconds()), r.body)
	c := signedIn(t, r)
	require.Equal(t, "linkis_user_session_ticket_id_v1", c.Name)
	require.True(t, c.HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, c.SameSite)
	session := cookie(c.Name, c.Value)

	r = b.get("/user/userInfo", session)
	require.Equal(t, `{"data":{"userName":"max"},"message":"get user information succeed!","method":"/api/user/userInfo","status":0}`, r.body)
	task := b.Submit(resttest.Member)
	requireOK(t, b.get(at("/entrance/{id}/status", task.ID), session))
	r = b.post("/user/login", `{"userName":"max","password":"whatever"}`, session)
	requireOK(t, r)
	require.Equal(t, "max already logged in, please log out before signing in(已经登录，请先退出再进行登录)！", r.message)

	r = b.post("/user/logout", "", session)
	requireOK(t, r)
	require.Equal(t, "Logout successful(退出登录成功)！", r.message)
	require.Empty(t, signedIn(t, r).Value)
	r = b.get("/user/userInfo", session)
	require.Equal(t, []int{401, -1}, []int{r.http, r.status})
	requireOK(t, b.get("/user/logout"))

	r = b.post("/user/login", `{"userName":"admin","password":"correct horse"}`)
	require.Equal(t, true, r.data["isAdmin"])
}

// TestLogoutEndsEachCookie that a sign-in would have taken, a stale one before it or not.
func TestLogoutEndsEachCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	good := signedIn(t, b.post("/user/login", `{"userName":"max","password":"correct horse"}`))
	cookies := header("Cookie", good.Name+"=stale; "+good.Name+"="+good.Value)
	requireOK(t, b.get("/user/userInfo", cookies))
	requireOK(t, b.get("/user/logout", cookies))
	require.Equal(t, 401, b.get("/user/userInfo", cookies).http)
}

// TestOtherSitesSignNobodyIn: their page could go on as a user of its own choice.
func TestOtherSitesSignNobodyIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	other := header("Sec-Fetch-Site", "cross-site")
	for path, body := range map[string]string{
		"/user/login": `{"userName":"max","password":"correct horse"}`,
		"/user/login?userName=max&password=correct%20horse": "",
	} {
		r := b.post(path, body, other)
		require.Equal(t, 403, r.http, r.body)
		require.Empty(t, r.header.Get("Set-Cookie"))
		requireOK(t, b.post(path, body))
	}
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for body, want := range map[string]string{
		`{}`:                                   "Username can not be empty(用户名不能为空)！",
		`{"userName":null,"password":"x"}`:     "Username can not be empty(用户名不能为空)！",
		`{"userName":"max"}`:                   "Password can not be blank(密码不能为空)！",
		`{"userName":"max","password":"no"}`:   "wrong user name or password(用户名或密码错误)！",
		`{"userName":"who","password":"no"}`:   "wrong user name or password(用户名或密码错误)！",
		`{"userName":1,"password":"no"}`:       generic + "ClassCastException: userName is not a text",
		`{"userName":"max","password":["no"]}`: generic + "ClassCastException: password is not a text",
	} {
		r := b.post("/user/login", body)
		requireRefused(t, r, 400, 1, want)
		require.Empty(t, r.header.Get("Set-Cookie"))
	}
	var last reply
	for range 50 {
		if last = b.post("/user/login", `{"userName":"max","password":"no"}`); last.http != 400 {
			break
		}
	}
	require.Equal(t, 429, last.http)
	require.NotEmpty(t, last.header.Get("Retry-After"))
}

func TestTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	path := at("/entrance/{id}/status", task.ID)
	admin, mine := b.Token(resttest.Admin), b.Token(resttest.Member)
	pair := func(code, user string) []option {
		return []option{header("Token-Code", code), header("Token-User", user)}
	}
	cookies := func(code, user string) []option {
		return []option{cookie("Token-Code", code), cookie("Token-User", user)}
	}

	requireOK(t, b.get(path, pair(mine, "max")...))
	requireOK(t, b.get(path, pair(mine, "MAX")...))
	requireOK(t, b.get(path, pair(admin, "max")...))
	requireOK(t, b.get(path, cookies(admin, "max")...))
	requireOK(t, b.get(path, header("Authorization", "Bearer "+mine)))
	require.Equal(t, 403, b.get(path, pair(admin, "mia")...).http, "the rights are those of the user named")

	failed := "Token Authentication Failed, token: ******，tokenUser: %s, reason: errCode: %d ,desc: "
	for _, c := range []struct {
		code, user string
		number     int
	}{{"made-up", "max", 15207}, {mine, "mia", 15202}, {admin, "nobody", 15202}, {admin, "näme", 15202}} {
		for _, options := range [][]option{pair(c.code, c.user), cookies(c.code, "x"), append(pair(c.code, c.user), header("Authorization", "Bearer "+mine))} {
			r := b.get(path, options...)
			require.Equal(t, []int{401, -1}, []int{r.http, r.status})
			require.Contains(t, r.message, "Token Authentication Failed, token: ******，tokenUser: ")
			require.NotContains(t, r.body, c.code)
		}
		require.Contains(t, b.get(path, pair(c.code, c.user)...).message, fmt.Sprintf(failed, c.user, c.number))
	}
	soon := time.Now().Add(time.Hour)
	expired, _, err := b.Auth.CreateToken(t.Context(), resttest.Member, auth.CreateTokenInput{Name: "t", ExpiresAt: &soon})
	require.NoError(t, err)
	requireOK(t, b.get(path, pair(expired, "max")...))

	for _, options := range [][]option{pair(mine, ""), pair("", "max")} {
		r := b.get(path, options...)
		requireRefused(t, r, 401, -1, "You are not logged in, please login first(您尚未登录，请先登录)!")
	}
	web, err := b.Auth.StartSession(t.Context(), models.SessionWeb, resttest.Member)
	require.NoError(t, err)
	r := b.get(path, cookie("linkis_user_session_ticket_id_v1", web.Secret))
	require.Equal(t, 401, r.http, "a session of another kind does not count")
}
