package e2e

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// imanagerClient reads the task resource as a client of SuperMap iManager.
type imanagerClient interface {
	// task reads a task whatever the status of the answer, as the real client does.
	task(id string) wire
}

// iclientJS asks as IManagerServiceBase of iClient-JavaScript: with a token in a header,
// the Content-Type of a form on GET too, and no look at the status of the answer.
type iclientJS struct{ *caller }

var _ imanagerClient = iclientJS{}

func newIClientJS(w legacyWorld) imanagerClient {
	form := "application/x-www-form-urlencoded;charset=UTF-8"
	c := iclientJS{w.caller(w.t, "Content-Type", form, "Accept", "*/*")}
	r := c.send(http.MethodPost, "/imanager/security/tokens.json", nil, object{"username": legacyUser, "password": password})
	require.Equal(w.t, http.StatusOK, r.status)
	c.http.Jar = nil // fetch keeps no cookies of another origin
	c.header.Set("X-Auth-Token", string(r.body))
	return c
}

func (c iclientJS) task(id string) wire {
	c.t.Helper()
	now := strconv.FormatInt(time.Now().UnixMilli(), 10)
	return c.send(http.MethodGet, "/imanager/cloud/web/tasks/"+id+".json", query("_t", now), nil).json()
}

// iclientPython asks as iclient-python: with the cookie that signing in gave, and it
// raises for any status that is no success.
type iclientPython struct{ *caller }

var _ imanagerClient = iclientPython{}

func newIClientPython(w legacyWorld) imanagerClient {
	c := iclientPython{w.caller(w.t, "Content-Type", "application/json", "User-Agent", "python-requests/2.18.4")}
	r := c.send(http.MethodPost, "/imanager/cloud/security/tokens.json", nil, object{"username": legacyUser, "password": password})
	require.Equal(w.t, http.StatusOK, r.status)
	require.Regexp(w.t, `^[^"\s]+$`, string(r.body), "the token is the text of the answer")
	set := (&http.Response{Header: r.header}).Cookies()
	require.Len(w.t, set, 1)
	require.Equal(w.t, []string{imanagerCookie, string(r.body)}, []string{set[0].Name, set[0].Value})
	return c
}

func (c iclientPython) task(id string) wire {
	c.t.Helper()
	r := c.send(http.MethodGet, "/imanager/cloud/web/tasks/"+id+".json", nil, nil)
	require.Less(c.t, r.status, 400, "%s", r.body)
	return r.json()
}

// imanagerWords are the values of the document's enumerations: whether one is the last.
var imanagerWords = map[string]bool{"DONE": true, "ERROR": true, "CANCELLED": true, "PENDING": false, "CANCELLING": false}

// imanagerTask is what a poller keeps of the resource.
type imanagerTask struct {
	status   string
	timeline int64
	// contents are the statuses of the contents of each step.
	contents [][]string
	messages []string
	started  bool
}

// readImanager reads the resource and nothing else: an unknown key, status or type fails.
func readImanager(t *testing.T, id string, w wire) (task imanagerTask) {
	t.Helper()
	requireKeys(w, "description", "id", "status", "steps", "timelineId")
	w.key("description").text()
	require.Equal(t, id, w.key("id").text())
	task.status, task.timeline = w.key("status").text(), w.key("timelineId").int()
	require.Contains(t, imanagerWords, task.status)
	for _, step := range w.key("steps").list() {
		keys := []string{"contents", "costTime", "description"}
		if at, started := step.object()["startTime"]; started {
			keys = append(keys, "startTime")
			requireCalendar(wire{t: t, path: step.path + " startTime", value: at})
			task.started = true
		}
		requireKeys(step, keys...)
		require.GreaterOrEqual(t, step.key("costTime").int(), int64(0))
		require.NotEmpty(t, step.key("description").text())
		statuses := []string{}
		for _, content := range step.key("contents").list() {
			requireKeys(content, "isProgressAvailable", "message", "progress", "status")
			content.key("isProgressAvailable").bool()
			status, progress := content.key("status").text(), content.key("progress").number()
			if status != "WAITING" {
				require.Contains(t, imanagerWords, status)
			}
			require.Equal(t, status == "DONE", progress == 100, "%s at %v", status, progress)
			require.GreaterOrEqual(t, progress, 0.0)
			statuses = append(statuses, status)
			task.messages = append(task.messages, content.key("message").text())
		}
		task.contents = append(task.contents, statuses)
	}
	return task
}

func requireKeys(w wire, names ...string) {
	w.t.Helper()
	for _, name := range names {
		w.key(name)
	}
	require.Len(w.t, w.object(), len(names), "%s has keys that are not in the document: %v", w.path, w.value)
}

