package sql_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/sql"
	"stepcast/models"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	source := onSQLite(t)
	executortest.Run(t, executortest.Case{
		New: func(_ testing.TB, l executortest.Limits) executor.Executor {
			o := on(source)
			o.Grace = l.Grace
			return sql.New(o)
		},
		BadParams: map[string][]string{
			`{"dataSource": "other"}`: {"dataSource"},
			`{"dataSource": ""}`:      {"dataSource"},
			`{"dataSource": 1}`:       {"dataSource"},
			`{"datasource": "main"}`:  {"datasource"},
			`[]`:                      nil,
		},
	})
}

func TestDataSources(t *testing.T) {
	t.Parallel()
	two := sql.Options{DataSources: map[string]sql.DataSource{"b": onSQLite(t), "a": onSQLite(t)}}
	withDefault := two
	withDefault.Default = "b"
	for name, c := range map[string]struct {
		options sql.Options
		params  string
		want    string
	}{
		"the only one":      {on(onSQLite(t)), ``, ""},
		"named":             {two, `{"dataSource": "a"}`, ""},
		"default":           {withDefault, `{}`, ""},
		"null is none":      {withDefault, `{"dataSource": null}`, ""},
		"none of two":       {two, `{}`, "name the data source; there are: a, b"},
		"unknown":           {two, `{"dataSource": "c"}`, `"c" is no data source; there are: a, b`},
		"there are none":    {sql.Options{}, `{"dataSource": "c"}`, `"c" is no data source; there are none`},
		"not case as named": {two, `{"dataSource": "A"}`, `"A" is no data source; there are: a, b`},
	} {
		err := sql.New(c.options).CheckParams([]byte(c.params))
		if c.want == "" {
			require.NoError(t, err, name)
			continue
		}
		f := models.AsFault(err)
		require.NotNil(t, f, name)
		require.Equal(t, []string{"dataSource"}, f.Field, name)
		require.Equal(t, c.want, f.Message, name)
	}

	r := begin(t, two, "CREATE TABLE t(a)", func(_ *running, req *executor.Request) { req.Params = params(t, "a") })
	require.Nil(t, r.End(t).Failure)
	succeed(t, withDefault, "CREATE TABLE t(a)", nil)
	execute(t, two, "SELECT 1", nil).failed(t, models.ErrStartFailed, "Could not start: dataSource: name the data source")
}

func TestInfo(t *testing.T) {
	t.Parallel()
	var schema struct {
		Required   []string
		Properties map[string]struct {
			Enum    []string
			Default string
		}
	}
	two := sql.Options{DataSources: map[string]sql.DataSource{"b": {}, "a": {}}}
	require.NoError(t, json.Unmarshal(sql.New(two).Info().ParamsSchema, &schema))
	require.Equal(t, []string{"a", "b"}, schema.Properties["dataSource"].Enum)
	require.Equal(t, []string{"dataSource"}, schema.Required)
	schema.Required = nil
	require.NoError(t, json.Unmarshal(sql.New(on(sql.DataSource{})).Info().ParamsSchema, &schema))
	require.Equal(t, "main", schema.Properties["dataSource"].Default)
	require.Empty(t, schema.Required)

	const none = "no data source is configured: name one with --data-sources name=url"
	require.Equal(t, none, sql.New(sql.Options{}).Info().Reason)
	require.Equal(t, "off", sql.New(sql.Options{DisabledReason: "off"}).Info().Reason)
	execute(t, sql.Options{}, "SELECT 1", nil).failed(t, models.ErrStartFailed, "Could not start: "+none)
}

func TestCheckCode(t *testing.T) {
	t.Parallel()
	lite, my := sql.New(on(sql.DataSource{Driver: sql.SQLite})), sql.New(on(sql.DataSource{Driver: sql.MySQL}))
	for code, want := range map[string]string{
		"SELECT 1":             "",
		" \n":                  "there is no SQL statement in the code",
		"-- nothing":           "there is no SQL statement in the code",
		"SELECT 1;\n/* a":      "line 2: a comment that /* opens is never closed",
		"SELECT 1;\nDELIMITER": "line 2: DELIMITER takes the new delimiter, 1 to 16 characters without quotes, backslashes, # and ?, for example DELIMITER //",
	} {
		for _, e := range []*sql.Executor{lite, my} {
			err := e.CheckCode(code, nil)
			if want == "" {
				require.NoError(t, err)
				continue
			}
			require.Equal(t, models.Invalid([]string{"code"}, "%s", want), models.AsFault(err), code)
		}
	}
	require.NoError(t, my.CheckCode(`SELECT 'a\'b'`, nil), "a backslash escapes")
	require.NoError(t, my.CheckCode(`SELECT 'a\'`, nil), "a server may be set so that it does not")
	require.Error(t, lite.CheckCode(`SELECT 'a\'b'`, nil))
	require.NoError(t, lite.CheckCode(`'`, []byte(`{"dataSource": "unknown"}`)), "that is for CheckParams")
}

