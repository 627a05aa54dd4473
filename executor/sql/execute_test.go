package sql_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/sql"
	"stepcast/models"
)

func TestRunsInOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := succeed(t, on(source), `-- A table.
CREATE TABLE people (id INTEGER, name VARCHAR(20));
INSERT INTO people
  VALUES (1, 'Ann'), (2, NULL);
SELECT name, id, id FROM people ORDER BY id;
SELECT name, id, id FROM people ORDER BY id;
SELECT id FROM people WHERE id > 7`, nil)
		messages := []string{
			"CREATE TABLE people (id INTEGER, name VARCHAR(20))", "INSERT INTO people VALUES (1, 'Ann'), (2, NULL)",
			"SELECT name, id, id FROM people ORDER BY id", "SELECT name, id, id FROM people ORDER BY id", "SELECT id FROM people WHERE id > 7",
		}
		require.Equal(t, messages, r.Calls("Plan")[0].List)
		require.Len(t, r.Calls("Plan"), 1)
		require.Equal(t, messages, r.begun())
		for i := range 2 {
			require.Equal(t, [][]string{{"Ann", "1", "1"}, {"NULL", "2", "2"}}, r.rows(t, i))
		}
		require.Empty(t, r.rows(t, 2))
		columns := r.Results()[0].Columns
		require.Equal(t, []string{"name", "id", "id"}, []string{columns[0].Name, columns[1].Name, columns[2].Name})
		require.Contains(t, columns[0].Type, "VARCHAR")
		require.Regexp(t, `(?s)^Statement 1 of 5, line 2: CREATE TABLE .*
Statement 1 of 5 took \S+: (done|0 rows affected)
Statement 2 of 5, line 3: INSERT INTO people .*
Statement 2 of 5 took \S+: 2 rows affected
.*
Statement 4 of 5 took \S+: 2 rows
.*
Statement 5 of 5 took \S+: 0 rows$`, r.log(models.Info))
		require.Empty(t, r.log(models.Warn))
		require.Equal(t, len(r.Calls("Log")), len(r.Lines(models.System)))
	})
}

func TestStopsAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := execute(t, on(source), "CREATE TABLE t (a INTEGER);\n\nINSERT INTO missing\nVALUES (1);\nINSERT INTO t VALUES (1)", nil)
		message := r.failed(t, models.ErrReported, "Statement 2 of 3 (line 3) failed: ")
		if source.Driver == sql.MySQL {
			require.Regexp(t, `Table '.*\.missing' doesn't exist \(MySQL error 1146, SQLSTATE 42S02\)$`, message)
		} else {
			require.Contains(t, message, "no such table: missing (SQLite error 1)")
		}
		require.Len(t, r.begun(), 2, "the third is left planned")
		require.Regexp(t, `^Statement 2 of 3 failed after \S+: .*missing`, r.log(models.Error))
		r = succeed(t, on(source), "SELECT * FROM t", nil)
		require.Empty(t, r.rows(t, 0))
	})
}

// A failure while rows come leaves no result behind.
func TestFailureBetweenRows(t *testing.T) {
	t.Parallel()
	r := execute(t, on(onSQLite(t)), "CREATE TABLE t(a); INSERT INTO t VALUES (1), ('x'); SELECT abs(a), json(a) FROM t", nil)
	r.failed(t, models.ErrReported, "malformed JSON")
	require.False(t, r.Results()[0].Closed)
	require.Len(t, r.Results()[0].Rows, 1)
}

func TestNothingToRun(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		for code, want := range map[string]string{
			"":                         "there is no SQL statement in the code",
			"-- nothing\n;":            "there is no SQL statement in the code",
			"CREATE TABLE t(a);\n 'no": "line 2: a quote that ' opens is never closed",
			"SELECT 1;\nSELECT ?":      "line 2: nothing fills the placeholder ?",
		} {
			r := execute(t, on(source), code, nil)
			r.failed(t, models.ErrStartFailed, "Could not start: "+want)
			require.Empty(t, r.begun())
		}
		succeed(t, on(source), "CREATE TABLE t(a int)", nil)
	})
}

