package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// asAdminOfLinkis signs in to the Linkis API.
var asAdminOfLinkis = []string{"Token-Code", token, "Token-User", "admin"}

// badLinkis sends bodies, queries, verbs and paths that the Linkis API does not have.
// Every answer is an envelope.
func badLinkis(t *testing.T, s *server, task string) {
	newStyle := func(code, labels string) string {
		return `{"executionContent": {"code": ` + code + `, "runType": "shell"}, "labels": {` + labels + `}}`
	}
	const shell = `"engineType": "shell-1"`
	for _, try := range []struct {
		method, path, kind, body string
		status                   int
	}{
		{"POST", "entrance/submit", "application/json", "", 400},
		{"POST", "entrance/submit", "application/json", "{", 400},
		{"POST", "entrance/submit", "application/json", "null", 400},
		{"POST", "entrance/submit", "application/json", "[1]", 400},
		{"POST", "entrance/submit", "application/json", `{"executionContent": {}} x`, 400},
		{"POST", "entrance/submit", "application/json", `{}`, 400},
		{"POST", "entrance/submit", "application/json", "\xff\xfe\x00", 400},
		{"POST", "entrance/submit", "application/json", `{"x": ` + nested("[", "", "]", 20_000) + "}", 400},
		{"POST", "entrance/submit", "application/json", `{"x": "` + strings.Repeat("x", 3<<20) + `"}`, 413},
		{"POST", "entrance/submit", "text/plain", "{}", 415},
		{"POST", "entrance/submit", "; ;", "{}", 415},
		{"POST", "entrance/submit", "application/json", `{"executionContent": null, "labels": {}}`, 400},
		{"POST", "entrance/submit", "application/json", `{"executionContent": "x", "labels": {}}`, 400},
		{"POST", "entrance/submit", "application/json", newStyle(`1`, shell), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`" "`, shell), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit 0"`, ""), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit 0"`, `"engineType": "cobol-1"`), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit\u0000 0"`, shell), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit 0"`, shell+`, "userCreator": "mia-IDE"`), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit 0"`, shell+`, "userCreator": "admin-a/b"`), 400},
		{"POST", "entrance/submit", "application/json", newStyle(`"exit 0"`, shell+`, "jobRunningTimeout": "soon"`), 400},
		{"POST", "entrance/execute", "application/json", `{"executionCode": ["x"]}`, 400},
		{"POST", "entrance/execute", "application/json", `{"executionCode": "exit 0", "runType": {}}`, 400},
		{"POST", "entrance/execute", "application/json", `{"executionCode": "exit 0", "params": {"variable": {"x": []}}}`, 400},
		{"POST", "entrance/" + task + "/killJobs", "application/json", "", 400},
		{"POST", "entrance/" + task + "/killJobs", "application/json", `{"idList": "x"}`, 400},
		{"POST", "entrance/" + task + "/killJobs", "application/json", `{"idList": [{}]}`, 400},
		{"POST", "entrance/" + task + "/killJobs", "application/json", `{"idList": ["x"], "taskIDList": [1, 2]}`, 400},
		{"POST", "entrance/" + task + "/killJobs", "application/json", `{"taskIDList": [` + strings.Repeat("7,", 1001) + "7]}", 400},
		{"GET", "entrance/" + task + "/log?fromLine=x", "", "", 400},
		{"GET", "entrance/" + task + "/log?fromLine=99999999999", "", "", 400},
		{"GET", "entrance/" + task + "/log?size=1.5", "", "", 400},
		{"GET", "entrance/x/kill?taskID=x", "", "", 400},
		{"GET", "entrance/x/kill?taskID=-1", "", "", 400},
		{"POST", "entrance/" + task + "/status", "", "", 405},
		{"HEAD", "entrance/" + task + "/kill", "", "", 405},
		{"DELETE", "entrance/" + task + "/kill", "", "", 405},
		{"GET", "entrance/submit", "", "", 405},
		{"GET", "entrance/" + task, "", "", 404},
		{"GET", "entrance/" + task + "/nonsense", "", "", 404},
		{"GET", "entrance/" + task + "/status/", "", "", 404},
		{"GET", "", "", "", 404},
		{"GET", "//", "", "", 404},
		{"POST", "user/login", "application/json", "{", 400},
		{"POST", "user/login", "application/json", `{"userName": 1}`, 400},
		{"POST", "user/login", "application/json", `{"userName": "", "password": ""}`, 400},
	} {
		headers := asAdminOfLinkis
		if strings.HasPrefix(try.path, "user/login") {
			headers = nil // who is signed in is not signed in again
		}
		if try.kind != "" {
			headers = append(headers[:len(headers):len(headers)], "Content-Type", try.kind)
		}
		status, text, header := s.do(try.method, "/api/rest_j/v1/"+try.path, try.body, headers...)
		what := try.method + " " + try.path + " " + shown(try.body)
		require.Equal(t, try.status, status, "%s: %s", what, text)
		require.Equal(t, "application/json;charset=UTF-8", header.Get("Content-Type"), what)
		require.Equal(t, status == http.StatusMethodNotAllowed, header.Get("Allow") != "", what)
		if try.method == http.MethodHead {
			continue
		}
		var said object
		require.NoError(t, decode(text, &said), "%s: %s", what, text)
		require.Len(t, said, 4, what)
		require.NotEqual(t, plain(0), said["status"], what)
		require.NotEmpty(t, said["message"], what)
		require.IsType(t, object{}, said["data"], what)
		require.IsType(t, "", said["method"], what)
	}
}

// badIManager does the same to the iManager API. Every answer has its body for errors.
func badIManager(t *testing.T, s *server, task string) {
	for _, try := range []struct {
		method, path, body string
		status             int
	}{
		{"GET", "cloud/web/tasks/" + task + ".xml", "", 406},
		{"GET", "cloud/web/tasks/" + task + ".", "", 406},
		{"GET", "cloud/web/tasks/" + task + ".jsonp", "", 406},
		{"GET", "cloud/web/tasks/" + task + ".json/", "", 404},
		{"GET", "cloud/web/tasks/" + task + "/steps", "", 404},
		{"GET", "cloud/web/tasks/", "", 404},
		{"GET", "cloud/web/tasks", "", 404},
		{"GET", "cloud/web/tasks/%00.json", "", 404},
		{"GET", "cloud/web/tasks/%ff.json", "", 404},
		{"GET", "cloud/web/tasks/" + strings.Repeat("9", 10_000) + ".json", "", 404},
		{"GET", "nonsense", "", 404},
		{"GET", "", "", 404},
		{"POST", "cloud/web/tasks/" + task + ".json", "{}", 405},
		{"DELETE", "cloud/web/tasks/" + task + ".json", "", 405},
		{"PUT", "cloud/web/tasks/" + task + ".json", "", 405},
		{"GET", "security/tokens.json", "", 405},
		{"POST", "security/tokens.json", "", 400},
		{"POST", "security/tokens.json", "{", 400},
		{"POST", "security/tokens.json", "[]", 400},
		{"POST", "security/tokens.json", `{"username": 1, "password": []}`, 400},
		{"POST", "security/tokens.json", `{"username": "x"}`, 400},
		{"POST", "security/tokens.json", `{"username": "` + strings.Repeat("x", 100_000) + `"}`, 400},
		{"POST", "security/tokens.json", `{"username": "stranger", "password": "nonsense"}`, 401},
	} {
		status, body, header := s.do(try.method, "/imanager/"+try.path, try.body, "X-Auth-Token", token)
		what := try.method + " " + shown(try.path) + " " + shown(try.body)
		require.Equal(t, try.status, status, "%s: %s", what, body)
		require.Contains(t, header.Get("Content-Type"), "application/json", what)
		require.Equal(t, status == http.StatusMethodNotAllowed, header.Get("Allow") != "", what)
		requireIManagerError(t, body, status)
	}
	for _, header := range []string{
		"Prefer: wait=-1", "Prefer: wait=x", "Prefer: =;,,=", "If-None-Match: \"\"\"",
		"Accept-Language: " + strings.Repeat("x-", 5000), "Accept-Language: \xff",
	} {
		name, value, _ := strings.Cut(header, ": ")
		status, body, _ := s.get("/imanager/cloud/web/tasks/"+task+".json", "X-Auth-Token", token, name, value)
		require.Equal(t, http.StatusOK, status, "%s: %s", shown(header), body)
	}
}
