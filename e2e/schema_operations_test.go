package e2e

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// few bounds what is selected of each task of a list, so that it stays affordable.
var few = map[string]object{"Task.log": {"first": 5, "after": 1, "minLevel": "WARN"}, "Task.events": {"first": 5, "after": nil}, "Task.resourceSamples": {"points": 5}}

// query asks a field of Query with arguments.
func (w *world) query(field string, args object) any {
	w.server.t.Helper()
	c := call{kind: "query", field: field, args: map[string]object{"Query." + field: args}}
	maps.Copy(c.args, few)
	return w.ask(w.server, token, c)
}

// queries reads what is not a whole task.
func (w *world) queries(t *testing.T) {
	t.Helper()
	id := w.ids["succeeded"]
	for _, node := range []string{id, id + "-1", id + "-1-1"} {
		require.Equal(t, node, textAt(w.query("node", object{"id": node}), "id"))
	}
	require.Nil(t, w.query("node", object{"id": "999999"}))
	require.Equal(t, []any{id + "-2", nil}, []any{at(w.query("nodes", object{"ids": []any{id + "-2", "x"}}), 0, "id"), nil})
	before := w.query("task", object{"id": id, "at": id + ":1"})
	require.Equal(t, "WAITING", at(before, "status"))
	require.Len(t, at(before, "steps", 0, "contents"), 1, "nothing was declared yet")
	w.lists(t, id)
	w.history(t)
	w.figures(t)
	for role, as := range w.tokens {
		viewer := w.ask(w.server, as, call{kind: "query", field: "viewer"})
		require.Equal(t, []any{"user-of-" + strings.ToLower(string(role)), string(role)}, []any{at(viewer, "name"), at(viewer, "role")})
	}
	enabled := map[string]any{}
	for _, kind := range w.query("runTypes", nil).([]any) {
		enabled[textAt(kind, "name")] = at(kind, "enabled")
		require.Equal(t, at(kind, "enabled") == true, at(kind, "reason") == nil, "a reason says why not")
		require.Equal(t, "object", at(kind, "paramsSchema", "type"))
	}
	require.Equal(t, map[string]any{"external": true, "http": true, "python": false, "shell": true, "sql": false}, enabled)
}

// lists reads pages of tasks, in each order and direction.
func (w *world) lists(t *testing.T, id string) {
	t.Helper()
	filter := object{
		"ids": []any{id, w.ids["failed"]}, "statuses": []any{"SUCCEEDED", "FAILED"}, "owner": "admin", "text": "TILES",
		"labels":       []any{object{"key": "team", "value": "gis"}},
		"createdAfter": "2020-01-01T00:00:00Z", "createdBefore": "2999-01-01T00:00:00Z",
	}
	page := w.query("tasks", object{"filter": filter, "first": 2})
	require.Equal(t, []any{id, plain(1), true}, []any{at(page, "nodes", 0, "id"), at(page, "totalCount"), at(page, "totalCountExact")})
	require.Equal(t, at(page, "pageInfo", "startCursor"), at(page, "edges", 0, "cursor"))

	first, last := w.ids["succeeded"], w.ids["cancelling"]
	require.Equal(t, first, at(w.query("tasks", object{"orderBy": "OLDEST", "first": 1}), "nodes", 0, "id"))
	require.NotEmpty(t, at(w.query("tasks", object{"orderBy": "RECENTLY_CHANGED", "first": 1}), "nodes", 0, "id"))
	newest := w.query("tasks", object{"orderBy": "NEWEST", "first": 1})
	require.Contains(t, []any{last, w.ids["pausing"]}, at(newest, "nodes", 0, "id"))
	require.Equal(t, true, at(newest, "pageInfo", "hasNextPage"))
	next := w.query("tasks", object{"first": 1, "after": at(newest, "pageInfo", "endCursor")})
	require.Equal(t, true, at(next, "pageInfo", "hasPreviousPage"))
	back := w.query("tasks", object{"last": 1, "before": at(next, "pageInfo", "startCursor")})
	require.Equal(t, at(newest, "nodes", 0, "id"), at(back, "nodes", 0, "id"))
}

