package e2e

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// web calls what the Linkis console calls (execute.js), in a browser that signed in.
type web struct{ *caller }

var _ legacyClient = (*web)(nil)

// newWeb opens the console: it looks how a password is to be sent, signs in, and asks
// what to show.
func newWeb(w legacyWorld) *web {
	c := &web{w.caller(w.t, "Accept", "application/json, text/plain, */*", "Content-Language", "en", "Sec-Fetch-Site", "same-origin")}
	key := c.fetch(http.MethodGet, "user/publicKey", nil, nil)
	require.False(c.t, key.key("enableLoginEncrypt").bool(), "the password is sent as it is, over TLS")
	login := c.fetch(http.MethodPost, "user/login", nil, object{"userName": legacyUser, "password": password})
	require.Equal(c.t, legacyUser, login.key("userName").text())
	require.False(c.t, login.key("isAdmin").bool())
	login.key("enableWatermark").bool()
	require.True(c.t, c.fetch(http.MethodGet, "user/baseinfo", nil, nil).key("resultSetExportEnable").bool())
	admin := c.fetch(http.MethodGet, "jobhistory/governanceStationAdmin", nil, nil)
	require.Equal(c.t, []bool{false, false}, []bool{admin.key("admin").bool(), admin.key("historyAdmin").bool()})
	c.fetch(http.MethodGet, "user/heartbeat", nil, nil)
	return c
}

// fetch is api.fetch: it gives data, and fails unless the body's status is 0.
func (c *web) fetch(method, path string, query url.Values, body any) wire {
	c.t.Helper()
	return c.send(method, linkisPrefix+path, query, body).success()
}

// webTask is a task that the console follows.
type webTask struct {
	*web
	execID string
	task   int64
	// from is the fromLine to send next; it is 1 until the log was read.
	from     int64
	log      []string
	progress float64
	history  wire
}

// start sends the old style to execute.
func (c *web) start(work job) *webTask {
	c.t.Helper()
	engine, _, _ := strings.Cut(work.engine, "-")
	data := c.fetch(http.MethodPost, "entrance/execute", nil, object{
		"executeApplicationName": engine, "executionCode": work.code, "runType": work.runType,
		"params": object{"variable": object{}, "configuration": object{"special": object{}, "runtime": object{}, "startup": object{}}},
		"source": object{"scriptPath": ""},
	})
	require.NotContains(c.t, data.object(), "errorMsg", "the console takes it for a failure")
	return &webTask{web: c, execID: data.key("execID").text(), task: data.key("taskID").int(), from: 1}
}

// id is the number as the console writes it into queries.
func (f *webTask) id() string { return strconv.FormatInt(f.task, 10) }

// status is queryStatus; the history is read after each that is not final.
func (f *webTask) status() (state string, final bool) {
	f.t.Helper()
	state, final = f.fetch(http.MethodGet, "entrance/"+f.execID+"/status", query("taskID", f.id()), nil).key("status").state()
	if !final {
		f.updateHistory()
	}
	return state, final
}

// updateHistory reads what the console shows of the task.
func (f *webTask) updateHistory() {
	f.t.Helper()
	vo := f.fetch(http.MethodGet, "jobhistory/"+f.id()+"/get", nil, nil).key("task")
	require.Equal(f.t, f.task, vo.key("taskID").int())
	require.Equal(f.t, f.execID, vo.key("strongerExecId").text())
	vo.key("createdTime").instant()
	vo.key("costTime").int()
	for _, name := range []string{"status", "executionCode", "resultLocation", "logPath", "instance", "requestApplicationName"} {
		require.NotEmpty(f.t, vo.key(name).text(), name)
	}
	jsonObject(f.t, vo.key("sourceJson").text())
	vo.key("engineInstance")
	f.history = vo
}

// jsonObject reads a text that must be a JSON object.
func jsonObject(t *testing.T, text string) (value object) {
	t.Helper()
	require.NoError(t, decode(text, &value), text)
	return value
}

// readProgress is queryProgress: progress 1 ends the console's bar.
func (f *webTask) readProgress() {
	f.t.Helper()
	data := f.fetch(http.MethodGet, "entrance/"+f.execID+"/progressWithResource", nil, nil)
	progress := data.key("progress").number()
	require.GreaterOrEqual(f.t, progress, f.progress)
	require.LessOrEqual(f.t, progress, 1.0)
	f.progress = progress
	for _, row := range data.key("progressInfo").list() {
		row.key("id").text()
		counted := row.key("succeedTasks").int() + row.key("failedTasks").int() + row.key("runningTasks").int()
		require.LessOrEqual(f.t, counted, row.key("totalTasks").int())
	}
}

func (f *webTask) readLog() {
	f.t.Helper()
	data := f.fetch(http.MethodGet, "entrance/"+f.execID+"/log", query("fromLine", strconv.FormatInt(f.from, 10), "size", "-1"), nil)
	if all := data.key("log").fourTexts()[3]; all != "" {
		f.log = append(f.log, all)
	}
	f.from = data.key("fromLine").int()
}

