package linkis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

// submissions are bodies of both styles for the same work.
var submissions = map[string]string{
	"new": `{
		"executionContent": {"code": "echo 1\necho 2", "runType": "sh"},
		"labels": {"engineType": "shell-1", "userCreator": "Max-my_app", "jobRunningTimeout": "60", "executeOnce": ""},
		"params": {"variable": {}, "configuration": {"runtime": {}, "startup": {}, "special": {}}},
		"source": {"scriptPath": ""}, "formatCode": false, "executeUser": "root", "unknown": [1, {"x": null}]
	}`,
	"old": `{
		"executionCode": "echo 1\necho 2", "executeApplicationName": "shell", "runType": "sh",
		"requestApplicationName": "my_app", "params": {"variable": {}}, "source": null,
		"labels": {"jobRunningTimeout": 60}, "formatCode": false
	}`,
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, verb := range []string{"execute", "submit"} {
		for style, body := range submissions {
			r := b.post("/entrance/"+verb, body, b.as(resttest.Member))
			requireOK(t, r)
			require.Equal(t, "OK", r.message)
			require.Equal(t, "/api/entrance/"+verb, r.method)
			require.Len(t, r.data, 2)
			id := int64(r.data["taskID"].(float64))
			short := fmt.Sprintf("my_app_max_shell_%d", id)
			execID := "exec_id018014linkis-cg-entrance127.0.0.1:9104" + short
			require.Equal(t, fmt.Sprintf(`{"data":{"execID":"%s","taskID":%d},"message":"OK","method":"/api/entrance/%s","status":0}`, execID, id, verb), r.body)

			task, err := b.Store.Task(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, resttest.Member, task.Owner, style)
			require.Equal(t, "echo 1", task.Description.In())
			require.Equal(t, "linkis", task.Origin)
			require.Equal(t, 60, task.TimeoutSeconds)
			require.Equal(t, []any{0, 1}, []any{task.Priority, task.MaxAttempts})
			require.Equal(t, execID, task.ExecID())
			require.Len(t, task.Steps, 1)
			require.Equal(t, "执行", task.Steps[0].Description.In("zh"))
			require.Len(t, task.Steps[0].Contents, 1)
			require.Equal(t, "shell", task.Steps[0].Contents[0].RunType)
			sources, err := b.Store.Sources(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, "echo 1\necho 2", sources[0].Code)
		}
	}
}

func TestSubmitFillsVariables(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.post("/entrance/submit", `{"executionContent": {"code": "load ${table} ${n} ${on} ${run_date_std} ${HOME} ${user}", "runType": "shell"},
		"labels": {"engineType": "shell"}, "params": {"variable": {"table": "a b", "n": 1.50, "on": true, "off": null}}}`, b.as(resttest.Member))
	requireOK(t, r)
	id := int64(r.data["taskID"].(float64))
	sources, err := b.Store.Sources(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, "load a b 1.50 true 2026-03-14 ${HOME} max", sources[0].Code)
	row := b.Row(id)
	require.JSONEq(t, `{"n":"1.50","on":"true","table":"a b"}`, string(row.Variables))
	require.Equal(t, "IDE_max_shell_"+models.TaskID(id), row.ShortID())
}

func TestDescriptionOfASubmission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := strings.Repeat("长", 300)
	for body, want := range map[string]string{
		`{"executionCode": "ls", "runType": "shell", "source": {"scriptPath": " /a/b.sh "}}`: "/a/b.sh",
		`{"executionCode": "\n\n  ls -l \nx", "runType": "shell", "source": {}}`:             "ls -l",
		`{"executionCode": "` + long + `", "runType": "shell"}`:                              strings.Repeat("长", 200),
	} {
		r := b.post("/entrance/execute", body, b.as(resttest.Member))
		requireOK(t, r)
		require.Equal(t, want, b.Row(int64(r.data["taskID"].(float64))).Description.In())
	}
}

