package linkis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

const noJob = "The corresponding job was not found, or there may be no permission to view the job(没有找到对应的job，也可能是没有查看该job的权限)"

// javaTask is a task as the Java SDK, the command line and the web console read it: a
// field of another type, one that is missing or one that they do not know is an error.
type javaTask struct {
	TaskID                 int64    `json:"taskID"`
	Instance               string   `json:"instance"`
	ExecID                 string   `json:"execId"`
	UmUser                 string   `json:"umUser"`
	ExecuteUser            string   `json:"executeUser"`
	EngineInstance         *string  `json:"engineInstance"`
	ExecutionCode          string   `json:"executionCode"`
	Progress               string   `json:"progress"`
	LogPath                string   `json:"logPath"`
	ResultLocation         string   `json:"resultLocation"`
	Status                 string   `json:"status"`
	CreatedTime            int64    `json:"createdTime"`
	UpdatedTime            int64    `json:"updatedTime"`
	EngineType             string   `json:"engineType"`
	ErrCode                *int32   `json:"errCode"`
	ErrDesc                *string  `json:"errDesc"`
	ExecuteApplicationName string   `json:"executeApplicationName"`
	RequestApplicationName string   `json:"requestApplicationName"`
	RunType                string   `json:"runType"`
	ParamsJSON             string   `json:"paramsJson"`
	CostTime               int64    `json:"costTime"`
	StrongerExecID         string   `json:"strongerExecId"`
	SourceJSON             string   `json:"sourceJson"`
	SourceTailor           string   `json:"sourceTailor"`
	EngineStartTime        *int64   `json:"engineStartTime"`
	Labels                 []string `json:"labels"`
	CanRetry               bool     `json:"canRetry"`
	ObserveInfo            *string  `json:"observeInfo"`
	IsReuse                *bool    `json:"isReuse"`
	RequestStartTime       *int64   `json:"requestStartTime"`
	RequestEndTime         *int64   `json:"requestEndTime"`
	RequestSpendTime       *int64   `json:"requestSpendTime"`
	Metrics                *string  `json:"metrics"`
	SubJobs                []any    `json:"subJobs"`
}

// javaDate is the least number that the Java SDK takes for a time: it fails on an Integer.
const javaDate = 1 << 31

// readTask reads a task strictly.
func readTask(t *testing.T, from any) (task javaTask) {
	t.Helper()
	data, err := json.Marshal(from)
	require.NoError(t, err)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&task), string(data))
	require.Len(t, from, 34, "nulls are kept")
	require.Greater(t, task.CreatedTime, int64(javaDate))
	require.Greater(t, task.UpdatedTime, int64(javaDate))
	require.True(t, json.Valid([]byte(task.ParamsJSON)) && json.Valid([]byte(task.SourceJSON)))
	return task
}

func readTasks(t *testing.T, r reply, key string) (list []javaTask) {
	t.Helper()
	requireOK(t, r)
	list = []javaTask{}
	for _, one := range r.data[key].([]any) {
		list = append(list, readTask(t, one))
	}
	return list
}

// getTask asks jobhistory for a task as its owner.
func (b *bundle) getTask(id any) javaTask {
	b.t.Helper()
	r := b.get(at("/jobhistory/{id}/get", id), b.as(resttest.Member))
	requireOK(b.t, r)
	require.Len(b.t, r.data, 1)
	return readTask(b.t, r.data["task"])
}

