package e2e

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// javaClient calls what UJESClient of the Linkis Java SDK calls, through its LinkisJob.
type javaClient struct {
	*caller
	// signIn is for the static strategy, nil for the token strategy.
	signIn func()
	// signedIn counts how often that was needed.
	signedIn int
}

var _ legacyClient = (*javaClient)(nil)

// newJavaStatic signs in by password, and again whenever an answer is 401.
func newJavaStatic(w legacyWorld) *javaClient {
	j := &javaClient{caller: w.caller(w.t)}
	j.signIn = func() {
		j.t.Helper()
		j.signedIn++
		data := j.send(http.MethodPost, linkisPrefix+"user/login", nil, object{"userName": legacyUser, "password": password}).success()
		require.Positive(j.t, data.key("sessionTimeOut").int())
	}
	return j
}

// newJavaToken sends a token with each request.
func newJavaToken(w legacyWorld) *javaClient {
	return &javaClient{caller: w.caller(w.t, w.token()...)}
}

// execute is DWSHttpClient.execute: at 401 it signs in and tries once more.
func (j *javaClient) execute(method, path string, query url.Values, body any) wire {
	j.t.Helper()
	r := j.send(method, path, query, body)
	if r.status == http.StatusUnauthorized && j.signIn != nil {
		r.refused(http.StatusUnauthorized, -1)
		j.signIn()
		r = j.send(method, path, query, body)
	}
	return r.success()
}

func (j *javaClient) get(path string, pairs ...string) wire {
	j.t.Helper()
	return j.execute(http.MethodGet, path, query(pairs...), nil)
}

// newStyle is the body of JobSubmitAction.
func newStyle(work job, creator string) object {
	return object{
		"executionContent": object{"code": work.code, "runType": work.runType},
		"executeUser":      legacyUser,
		"formatCode":       false,
		"labels":           object{"engineType": work.engine, "userCreator": legacyUser + "-" + creator, "codeType": work.runType},
		"params": object{
			"variable":      object{},
			"configuration": object{"runtime": object{}, "startup": object{}, "special": object{}},
		},
		"source": object{"scriptPath": "test." + work.runType},
	}
}

// submit gives the ids of a new task.
func (j *javaClient) submit(work job) (execID string, task int64) {
	j.t.Helper()
	data := j.execute(http.MethodPost, linkisPrefix+"entrance/submit", nil, newStyle(work, "IDE"))
	return data.key("execID").text(), data.key("taskID").int()
}

// javaJob is what JobInfoResult has of a task.
type javaJob struct {
	state                   string
	final                   bool
	logPath, resultLocation string
}

func (j *javaClient) jobInfo(task int64) javaJob {
	j.t.Helper()
	vo := j.get(linkisPrefix + "jobhistory/" + strconv.FormatInt(task, 10) + "/get").key("task")
	require.Equal(j.t, task, vo.key("taskID").int())
	require.False(j.t, vo.key("updatedTime").instant().Before(vo.key("createdTime").instant()))
	info := javaJob{logPath: vo.key("logPath").text(), resultLocation: vo.key("resultLocation").text()}
	info.state, info.final = vo.key("status").state()
	progress, err := strconv.ParseFloat(vo.key("progress").text(), 32)
	require.NoError(j.t, err)
	require.Equal(j.t, info.final, progress == 1, "progress %v while %s", progress, info.state)
	if code := vo.key("errCode"); !code.null() {
		code.int()
		require.NotEmpty(j.t, vo.key("errDesc").text())
	}
	require.Equal(j.t, info.state == "Failed", !vo.key("errCode").null(), info.state)
	return info
}

// javaFollower follows a task as a listener of an InteractiveJob does.
type javaFollower struct {
	*javaClient
	execID string
	task   int64
	// from is the fromLine to send next; log is all that was read so far.
	from     int64
	log      []string
	progress float64
}

func (f *javaFollower) poll() javaJob {
	f.t.Helper()
	info := f.jobInfo(f.task)
	f.readLog()
	progress := f.get(entrance(f.execID, "progress")).key("progress").number()
	require.GreaterOrEqual(f.t, progress, f.progress)
	require.LessOrEqual(f.t, progress, 1.0)
	f.progress = progress
	return info
}