func TestUnicode(t *testing.T) {
	t.Parallel()
	const text = "Grüße 日本語 🚀 𝒳 \u200d\u0301"
	each(t, func(t *testing.T, source sql.DataSource) {
		r := succeed(t, on(source), "SELECT '"+text+"' AS 日本, ${v} AS v", map[string]string{"v": text})
		require.Equal(t, [][]string{{text, text}}, r.rows(t, 0))
		require.Equal(t, "日本", r.Results()[0].Columns[0].Name)
		require.Equal(t, []string{"SELECT '" + text + "' AS 日本, ${v} AS v"}, r.begun())
	})
}

// Nothing of a session is seen by the next one.
func TestSessionsAreApart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		succeed(t, on(source), "CREATE TABLE t (a INTEGER); CREATE TEMPORARY TABLE mine (a INTEGER); SELECT * FROM mine", nil)
		execute(t, on(source), "SELECT * FROM mine", nil).failed(t, models.ErrReported, "mine")
		if source.Driver == sql.MySQL {
			succeed(t, on(source), "SET @mine = 1; SET SESSION sql_mode = 'ANSI'", nil)
			r := succeed(t, on(source), "SELECT @mine, @@SESSION.sql_mode LIKE '%ANSI%'", nil)
			require.Equal(t, [][]string{{"NULL", "0"}}, r.rows(t, 0))
		}
	})
}

func TestOpenTransactionIsRolledBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		const left = "BEGIN; INSERT INTO t VALUES (1)"
		succeed(t, on(source), "CREATE TABLE t (a INTEGER PRIMARY KEY)", nil)
		r := succeed(t, on(source), left, nil)
		require.Contains(t, r.log(models.Warn), "was rolled back")
		r = execute(t, on(source), left+"; SELECT nonsense", nil)
		require.Contains(t, r.log(models.Warn), "was rolled back")
		r = succeed(t, on(source), left+"; COMMIT; SELECT * FROM t", nil)
		require.Equal(t, [][]string{{"1"}}, r.rows(t, 0))
		require.Empty(t, r.log(models.Warn))
	})
}

func TestTransactionsOfOneScriptShareAConnection(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := succeed(t, on(source), "CREATE TABLE t (a INTEGER); BEGIN; INSERT INTO t VALUES (1); ROLLBACK; SELECT COUNT(*) FROM t", nil)
		require.Equal(t, [][]string{{"0"}}, r.rows(t, 0))
	})
}

func TestSQLiteTrigger(t *testing.T) {
	t.Parallel()
	r := succeed(t, on(onSQLite(t)), `CREATE TABLE t(a); CREATE TABLE log(a, b);
CREATE TRIGGER keep AFTER INSERT ON t BEGIN
  INSERT INTO log VALUES (new.a, CASE WHEN new.a > 1 THEN 'large' ELSE 'small' END);
  UPDATE log SET b = b || ';';
END;
INSERT INTO t VALUES (1), (2);
SELECT * FROM log;`, nil)
	require.Equal(t, [][]string{{"1", "small;;"}, {"2", "large;"}}, r.rows(t, 0))
	require.Len(t, r.begun(), 5)
}

func TestSQLiteStaysInItsFile(t *testing.T) {
	t.Parallel()
	source := onSQLite(t)
	other := filepath.Join(t.TempDir(), "other.db")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	for _, code := range []string{
		"ATTACH '" + other + "' AS o", "/* x */ attach database ${file} AS o", "VACUUM INTO '" + other + "2'", "PRAGMA temp_store_directory='/'",
	} {
		r := execute(t, on(source), code, map[string]string{"file": other})
		r.failed(t, models.ErrReported, "a statement may not reach other files of the server")
	}
	require.NoFileExists(t, other+"2")
	execute(t, on(source), "SELECT 1;\n.open "+other, nil).failed(t, models.ErrStartFailed, "line 2: commands of the sqlite3 program")
}