func TestEngines(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for pair, want := range map[[2]string]string{
		{"shell", "shell"}: "shell", {"shell-1.2", "sh"}: "shell", {"bash", "x"}: "shell", {"SH", "x"}: "shell",
		{"python-python3", "python"}: "python", {"py", "py"}: "python", {"spark-2.4.3", "sql"}: "shell",
		{"external", "external"}: "external",
	} {
		r := b.post("/entrance/submit", fmt.Sprintf(`{"executionContent":{"code":"x","runType":%q},"labels":{"engineType":%q}}`, pair[1], pair[0]), b.as(resttest.Member))
		requireOK(t, r)
		task, err := b.Store.Task(t.Context(), int64(r.data["taskID"].(float64)))
		require.NoError(t, err)
		require.Equal(t, want, task.Steps[0].Contents[0].RunType, pair)
		name, _, _ := strings.Cut(pair[0], "-")
		require.Equal(t, name, task.Engine)
	}
	for body, want := range map[string]string{
		`{"executionCode":"x","runType":"python"}`:                                  "python",
		`{"executionCode":"x","runType":"shell","engineType":"python-2"}`:           "python",
		`{"executionCode":"x","runType":"x","labels":{"engineType":"shell-1"}}`:     "shell",
		`{"executionCode":"x","runType":"py","executeApplicationName":"python"}`:    "python",
		`{"executionCode":"x","executeApplicationName":"spark"}`:                    "shell",
		`{"executionCode":"x","executeApplicationName":"shell","params":{"a":"b"}}`: "shell",
	} {
		r := b.post("/entrance/execute", body, b.as(resttest.Member))
		requireOK(t, r)
		task, err := b.Store.Task(t.Context(), int64(r.data["taskID"].(float64)))
		require.NoError(t, err)
		require.Equal(t, want, task.Steps[0].Contents[0].RunType, body)
	}
}

// An engine may stand for a run type with a data source, which becomes a param.
func TestEngineWithDataSource(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for engine, want := range map[string]string{"jdbc-4": `{"dataSource":"warehouse"}`, "external": ""} {
		r := b.post("/entrance/submit", fmt.Sprintf(`{"executionContent":{"code":"x","runType":"jdbc"},"labels":{"engineType":%q}}`, engine), b.as(resttest.Member))
		requireOK(t, r)
		sources, err := b.Store.Sources(t.Context(), int64(r.data["taskID"].(float64)))
		require.NoError(t, err)
		require.Equal(t, want, string(sources[0].Params), engine)
	}
}

const (
	coded   = "error code(错误码): %d, error message(错误信息): %s."
	generic = "operation failed(操作失败)s！the reason(原因)："
)

