package linkis_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/rest/resttest"
)

func TestWhatIsOpenToAll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	host := strings.TrimPrefix(b.server.URL, "http://")
	for path, want := range map[string]string{
		"/user/publicKey":    `{"data":{"enableSSL":false,"enableLoginEncrypt":false},"message":"Gain success(获取成功)！"`,
		"/user/baseinfo":     `{"data":{"resultSetExportEnable":true,"linkisClusterName":"","engineLogOnlyAdminEnable":false},"message":"get baseinfo success(获取成功)！"`,
		"/gateway/heartbeat": fmt.Sprintf(`{"data":{"gatewayList":["%s"],"isHealthy":true},"message":"Gateway heartbeat ok!"`, host),
		"/user/logout":       `{"data":{},"message":"Logout successful(退出登录成功)！"`,
	} {
		r := b.get(path)
		require.Equal(t, want+`,"method":"/api`+path+`","status":0}`, r.body)
		require.Equal(t, 200, b.get(path, cookie("linkis_user_session_ticket_id_v1", "made-up")).http, "a bad cookie does not matter")
	}
	r := b.get("/gateway/heartbeat", func(r *http.Request) { r.Host = "tasks.example" })
	require.Equal(t, []any{"tasks.example:80"}, r.data["gatewayList"])
	for _, path := range []string{"/user/proxy", "/user/register", "/user/LOGIN", "/gateway"} {
		requireRefused(t, b.get(path, b.as(resttest.Member)), 404, 1, "unknown request URI /api"+path)
	}
	for _, verb := range []string{"GET", "POST", "PUT", "DELETE"} {
		require.Equal(t, 200, b.send(verb, "/user/logout", "").http)
	}
	require.Equal(t, "GET, POST, PUT, DELETE", b.send("PATCH", "/user/logout", "").header.Get("Allow"))
}

func TestHeartbeat(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Equal(t, `{"data":{},"message":"Maintain heartbeat success(维系心跳成功)","method":"/api/user/heartbeat","status":0}`,
		b.get("/user/heartbeat", b.as(resttest.Member)).body)
}

func TestLoginByQuery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	form := func(name, key, password string) string {
		return "/user/login?" + url.Values{"userName": {name}, key: {password}}.Encode()
	}
	for _, key := range []string{"password", "passwdEncrypt"} {
		r := b.send("POST", form("MAX", key, resttest.Password), "")
		requireOK(t, r)
		require.Equal(t, "max", r.data["userName"])
		signedIn(t, r)
		requireRefused(t, b.send("POST", form("max", key, "no"), ""), 400, 1, "wrong user name or password(用户名或密码错误)！")
		body := fmt.Sprintf(`{"userName":"max","%s":"%s"}`, key, resttest.Password)
		requireOK(t, b.post("/user/login", body))
		requireOK(t, b.post("/user/login?userName=mia", body))
	}
	data := fmt.Sprintf(`{"data":{"sessionTimeOut":%d,"enableWatermark":true},"message":"%%s","method":"/api/user/login","status":1}`, auth.SessionTTLDefault.Milliseconds())
	for body, want := range map[string]string{
		`{"userName":"  ","password":"x"}`:     "Username can not be empty(用户名不能为空)！",
		`{"userName":"max","password":" "}`:    "Password can not be blank(密码不能为空)！",
		`{"userName":"max","password":null}`:   "Password can not be blank(密码不能为空)！",
		`{"userName":"max","password":"nope"}`: "wrong user name or password(用户名或密码错误)！",
	} {
		require.Equal(t, fmt.Sprintf(data, want), b.post("/user/login", body).body)
	}
	requireRefused(t, b.send("POST", "/user/login?userName=max", ""), 400, 1, generic+"HttpMessageNotReadableException: Required request body is missing")
}