func TestJobGivesBackWhatWasSent(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.post("/entrance/submit", `{
		"executionContent": {"code": "select <1> & ${x}", "runType": "sql"}, "executeUser": "root",
		"labels": {"engineType": "spark-2.4.3", "userCreator": "max-my_app", "executeOnce": "", "jobRunningTimeout": 60, "nested": {}},
		"params": {"variable": {"x": 7.50}, "configuration": {"runtime": {"a": "<b>"}, "startup": null}},
		"source": {"scriptPath": "/a/b.sql", "cli.version": "1.8", "n": 1}
	}`, b.as(resttest.Member))
	requireOK(t, r)
	id := int64(r.data["taskID"].(float64))
	row := b.Row(id)
	short := fmt.Sprintf("my_app_max_spark_%d", id)
	want := fmt.Sprintf(`{"data":{"task":{"taskID":%[1]d,"instance":"127.0.0.1:9104","execId":"%[2]s","umUser":"max","executeUser":"max","engineInstance":null,`+
		`"executionCode":"select <1> & 7.50","progress":"0.0","logPath":"file:///stepcast/tasks/%[1]d/log.txt","resultLocation":"file:///stepcast/tasks/%[1]d/results",`+
		`"status":"Scheduled","createdTime":%[3]d,"updatedTime":%[4]d,"engineType":"spark","errCode":null,"errDesc":null,`+
		`"executeApplicationName":"spark","requestApplicationName":"my_app","runType":"sql",`+
		`"paramsJson":"{\"configuration\":{\"runtime\":{\"a\":\"<b>\"},\"startup\":null},\"variable\":{\"x\":7.50}}",`+
		`"costTime":0,"strongerExecId":"exec_id018014linkis-cg-entrance127.0.0.1:9104%[2]s",`+
		`"sourceJson":"{\"cli.version\":\"1.8\",\"n\":1,\"scriptPath\":\"/a/b.sql\"}","sourceTailor":"1.8-1-/a/b.sql","engineStartTime":null,`+
		`"labels":["codeType:sql","engineType:spark-2.4.3","executeOnce:","jobRunningTimeout:60","userCreator:max-my_app"],`+
		`"canRetry":false,"observeInfo":null,"isReuse":null,"requestStartTime":%[3]d,"requestEndTime":null,"requestSpendTime":null,"metrics":null,"subJobs":null}},`+
		`"message":"OK","method":"/api/jobhistory/%[1]d/get","status":0}`,
		id, short, row.CreatedAt.UnixMilli(), row.UpdatedAt.UnixMilli())
	require.Equal(t, want, b.get(at("/jobhistory/{id}/get", id), b.as(resttest.Member)).body)
	for name := range ids(row) {
		require.Equal(t, id, b.getTask(name).TaskID, name)
	}
}

func TestJobOfTheOldStyle(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for style, body := range submissions {
		r := b.post("/entrance/execute", body, b.as(resttest.Member))
		requireOK(t, r)
		task := b.getTask(int64(r.data["taskID"].(float64)))
		require.Equal(t, "echo 1\necho 2", task.ExecutionCode, style)
		require.Equal(t, []string{"shell", "shell", "my_app", "sh"}, []string{task.EngineType, task.ExecuteApplicationName, task.RequestApplicationName, task.RunType})
		require.Subset(t, task.Labels, []string{"codeType:sh"}, style)
	}
	task := b.getTask(b.Submit(resttest.Member).ID)
	require.Equal(t, []string{"{}", "{}", "", "shell", "true"}, []string{task.ParamsJSON, task.SourceJSON, task.SourceTailor, task.RunType, task.ExecutionCode},
		"a task of another API")
	require.Equal(t, []string{"codeType:shell", "engineType:shell", "userCreator:max-stepcast"}, task.Labels)
}

