package linkis_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
)

// endpoints are the nine, and resume, with the verb that each takes.
var endpoints = map[string]string{
	"/entrance/execute":                   http.MethodPost,
	"/entrance/submit":                    http.MethodPost,
	"/entrance/{id}/status":               http.MethodGet,
	"/entrance/{id}/progress":             http.MethodGet,
	"/entrance/{id}/progressWithResource": http.MethodGet,
	"/entrance/{id}/log":                  http.MethodGet,
	"/entrance/{id}/kill":                 http.MethodGet,
	"/entrance/{id}/killJobs":             http.MethodPost,
	"/entrance/{id}/pause":                http.MethodGet,
	"/entrance/{id}/resume":               http.MethodGet,
}

func at(path string, id any) string { return strings.Replace(path, "{id}", fmt.Sprint(id), 1) }

func TestEveryEndpointWantsASignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	for path, verb := range endpoints {
		path = at(path, task.ID)
		r := b.send(verb, path, "{}", header("Content-Type", "application/json"))
		requireRefused(t, r, 401, -1, "You are not logged in, please login first(您尚未登录，请先登录)!")
		require.Equal(t, "/api"+path, r.method)
		require.Empty(t, r.data)

		r = b.send(verb, path, "{}", cookie("linkis_user_session_ticket_id_v1", "made-up"), header("Content-Type", "application/json"))
		requireRefused(t, r, 401, -1, "errCode: 11002 ,desc: You are not logged in, please login first!(您尚未登录，请先登录!) ,ip: 127.0.0.1 ,port: 9001 ,serviceKind: linkis-mg-gateway")
	}
	require.Equal(t, models.Waiting, b.Row(task.ID).Status)
}

func TestEveryEndpointRefusesOtherVerbs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	for path, right := range endpoints {
		for _, verb := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
			reads := right == "GET" && !strings.Contains("/kill/pause/resume", path[strings.LastIndexByte(path, '/'):])
			if verb == right || verb == "HEAD" && reads {
				continue
			}
			r := b.send(verb, at(path, task.ID), "", b.as(resttest.Member))
			require.Equal(t, 405, r.http, "%s %s", verb, path)
			want := right
			if reads {
				want = "GET, HEAD"
			}
			require.Equal(t, want, r.header.Get("Allow"))
			if verb != "HEAD" {
				requireRefused(t, r, 405, 1, "Request method '"+verb+"' not supported")
				require.Equal(t, "/api"+at(path, task.ID), r.method)
			}
		}
	}
	require.Equal(t, models.Waiting, b.Row(task.ID).Status, "HEAD kill does not kill")
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	path := at("/entrance/{id}/status", task.ID)
	head := b.send(http.MethodHead, path, "", b.as(resttest.Member))
	get := b.get(path, b.as(resttest.Member))
	require.Equal(t, 200, head.http)
	require.Equal(t, get.header.Get("Content-Length"), head.header.Get("Content-Length"))
}

func TestUnknownPathsAreEnvelopes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{
		"", "/", "//", "/entrance/../user/userInfo", "/entrance", "/entrance/1", "/entrance/1/nothing", "/entrance/1/status/", "/entrance/1/status/x",
		"/entrance//status/", "/user", "/filesystem/unknown", "/%2F", "/entrance%2Fsubmit",
	} {
		r := b.get(path, b.as(resttest.Member))
		require.Equal(t, 404, r.http, path)
		require.Equal(t, 1, r.status, path)
	}
}

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, path := range []string{"/entrance/execute", "/entrance/submit", "/entrance/1/killJobs", "/user/login"} {
		for body, reason := range map[string]string{
			"":              "Required request body is missing",
			"null":          "Required request body is missing",
			"{":             "JSON parse error: the body ends too early",
			"{]":            "JSON parse error at byte 2",
			"[]":            "JSON parse error: the body is a array, not an object",
			`"text"`:        "JSON parse error: the body is a string, not an object",
			"{}{}":          "JSON parse error: more than one value",
			"{} x":          "JSON parse error: more than one value",
			"code=ls":       "JSON parse error at byte 1",
			"\xff\xfe":      "JSON parse error at byte 1",
			`{"a":"\ud8"}`:  "JSON parse error at byte",
			"{\"a\":\"\n\"": "JSON parse error at byte",
		} {
			r := b.post(path, body, b.as(resttest.Member))
			require.Equal(t, 400, r.http, "%s %s", path, r.body)
			require.Equal(t, 1, r.status)
			require.Contains(t, r.message, "operation failed(操作失败)s！the reason(原因)：HttpMessageNotReadableException: ")
			require.Contains(t, r.message, reason, body)
			require.Equal(t, "/api"+path, r.method)
		}
		r := b.post(path, `{"a":"`+strings.Repeat("x", 2<<20)+`"}`, b.as(resttest.Member))
		requireRefused(t, r, 413, 1, "operation failed(操作失败)s！the reason(原因)：the body is larger than 2 MB")
		r = b.post(path, `{}`, b.as(resttest.Member), header("Content-Type", "text/plain"))
		requireRefused(t, r, 415, 1, "Content type 'text/plain' not supported, send application/json")
	}
}