func TestRefusedSubmissions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	labels := `"labels":{"engineType":"shell","codeType":"shell"}`
	for body, want := range map[string]any{
		`{"executionContent":{"code":"x","runType":"shell"}}`:                                                          20008,
		`{"executionContent":{"code":"x","runType":"shell"},"labels":{}}`:                                              20008,
		`{"executionContent":{"code":" \n","runType":"shell"},` + labels + `}`:                                         20007,
		`{"executionContent":{"code":null},` + labels + `}`:                                                            20007,
		`{"executionContent":{"runType":"shell"},` + labels + `}`:                                                      20010,
		`{"executionContent":{"code":"x"},"labels":{"codeType":"shell"}}`:                                              20009,
		`{"executionContent":{"code":"x"},"labels":{"engineType":"shell"}}`:                                            20009,
		`{"executionContent":{"code":"x"},"labels":{"engineType":"shell","jobRunningTimeout":"1h"}}`:                   20009,
		`{"executionContent":{"code":"x"},"labels":{"engineType":"","codeType":"shell"}}`:                              50079,
		`{"executionContent":{"code":"x"},"labels":{"engineType":"-1","codeType":"shell"}}`:                            50079,
		`{"executionContent":{"code":"x"},"labels":{"engineType":"shell","codeType":"shell","userCreator":"mia-IDE"}}`: `SubmitUser : max must be the same as ExecuteUser : max , and user : mia in userCreatorLabel.`,
		`{"executionContent":{"code":"x","runType":"scala"},"labels":{"engineType":"flink-1.2"}}`:                      `Label params invalid There is no engine for engineType "flink-1.2" and runType "scala"; there are: external, python, shell`,
		`{"executionCode":"","runType":"shell"}`:                                                                       "The param executionCode and scriptPath cannot be empty at the same time(参数 executionCode 和 scriptPath 不能同时为空)",
		`{}`:                                                                                                           "The param executionCode and scriptPath cannot be empty at the same time(参数 executionCode 和 scriptPath 不能同时为空)",
		`{"runType":"shell","requestApplicationName":"app"}`:                                                           30010,
		`{"executionCode":" ","runType":"shell","source":{"scriptPath":"a"}}`:                                          30010,
		`{"executionCode":"${x}","runType":"shell","params":{"variable":{"x":" "}}}`:                                   30010,
		`{"executionCode":"${user-}","runType":"shell"}`:                                                               20042,
		`{"executionCode":"x"}`:                                                                                        generic + `the run type "sql" is not enabled: no data source is configured`,
		`{"executionContent":null}`:                                                                                    generic + "NullPointerException: executionContent is null",
		`{"executionContent":{"code":"x"},"labels":null}`:                                                              generic + "NullPointerException: labels is null",
		`{"executionContent":"x",` + labels + `}`:                                                                      generic + "ClassCastException: executionContent is not an object",
		`{"executionContent":{"code":1},` + labels + `}`:                                                               generic + "ClassCastException: code is not a text",
		`{"executionContent":{"code":"x","runType":[]},` + labels + `}`:                                                generic + "ClassCastException: runType is not a text",
		`{"executionContent":{"code":"x"},"labels":[]}`:                                                                generic + "ClassCastException: labels is not an object",
		`{"executionContent":{"code":"x"},"labels":{"engineType":{}}}`:                                                 generic + "ClassCastException: engineType is not a text",
		`{"executionContent":{"code":"x"},` + labels + `,"source":"x"}`:                                                generic + "ClassCastException: source is not an object",
		`{"executionContent":{"code":"x"},` + labels + `,"params":[]}`:                                                 generic + "ClassCastException: params is not an object",
		`{"executionContent":{"code":"x"},` + labels + `,"params":{"variable":"x"}}`:                                   generic + "ClassCastException: variable is not an object",
		`{"executionContent":{"code":"x"},` + labels + `,"params":{"variable":{"a":[]}}}`:                              generic + "ClassCastException: params.variable.a is not a text, a number or a boolean",
		`{"executionCode":"x","requestApplicationName":"a/b"}`:                                                         generic + "the creator has a slash or a control character",
		`{"executionCode":"x","requestApplicationName":"` + strings.Repeat("a", 129) + `"}`:                            generic + "the creator is longer than 128 bytes",
		`{"executionCode":"x","runType":"` + strings.Repeat("a", 65) + `"}`:                                            generic + "the engine type is longer than 64 bytes",
		`{"executionCode":"x\ny\u0000","runType":"shell"}`:                                                             generic + "code is UTF-8 text without NUL bytes",
		`{"executionCode":"x","runType":"shell","labels":{"jobRunningTimeout":"99999999999"}}`:                         generic + "timeoutSeconds is 0 to 31536000, not 2147483647",
	} {
		r := b.post("/entrance/submit", body, b.as(resttest.Member))
		require.Equal(t, 400, r.http, "%s: %s", body, r.body)
		require.Equal(t, 1, r.status)
		require.Equal(t, "/api/entrance/submit", r.method)
		text, isText := want.(string)
		if isText && strings.HasPrefix(text, generic) {
			require.Equal(t, text, r.message, body)
			require.Empty(t, r.data)
			continue
		}
		errorMsg := r.data["errorMsg"].(map[string]any)
		if !isText {
			require.EqualValues(t, want, errorMsg["errCode"], body)
			text = errorMsg["desc"].(string)
		}
		require.Equal(t, fmt.Sprintf(coded, int(errorMsg["errCode"].(float64)), text), r.message, body)
		require.Equal(t, map[string]any{
			"errCode": errorMsg["errCode"], "desc": text, "ip": "127.0.0.1", "port": 9104.0,
			"level": 2.0, "serviceKind": "linkis-cg-entrance",
		}, errorMsg)
	}
	n, _, err := b.Tasks.Count(t.Context(), resttest.Viewer(resttest.Admin), models.Filter{})
	require.NoError(t, err)
	require.Zero(t, n, "nothing was stored")
}

func TestSubmitWhenTheQueueIsFull(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *tasks.Options) { o.OwnerLimit, o.QueueLimit = 1, 2 })
	requireOK(t, b.post("/entrance/submit", submissions["old"], b.as(resttest.Member)))
	requireFull(t, b.post("/entrance/submit", submissions["old"], b.as(resttest.Member)))
	requireOK(t, b.post("/entrance/submit", submissions["old"], b.as(resttest.Other)))
	requireFull(t, b.post("/entrance/submit", submissions["old"], b.as(resttest.Operator)))
}

func requireFull(t *testing.T, r reply) {
	t.Helper()
	requireRefused(t, r, 400, 1, fmt.Sprintf(coded, 12001, "The submission job failed and the queue is full!(提交作业失败，队列已满！)"))
	require.Equal(t, "10", r.header.Get("Retry-After"))
}

func TestSubmitNeedsTheRight(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.post("/entrance/execute", submissions["old"], b.as(resttest.Observer))
	requireRefused(t, r, 403, 3, generic+"the role VIEWER may not do this")
	narrow := b.Token(resttest.Member, models.ScopeRead)
	r = b.post("/entrance/execute", submissions["old"], header("Authorization", "Bearer "+narrow))
	requireRefused(t, r, 403, 3, generic+`this token has no scope "submit"`)
}