// TestJobKeepsNoSecrets: who may see a task is not always who may know its passwords.
func TestJobKeepsNoSecrets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	r := b.post("/entrance/submit", `{"executionCode":"true","executeApplicationName":"shell",
		"params":{"configuration":{"runtime":{"wds.linkis.jdbc.password":"hunter2","jdbc.user":"ann","ACCESS_KEY":{"id":"hunter2"},"list":[{"Api-Token":"hunter2"}],"pwd":"","secret":null}}},
		"source":{"scriptPath":"a.sh","credentials":["hunter2"]},"labels":{"authToken":"hunter2","tenant":"t1"}}`, b.as(resttest.Member))
	requireOK(t, r)
	id := int64(r.data["taskID"].(float64))
	task := b.getTask(id)
	require.Equal(t, `{"configuration":{"runtime":{"ACCESS_KEY":"******","jdbc.user":"ann","list":[{"Api-Token":"******"}],"pwd":"","secret":null,"wds.linkis.jdbc.password":"******"}}}`, task.ParamsJSON)
	require.Equal(t, `{"credentials":"******","scriptPath":"a.sh"}`, task.SourceJSON)
	require.Subset(t, task.Labels, []string{"authToken:******", "tenant:t1"})
	stored, err := b.Store.Submissions(t.Context(), []int64{id}, 100)
	require.NoError(t, err)
	require.NotContains(t, string(stored[0].Original), "hunter2")
}

func TestJobDropsWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := strings.Repeat("x", tasks.MaxOriginal)
	for name, c := range map[string]struct{ params, source, wantParams, wantSource string }{
		"params":    {long, "s", "{}", `{"scriptPath":"s"}`},
		"source":    {"p", long, "{}", "{}"},
		"neither":   {"p", "s", `{"configuration":"p"}`, `{"scriptPath":"s"}`},
		"just over": {long[:len(long)-60], "s", "{}", `{"scriptPath":"s"}`},
	} {
		r := b.post("/entrance/submit", fmt.Sprintf(`{"executionCode":"true","executeApplicationName":"shell","params":{"configuration":%q},"source":{"scriptPath":%q}}`,
			c.params, c.source), b.as(resttest.Member))
		requireOK(t, r)
		task := b.getTask(int64(r.data["taskID"].(float64)))
		require.Equal(t, []string{c.wantParams, c.wantSource}, []string{task.ParamsJSON, task.SourceJSON}, name)
	}
}

func TestJobInEveryState(t *testing.T) {
	t.Parallel()
	for _, is := range standings {
		t.Run(is.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			row := s.Row(is.bring(s).ID)
			task := s.getTask(row.ID)
			require.Equal(t, is.state, task.Status)
			require.Equal(t, is.status == models.Failed, task.CanRetry)
			require.Equal(t, row.Status.Final(), task.Progress == "1.0", task.Progress)
			require.Equal(t, row.StartedAt != nil, task.EngineStartTime != nil)
			if row.StartedAt != nil {
				require.Equal(t, row.StartedAt.UnixMilli(), *task.EngineStartTime)
				require.Equal(t, *task.RequestEndTime-*task.RequestStartTime, *task.RequestSpendTime)
			}
			if row.Status.Final() {
				require.Equal(t, row.FinishedAt.Sub(row.CreatedAt).Milliseconds(), task.CostTime)
			}
			require.Equal(t, row.Worker != "", task.EngineInstance != nil)
			switch is.status {
			case models.Failed:
				require.EqualValues(t, 21304, *task.ErrCode)
				require.Equal(t, "EXIT_CODE: "+models.Message("error.exit", "3").In(), *task.ErrDesc)
			case models.TimedOut:
				require.EqualValues(t, 21304, *task.ErrCode)
				require.NotEmpty(t, *task.ErrDesc)
			default:
				require.Nil(t, task.ErrCode)
				require.Nil(t, task.ErrDesc)
			}
		})
	}
}

func TestJobErrorsSpeakTheLanguageOfTheRequest(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	task := s.failed()
	r := s.get(at("/jobhistory/{id}/get", task.ID), s.as(resttest.Member), header("Accept-Language", "zh"))
	require.Equal(t, "EXIT_CODE: "+models.Message("error.exit", "3").In("zh"), *readTask(t, r.data["task"]).ErrDesc)
}