func TestOtherSitesCannotUseTheCookie(t *testing.T) {
	t.Parallel()
	b := setup(t)
	in, err := b.Auth.StartSession(t.Context(), models.SessionLinkis, resttest.Member)
	require.NoError(t, err)
	session := cookie("linkis_user_session_ticket_id_v1", in.Secret)
	task := b.Submit(resttest.Member)
	code := b.Token(resttest.Member)
	tokenCookies := func(r *http.Request) {
		cookie("Token-Code", code)(r)
		cookie("Token-User", resttest.Member)(r)
	}
	elsewhere := []option{
		header("Sec-Fetch-Site", "cross-site"), header("Origin", "https://evil.example"), header("Referer", "https://evil.example/x"),
	}
	for path, verb := range endpoints {
		path = at(path, task.ID)
		for _, from := range elsewhere {
			for _, credential := range []option{session, tokenCookies} {
				r := b.send(verb, path, "{}", credential, from, header("Content-Type", "application/json"))
				switch path[strings.LastIndexByte(path, '/'):] {
				case "/status", "/progress", "/progressWithResource", "/log":
					requireOK(t, r)
				default:
					require.Equal(t, 403, r.http, "%s %s", path, r.body)
					require.Equal(t, 3, r.status)
				}
			}
		}
	}
	require.Equal(t, models.Waiting, b.Row(task.ID).Status)

	own := header("Sec-Fetch-Site", "same-origin")
	requireOK(t, b.get(at("/entrance/{id}/pause", task.ID), session, own))
	requireOK(t, b.get(at("/entrance/{id}/resume", task.ID), session))                           // a program sends no such header
	requireOK(t, b.get(at("/entrance/{id}/kill", task.ID), b.as(resttest.Member), elsewhere[0])) // no page has the token
}

func TestForeignTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	words := map[string]string{"kill": "kill", "pause": "pause", "resume": "resume"}
	for path, verb := range endpoints {
		if !strings.Contains(path, "{id}") || strings.HasSuffix(path, "killJobs") {
			continue
		}
		word := words[path[strings.LastIndexByte(path, '/')+1:]]
		if word == "" {
			word = "read"
		}
		for _, id := range []string{models.TaskID(task.ID), task.ExecID()} {
			r := b.send(verb, at(path, id), "", b.as(resttest.Other))
			requireRefused(t, r, 403, 3, "You have no permission to "+word+" this job, excecute by user:another user")
			require.Equal(t, at("/api"+path, id), r.method)
			r = b.send(verb, at(path, "99999")+"?taskID="+models.TaskID(task.ID), "", b.as(resttest.Other))
			require.Equal(t, 403, r.http, "the fallback is checked as well: %s", r.body)
		}
		r := b.send(verb, at(path, task.ID), "", b.as(resttest.Observer))
		if word == "read" {
			requireOK(t, r)
			continue
		}
		requireRefused(t, r, 403, 3, "You have no permission to "+word+" this job, excecute by user:max")
	}
	require.Equal(t, models.Waiting, b.Row(task.ID).Status)
}

func TestWrongIDs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	unknown := map[string]string{
		"/entrance/{id}/status":               "Get job by ID error and cannot obtain the corresponding task status.(获取job时发生异常，不能获取相应的任务状态)",
		"/entrance/{id}/progress":             "The job corresponding to the ID is empty, and the corresponding task progress cannot be obtained.(ID 对应的job为空，不能获取相应的任务进度)",
		"/entrance/{id}/progressWithResource": "The job corresponding to the ID is empty, and the corresponding task progress cannot be obtained.(ID 对应的job为空，不能获取相应的任务进度)",
		"/entrance/{id}/log":                  "The job you just executed has ended. This interface no longer provides a query. It is recommended that you download the log file for viewing.(您刚刚执行的job已经结束，本接口不再提供查询，建议您下载日志文件进行查看)",
		"/entrance/{id}/kill":                 "Get job by ID error, kill failed.(获取job时发生异常，kill失败)",
		"/entrance/{id}/pause":                "can not find the job of exexID :%[1]s can not pause (不能找到execID: %[1]s对应的job，不能进行pause)",
		"/entrance/{id}/resume":               "can not find the job of exexID :%[1]s can not resume (不能找到execID: %[1]s对应的job，不能进行resume)",
	}
	say := func(text, id string) string {
		if strings.Contains(text, "%[1]s") {
			return fmt.Sprintf(text, id)
		}
		return text
	}
	other := strings.Replace(task.ExecID(), "_max_", "_moritz_", 1)
	for path, text := range unknown {
		for id, message := range map[string]string{
			"abc":                   `NumberFormatException: For input string: "abc"`,
			"1.5":                   `NumberFormatException: For input string: "1.5"`,
			"IDE_max_shell_1":       `NumberFormatException: For input string: "IDE_max_shell_1"`,
			"999999999999999999999": `NumberFormatException: For input string: "999999999999999999999"`,
		} {
			requireRefused(t, b.get(at(path, id), b.as(resttest.Member)), 400, 1, message)
		}
		for _, id := range []string{"99999", "0", "-1", "007", "9007199254740993"} {
			requireRefused(t, b.get(at(path, id), b.as(resttest.Member)), 404, 1, "taskId "+id+" is not exists.")
		}
		for _, id := range []string{"exec_id", "exec_id018014linkis", "exec_id_x", "exec_id_0"} {
			requireRefused(t, b.get(at(path, id), b.as(resttest.Member)), 400, 1, say(text, id))
		}
		for _, id := range []string{other, task.ExecID() + "9", "exec_id_99999"} {
			requireRefused(t, b.get(at(path, id), b.as(resttest.Member)), 404, 1, say(text, id))
		}
		r := b.get(at(path, "99999")+"?taskID=77777", b.as(resttest.Member))
		requireRefused(t, r, 404, 1, "taskId 77777 is not exists.")
		r = b.get(at(path, "99999")+"?taskID=x", b.as(resttest.Member))
		requireRefused(t, r, 400, 1, `operation failed(操作失败)s！the reason(原因)：NumberFormatException: For input string: "x"`)
		r = b.get(at(path, "99999")+"?taskID=0", b.as(resttest.Member))
		requireRefused(t, r, 404, 1, "taskId 99999 is not exists.")
	}
	require.Equal(t, models.Waiting, b.Row(task.ID).Status)
}