// requireCalendar reads the parts of a Java Calendar: time.Date would not give them back
// if they were none of a day.
func requireCalendar(w wire) {
	w.t.Helper()
	requireKeys(w, "dayOfWeek", "month", "hour", "year", "day", "minute", "second")
	part := func(name string) int { return int(w.key(name).int()) }
	at := time.Date(part("year"), time.Month(part("month")), part("day"), part("hour"), part("minute"), part("second"), 0, time.UTC)
	require.Equal(w.t, []int{part("year"), part("month"), part("day"), part("hour"), part("minute"), part("second"), part("dayOfWeek")},
		[]int{at.Year(), int(at.Month()), at.Day(), at.Hour(), at.Minute(), at.Second(), int(at.Weekday()) + 1})
}

// imanagerCase is a task that a poller follows.
type imanagerCase struct {
	name string
	// submit gives the id of a new task, by whatever API.
	submit func(w legacyWorld) (id string)
	// cancel ends it once it runs; nil for what ends by itself.
	cancel func(w legacyWorld, id string)
	status string
	// contents are the last statuses.
	contents [][]string
	// message is in one of the contents.
	message string
}

var imanagerCases = []imanagerCase{
	{
		name: "done", status: "DONE", contents: [][]string{{"DONE"}, {"DONE"}}, message: "half",
		submit: submitAsLinkis("echo '::steps Create VM | Check IP'; echo '::progress 50 half'; echo '::step Check IP'; echo '::progress 10'"),
	},
	{
		name: "error", status: "ERROR", contents: [][]string{{"ERROR"}, {"WAITING"}}, message: "3",
		submit: submitAsGraphQL("exit 3"),
	},
	{
		name: "cancelled by Linkis", status: "CANCELLED", contents: [][]string{{"CANCELLED"}},
		submit: submitAsLinkis("sleep 600"),
		cancel: func(w legacyWorld, id string) {
			w.t.Helper()
			w.caller(w.t, w.token()...).send(http.MethodGet, entrance(id, "kill"), nil, nil).success()
		},
	},
	{
		name: "cancelled by GraphQL", status: "CANCELLED", contents: [][]string{{"CANCELLED"}, {"CANCELLED"}},
		submit: submitAsGraphQL("sleep 600"),
		cancel: func(w legacyWorld, id string) {
			w.t.Helper()
			_, err := w.asUser().Cancel(w.t.Context(), id)
			require.NoError(w.t, err)
		},
	},
}

func submitAsLinkis(code string) func(legacyWorld) string {
	return func(w legacyWorld) string {
		w.t.Helper()
		_, task := newJavaToken(w).submit(job{engine: "shell-1", runType: "shell", code: code})
		return strconv.FormatInt(task, 10)
	}
}

// submitAsGraphQL submits two steps, the first of which has the code.
func submitAsGraphQL(code string) func(legacyWorld) string {
	return func(w legacyWorld) string {
		w.t.Helper()
		in := sh(code)
		in.Steps = append(in.Steps, client.StepInput{
			Description: "after", Contents: []client.ContentInput{{Message: "after", RunType: "shell", Code: "exit 0"}},
		})
		task, err := w.asUser().Submit(w.t.Context(), in)
		require.NoError(w.t, err)
		return task.ID
	}
}

// TestIManagerPollers follows tasks from their submission to each of the three ends.
func TestIManagerPollers(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		for name, connect := range map[string]func(legacyWorld) imanagerClient{
			"iclient-javascript": newIClientJS, "iclient-python": newIClientPython,
		} {
			for _, try := range imanagerCases {
				t.Run(name+"/"+try.name, func(t *testing.T) {
					t.Parallel()
					w := w.with(t)
					c := connect(w)
					try.follow(w, c)
				})
			}
		}
	})
}

func (try imanagerCase) follow(w legacyWorld, c imanagerClient) {
	w.t.Helper()
	id := try.submit(w)
	first := readImanager(w.t, id, c.task(id))
	var last imanagerTask
	cancelled := false
	until(w.t, "the end of the task", func() bool {
		last = readImanager(w.t, id, c.task(id))
		if try.cancel != nil && !cancelled && last.started {
			require.Equal(w.t, "PENDING", last.status)
			try.cancel(w, id)
			cancelled = true
		}
		return imanagerWords[last.status]
	})
	require.Equal(w.t, try.status, last.status)
	require.Equal(w.t, try.contents, last.contents)
	require.Equal(w.t, first.timeline, last.timeline, "it is one attempt")
	if try.message != "" {
		require.Regexp(w.t, try.message, last.messages[0])
	}
}

// TestIManagerJSReadsRefusals: the client parses each answer, so each is JSON that says
// error; what it has submitted for nobody does not exist.
func TestIManagerJSReadsRefusals(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		c := newIClientJS(w.with(t)).(iclientJS)
		theirs, err := w.client().Submit(t.Context(), sh("exit 0"))
		require.NoError(t, err)
		for _, id := range []string{theirs.ID, "999999", "abc"} {
			said := c.task(id)
			require.False(t, said.key("succeed").bool())
			require.EqualValues(t, http.StatusNotFound, said.key("error").key("code").int())
			require.NotEmpty(t, said.key("error").key("errorMsg").text())
		}
		c.header.Set("X-Auth-Token", "no-such-token")
		require.EqualValues(t, http.StatusUnauthorized, c.task(theirs.ID).key("error").key("code").int())
	})
}
