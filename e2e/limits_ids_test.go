package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// nonsenseIDs name nothing on any server.
var nonsenseIDs = []string{
	"", " ", "0", "-1", "+1", "1.0", "1e3", "0x1", "01", "1 ", " 1", "abc", "null", "NaN", "９", "1_000", "1;", "1'--", "1\x00", "\x00", "1\n", "☃",
	"999999", "9007199254740993", "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "-9223372036854775808",
	"1-", "-1-1", "1-0", "1-1-0", "1-99-1", "1-1-99", "1-1-1-1", "1--1", "1-1-", "1:1", "1-r1", ":", "1:", "../1", "1/1", "%31", "1?x", "1#x",
	"exec_id", "exec_id018014linkis-cg-entrance", "exec_id018014linkis-cg-entrance127.0.0.1:9104stepcast_admin_external_", strings.Repeat("1", 5000),
}

// badIDs tries them on every API. What cannot be read is as unknown.
func badIDs(t *testing.T, s *server, _ string) {
	for _, id := range nonsenseIDs {
		what := shown(id)
		a := s.graphql(`query($id: ID!) { task(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } tasks(filter: {ids: [$id]}) { nodes { id } totalCount } }`,
			object{"id": id}, bearer(token)...)
		require.Empty(t, a.Errors, what)
		require.Equal(t, object{"task": nil, "node": nil, "nodes": []any{nil}, "tasks": object{"nodes": []any{}, "totalCount": json.Number("0")}}, a.Data, what)
		for _, mutation := range []string{"cancelTask", "pauseTask", "resumeTask", "retryTask"} {
			a = s.graphql(`mutation($id: ID!) { m: `+mutation+`(input: {id: $id}) { task { id } userErrors { code message } } }`, object{"id": id}, bearer(token)...)
			require.Empty(t, a.Errors, what)
			require.Equal(t, "NOT_FOUND", textAt(a.Data, "m", "userErrors", 0, "code"), "%s %s", mutation, what)
		}
		a = s.graphql(`mutation($id: ID!) { claimTask(id: $id) { leaseToken userErrors { code } } cancelTasks(ids: [$id]) { results { userErrors { code } } }
			retryTasks(ids: [$id]) { results { userErrors { code } } } revokeToken(id: $id) { userErrors { code } }
			reportProgress(input: {taskId: $id, leaseToken: "1.1.x", sequence: 1}) { userErrors { code } } }`, object{"id": id}, bearer(token)...)
		require.Empty(t, a.Errors, what)
		for _, path := range [][]any{{"claimTask"}, {"cancelTasks", "results", 0}, {"retryTasks", "results", 0}, {"revokeToken"}, {"reportProgress"}} {
			require.Equal(t, "NOT_FOUND", textAt(a.Data, append(path, "userErrors", 0, "code")...), "%v %s", path, what)
		}
		linkisNonsense(t, s, id)
		imanagerNonsense(t, s, id)
	}
}

func linkisNonsense(t *testing.T, s *server, id string) {
	t.Helper()
	if id == "" {
		return // another path
	}
	for _, verb := range []string{"status", "progress", "progressWithResource", "log", "kill", "pause", "resume"} {
		status, said := s.callLinkis(http.MethodGet, "entrance/"+url.PathEscape(id)+"/"+verb, "", asAdminOfLinkis...)
		require.Contains(t, []int{http.StatusBadRequest, http.StatusNotFound}, status, "%s %s", verb, shown(id))
		require.Equal(t, 1, said.Status)
		require.NotEmpty(t, said.Message)
		require.NotNil(t, said.Data, "data is always an object")
	}
	status, said := s.callLinkis(http.MethodPost, "entrance/"+url.PathEscape(id)+"/killJobs", "{}", asAdminOfLinkis...)
	require.Equal(t, []int{http.StatusOK, 0}, []int{status, said.Status})
	require.Equal(t, plain(1), at(said.Data, "messages", 0, "status"), shown(id))
}

func imanagerNonsense(t *testing.T, s *server, id string) {
	t.Helper()
	status, body, header := s.get("/imanager/cloud/web/tasks/"+url.PathEscape(id)+".json", "X-Auth-Token", token)
	require.Equal(t, http.StatusNotFound, status, shown(id))
	requireIManagerError(t, body, http.StatusNotFound)
	require.Contains(t, header.Get("Content-Type"), "application/json")
}

func requireIManagerError(t *testing.T, body string, code int) {
	t.Helper()
	var said any
	require.NoError(t, decode(body, &said), body)
	require.Equal(t, []any{false, plain(code)}, []any{at(said, "succeed"), at(said, "error", "code")}, body)
	require.NotEmpty(t, textAt(said, "error", "errorMsg"))
}

// badCursors are places in lists and histories that nobody gave out.
func badCursors(t *testing.T, s *server, task string) {
	nonsense := append(slices.Clone(nonsenseIDs), "TkVXRVNUOi0x", "TkVXRVNUOjE6MQ", "T0xERVNUOjE", "AAAA", "====", strings.Repeat("A", 100_000))
	for _, cursor := range nonsense {
		if cursor == "" || cursor == task+":1" {
			continue // the beginning, and a place that there is
		}
		what := shown(cursor)
		a := s.graphql(`query($c: String) { tasks(after: $c) { nodes { id } } }`, object{"c": cursor}, bearer(token)...)
		requireClear(t, what, a)
		a = s.graphql(`query($c: String) { tasks(last: 1, before: $c) { nodes { id } } }`, object{"c": cursor}, bearer(token)...)
		requireClear(t, what, a)
		a = s.graphql(`query($id: ID!, $c: String) { task(id: $id, at: $c) { id } }`, object{"id": task, "c": cursor}, bearer(token)...)
		require.True(t, len(a.Errors) > 0 || a.Data["task"] == nil, what)
		a = s.graphql(`query($id: ID!, $c: String) { task(id: $id) { events(after: $c) { events { id } gap { reason } } } }`,
			object{"id": task, "c": cursor}, bearer(token)...)
		require.Empty(t, a.Errors, what)
		require.Equal(t, "REPLACED", textAt(a.Data, "task", "events", "gap", "reason"), what)
	}
}
