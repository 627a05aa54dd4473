package linkis_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

// refusedRow is a row of the table of failures in section 3.1 of the reference.
type refusedRow struct {
	name, body string
	// number is the error code; 0 is an error without one.
	number int
	text   string
}

const shellLabels = `"labels":{"engineType":"shell","codeType":"shell"}`

var refusedRows = []refusedRow{
	{"labels are missing", `{"executionContent":{"code":"x","runType":"shell"}}`, 20008, "params cannot be empty ,  labels is null"},
	{"labels are empty", `{"executionContent":{"code":"x","runType":"shell"},"labels":{}}`, 20008, "params cannot be empty ,  labels is null"},
	{"the code is blank", `{"executionContent":{"code":" ","runType":"shell"},` + shellLabels + `}`, 20007, "The param executionCode cannot be empty (参数 executionCode 不能为空)"},
	{"there is no code", `{"executionContent":{"runType":"shell"},` + shellLabels + `}`, 20010, "The param executionCode cannot be empty (参数 executionCode 不能为空)"},
	{"there is no engine type", `{"executionContent":{"code":"x","runType":"shell"},"labels":{"codeType":"shell"}}`, 20009, "Label params invalid You need to specify engineTypeLabel in labels,such as spark-3.2.1"},
	{"there is no run type", `{"executionContent":{"code":"x"},"labels":{"engineType":"shell"}}`, 20009, "Label params invalid You need to specify runType in execution content, such as sql"},
	{"a time limit is no number", `{"executionContent":{"code":"x"},"labels":{"engineType":"shell","codeType":"shell","jobRunningTimeout":"soon"}}`, 20009, "Label params invalid The task time tag is not set incorrectly, execution is not allowed."},
	{"old style without code and script", `{"runType":"shell","executeApplicationName":"shell"}`, 20007, "The param executionCode and scriptPath cannot be empty at the same time(参数 executionCode 和 scriptPath 不能同时为空)"},
	{"an engine label without a type", `{"executionContent":{"code":"x"},"labels":{"engineType":"-1","codeType":"shell"}}`, 50079, "engineTypeLabel must be need"},
	{"another user", `{"executionContent":{"code":"x"},"labels":{"engineType":"shell","codeType":"shell","userCreator":"mia-IDE"}}`, 50080, "SubmitUser : max must be the same as ExecuteUser : max , and user : mia in userCreatorLabel."},
	{"no code is left", `{"executionCode":"${x}","runType":"shell","params":{"variable":{"x":" "}}}`, 30010, "Submitting the execution code, after code preprocessing, the real execution code is empty, please check the executed code(提交的执行代码，经过预处理后为空，请检查执行的代码是否为空或则只有注解)!"},
	{"an unknown engine", `{"executionContent":{"code":"x","runType":"scala"},"labels":{"engineType":"flink-1.2"}}`, 20009, `Label params invalid There is no engine for engineType \"flink-1.2\" and runType \"scala\"; there are: external, python, shell`},
	{"labels are null", `{"executionContent":{"code":"x"},"labels":null}`, 0, "NullPointerException: labels is null"},
	{"source is a text", `{"executionCode":"x","runType":"shell","source":"x"}`, 0, "ClassCastException: source is not an object"},
	{"a variable that is set twice in one line", `{"executionCode":"#@set a=b=c\nx","runType":"shell"}`, 20044, `\"#@set a=b=c\" var defined uncorrectly`},
	{"a variable that is set to nothing", `{"executionCode":"#@set a\nx","runType":"shell"}`, 20045, `var was defined uncorrectly:\"#@set a\"`},
}