func TestProcedures(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	r := succeed(t, on(source), `CREATE TABLE t (a INT);
DELIMITER //
CREATE PROCEDURE p(IN n INT)
BEGIN
  SELECT n AS first, 'a;b' AS text;
  INSERT INTO t VALUES (n), (n + 1);
  SELECT a AS second FROM t ORDER BY a;
END//
DELIMITER ;
CALL p(3);
SELECT COUNT(*) FROM t`, nil)
	require.Equal(t, [][]string{{"3", "a;b"}}, r.rows(t, 0))
	require.Equal(t, [][]string{{"3"}, {"4"}}, r.rows(t, 1))
	require.Equal(t, [][]string{{"2"}}, r.rows(t, 2))
	require.Len(t, r.Results(), 3)
	require.Len(t, r.begun(), 4)
	require.Contains(t, r.log(models.Info), ": 1 row, 2 rows")
}

// Without DELIMITER a procedure is split, and the failure says what to do.
func TestProcedureWithoutDelimiter(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	r := execute(t, on(source), "CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END;", nil)
	r.failed(t, models.ErrReported, "(MySQL error 1064, SQLSTATE 42000); a body with semicolons needs another delimiter")
}

// A prepared statement gives several results too.
func TestProcedureWithVariable(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	o := on(source)
	o.MaxRows = 2
	r := succeed(t, o, numbers+`
DELIMITER //
CREATE PROCEDURE p(IN n INT) BEGIN SELECT n; SELECT a FROM d; END//
CALL p(${n})// SELECT a FROM d WHERE a >= ${n}//
SELECT 'end'//`, map[string]string{"n": "5"})
	require.Equal(t, [][]string{{"5"}}, r.rows(t, 0))
	require.Equal(t, [][]string{{"0"}, {"1"}}, r.rows(t, 1))
	require.Equal(t, [][]string{{"5"}, {"6"}}, r.rows(t, 2))
	require.Equal(t, [][]string{{"end"}}, r.rows(t, 3))
}

func TestLongErrorsAreCut(t *testing.T) {
	t.Parallel()
	r := execute(t, on(onSQLite(t)), "SELECT 1 "+strings.Repeat("x", 5000)+" y", nil)
	message := r.failed(t, models.ErrReported, "syntax error")
	require.Less(t, len(message), 1100)
}

func TestReturning(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := succeed(t, on(source), "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2) RETURNING a; UPDATE t SET a = 7 WHERE a = 1; DELETE FROM t", nil)
		require.Equal(t, [][]string{{"1"}, {"2"}}, r.rows(t, 0))
		require.Contains(t, r.log(models.Info), "Statement 3 of 4, line 1: UPDATE t SET a = 7 WHERE a = 1")
		require.Regexp(t, `Statement 3 of 4 took \S+: 1 row affected`, r.log(models.Info))
		require.Regexp(t, `Statement 4 of 4 took \S+: 2 rows affected`, r.log(models.Info))
	})
}

// More statements than contents run all the same.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	const statements = 700
	var code strings.Builder
	code.WriteString("BEGIN; CREATE TABLE t (a INTEGER);")
	for i := range statements - 4 {
		fmt.Fprintf(&code, "INSERT INTO t VALUES (%d);\n", i)
	}
	code.WriteString("COMMIT; SELECT COUNT(*), MAX(a) FROM t")
	r := succeed(t, on(onSQLite(t)), code.String(), nil)
	require.Equal(t, [][]string{{"696", "695"}}, r.rows(t, 0))
	plan := r.Calls("Plan")[0].List
	require.Len(t, plan, 500)
	require.Equal(t, "201 more statements", plan[499])
	require.Equal(t, plan, r.begun())
	last := 0.0
	for _, e := range r.Calls("Progress") {
		require.Greater(t, e.Percent, last)
		last = e.Percent
	}
	require.InDelta(t, 100, last, 1)
	require.Less(t, last, 100.0)
}
