package e2e

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/store/storetest"
)

// runLinkis submits a body and waits until the task has succeeded.
func (s *server) runLinkis(t *testing.T, body string) {
	t.Helper()
	status, said := s.callLinkis(http.MethodPost, "entrance/execute", body, asAdminOfLinkis...)
	require.Equal(t, []int{http.StatusOK, 0}, []int{status, said.Status}, said.Message)
	ended := awaitEnd(t, s.client(), fmt.Sprint(said.Data["taskID"]))
	require.Equal(t, client.StatusSucceeded, ended.Status, "%+v", ended.Error)
}

// written gives what is in the table of a SQLite file.
func written(t *testing.T, path string) (by []string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), "SELECT engine FROM written ORDER BY engine")
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var engine string
		require.NoError(t, rows.Scan(&engine))
		by = append(by, engine)
	}
	require.NoError(t, rows.Err())
	return by
}

// TestEnginesOfLinkis runs SQL of engines that are not here on the data sources that the
// configuration gives them.
func TestEnginesOfLinkis(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	folder := t.TempDir()
	lake, warehouse := filepath.Join(folder, "lake.db"), filepath.Join(folder, "warehouse.db")
	s := start(t, "--data-sources", "lake=sqlite://"+lake, "--data-sources", "warehouse=sqlite://"+warehouse,
		"--default-data-source", "lake", "--engines", "spark-*/sql=sql:warehouse", "--python", "no-such-python")
	insert := func(engine string) string {
		return "CREATE TABLE IF NOT EXISTS written (engine TEXT); INSERT INTO written VALUES ('" + engine + "')"
	}
	for engine, runType := range map[string]string{"spark-2.4.3": "sql", "hive-2.3.3": "hql", "jdbc-4": "jdbc", "trino-371": "tsql"} {
		s.runLinkis(t, `{"executionContent": {"code": "`+insert(engine)+`", "runType": "`+runType+`"}, "labels": {"engineType": "`+engine+`"}}`)
	}
	s.runLinkis(t, `{"executionCode": "`+insert("no engine")+`", "runType": "sql", "params": {}, "source": {}}`)
	s.runLinkis(t, `{"executionCode": "`+insert("no run type")+`", "engineType": "hive"}`)
	s.runLinkis(t, `{"executionCode": "exit 0", "runType": "shell", "params": {}}`)
	require.Equal(t, []string{"hive-2.3.3", "jdbc-4", "no engine", "no run type", "trino-371"}, written(t, lake))
	require.Equal(t, []string{"spark-2.4.3"}, written(t, warehouse))

	body := `{"executionContent": {"code": "val x = 1", "runType": "scala"}, "labels": {"engineType": "spark-2.4.3"}}`
	status, said := s.callLinkis(http.MethodPost, "entrance/submit", body, asAdminOfLinkis...)
	require.Equal(t, []int{http.StatusBadRequest, 1}, []int{status, said.Status})
	require.Contains(t, said.Message, `no engine for engineType "spark-2.4.3" and runType "scala"; there are: external, http, shell, sql.`)
}

// TestNoDataSource submits SQL where nothing can run it.
func TestNoDataSource(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	body := `{"executionContent": {"code": "SELECT 1", "runType": "sql"}, "labels": {"engineType": "spark-2.4.3"}}`
	status, said := s.callLinkis(http.MethodPost, "entrance/submit", body, asAdminOfLinkis...)
	require.Equal(t, []int{http.StatusBadRequest, 1}, []int{status, said.Status})
	require.Contains(t, said.Message, "--data-sources (STEPCAST_DATA_SOURCES, data-sources in stepcast.yaml) names one")
}

// TestDataSourceOnMySQL runs on a database server, with a password that nobody sees.
func TestDataSourceOnMySQL(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--data-sources", "mart="+storetest.NewMySQL(t))
	s.runLinkis(t, `{"executionCode": "CREATE TABLE t (a INT); INSERT INTO t VALUES (1); SELECT * FROM t", "runType": "sql"}`)
}

// TestHTTPTargets lets http reach what the configuration names, and nothing else.
func TestHTTPTargets(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("here")) }))
	t.Cleanup(target.Close)
	other := httptest.NewServer(target.Config.Handler)
	t.Cleanup(other.Close)
	s := start(t, "--http-targets", strings.TrimPrefix(target.URL, "http://"))
	get := func(url string) client.SubmitInput { return single("http", "", object{"url": url}) }
	task, err := s.client().Submit(t.Context(), get(target.URL))
	require.NoError(t, err)
	ended := awaitEnd(t, s.client(), task.ID)
	require.Equal(t, client.StatusSucceeded, ended.Status, "%+v", ended.Error)
	_, err = s.client().Submit(t.Context(), get(other.URL))
	require.Equal(t, client.CodeInvalid, client.CodeOf(err))
	require.ErrorContains(t, err, "--http-targets")
}

// TestLimitsOfRunTypes lowers what sql and http may give.
func TestLimitsOfRunTypes(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		w.Header().Set("Content-Length", strconv.Itoa(size))
		_, _ = w.Write(bytes.Repeat([]byte("x"), size))
	}))
	t.Cleanup(target.Close)
	s := start(t, "--data-sources", "lake=sqlite://"+filepath.Join(t.TempDir(), "lake.db"),
		"--result-rows", "2", "--result-limit", "1KiB", "--http-limit", "2KiB")
	run := func(runType, code string, params any) (ended *client.Task, rows string) {
		task, err := s.client().Submit(t.Context(), single(runType, code, params))
		require.NoError(t, err)
		ended = awaitEnd(t, s.client(), task.ID)
		said := s.graphql(`query($id: ID!) { task(id: $id) { results { rows bytes } } }`, object{"id": task.ID}, bearer(token)...)
		require.Empty(t, said.Errors)
		return ended, fmt.Sprint(said.Data["task"].(object)["results"])
	}
	ended, rows := run("sql", "SELECT 1 UNION SELECT 2 UNION SELECT 3", nil)
	require.Equal(t, client.StatusSucceeded, ended.Status)
	require.Contains(t, rows, "rows:2", "--result-rows")
	for size, problem := range map[int]string{1000: "", 1500: "more results", 3000: "2048"} {
		ended, rows = run("http", "", map[string]string{"url": fmt.Sprintf("%s?size=%d", target.URL, size)})
		require.Equal(t, problem == "", ended.Status == client.StatusSucceeded, "%d bytes: %s", size, rows)
		if problem != "" {
			require.Contains(t, ended.Error.Message, problem, size)
		}
	}
}

// TestStartRefusedRunTypes starts with settings of run types that cannot be.
func TestStartRefusedRunTypes(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]struct{ args, words []string }{
		"data source":  {[]string{"--data-sources", "dw=mysql://root:hunter2@db"}, []string{"--data-sources", "dw: names no database"}},
		"default":      {[]string{"--default-data-source", "dw"}, []string{"--default-data-source", "there is no data source dw"}},
		"engine":       {[]string{"--engines", "spark-*/sql=sql:dw"}, []string{"--engines", "there is no data source dw", "--data-sources"}},
		"http targets": {[]string{"--http-targets", "ftp://example.org"}, []string{"--http-targets (STEPCAST_HTTP_TARGETS", "ftp"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := runToEnd(t, command(t, append([]string{"--addr", "127.0.0.1:0"}, try.args...)...))
			requireRefused(t, r, try.words...)
			require.NotContains(t, r.stderr, "hunter2")
		})
	}
}