func TestGoldenRefusedSubmissions(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, row := range refusedRows {
		for _, verb := range []string{"execute", "submit"} {
			r := b.post("/entrance/"+verb, row.body, b.as(resttest.Member))
			data, message := `{}`, generic+row.text
			if row.number != 0 {
				data = fmt.Sprintf(`{"errorMsg":{"errCode":%d,"desc":"%s","ip":"127.0.0.1","port":9104,"level":2,"serviceKind":"linkis-cg-entrance"}}`, row.number, row.text)
				message = fmt.Sprintf(coded, row.number, row.text)
			}
			require.Equal(t, fmt.Sprintf(`{"data":%s,"message":"%s","method":"/api/entrance/%s","status":1}`, data, message, verb), r.body, row.name)
			require.Equal(t, 400, r.http, row.name)
		}
	}
	n, _, err := b.Tasks.Count(t.Context(), resttest.Viewer(resttest.Admin), models.Filter{})
	require.NoError(t, err)
	require.Zero(t, n, "nothing was stored")
}

// TestWhoASubmissionIsFor: what the body says of users is overwritten or refused. Who
// acts for whom is told by the token alone.
func TestWhoASubmissionIsFor(t *testing.T) {
	t.Parallel()
	b := setup(t)
	admin := b.Token(resttest.Admin)
	for name, c := range map[string]struct {
		as      []option
		body    string
		owner   string
		creator string
	}{
		"executeUser of the body": {
			[]option{b.as(resttest.Member)}, `{"executionCode":"x","runType":"shell","executeUser":"mia","submitUser":"mia","user":"mia"}`, "max", "IDE",
		},
		"executeUser with an admin's token": {
			[]option{header("Token-Code", admin), header("Token-User", "admin")}, `{"executionCode":"x","runType":"shell","executeUser":"mia"}`, "admin", "IDE",
		},
		"an admin's token for somebody": {
			[]option{header("Token-Code", admin), header("Token-User", "mia")}, `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell","userCreator":"mia-IDE"},"executeUser":"max"}`, "mia", "IDE",
		},
		"a creator with dashes": {
			[]option{b.as(resttest.Member)}, `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell","userCreator":"MAX-LINKIS-CLI"}}`, "max", "LINKIS-CLI",
		},
		"a user without a creator": {
			[]option{b.as(resttest.Member)}, `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell","userCreator":"max"}}`, "max", "IDE",
		},
		"an empty creator": {
			[]option{b.as(resttest.Member)}, `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell","userCreator":"max-"}}`, "max", "IDE",
		},
		"no creator": {
			[]option{b.as(resttest.Member)}, `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell"}}`, "max", "IDE",
		},
	} {
		for _, verb := range []string{"execute", "submit"} {
			r := b.post("/entrance/"+verb, c.body, c.as...)
			requireOK(t, r)
			row := b.Row(int64(r.data["taskID"].(float64)))
			require.Equal(t, []string{c.owner, c.creator}, []string{row.Owner, row.Creator}, name)
		}
	}
}

func TestWhatASubmissionMayCarry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, body := range map[string]string{
		"all of new style": `{"executionContent":{"code":"x","runType":"shell"},"labels":{"engineType":"shell-1","codeType":"shell","executeOnce":"","jobQueuingTimeout":"5","jobRunningTimeout":"60","tenant":"a","route":"b"},
			"params":{"variable":{},"configuration":{"runtime":{"args":["a",1]},"startup":{"spark.executor.memory":"1G"},"special":{}}},"source":{"scriptPath":"a.sh","requestIP":"1.2.3.4","projectName":null},"formatCode":true,"executeUser":"x"}`,
		"all of old style": `{"executionCode":"x","executeApplicationName":"shell","requestApplicationName":"IDE","runType":"shell","labels":{"jobRunningTimeout":60},
			"params":{"configuration":{"special":{},"runtime":{},"startup":{}},"variable":{}},"source":{"scriptPath":"file:///tmp/a.sh"},"formatCode":false,"umUser":"x"}`,
		"null where an object may be": `{"executionCode":"x","runType":"shell","labels":{"engineType":"shell","jobRunningTimeout":"60"},"params":null,"source":null,"formatCode":null}`,
	} {
		r := b.post("/entrance/submit", body, b.as(resttest.Member))
		requireOK(t, r)
		row := b.Row(int64(r.data["taskID"].(float64)))
		require.Equal(t, []any{"shell", 60}, []any{row.Engine, row.TimeoutSeconds}, name)
	}
}

