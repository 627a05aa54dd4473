package e2e

import (
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
	"stepcast/store/storetest"
)

// legacyUser is whose tasks the legacy clients submit.
const legacyUser = "hadoop"

// legacyWorld is a server with a data source, and a user of legacy clients.
type legacyWorld struct {
	*server
	// mysql tells whether the data source is a MySQL server, as the server's own database is then.
	mysql bool
	// secret is a token of the user, which has password too.
	secret string
}

// eachLegacy runs a test on each database.
func eachLegacy(t *testing.T, test func(t *testing.T, w legacyWorld)) {
	t.Helper()
	unixOnly(t)
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s := start(t, "--lease", longLease, "--data-sources", "lake=sqlite://"+filepath.Join(t.TempDir(), "lake.db"))
		test(t, legacyWorld{server: s, secret: s.office(t).user(legacyUser, models.Member)})
	})
	t.Run("mysql", func(t *testing.T) {
		t.Parallel()
		s := start(t, "--lease", longLease, "--database", storetest.NewMySQL(t), "--data-sources", "lake="+storetest.NewMySQL(t))
		test(t, legacyWorld{server: s, mysql: true, secret: s.office(t).user(legacyUser, models.Member)})
	})
}

// with is the world for a subtest.
func (w legacyWorld) with(t *testing.T) legacyWorld {
	w.server = w.server.with(t)
	return w
}

// asUser is the Go client as the user.
func (w legacyWorld) asUser() *client.Client {
	w.t.Helper()
	return w.client(client.WithToken(w.secret))
}

// token gives the headers of Linkis' token strategy.
func (w legacyWorld) token() []string {
	return []string{"Token-Code", w.secret, "Token-User", legacyUser}
}

// linkisStates are all that Linkis has, and whether each is the last: clients fail on any other.
var linkisStates = map[string]bool{
	"Inited": false, "Scheduled": false, "Running": false,
	"Succeed": true, "Failed": true, "Cancelled": true, "Timeout": true,
}

// state is a status that Linkis has, and whether it is the last.
func (w wire) state() (name string, final bool) {
	w.t.Helper()
	name = w.text()
	final, known := linkisStates[name]
	require.True(w.t, known, "%s is %s", w.path, name)
	return name, final
}

// outcome is what a client made of a job.
type outcome struct {
	task  int64
	state string
	// log is all lines; empty for a client that reads none.
	log  string
	sets []resultSet
}

// legacyClient is a client as a script: it calls what the real one calls, in its order.
type legacyClient interface {
	// run submits a job and follows it to its end, its log and its results.
	run(j job) outcome
	// runAndKill submits a job that would not end, waits until it has printed begun, and kills it.
	runAndKill(j job, begun string) outcome
	// null is what it gets for a value that is not there.
	null() string
}

// TestLegacyClients runs the work of each run type through each client.
func TestLegacyClients(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		for name, connect := range map[string]func(legacyWorld) legacyClient{
			"java_static": func(w legacyWorld) legacyClient { return newJavaStatic(w) },
			"java_token":  func(w legacyWorld) legacyClient { return newJavaToken(w) },
			"cli":         func(w legacyWorld) legacyClient { return newCLI(w) },
			"python":      func(w legacyWorld) legacyClient { return newPythonSDK(w) },
			"web":         func(w legacyWorld) legacyClient { return newWeb(w) },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				for _, j := range w.jobs("people_" + name) {
					t.Run(j.name, func(t *testing.T) {
						if j.runType == "python" {
							needsPython(t)
						}
						w := w.with(t)
						c := connect(w)
						got := c.run(j)
						require.Equal(t, j.state, got.state, got.log)
						require.Equal(t, j.results(c.null()), got.sets)
						w.requireLog(got, j)
					})
				}
				t.Run("kill", func(t *testing.T) {
					w := w.with(t)
					// The log begins with the code, which must not be taken for what it prints.
					j := job{engine: "shell-1", runType: "shell", code: "echo be''gun; exec sleep 600"}
					got := connect(w).runAndKill(j, "begun")
					require.Equal(t, "Cancelled", got.state)
					ended := w.task(got.task)
					require.Equal(t, client.StatusCancelled, ended.Status)
					require.Equal(t, []any{legacyUser, 0}, []any{ended.EndedBy.By, ended.EndedBy.Survivors})
				})
			})
		}
	})
}

// task reads a task as the user.
func (w legacyWorld) task(id int64) *client.Task {
	w.t.Helper()
	task, err := w.asUser().Task(w.t.Context(), strconv.FormatInt(id, 10))
	require.NoError(w.t, err)
	return task
}

// requireLog compares the log that a client read with the lines that are stored: each
// once, in their order, each with the time and level that clients look for.
func (w legacyWorld) requireLog(got outcome, j job) {
	w.t.Helper()
	if got.log == "" {
		return
	}
	page, err := w.asUser().Log(w.t.Context(), strconv.FormatInt(got.task, 10), client.LogQuery{First: 10_000})
	require.NoError(w.t, err)
	require.True(w.t, page.CaughtUp)
	read := strings.Split(strings.TrimSuffix(got.log, "\n"), "\n")
	require.Len(w.t, read, len(page.Lines), got.log)
	for i, line := range page.Lines {
		require.True(w.t, strings.HasSuffix(read[i], line.Text), "line %d is %q, stored is %q", i+1, read[i], line.Text)
	}
	for _, text := range j.lines {
		require.Contains(w.t, got.log, text)
	}
	want := "Congratulations. Your job completed with status Success."
	if j.state != "Succeed" {
		want = "Sorry. Your job completed with a status " + j.state
	}
	require.Contains(w.t, got.log, want)
}

// entrance is the path of a call about a task.
func entrance(id, verb string) string { return linkisPrefix + "entrance/" + id + "/" + verb }

// linkisPrefix is before each path of Linkis.
const linkisPrefix = "/api/rest_j/v1/"

// query makes a query of name, value, name, value.
func query(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}
