package sql_test

import (
	"context"
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

// running is an execution that was begun.
type running struct {
	*executortest.Sink
	// sink is what the execution tells, when it is not Sink.
	sink   executor.Sink
	cancel context.CancelCauseFunc
	pause  chan bool
	lease  chan time.Time
	ended  chan struct{}
	result executor.Result
}

// begin runs code. What still runs at the end of the test is cancelled. set may change
// what there is to be run.
func begin(t *testing.T, o sql.Options, code string, set func(*running, *executor.Request)) *running {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &running{
		Sink: &executortest.Sink{}, cancel: cancel,
		pause: make(chan bool), lease: make(chan time.Time, 1), ended: make(chan struct{}),
	}
	r.sink = r.Sink
	req := executor.Request{
		Task: 690, Attempt: 1, Content: models.ContentRef{Step: 1, Content: 1}, Code: code, Pause: r.pause, Lease: r.lease,
	}
	if set != nil {
		set(r, &req)
	}
	var err error
	go func() {
		defer close(r.ended)
		r.result, err = sql.New(o).Execute(ctx, req, r.sink)
	}()
	t.Cleanup(func() {
		cancel(executor.ErrShutdown)
		<-r.ended
		require.NoError(t, err)
	})
	return r
}

// end waits for the end.
func (r *running) end(t *testing.T) executor.Result {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(executortest.Patience):
		t.Fatalf("does not end; it told %+v", r.Events())
	}
	return r.result
}

// execute runs code to its end, with variables.
func execute(t *testing.T, o sql.Options, code string, variables map[string]string) *running {
	t.Helper()
	r := begin(t, o, code, func(_ *running, req *executor.Request) { req.Env = variables })
	r.end(t)
	return r
}

// succeed runs code that must succeed.
func succeed(t *testing.T, o sql.Options, code string, variables map[string]string) *running {
	t.Helper()
	r := execute(t, o, code, variables)
	require.Nil(t, r.result.Failure, "%+v", r.result.Failure)
	require.Equal(t, executor.Result{}, r.result)
	return r
}

// failed requires a failure with this code and text, and gives its message.
func (r *running) failed(t *testing.T, code models.TaskErrorCode, text string) string {
	t.Helper()
	require.NotNil(t, r.result.Failure, "%+v", r.Events())
	message := r.result.Failure.Message.In("en")
	require.Equal(t, code, r.result.Failure.Code, message)
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