// poll is a round of what the console does every five seconds.
func (f *webTask) poll() (state string, final bool) {
	f.t.Helper()
	state, final = f.status()
	f.readProgress()
	f.readLog()
	return state, final
}

func (c *web) run(work job) outcome {
	c.t.Helper()
	f := c.start(work)
	got := outcome{task: f.task, sets: []resultSet{}}
	until(c.t, "the end of the task", func() (final bool) { got.state, final = f.poll(); return final })
	require.InDelta(c.t, 1.0, f.progress, 0)
	f.updateHistory()
	if code := f.history.key("errCode"); !code.null() {
		code.int()
		require.NotEmpty(c.t, f.history.key("errDesc").text())
	}
	for _, path := range c.sortedResults(f.history.key("resultLocation").text()) {
		data := c.fetch(http.MethodGet, "filesystem/openFile", query("path", path, "page", "1", "pageSize", "5000"), nil)
		set, _ := readSet(data, 1)
		got.sets = append(got.sets, set)
	}
	// The page of a task in the history opens the whole log.
	got.log = c.fetch(http.MethodGet, "filesystem/openLog", query("path", f.history.key("logPath").text(), "proxyUser", ""), nil).key("log").fourTexts()[3]
	require.Equal(c.t, strings.TrimSuffix(got.log, "\n"), strings.Join(f.log, "\n"), "polling has read all")
	return got
}

// sortedResults lists the results by the number that is all of the file's name but its
// first character and its extension.
func (c *web) sortedResults(location string) []string {
	c.t.Helper()
	paths := c.listResults(location)
	number := func(path string) int {
		name := path[strings.LastIndex(path, "/")+1:]
		require.Regexp(c.t, `^_\d+\.dolphin$`, name)
		n, err := strconv.Atoi(name[1:strings.LastIndex(name, ".")])
		require.NoError(c.t, err)
		return n
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(number(a), number(b)) })
	return paths
}

func (c *web) null() string { return "NULL" }

func (c *web) runAndKill(work job, begun string) outcome {
	c.t.Helper()
	f := c.start(work)
	until(c.t, "the task printing", func() bool {
		_, final := f.poll()
		require.False(c.t, final)
		return strings.Contains(strings.Join(f.log, "\n"), begun)
	})
	c.fetch(http.MethodGet, "entrance/"+f.execID+"/kill", query("taskID", f.id()), nil)
	return outcome{task: f.task, state: f.untilCancelled()}
}

// untilCancelled asks for the status until it is Cancelled: no other ends the console's wait.
func (f *webTask) untilCancelled() (state string) {
	f.t.Helper()
	until(f.t, "Cancelled", func() bool {
		state, _ = f.status()
		return state == "Cancelled"
	})
	return state
}

// TestWebHistoryPage lists tasks, stops two at once from the list of those that run, and
// signs out.
func TestWebHistoryPage(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		c := newWeb(w.with(t))
		long := job{engine: "shell-1", runType: "shell", code: "exec sleep 600"}
		tasks := []*webTask{c.start(long), c.start(long)}
		short := c.start(job{engine: "shell-1", runType: "shell", code: "exit 0"})
		until(t, "the short task", func() bool { _, final := short.poll(); return final })

		listed := c.fetch(http.MethodGet, "jobhistory/list", query("pageNow", "1", "pageSize", "50", "status", "Running,Inited,Scheduled"), nil)
		require.EqualValues(t, 2, listed.key("totalPage").int(), "it counts tasks")
		undone := c.fetch(http.MethodGet, "jobhistory/listundonetasks", query("pageSize", "100", "status", "Running,Inited,Scheduled"), nil).key("tasks").list()
		require.Len(t, undone, 2)
		var ids []string
		var numbers []int64
		for i, vo := range listed.key("tasks").list() {
			require.Equal(t, vo.key("taskID").int(), undone[i].key("taskID").int())
			ids, numbers = append(ids, vo.key("strongerExecId").text()), append(numbers, vo.key("taskID").int())
		}
		require.ElementsMatch(t, []int64{tasks[0].task, tasks[1].task}, numbers)

		killed := c.fetch(http.MethodPost, "entrance/"+ids[0]+"/killJobs", nil, object{"idList": ids, "taskIDList": numbers})
		for i, message := range killed.key("messages").list() {
			require.Zero(t, message.key("status").int())
			require.Equal(t, ids[i], message.key("data").key("execID").text())
		}
		for _, f := range tasks {
			f.untilCancelled()
		}
		all := c.fetch(http.MethodGet, "jobhistory/list", query("pageNow", "1", "pageSize", "2"), nil)
		require.EqualValues(t, 3, all.key("totalPage").int())
		require.Len(t, all.key("tasks").list(), 2)

		c.fetch(http.MethodPost, "user/logout", nil, nil)
		c.send(http.MethodGet, linkisPrefix+"jobhistory/list", nil, nil).refused(http.StatusUnauthorized, -1)
		c.send(http.MethodPost, linkisPrefix+"user/login", nil, object{"userName": legacyUser, "password": "wrong"}).refused(http.StatusBadRequest, 1)
	})
}
