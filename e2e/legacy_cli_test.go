package e2e

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// cli calls what linkis-cli calls, with a token.
type cli struct{ *caller }

var _ legacyClient = (*cli)(nil)

func newCLI(w legacyWorld) *cli { return &cli{w.caller(w.t, w.token()...)} }

// submit sends what the command line makes of its arguments, under its own creator.
func (c *cli) submit(work job) (task int64) {
	c.t.Helper()
	body := object{
		"executionContent": object{"code": work.code, "runType": work.runType},
		"executeUser":      legacyUser,
		"submitUser":       legacyUser,
		"labels": object{
			"userCreator": legacyUser + "-LINKISCLI", "codeType": work.runType, "engineType": work.engine, "executeOnce": "",
		},
		"params": object{"variable": object{}, "configuration": object{"runtime": object{}, "startup": object{}, "special": object{}}},
		"source": object{"scriptPath": "LinkisCli", "cli.version": "1.8.0"},
	}
	data := c.send(http.MethodPost, linkisPrefix+"entrance/submit", nil, body).success()
	requireExecID(c.t, data.key("execID").text())
	return data.key("taskID").int()
}

var strongExecID = regexp.MustCompile(`^exec_id(\d{3})(\d{3})(.+)$`)

// requireExecID takes a strong execution id apart as ZuulEntranceUtils does.
func requireExecID(t *testing.T, id string) {
	t.Helper()
	parts := strongExecID.FindStringSubmatch(id)
	require.NotNil(t, parts, id)
	app, err := strconv.Atoi(parts[1])
	require.NoError(t, err)
	instance, err := strconv.Atoi(parts[2])
	require.NoError(t, err)
	rest := parts[3]
	require.Greater(t, len(rest), app+instance, id)
	require.Equal(t, "linkis-cg-entrance", rest[:app])
	require.Regexp(t, `^[^:]+:\d+$`, rest[app:app+instance])
	require.Regexp(t, `^.+_`+legacyUser+`_[^_]+_\d+$`, rest[app+instance:], "creator_user_engine_number")
}

// cliJob is what the command line keeps of a task.
type cliJob struct {
	state                           string
	final                           bool
	execID, logPath, resultLocation string
	errDesc                         string
}

func (c *cli) jobInfo(task int64) (info cliJob) {
	c.t.Helper()
	vo := c.send(http.MethodGet, linkisPrefix+"jobhistory/"+strconv.FormatInt(task, 10)+"/get", nil, nil).success().key("task")
	require.Equal(c.t, task, vo.key("taskID").int())
	require.Equal(c.t, []string{legacyUser, "LINKISCLI"}, []string{vo.key("umUser").text(), vo.key("requestApplicationName").text()})
	info.state, info.final = vo.key("status").state()
	info.execID, info.logPath, info.resultLocation = vo.key("strongerExecId").text(), vo.key("logPath").text(), vo.key("resultLocation").text()
	requireExecID(c.t, info.execID)
	vo.key("progress").text()
	if code := vo.key("errCode"); !code.null() {
		code.int()
		info.errDesc = vo.key("errDesc").text()
	}
	return info
}

// status asks the entrance, which keeps a task alive that the command line began.
func (c *cli) status(execID string) (state string, final bool) {
	c.t.Helper()
	return c.send(http.MethodGet, entrance(execID, "status"), nil, nil).success().key("status").state()
}

// cliLog reads the log without a size, as the command line does while the task runs.
type cliLog struct {
	*cli
	from int64
	text []string
}

func (l *cliLog) read(execID string) {
	l.t.Helper()
	data := l.send(http.MethodGet, entrance(execID, "log"), query("fromLine", strconv.FormatInt(l.from, 10)), nil).success()
	if all := data.key("log").fourTexts()[3]; all != "" {
		l.text = append(l.text, all)
	}
	l.from = data.key("fromLine").int()
}

func (c *cli) run(work job) outcome {
	c.t.Helper()
	task, log := c.submit(work), &cliLog{cli: c}
	info := c.jobInfo(task)
	c.status(info.execID)
	until(c.t, "the end of the task", func() bool {
		info = c.jobInfo(task)
		state, final := c.status(info.execID)
		if info.final {
			require.Equal(c.t, info.state, state)
			return true
		}
		if !final {
			log.read(info.execID)
		}
		return false
	})
	got := outcome{task: task, state: info.state, sets: []resultSet{}}
	got.log = c.send(http.MethodGet, linkisPrefix+"filesystem/openLog", query("path", info.logPath), nil).success().key("log").fourTexts()[3]
	require.NotEmpty(c.t, got.log, "else the command line asks three times")
	polled := strings.Join(log.text, "\n")
	require.True(c.t, strings.HasPrefix(got.log, polled), "polled\n%s\nbut openLog has\n%s", polled, got.log)
	if info.state == "Failed" {
		require.NotEmpty(c.t, info.errDesc, "the command line prints why")
	}
	for _, path := range c.listResults(info.resultLocation) {
		got.sets = append(got.sets, c.openPages(path, c.null(), 5000))
	}
	return got
}

func (c *cli) null() string { return "LINKIS_NULL" }

// runAndKill is submit --async, --log until something is there, --kill, and --status.
func (c *cli) runAndKill(work job, begun string) outcome {
	c.t.Helper()
	task, log := c.submit(work), &cliLog{cli: c}
	until(c.t, "the task printing", func() bool {
		log.read(c.jobInfo(task).execID)
		return strings.Contains(strings.Join(log.text, "\n"), begun)
	})
	info := c.jobInfo(task)
	require.Equal(c.t, "Running", info.state)
	c.send(http.MethodGet, entrance(info.execID, "kill"), nil, nil).success()
	until(c.t, "the end of the task", func() bool { return c.jobInfo(task).final })
	state, _ := c.status(info.execID)
	require.Equal(c.t, c.jobInfo(task).state, state)
	return outcome{task: task, state: state}
}
