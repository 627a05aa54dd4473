package sql_test

import (
	stdsql "database/sql"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/sql"
	"stepcast/models"
	"stepcast/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// onSQLite is a data source on a new file.
func onSQLite(t *testing.T) sql.DataSource {
	t.Helper()
	return sql.DataSource{Driver: sql.SQLite, Path: filepath.Join(t.TempDir(), "data.db")}
}

// onMySQL is a data source on a new database. observer looks at it from outside.
func onMySQL(t *testing.T) (source sql.DataSource, observer *stdsql.DB) {
	t.Helper()
	at := storetest.NewMySQL(t)
	u, err := url.Parse(at)
	require.NoError(t, err)
	password, _ := u.User.Password()
	source = sql.DataSource{
		Driver: sql.MySQL, Address: u.Host, User: u.User.Username(), Password: password, Database: strings.TrimPrefix(u.Path, "/"),
	}
	return source, storetest.Connect(t, at)
}

// each runs a test on both.
func each(t *testing.T, test func(t *testing.T, source sql.DataSource)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, onSQLite(t))
	})
	t.Run("mysql", func(t *testing.T) {
		t.Parallel()
		source, _ := onMySQL(t)
		test(t, source)
	})
}

func on(source sql.DataSource) sql.Options {
	return sql.Options{DataSources: map[string]sql.DataSource{"main": source}}
}

// running is an execution of statements.
type running struct{ *executortest.Execution }

// begin runs code. set may change what there is to be run. The channel of its pauses has
// no room: what was sent was heard.
func begin(t *testing.T, o sql.Options, code string, set func(*running, *executor.Request)) *running {
	t.Helper()
	r := &running{executortest.NewExecution()}
	r.Pause = make(chan bool)
	req := executor.Request{Task: 690, Attempt: 1, Content: models.ContentRef{Step: 1, Content: 1}, Code: code}
	if set != nil {
		set(r, &req)
	}
	r.Begin(t, sql.New(o), req)
	return r
}

// execute runs code to its end, with variables.
func execute(t *testing.T, o sql.Options, code string, variables map[string]string) *running {
	t.Helper()
	r := begin(t, o, code, func(_ *running, req *executor.Request) { req.Env = variables })
	r.End(t)
	return r
}

// succeed runs code that must succeed.
func succeed(t *testing.T, o sql.Options, code string, variables map[string]string) *running {
	t.Helper()
	r := execute(t, o, code, variables)
	require.Nil(t, r.Result.Failure, "%+v", r.Result.Failure)
	require.Equal(t, executor.Result{}, r.Result)
	return r
}

// failed requires a failure with this code and text, and gives its message.
func (r *running) failed(t *testing.T, code models.TaskErrorCode, text string) string {
	t.Helper()
	require.NotNil(t, r.Result.Failure, "%+v", r.Events())
	message := r.Result.Failure.Message.In("en")
	require.Equal(t, code, r.Result.Failure.Code, message)
	require.Contains(t, message, text)
	return message
}

// rows gives the rows of a result, NULL as "NULL".
func (r *running) rows(t *testing.T, i int) [][]string {
	t.Helper()
	results := r.Results()
	require.Greater(t, len(results), i)
	require.True(t, results[i].Closed, "the result is seen")
	rows := [][]string{}
	for _, values := range results[i].Rows {
		row := []string{}
		for _, value := range values {
			if value == nil {
				row = append(row, "NULL")
			} else {
				row = append(row, *value)
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// begun gives the contents that were opened.
func (r *running) begun() []string {
	texts := []string{}
	for _, e := range r.Calls("Content") {
		texts = append(texts, e.Text)
	}
	return texts
}

// log gives the lines of a level, in one text.
func (r *running) log(level models.LogLevel) string {
	var lines []string
	for _, e := range r.Calls("Log") {
		if e.Level == level {
			lines = append(lines, e.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// eventually waits until a condition holds that nothing announces.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for deadline := time.After(executortest.Patience); !holds(); {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("%s: not in time", what)
		}
	}
}

func params(t *testing.T, dataSource string) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(map[string]string{"dataSource": dataSource})
	require.NoError(t, err)
	return text
}