func TestJobsThatAreNotThere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	for _, id := range []string{
		"99999", "0", "-1", "007", "9007199254740993", "exec_id", "exec_id_x", "exec_id_99999",
		task.ExecID() + "9", strings.Replace(task.ExecID(), "_max_", "_moritz_", 1),
	} {
		requireRefused(t, b.get(at("/jobhistory/{id}/get", id), b.as(resttest.Member)), 400, 1, noJob)
	}
	for _, id := range []string{"abc", "1.5", "999999999999999999999"} {
		requireRefused(t, b.get(at("/jobhistory/{id}/get", id), b.as(resttest.Member)), 400, 1, generic+fmt.Sprintf("NumberFormatException: For input string: %q", id))
	}
}

// TestNeighboursKeepToTheRights walks the table of who may read what, over every neighbour.
func TestNeighboursKeepToTheRights(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.finishedWithResults()
	readers := map[string][]option{
		"owner":          {b.as(resttest.Member)},
		"admin":          {b.as(resttest.Admin)},
		"operator":       {b.as(resttest.Operator)},
		"viewer":         {b.as(resttest.Observer)},
		"read only":      {header("Authorization", "Bearer "+b.Token(resttest.Member, models.ScopeRead))},
		"admin for user": {header("Token-Code", b.Token(resttest.Admin)), header("Token-User", resttest.Member)},
	}
	strangers := map[string][]option{
		"another member":           {b.as(resttest.Other)},
		"without the scope read":   {header("Authorization", "Bearer "+b.Token(resttest.Member, models.ScopeSubmit, models.ScopeControl))},
		"admin for another":        {header("Token-Code", b.Token(resttest.Admin)), header("Token-User", resttest.Other)},
		"admin without scope read": {header("Authorization", "Bearer "+b.Token(resttest.Admin, models.ScopeControl))},
	}
	path := func(name string) string {
		return "?path=" + url.QueryEscape(fmt.Sprintf("file:///stepcast/tasks/%d/%s", task.ID, name))
	}
	for request, found := range map[string]func(reply) bool{
		at("/jobhistory/{id}/get", task.ID):                                      func(r reply) bool { return r.data["task"] != nil },
		at("/jobhistory/{id}/get", task.ExecID()):                                func(r reply) bool { return r.data["task"] != nil },
		"/filesystem/getDirFileTrees" + path("results"):                          func(r reply) bool { return r.data["dirFileTrees"] != nil },
		"/filesystem/openFile" + path("results/_0.dolphin"):                      func(r reply) bool { return len(r.data["fileContent"].([]any)) > 0 },
		"/filesystem/openFile" + path("log.txt"):                                 func(r reply) bool { return len(r.data["fileContent"].([]any)) > 0 },
		"/filesystem/openLog" + path("log.txt"):                                  func(r reply) bool { return r.data["log"].([]any)[3] != "" },
		"/filesystem/openLog" + path("log.txt") + "&proxyUser=" + resttest.Other: func(r reply) bool { return r.data["log"].([]any)[3] != "" },
	} {
		for who, options := range readers {
			r := b.get(request, options...)
			requireOK(t, r)
			require.True(t, found(r), "%s %s: %s", who, request, r.body)
		}
		for who, options := range strangers {
			r := b.get(request, options...)
			require.Equal(t, []int{400, 1}, []int{r.http, r.status}, "%s %s", who, request)
			require.NotContains(t, r.body, "Copy", "%s %s", who, request)
		}
	}
	for request, seen := range map[string]map[string]bool{
		"/jobhistory/list": {"owner": true, "read only": true, "admin for user": true},
		"/jobhistory/list?isAdminView=true&taskID=" + models.TaskID(task.ID): {
			"owner": true, "admin": true, "operator": true, "viewer": true, "read only": true, "admin for user": true,
		},
		"/jobhistory/list?isAdminView=true&proxyUser=MAX": {
			"owner": true, "admin": true, "operator": true, "viewer": true, "read only": true, "admin for user": true,
		},
		"/jobhistory/list?proxyUser=max":                              {"owner": true, "read only": true, "admin for user": true},
		"/jobhistory/listundonetasks?status=Succeed&isAdminView=true": {"owner": true, "read only": true, "admin for user": true},
		"/jobhistory/list-taskids?taskID=" + models.TaskID(task.ID): {
			"owner": true, "admin": true, "operator": true, "viewer": true, "read only": true, "admin for user": true,
		},
	} {
		key := "tasks"
		if strings.Contains(request, "list-taskids") {
			key = "jobHistoryList"
		}
		for who, options := range readers {
			require.Len(t, readTasks(t, b.get(request, options...), key), map[bool]int{true: 1}[seen[who]], "%s %s", who, request)
		}
		for who, options := range strangers {
			require.Empty(t, readTasks(t, b.get(request, options...), key), "%s %s", who, request)
		}
	}
	for who, want := range map[string][2]bool{
		resttest.Admin: {true, true}, resttest.Operator: {false, true}, resttest.Observer: {false, true}, resttest.Member: {false, false},
	} {
		require.Equal(t, fmt.Sprintf(`{"data":{"admin":%t,"historyAdmin":%t,"deptAdmin":false,"errorMsgTip":""},"message":"OK","method":"/api/jobhistory/governanceStationAdmin","status":0}`,
			want[0], want[1]), b.get("/jobhistory/governanceStationAdmin", b.as(who)).body, who)
	}
}