// history reads pages of events: of one attempt, after one, and after one that never was.
func (w *world) history(t *testing.T) {
	t.Helper()
	id := w.ids["retried"]
	page := func(events object) any {
		return at(w.ask(w.server, token, call{kind: "query", field: "task", args: map[string]object{
			"Query.task": {"id": id}, "Task.events": events,
		}}), "events")
	}
	timeline := at(w.read("retried"), "attempts", 0, "timelineId")
	first := page(object{"timelineId": timeline})
	for _, event := range at(first, "events").([]any) {
		require.Equal(t, timeline, at(event, "timelineId"))
	}
	rest := page(object{"after": at(first, "cursor")})
	require.NotEqual(t, timeline, at(rest, "events", 0, "timelineId"), "the next attempt follows")
	gap := page(object{"after": id + ":999999"})
	require.Equal(t, "REPLACED", at(gap, "gap", "reason"))
	require.Equal(t, id, at(gap, "gap", "task", "id"))
	lines := w.ask(w.server, token, call{kind: "query", field: "task", args: map[string]object{
		"Query.task": {"id": id}, "Task.log": {"after": 999999},
	}})
	require.Equal(t, "REPLACED", at(lines, "log", "gap", "reason"))
	outside := w.ask(w.server, token, call{kind: "query", field: "task", args: map[string]object{
		"Query.task": {"id": w.ids["reported"]}, "Task.log": {"contains": "FROM out"},
	}})
	require.Len(t, at(outside, "log", "lines"), 1)
	require.Equal(t, "from outside", at(outside, "log", "lines", 0, "text"))
}

// refusals provokes every code of a user error.
func (w *world) refusals(t *testing.T) {
	t.Helper()
	control := func(id string, more object) object {
		input := object{"id": id}
		maps.Copy(input, more)
		return object{"input": input}
	}
	s := w.server
	require.Equal(t, "CONFLICT", w.refused(s, token, "pauseTask", control(w.ids["later"], object{"ifVersion": 999})))
	require.Equal(t, "CONFLICT", w.refused(s, token, "submitTask", object{"input": one("exit 0", object{"idempotencyKey": "tiles"})}))
	require.Equal(t, "FORBIDDEN", w.refused(s, w.tokens[models.Observer], "pauseTask", control(w.ids["later"], nil)))
	require.Equal(t, "NOT_FOUND", w.refused(s, w.tokens[models.Member], "pauseTask", control(w.ids["later"], nil)))
	require.Equal(t, "WRONG_STATE", w.refused(s, token, "retryTask", control(w.ids["later"], nil)))
	require.Equal(t, "WRONG_STATE", w.refused(s, token, "claimTask", object{"id": w.ids["running"]}))
	invalid := w.ask(s, token, call{kind: "mutation", field: "submitTask", args: map[string]object{"Mutation.submitTask": {"input": one("", nil)}}})
	require.Equal(t, []any{"steps", "0", "contents", "0", "code"}, at(invalid, "userErrors", 0, "field"))

	results := at(w.ask(s, token, call{kind: "mutation", field: "cancelTasks", args: map[string]object{
		"Mutation.cancelTasks": {"ids": []any{w.ids["outside"], w.ids["succeeded"], "x"}},
	}}), "results")
	require.Equal(t, "CANCELLED", at(results, 0, "task", "status"))
	require.Equal(t, "WRONG_STATE", at(results, 1, "userErrors", 0, "code"))
	require.Equal(t, "NOT_FOUND", at(results, 2, "userErrors", 0, "code"))
	results = at(w.mutate(token, "retryTasks", object{"ids": []any{w.ids["outside"], w.ids["succeeded"], "x"}}), "results")
	require.Equal(t, "WAITING", at(results, 0, "task", "status"))
	require.Equal(t, "WRONG_STATE", at(results, 1, "userErrors", 0, "code"))
	require.Equal(t, "NOT_FOUND", at(results, 2, "userErrors", 0, "code"))
	w.fullQueues(t)
}

// fullQueues fills the queues of a server on which nothing runs.
func (w *world) fullQueues(t *testing.T) {
	t.Helper()
	s := start(t, "--no-worker", "--queue-limit", "3", "--owner-queue-limit", "2")
	other := s.office(t).user("other", models.Member)
	submit := func(as string) any {
		return w.ask(s, as, call{kind: "mutation", field: "submitTask", args: map[string]object{"Mutation.submitTask": {"input": one("exit 0", nil)}}})
	}
	require.Equal(t, object{"reason": "QUEUE", "position": plain(0), "until": nil}, at(submit(token), "task", "waitingFor"))
	require.Equal(t, plain(1), at(submit(token), "task", "waitingFor", "position"))
	full := submit(token)
	require.Equal(t, "LIMIT", at(full, "userErrors", 0, "code"))
	require.Greater(t, number(at(full, "userErrors", 0, "retryAfterSeconds")), 0.0)
	require.Empty(t, at(submit(other), "userErrors"))
	require.Equal(t, "QUEUE_FULL", at(submit(other), "userErrors", 0, "code"))
}