// The errors of connections say what to do about them, and neither they nor the log of
// the server or the task has the password.
func TestConnectionErrors(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	user, password := "u"+rand.Text()[:12], "pw-"+rand.Text()
	ctx := context.Background()
	_, err := observer.ExecContext(ctx, fmt.Sprintf("CREATE USER '%s'@'%%' IDENTIFIED BY '%s'", user, password))
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := observer.ExecContext(ctx, fmt.Sprintf("DROP USER '%s'@'%%'", user))
		require.NoError(t, err)
	})
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, closed.Close())

	base := source
	base.User, base.Password = user, password
	for name, c := range map[string]struct {
		set  func(*sql.DataSource)
		want string
	}{
		"no right":   {func(*sql.DataSource) {}, "its user may not use its database (MySQL error 1044)"},
		"wrong user": {func(d *sql.DataSource) { d.User = "nobody" }, "the server refuses its user or password (MySQL error 1045)"},
		"no database": {func(d *sql.DataSource) {
			d.User, d.Password, d.Database = source.User, source.Password, "stepcast_missing"
		}, "the server has no database of its name (MySQL error 1049)"},
		"no server":     {func(d *sql.DataSource) { d.Address = closed.Addr().String() }, "the server cannot be reached: "},
		"no host":       {func(d *sql.DataSource) { d.Address = "no-such-host.invalid:3306" }, "the server's host name cannot be resolved"},
		"malformed TLS": {func(d *sql.DataSource) { d.TLS = "unknown" }, "no connection to the server can be made"},
		"no folder": {func(d *sql.DataSource) {
			*d = sql.DataSource{Driver: sql.SQLite, Path: filepath.Join(t.TempDir(), "missing", "a.db")}
		}, "the folder of its file does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := base
			c.set(&broken)
			var log bytes.Buffer
			o := on(broken)
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			r := execute(t, o, "SELECT 1", nil)
			message := r.failed(t, models.ErrStartFailed, `Could not start: data source "main": `+c.want)
			for _, text := range []string{message, log.String(), fmt.Sprintf("%+v", r.Events())} {
				require.NotContains(t, text, password)
				require.NotContains(t, text, broken.Address+"/")
			}
			require.NotContains(t, message, user)
		})
	}
}

// The account of the data source bounds what a script may do.
func TestRightsAreThoseOfTheAccount(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	user, password := "u"+rand.Text()[:12], "pw-"+rand.Text()
	ctx := context.Background()
	for _, statement := range []string{
		"CREATE USER '%[1]s'@'%%' IDENTIFIED BY '%[2]s'", "GRANT SELECT ON %[3]s.* TO '%[1]s'@'%%'", "CREATE TABLE %[3]s.t (a TEXT)",
	} {
		_, err := observer.ExecContext(ctx, fmt.Sprintf(statement+"/* %[1]s %[2]s %[3]s */", user, password, source.Database))
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		_, err := observer.ExecContext(ctx, fmt.Sprintf("DROP USER '%s'@'%%'", user))
		require.NoError(t, err)
	})
	source.User, source.Password = user, password
	succeed(t, on(source), "SELECT * FROM t", nil)
	r := execute(t, on(source), "INSERT INTO t VALUES ('x')", nil)
	message := r.failed(t, models.ErrReported, "MySQL error 1142")
	require.NotContains(t, message, password)
}

func TestDataSourceIsPrintedWithoutItsAccount(t *testing.T) {
	t.Parallel()
	source := sql.DataSource{Driver: sql.MySQL, Address: "db:3306", User: "ann", Password: "hunter2"}
	encoded, err := json.Marshal(source)
	require.NoError(t, err)
	for _, text := range []string{fmt.Sprint(source), fmt.Sprintf("%+v", on(source)), string(encoded)} {
		require.NotContains(t, text, "hunter2")
	}
}

func TestLocalFilesAreNotSent(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	r := execute(t, on(source), "CREATE TABLE t (a TEXT); LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t", nil)
	r.failed(t, models.ErrReported, "Statement 2 of 2 (line 1) failed")
	r = succeed(t, on(source), "SELECT COUNT(*) FROM t", nil)
	require.Equal(t, [][]string{{"0"}}, r.rows(t, 0))
}
