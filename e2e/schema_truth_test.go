package e2e

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// truth is what a task must say at a path. want is the value, or a function that says
// whether a value is right.
type truth struct {
	task string
	path []any
	want any
}

func p(path ...any) []any { return path }

// Judges of values that no table can foretell.
func present(v any) bool  { return v != nil && v != "" }
func positive(v any) bool { return number(v) > 0 }

func number(v any) float64 {
	n, _ := v.(json.Number)
	f, _ := n.Float64()
	return f
}

func when(v any) time.Time {
	text, _ := v.(string)
	at, _ := time.Parse(time.RFC3339, text)
	return at
}

// truths are the interesting values: those that somebody could get wrong.
var truths = []truth{
	{"succeeded", p("status"), "SUCCEEDED"},
	{"succeeded", p("progress"), 100},
	{"succeeded", p("description"), "Copy tiles"},
	{"succeeded", p("owner"), "admin"},
	{"succeeded", p("priority"), 7},
	{"succeeded", p("labels"), []any{object{"key": "team", "value": "gis"}}},
	{"succeeded", p("variables"), object{"NAME": "world", "COUNT": 3}},
	{"succeeded", p("timeoutSeconds"), 300},
	{"succeeded", p("maxAttempts"), 2},
	{"succeeded", p("startAfter"), "2019-12-31T23:00:00.000Z"},
	{"succeeded", p("etaSeconds"), nil},
	{"succeeded", p("endedBy", "by"), "task"},
	{"succeeded", p("endedBy", "signals"), []any{}},
	{"succeeded", p("resources", "outputBytes"), positive},
	{"succeeded", p("resources", "maxRssBytes"), positive},
	{"succeeded", p("resources", "rssBytes"), 0},
	{"succeeded", p("resources", "containment"), present},
	{"succeeded", p("results", 0, "name"), "tiles.csv"},
	{"succeeded", p("results", 0, "contentType"), "text/csv; charset=utf-8"},
	{"succeeded", p("results", 0, "bytes"), 16},
	{"succeeded", p("results", 0, "rows"), 1},
	{"failed", p("results"), []any{}},
	{"succeeded", p("steps", 0, "description"), "Copy"},
	{"succeeded", p("steps", 0, "contents", 0, "message"), "Half of it"},
	{"succeeded", p("steps", 0, "contents", 0, "params"), object{"env": object{"MODE": "fast"}}},
	{"succeeded", p("steps", 0, "contents", 0, "code"), at(everything(), "steps", 0, "contents", 0, "code")},
	{"succeeded", p("steps", 0, "contents", 0, "isProgressAvailable"), true},
	{"succeeded", p("steps", 0, "contents", 1, "message"), "Second"},
	{"succeeded", p("steps", 0, "contents", 2, "message"), "Third"},
	{"succeeded", p("steps", 0, "contents", 2, "exitCode"), 0},
	{"succeeded", p("steps", 1, "contents", 0, "runType"), "shell"},
	{"succeeded", p("steps", 1, "contents", 0, "isProgressAvailable"), false},
	{"succeeded", p("log", "lines", 0, "stream"), "SYSTEM"},
	{"succeeded", p("log", "lines", 0, "contentId"), nil},

	{"failed", p("status"), "FAILED"},
	{"failed", p("error", "code"), "EXIT_CODE"},
	{"failed", p("error", "message"), "Exited with code 3"},
	{"failed", p("steps", 0, "contents", 0, "exitCode"), 3},
	{"failed", p("steps", 0, "contents", 0, "error", "code"), "EXIT_CODE"},
	{"failed", p("steps", 1, "status"), "SKIPPED"},
	{"failed", p("steps", 1, "startTime"), nil},
	{"killed", p("error", "code"), "KILLED"},
	{"killed", p("steps", 0, "contents", 0, "exitCode"), nil},
	{"chatty", p("error", "code"), "OUTPUT_LIMIT"},
	{"unstartable", p("error", "code"), "START_FAILED"},
	{"unstartable", p("steps", 0, "status"), "SUCCEEDED"},
	{"late", p("status"), "TIMED_OUT"},
	{"late", p("error", "code"), "TIMED_OUT"},
	{"late", p("endedBy", "by"), "server"},
	{"late", p("endedBy", "signals", 0), "TERM"},
	{"retried", p("status"), "SUCCEEDED"},
	{"retried", p("attempt"), 2},
	{"retried", p("attempts", 0, "status"), "FAILED"},
	{"retried", p("attempts", 0, "error", "code"), "EXIT_CODE"},
	{"retried", p("attempts", 1, "error"), nil},

	{"later", p("waitingFor", "reason"), "START_TIME"},
	{"later", p("waitingFor", "until"), "2999-12-31T23:59:59.999Z"},
	{"again", p("waitingFor", "reason"), "BACKOFF"},
	{"again", p("waitingFor", "until"), func(v any) bool { return time.Until(when(v)).Round(time.Minute) == 10*time.Minute }},
	{"outside", p("waitingFor", "reason"), "EXTERNAL_WORKER"},
	{"outside", p("waitingFor", "position"), 0},
	{"outside", p("steps", 0, "contents", 0, "code"), nil},

	{"running", p("status"), "RUNNING"},
	{"running", p("progress"), 40},
	{"running", p("etaSeconds"), positive},
	{"running", p("stalledSince"), present},
	{"running", p("resources", "processes"), positive},
	{"running", p("resources", "rssBytes"), positive},
	{"running", p("resourceSamples", 0, "rssBytes"), positive},
	{"running", p("steps", 0, "contents", 0, "message"), "At it"},
	{"running", p("finishedAt"), nil},
	{"paused", p("status"), "PAUSED"},
	{"paused", p("steps", 0, "status"), "PAUSED"},
	{"paused", p("stalledSince"), nil},
	{"cancelled", p("status"), "CANCELLED"},
	{"cancelled", p("error"), nil},
	{"cancelled", p("endedBy", "by"), "admin"},
	{"cancelled", p("endedBy", "signals"), []any{"TERM", "KILL"}},
	{"cancelled", p("endedBy", "survivors"), 0},

	{"lost", p("error", "code"), "LEASE_LOST"},
	{"lost", p("endedBy", "by"), "server"},
	{"reported", p("error", "code"), "REPORTED"},
	{"reported", p("steps", 0, "contents", 0, "message"), "an eighth"},
	{"reported", p("steps", 0, "contents", 1, "message"), "more"},
	{"reported", p("log", "lines", 2, "text"), "from outside"},
	{"reported", p("log", "lines", 2, "level"), "WARN"},
	{"reported", p("log", "lines", 2, "stream"), "STDERR"},
	{"pausing", p("status"), "PAUSING"},
	{"cancelling", p("status"), "CANCELLING"},
}