func TestTokenLogin(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	status, kill := at("/entrance/{id}/status", task.ID), at("/entrance/{id}/kill", task.ID)
	login := func(options ...option) reply { return b.post("/user/token-login", "", options...) }
	session := func(r reply) option {
		t.Helper()
		requireOK(t, r)
		c := signedIn(t, r)
		require.Equal(t, "linkis_user_session_ticket_id_v1", c.Name)
		return cookie(c.Name, c.Value)
	}

	r := login(b.as(resttest.Member))
	require.Equal(t, fmt.Sprintf(`{"data":{"userName":"max","isAdmin":false,"sessionTimeOut":%d,"enableWatermark":true},"message":"login successful(登录成功)！","method":"/api/user/token-login","status":0}`,
		auth.SessionTTLDefault.Milliseconds()), r.body)
	mine := session(r)
	requireOK(t, b.get(status, mine))
	require.Equal(t, "max", b.get("/user/userInfo", mine).data["userName"])

	acting := session(login(header("Token-Code", b.Token(resttest.Admin)), header("Token-User", resttest.Other)))
	require.Equal(t, "mia", b.get("/user/userInfo", acting).data["userName"])
	require.Equal(t, 403, b.get(status, acting).http, "it acts for the user named, not for the token's")

	reading := session(login(header("Authorization", "Bearer "+b.Token(resttest.Member, models.ScopeRead))))
	requireOK(t, b.get(status, reading))
	require.Equal(t, 403, b.get(kill, reading).http, "it has no more scopes than the token")

	code, token, err := b.Auth.CreateToken(t.Context(), resttest.Member, auth.CreateTokenInput{Name: "t"})
	require.NoError(t, err)
	revoked := session(login(header("Token-Code", code), header("Token-User", resttest.Member)))
	requireOK(t, b.get(status, revoked))
	require.NoError(t, b.Auth.RevokeToken(t.Context(), token.ID))
	require.Equal(t, []int{401, -1}, []int{b.get(status, revoked).http, b.get(status, revoked).status}, "it ends with the token")

	requireOK(t, b.post("/user/logout", "", mine))
	require.Equal(t, 401, b.get(status, mine).http)
	web, err := b.Auth.StartSession(t.Context(), models.SessionLinkis, resttest.Member)
	require.NoError(t, err)
	for _, options := range [][]option{
		nil, {cookie("linkis_user_session_ticket_id_v1", web.Secret)}, {header("Token-Code", "made-up"), header("Token-User", resttest.Member)},
	} {
		r := login(options...)
		require.Equal(t, []int{401, -1}, []int{r.http, r.status})
		require.Empty(t, r.header.Get("Set-Cookie"))
	}
}

// TestAClientFromLoginToResult goes the way of the Java SDK and the web console.
func TestAClientFromLoginToResult(t *testing.T) {
	t.Parallel()
	b := setup(t)
	c := signedIn(t, b.post("/user/login", `{"userName":"max","password":"correct horse"}`))
	me := cookie(c.Name, c.Value)
	r := b.post("/entrance/execute", `{"executionCode":"select 1","executeApplicationName":"spark-3","runType":"sql","requestApplicationName":"IDE","params":{},"source":{"scriptPath":"a.sql"}}`, me)
	requireOK(t, r)
	id := int64(r.data["taskID"].(float64))
	job := func() javaTask { return readTask(t, b.get(at("/jobhistory/{id}/get", id), me).data["task"]) }
	require.Equal(t, "Scheduled", job().Status)
	require.Len(t, readTasks(t, b.get("/jobhistory/listundonetasks?pageSize=100", me), "tasks"), 1)

	task := b.Claim()
	into := b.newResults(task)
	b.giveTable(into, []string{"1"}, []*string{text("1")})
	require.Equal(t, "Running", job().Status)
	require.Nil(t, job().ErrCode)
	b.endNow(task)
	done := job()
	require.Equal(t, []string{"Succeed", "1.0"}, []string{done.Status, done.Progress})
	require.Equal(t, "Succeed", b.get(at("/entrance/{id}/status", url.PathEscape(done.StrongerExecID)), me).data["status"])
	require.Empty(t, readTasks(t, b.get("/jobhistory/listundonetasks", me), "tasks"))

	require.NotEmpty(t, b.get("/filesystem/openLog?path="+url.QueryEscape(done.LogPath), me).data["log"].([]any)[3])
	var tree struct {
		DirFileTrees struct {
			Children []struct {
				Name, Path string
				IsLeaf     bool
			}
		}
	}
	data, err := json.Marshal(b.get("/filesystem/getDirFileTrees?path="+url.QueryEscape(done.ResultLocation), me).data)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &tree))
	require.Len(t, tree.DirFileTrees.Children, 1)
	first := tree.DirFileTrees.Children[0]
	require.True(t, first.IsLeaf)
	require.Regexp(t, `^_\d+\.dolphin$`, first.Name)
	r = b.get("/filesystem/openFile?page=1&pageSize=5000&charset=utf-8&nullValue=LINKIS_NULL&path="+url.QueryEscape(first.Path), me)
	require.Equal(t, []any{[]any{"1"}}, r.data["fileContent"])
	r = b.get("/filesystem/openFile?page=2&pageSize=5000&path="+url.QueryEscape(first.Path), me)
	require.Equal(t, []any{}, r.data["fileContent"], "the command line stops here")
	require.EqualValues(t, 0, r.data["totalLine"])
	requireOK(t, b.post("/user/logout", "", me))
}