// TestNeighboursWantASignIn: those that Linkis does not leave open.
func TestNeighboursWantASignIn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for path, verb := range map[string]string{
		"/jobhistory/1/get": "GET", "/jobhistory/list": "GET", "/jobhistory/listundonetasks": "GET", "/jobhistory/list-taskids": "GET",
		"/jobhistory/governanceStationAdmin": "GET", "/filesystem/getDirFileTrees": "GET", "/filesystem/openFile": "GET", "/filesystem/openLog": "GET",
		"/user/userInfo": "GET", "/user/heartbeat": "GET", "/user/token-login": "POST",
	} {
		r := b.send(verb, path, "")
		requireRefused(t, r, 401, -1, "You are not logged in, please login first(您尚未登录，请先登录)!")
		require.Equal(t, "/api"+path, r.method)
		wrong := map[string]string{"GET": "POST", "POST": "GET"}[verb]
		require.Equal(t, 405, b.send(wrong, path, "").http, path)
		if verb == "GET" {
			require.Equal(t, 401, b.send("HEAD", path, "").http)
		}
	}
}

func TestListOfTaskIDs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var all []string
	for range 31 {
		all = append(all, models.TaskID(b.Submit(resttest.Member).ID))
	}
	list := func(query string) reply {
		return b.get("/jobhistory/list-taskids?taskID="+url.QueryEscape(query), b.as(resttest.Member))
	}
	got := readTasks(t, list(all[0]+","+all[2]+",,"+all[0]+",99999,0,007,99999999999999999999"), "jobHistoryList")
	require.Equal(t, []string{all[2], all[0]}, []string{models.TaskID(got[0].TaskID), models.TaskID(got[1].TaskID)})
	require.Len(t, got, 2)
	require.Len(t, readTasks(t, list(strings.Join(all[:30], ",")), "jobHistoryList"), 30)
	require.Empty(t, readTasks(t, list(",0,"), "jobHistoryList"))
	requireRefused(t, list(strings.Join(all, ",")), 400, 1, "TaskID size cannot exceed 30")
	requireRefused(t, list(""), 400, 1, "Invalid taskID cannot be empty")
	requireRefused(t, list("1;2"), 400, 1, "TaskID contains illegal characters")
	requireRefused(t, list("-1"), 400, 1, "TaskID contains illegal characters")
}

// submitAt stores a task of an owner that was submitted at an instant.
func (s *scene) submitAt(owner string, at time.Time, change func(*models.Task)) *models.Task {
	return storedAt(s.t, s.Store, owner, at, change)
}