// readLog sends fromLine and size only when they are more than 0, as JobLogAction does.
func (f *javaFollower) readLog() {
	f.t.Helper()
	sent := url.Values{"size": {"1000"}}
	if f.from > 0 {
		sent.Set("fromLine", strconv.FormatInt(f.from, 10))
	}
	data := f.execute(http.MethodGet, entrance(f.execID, "log"), sent, nil)
	if all := data.key("log").fourTexts()[3]; all != "" {
		f.log = append(f.log, all)
	}
	next := data.key("fromLine").int()
	require.GreaterOrEqual(f.t, next, max(f.from, 1))
	f.from = next
}

func (j *javaClient) follow(work job) *javaFollower {
	j.t.Helper()
	f := &javaFollower{javaClient: j}
	f.execID, f.task = j.submit(work)
	return f
}

func (j *javaClient) run(work job) outcome {
	j.t.Helper()
	f := j.follow(work)
	var info javaJob
	until(j.t, "the end of the task", func() bool { info = f.poll(); return info.final })
	f.readLog()
	got := outcome{task: f.task, state: info.state, log: j.openLog(info.logPath), sets: []resultSet{}}
	polled := strings.Join(f.log, "\n")
	require.True(j.t, strings.HasPrefix(got.log, polled), "polled\n%s\nbut openLog has\n%s", polled, got.log)
	for _, path := range j.resultPaths(info.resultLocation) {
		got.sets = append(got.sets, j.openPages(path, "LINKIS_NULL", 5000))
	}
	return got
}

func (j *javaClient) openLog(path string) string {
	j.t.Helper()
	return j.get(linkisPrefix+"filesystem/openLog", "path", path).key("log").fourTexts()[3]
}

var firstNumber = regexp.MustCompile(`\d+`)

// resultPaths lists the results by the first number in the names of their files.
func (j *javaClient) resultPaths(location string) []string {
	j.t.Helper()
	paths := j.listResults(location)
	number := func(path string) int {
		n, err := strconv.Atoi(firstNumber.FindString(path[strings.LastIndex(path, "/")+1:]))
		require.NoError(j.t, err, path)
		return n
	}
	slices.SortStableFunc(paths, func(a, b string) int { return cmp.Compare(number(a), number(b)) })
	return paths
}

func (j *javaClient) null() string { return "LINKIS_NULL" }

func (j *javaClient) runAndKill(work job, begun string) outcome {
	j.t.Helper()
	f := j.follow(work)
	until(j.t, "the task printing", func() bool {
		require.False(j.t, f.poll().final)
		return strings.Contains(strings.Join(f.log, "\n"), begun)
	})
	j.get(entrance(f.execID, "kill"))
	var info javaJob
	until(j.t, "the end of the task", func() bool { info = f.poll(); return info.final })
	return outcome{task: f.task, state: info.state}
}

// TestJavaSignsInAgain ends the session of a client that signed in by password: the next
// call is answered 401 / -1, and the one after signing in again succeeds.
func TestJavaSignsInAgain(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		j := newJavaStatic(w.with(t))
		f := j.follow(w.jobs("again")[0])
		require.Equal(t, 1, j.signedIn)
		j.send(http.MethodPost, linkisPrefix+"user/logout", nil, nil).success()
		var info javaJob
		until(t, "the end of the task", func() bool { info = f.poll(); return info.final })
		require.Equal(t, []any{"Succeed", 2}, []any{info.state, j.signedIn})
	})
}

// TestJavaRefusals: what is refused is an envelope as well, with a body status that is
// not 0, because the SDK reads nothing else.
func TestJavaRefusals(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		j := newJavaToken(w.with(t))
		execID, task := j.submit(w.jobs("refusals")[0])
		until(t, "the end of the task", func() bool { return j.jobInfo(task).final })
		kill := j.send(http.MethodGet, entrance(execID, "kill"), nil, nil)
		require.Contains(t, kill.refused(http.StatusBadRequest, 1), "Do not support kill")

		empty := job{engine: "shell-1", runType: "shell"}
		message := j.send(http.MethodPost, linkisPrefix+"entrance/submit", nil, newStyle(empty, "IDE")).refused(http.StatusBadRequest, 1)
		require.Contains(t, message, "20007")
		nobody := w.with(t).caller(t, "Token-Code", "no-such-token", "Token-User", legacyUser)
		nobody.send(http.MethodGet, entrance(execID, "status"), nil, nil).refused(http.StatusUnauthorized, -1)
		gone := strings.Replace(execID, strconv.FormatInt(task, 10), "999999", 1)
		j.send(http.MethodGet, entrance(gone, "status"), nil, nil).refused(http.StatusNotFound, 1)
	})
}
