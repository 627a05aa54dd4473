package e2e

import (
	"net/http"
	"strconv"

	"github.com/stretchr/testify/require"
)

// pythonSDK calls what linkis-python-sdk calls, with the cookie of a password.
type pythonSDK struct{ *caller }

var _ legacyClient = (*pythonSDK)(nil)

func newPythonSDK(w legacyWorld) *pythonSDK {
	c := &pythonSDK{w.caller(w.t, "User-Agent", "python-requests/2.32.3", "Accept", "*/*")}
	c.send(http.MethodPost, linkisPrefix+"user/login", nil, object{"userName": legacyUser, "password": password}).success()
	return c
}

func (c *pythonSDK) submit(work job) (execID string, task int64) {
	c.t.Helper()
	data := c.send(http.MethodPost, linkisPrefix+"entrance/submit", nil, object{
		"executionContent": object{"code": work.code, "runType": work.runType},
		"labels":           object{"engineType": work.engine, "userCreator": legacyUser + "-PythonSDK"},
		"params":           object{"configuration": object{"runtime": object{}}},
		"source":           object{"scriptPath": ""},
	}).success()
	return data.key("execID").text(), data.key("taskID").int()
}

// follow polls the job history until the task has ended.
func (c *pythonSDK) follow(task int64) (state, resultLocation string) {
	c.t.Helper()
	until(c.t, "the end of the task", func() bool {
		vo := c.jobInfo(task)
		var final bool
		state, final = vo.key("status").state()
		resultLocation = vo.key("resultLocation").text()
		if state == "Failed" {
			require.NotEmpty(c.t, vo.key("errDesc").text(), "the exception has it")
		}
		return final
	})
	return state, resultLocation
}

func (c *pythonSDK) jobInfo(task int64) wire {
	c.t.Helper()
	return c.send(http.MethodGet, linkisPrefix+"jobhistory/"+strconv.FormatInt(task, 10)+"/get", nil, nil).success().key("task")
}

// run reads no log: the SDK has no call for it.
func (c *pythonSDK) run(work job) outcome {
	c.t.Helper()
	_, task := c.submit(work)
	state, location := c.follow(task)
	got := outcome{task: task, state: state, sets: []resultSet{}}
	for _, path := range c.listResults(location) {
		set, _ := readSet(c.send(http.MethodGet, linkisPrefix+"filesystem/openFile", query("path", path), nil).success(), 1)
		got.sets = append(got.sets, set)
	}
	return got
}

func (c *pythonSDK) null() string { return "NULL" }

// runAndKill looks at the job history alone, so what the task printed must be known from
// elsewhere: that it runs is what the SDK can tell.
func (c *pythonSDK) runAndKill(work job, _ string) outcome {
	c.t.Helper()
	execID, task := c.submit(work)
	until(c.t, "the task running", func() bool { return c.jobInfo(task).key("status").text() == "Running" })
	c.send(http.MethodGet, entrance(execID, "kill"), nil, nil).success()
	state, _ := c.follow(task)
	return outcome{task: task, state: state}
}