// requireTruths compares the tasks with the table.
func (w *world) requireTruths(t *testing.T) {
	t.Helper()
	tasks := map[string]any{}
	for name := range w.ids {
		tasks[name] = w.read(name)
		requireConsistent(t, name, tasks[name])
	}
	for _, want := range truths {
		got, what := at(tasks[want.task], want.path...), fmt.Sprint(want.task, " ", want.path)
		if judge, ok := want.want.(func(any) bool); ok {
			require.True(t, judge(got), "%s: %v", what, got)
			continue
		}
		require.Equal(t, plain(want.want), got, what)
	}
	failure := object{"code": "EXIT_CODE", "message": "Exited with code 3", "stepId": w.ids["failed"] + "-1", "contentId": w.ids["failed"] + "-1-1"}
	require.Equal(t, failure, at(tasks["failed"], "error"), "it says where")
	requireLog(t, w.ids["succeeded"], tasks["succeeded"])
	requireLanguages(t, w)
}

// requireLog checks what the scripts printed, level by level, and which of them did.
func requireLog(t *testing.T, id string, task any) {
	t.Helper()
	said := map[[4]string]bool{}
	for _, line := range at(task, "log", "lines").([]any) {
		if textAt(line, "stream") != "SYSTEM" {
			said[[4]string{textAt(line, "contentId"), textAt(line, "stream"), textAt(line, "level"), textAt(line, "text")}] = true
		}
	}
	require.Equal(t, map[[4]string]bool{
		{id + "-1-1", "STDOUT", "INFO", "hello world 3 fast ***"}: true,
		{id + "-1-1", "STDOUT", "DEBUG", "quiet"}:                 true,
		{id + "-1-1", "STDOUT", "WARN", "careful"}:                true,
		{id + "-1-1", "STDOUT", "ERROR", "oh"}:                    true,
		{id + "-2-1", "STDERR", "INFO", "problem"}:                true,
	}, said)
}

