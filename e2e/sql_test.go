package e2e

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/store/storetest"
)

// statements is a submission of SQL for the only data source there is.
func statements(code string) client.SubmitInput { return single("sql", code, nil) }

// statementContents are the contents that the execution declared, one for each statement.
// They follow the submitted one, which ends when the first of them begins.
func statementContents(t *testing.T, task *client.Task) []*client.StepContent {
	t.Helper()
	require.Len(t, task.Steps, 1)
	require.NotEmpty(t, task.Steps[0].Contents)
	require.Equal(t, client.StatusSucceeded, task.Steps[0].Contents[0].Status)
	return task.Steps[0].Contents[1:]
}

// statementStatuses are the statuses of the contents that the execution declared.
func statementStatuses(t *testing.T, task *client.Task) (statuses []client.Status) {
	t.Helper()
	for _, content := range statementContents(t, task) {
		statuses = append(statuses, content.Status)
	}
	return statuses
}

// requireStage checks how Linkis counts the contents of a task with one step, the
// submitted one included.
func (w legacyWorld) requireStage(id string, succeeded, failed, total int64) {
	w.t.Helper()
	data := w.caller(w.t, w.token()...).send(http.MethodGet, entrance(id, "progress"), nil, nil).success()
	require.InDelta(w.t, 1.0, data.key("progress").number(), 0)
	rows := data.key("progressInfo").list()
	require.Len(w.t, rows, 1)
	require.Equal(w.t, id+"-1", rows[0].key("id").text())
	got := []int64{}
	for _, name := range []string{"succeedTasks", "failedTasks", "runningTasks", "totalTasks"} {
		got = append(got, rows[0].key(name).int())
	}
	require.Equal(w.t, []int64{succeeded, failed, 0, total}, got)
}

// runSQL runs statements to their end.
func (w legacyWorld) runSQL(code string) *client.Task {
	w.t.Helper()
	task, err := w.asUser().Submit(w.t.Context(), statements(code))
	require.NoError(w.t, err)
	return awaitEnd(w.t, w.asUser(), task.ID)
}

// TestSQLStatementsInOrder runs statements, of which each needs the one before.
func TestSQLStatementsInOrder(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		w = w.with(t)
		task := w.runSQL("CREATE TABLE t (a INTEGER, b VARCHAR(20)); INSERT INTO t VALUES (1, 'x'), (2, NULL), (3, ''); SELECT a, b FROM t ORDER BY a")
		require.Equal(t, client.StatusSucceeded, task.Status, "%+v", task.Error)
		require.Equal(t, []client.Status{client.StatusSucceeded, client.StatusSucceeded, client.StatusSucceeded}, statementStatuses(t, task))
		var ended time.Time
		for i, verb := range []string{"CREATE", "INSERT", "SELECT"} {
			content := statementContents(t, task)[i]
			require.True(t, strings.HasPrefix(content.Message, verb), content.Message)
			require.False(t, content.StartTime.Before(ended), "%s begins when the one before has ended", verb)
			ended = *content.FinishTime
		}
		w.requireStage(task.ID, 1+3, 0, 1+3)

		require.Len(t, task.Results, 1)
		result := task.Results[0]
		require.Equal(t, int64(3), *result.Rows)
		require.Equal(t, "text/csv", strings.Split(result.ContentType, ";")[0])
		status, csv, _ := w.get(result.URL, bearer(w.secret)...)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, "a,b\r\n1,x\r\n2,\r\n3,\"\"\r\n", csv)
	})
}

// TestSQLStopsAtTheFirstFailure: what comes before the failure stays, what comes after
// it is not run.
func TestSQLStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	eachLegacy(t, func(t *testing.T, w legacyWorld) {
		w = w.with(t)
		task := w.runSQL("CREATE TABLE kept (a INTEGER); INSERT INTO missing VALUES (1); CREATE TABLE never (a INTEGER)")
		require.Equal(t, client.StatusFailed, task.Status)
		require.Equal(t, []client.Status{client.StatusSucceeded, client.StatusFailed, client.StatusSkipped}, statementStatuses(t, task))
		require.Contains(t, task.Error.Message, "missing")
		failed := statementContents(t, task)[1]
		require.Contains(t, failed.Error.Message, "missing")
		require.Equal(t, failed.ID, task.Error.ContentID)
		w.requireStage(task.ID, 1+1, 1, 1+3)

		require.Equal(t, client.StatusSucceeded, w.runSQL("SELECT * FROM kept").Status)
		require.Equal(t, client.StatusFailed, w.runSQL("SELECT * FROM never").Status)
	})
}

// TestCancelledStatementIsGone cancels statements of a minute: two seconds after the
// answer at most the server of the data source does not have them any more.
func TestCancelledStatementIsGone(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	for name, cancel := range map[string]func(w legacyWorld, id string){
		"by Linkis kill": func(w legacyWorld, id string) {
			w.caller(w.t, asAdminOfLinkis...).send(http.MethodGet, entrance(id, "kill"), nil, nil).success()
		},
		"by GraphQL cancelTask": func(w legacyWorld, id string) {
			_, err := w.client().Cancel(w.t.Context(), id)
			require.NoError(w.t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mart := storetest.NewMySQL(t)
			w := legacyWorld{server: start(t, "--data-sources", "mart="+mart), mysql: true}
			list := openProcessList(t, mart)
			for _, statement := range []string{"SELECT SLEEP(60)", "INSERT INTO written SELECT SLEEP(60)"} {
				task, err := w.client().Submit(t.Context(), statements("CREATE TABLE IF NOT EXISTS written (a INT); "+statement+"; SELECT 1"))
				require.NoError(t, err)
				until(t, "the statement running", func() bool { return list.has(t, "SLEEP(60)") })
				cancel(w, task.ID)
				answered := time.Now()
				for list.has(t, "SLEEP(60)") {
					require.Less(t, time.Since(answered), 2*time.Second, "%s is still there", statement)
				}
				ended := awaitEnd(t, w.client(), task.ID)
				require.Equal(t, client.StatusCancelled, ended.Status)
				require.Equal(t, []client.Status{client.StatusSucceeded, client.StatusCancelled, client.StatusSkipped}, statementStatuses(t, ended))
				require.Equal(t, []any{"admin", 0}, []any{ended.EndedBy.By, ended.EndedBy.Survivors})
				require.Contains(t, ended.EndedBy.Signals, "KILL QUERY")
				require.Less(t, ended.CostTime, int64(60_000))
				until(t, "the connection gone", func() bool { return !list.has(t, "") })
			}
			require.Zero(t, list.count(t, "SELECT COUNT(*) FROM `"+list.database+"`.written"), "what was ended is rolled back")
		})
	}
}

// processList looks at what runs in a database, from outside of it.
type processList struct {
	*sql.DB
	database string
}

func openProcessList(t *testing.T, at string) processList {
	t.Helper()
	u, err := url.Parse(at)
	require.NoError(t, err)
	database := strings.TrimPrefix(u.Path, "/")
	u.Path = "" // so that its own connection is not on the list
	return processList{storetest.Connect(t, u.String()), database}
}

// has says whether a connection to the database has a statement with the text; of any
// connection when that is empty.
func (l processList) has(t *testing.T, text string) bool {
	t.Helper()
	return l.count(t, "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = ? AND (? = '' OR INFO LIKE ?)", l.database, text, "%"+text+"%") > 0
}

func (l processList) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, l.QueryRowContext(context.Background(), query, args...).Scan(&n))
	return n
}