// stamp is the time at the beginning of a line.
var stamp = regexp.MustCompile(`(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} `)

// TestGoldenLog is section 5.3: the log of a submission as a client sees it, from the
// submission to the end. Times are left out.
func TestGoldenLog(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *tasks.Options) { o.Zone = zone })
	r := b.post("/entrance/execute", `{"executionCode":"#@set who=you\n\necho ${who}","runType":"shell"}`, b.as(resttest.Member))
	requireOK(t, r)
	execID, short := r.data["execID"].(string), "IDE_max_shell_1"
	running := b.Claim()
	require.NoError(t, b.Tasks.AppendLog(t.Context(), tasks.LeaseOf(running), []models.LogLine{
		{Attempt: 1, At: running.UpdatedAt, Level: models.Info, Stream: models.Stdout, Step: 1, Content: 1, Text: "you"},
		{Attempt: 1, At: running.UpdatedAt, Level: models.Warn, Stream: models.Stdout, Step: 1, Content: 1, Text: "look out"},
	}))
	b.End(running, resttest.First, tasks.Outcome{Status: models.Succeeded})
	r = b.get("/entrance/"+execID+"/log", b.as(resttest.Member))
	requireOK(t, r)
	banner := strings.Repeat("*", 36) + "SCRIPT CODE" + strings.Repeat("*", 36)
	all := stamp.ReplaceAllString(r.data["log"].([]any)[3].(string), "<at> ")
	all = regexp.MustCompile(`:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n`).ReplaceAllString(all, ":<at>\n")
	all = regexp.MustCompile(`: \d+(\.\d)? (ms|s|m)\n`).ReplaceAllString(all, ": <spent>\n")
	require.Equal(t, strings.Join([]string{
		"<at> SYSTEM-INFO Program is substituting variables for you",
		"<at> SYSTEM-INFO Variables substitution ended successfully",
		"<at> SYSTEM-INFO You have submitted a new job, script code (after variable substitution) is",
		banner, "#@set who=you", "echo you", banner,
		"<at> SYSTEM-INFO Job with jobId : 1 and execID : " + short + " submitted ",
		"<at> SYSTEM-INFO Your job is accepted,  jobID is " + execID + " and taskID is 1 in ServiceInstance(linkis-cg-entrance, 127.0.0.1:9104). Please wait it to be scheduled(您的任务已经提交，进入排队中，如果一直没有更新日志，是任务并发达到了限制，可以进行参数修改)",
		"<at> SYSTEM-INFO Your job is Scheduled. Please wait it to run.(您的任务已经调度运行中)",
		"<at> SYSTEM-INFO Your job is Running now. Please wait it to complete.(您的任务已经在运行中)",
		"<at> INFO you", "<at> WARN look out",
		"<at> SYSTEM-INFO Congratulations! Your job : " + short + " executed with status succeed and 0 results.",
		"<at> SYSTEM-INFO Task time point information(任务时间节点信息):",
		"[Task creation time(任务创建时间)]  :<at>",
		"[Task scheduling time(任务调度时间)]:<at>",
		"[Task start time(任务开始时间)]     :<at>",
		"[Task end time(任务结束时间)]       :<at>",
		"<at> SYSTEM-INFO Your task jobId(您的任务) 1 The total time spent is(总耗时时间为): <spent>",
		"<at> SYSTEM-INFO Congratulations. Your job completed with status Success.",
	}, "\n"), all)
	require.EqualValues(t, 23, r.data["fromLine"], "21 lines and a blank one")
	require.Equal(t, "<at> WARN look out", stamp.ReplaceAllString(r.data["log"].([]any)[1].(string), "<at> "))
	require.Empty(t, r.data["log"].([]any)[0])
}