// requireLanguages reads tasks as somebody who prefers Chinese.
func requireLanguages(t *testing.T, w *world) {
	t.Helper()
	chinese := []string{"Accept-Language", "zh-CN, en;q=0.5"}
	task := w.read("succeeded", chinese...)
	require.Equal(t, "复制瓦片", at(task, "description"))
	require.Equal(t, "复制", at(task, "steps", 0, "description"))
	require.Equal(t, "Check", at(task, "steps", 1, "description"), "what has one text is shown to all")
	require.Equal(t, "第一", at(task, "events", "events", 0, "steps", 0, "contents", 0, "message"))
	require.Equal(t, "退出码 3", at(w.read("failed", chinese...), "error", "message"))
	require.Equal(t, "八分之一", at(w.read("reported", chinese...), "steps", 0, "contents", 0, "message"))
}

// requireConsistent checks what holds for every task.
func requireConsistent(t *testing.T, name string, task any) {
	t.Helper()
	status, id := client.Status(textAt(task, "status")), textAt(task, "id")
	final := status.Final()
	require.Equal(t, status == client.StatusSucceeded, number(at(task, "progress")) == 100, name)
	require.Equal(t, final, at(task, "finishedAt") != nil, name)
	require.Equal(t, final, at(task, "endedBy") != nil, name)
	require.Equal(t, status == client.StatusFailed || status == client.StatusTimedOut, at(task, "error") != nil, name)
	require.Equal(t, status == client.StatusWaiting, at(task, "waitingFor") != nil, name)
	attempts := at(task, "attempts").([]any)
	require.Len(t, attempts, int(number(at(task, "attempt"))), name)
	for _, field := range []string{"status", "timelineId", "startedAt", "finishedAt"} {
		require.Equal(t, at(task, field), at(attempts, -1, field), "%s %s", name, field)
	}
	requireCost(t, name, at(task, "startedAt"), at(task, "finishedAt"), at(task, "updatedAt"), at(task, "costTime"))
	for i, step := range at(task, "steps").([]any) {
		require.Equal(t, fmt.Sprint(i), fmt.Sprint(at(step, "index")), name)
		requireCost(t, name, at(step, "startTime"), at(step, "finishTime"), at(task, "updatedAt"), at(step, "costTime"))
		for _, content := range at(step, "contents").([]any) {
			require.Contains(t, textAt(content, "id"), textAt(step, "id")+"-", name)
			requireCost(t, name, at(content, "startTime"), at(content, "finishTime"), at(task, "updatedAt"), at(content, "costTime"))
		}
	}
	require.Equal(t, at(task, "eventCursor"), at(task, "events", "cursor"), name)
	events := at(task, "events", "events").([]any)
	require.Len(t, events, int(number(at(task, "version"))), name)
	for i, event := range events {
		cursor := fmt.Sprintf("%s:%d", id, i+1)
		head := []any{at(event, "id"), at(event, "cursor"), at(event, "taskId"), at(event, "version")}
		require.Equal(t, []any{cursor, cursor, id, plain(i + 1)}, head, name)
	}
	lines := at(task, "log", "lines").([]any)
	for i, line := range lines {
		require.Equal(t, fmt.Sprint(i+1), fmt.Sprint(at(line, "number")), name)
	}
	require.Equal(t, len(lines) < 1000, at(task, "log", "caughtUp"), name)
}

// requireCost checks a costTime: from start to finish, or to the last change.
func requireCost(t *testing.T, name string, start, finish, updated, cost any) {
	t.Helper()
	if start == nil {
		require.Zero(t, number(cost), name)
		return
	}
	if finish == nil {
		finish = updated
	}
	require.Equal(t, when(finish).Sub(when(start)).Milliseconds(), int64(number(cost)), name)
}
