package sqlite_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/executor/sql/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *sqlite.Conn {
	t.Helper()
	c, err := sqlite.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// query runs a statement to its end and gives its rows, NULL as "NULL".
func query(c *sqlite.Conn, text string, args ...string) (rows [][]string, err error) {
	r, err := c.Query(text, args)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		found, err := r.Next()
		if err != nil || !found {
			return rows, err
		}
		row := []string{}
		for i := range r.Columns() {
			value, binary := r.Value(i)
			switch {
			case value == nil:
				row = append(row, "NULL")
			case binary:
				row = append(row, "blob "+string(value))
			default:
				row = append(row, string(value))
			}
		}
		rows = append(rows, row)
	}
}

func must(t *testing.T, c *sqlite.Conn, text string, args ...string) [][]string {
	t.Helper()
	rows, err := query(c, text, args...)
	require.NoError(t, err, text)
	return rows
}

func TestOpenMakesAPrivateFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "with space?#%.db")
	c := open(t, path)
	must(t, c, "CREATE TABLE t(a)")
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, fs.FileMode(0o600), info.Mode())
	}
	require.Equal(t, [][]string{{"t"}}, must(t, open(t, path), "SELECT name FROM sqlite_schema"))
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := sqlite.Open(filepath.Join(dir, "missing", "a.db"))
	require.EqualError(t, err, "the folder of its file does not exist")
	_, err = sqlite.Open(dir)
	require.ErrorContains(t, err, "unable to open database file")
}

func TestValues(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "a.db"))
	must(t, c, "CREATE TABLE t(i INTEGER, d DATE, s varchar(10), b BLOB)")
	must(t, c, "INSERT INTO t VALUES (9223372036854775807, '2024-02-03T04:05', 'é', x'00ff'), (NULL, '', '', x'')")
	r, err := c.Query("SELECT *, 1.0, 1e300, typeof(i), i AS s FROM t", nil)
	require.NoError(t, err)
	require.Equal(t, []sqlite.Column{
		{"i", "INTEGER"}, {"d", "DATE"}, {"s", "varchar(10)"}, {"b", "BLOB"}, {"1.0", ""}, {"1e300", ""}, {"typeof(i)", ""}, {"s", "INTEGER"},
	}, r.Columns())
	r.Close()
	require.Equal(t, [][]string{
		{"9223372036854775807", "2024-02-03T04:05", "é", "blob \x00\xff", "1.0", "1.0e+300", "integer", "9223372036854775807"},
		{"NULL", "", "", "blob ", "1.0", "1.0e+300", "null", "NULL"},
	}, must(t, c, "SELECT *, 1.0, 1e300, typeof(i), i FROM t"))
	require.Equal(t, [][]string{{"x'; --\x00y", "text"}}, must(t, c, "SELECT ?, typeof(?)", "x'; --\x00y", ""))
}

func TestStatementErrors(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "a.db"))
	for text, want := range map[string]string{
		"SELECT * FROM missing": "no such table: missing (SQLite error 1)",
		"SELEC":                 `near "SELEC": syntax error (SQLite error 1)`,
		"":                      "there is no statement in it",
		"-- nothing":            "there is no statement in it",
		"SELECT 1; SELECT 2":    `there is something after the end of the statement: " SELECT 2"`,
		"SELECT :a":             "the statement has 1 parameters, and 0 have a value",
	} {
		_, err := query(c, text)
		require.ErrorContains(t, err, want, text)
	}
	must(t, c, "CREATE TABLE t(a UNIQUE)")
	must(t, c, "INSERT INTO t VALUES (1), (2)")
	require.Equal(t, int64(2), c.Changes())
	_, err := query(c, "INSERT INTO t VALUES (2)")
	require.EqualError(t, err, "UNIQUE constraint failed: t.a (SQLite error 19)")
}

func TestTransaction(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	c := open(t, path)
	must(t, c, "CREATE TABLE t(a)")
	must(t, c, "BEGIN")
	must(t, c, "INSERT INTO t VALUES (1)")
	require.True(t, c.InTransaction())
	require.NoError(t, c.Close())
	require.NoError(t, c.Close(), "once more does nothing")
	require.Empty(t, must(t, open(t, path), "SELECT * FROM t"))
}

func TestOtherFilesAreOutOfReach(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := filepath.Join(dir, "other.db")
	must(t, open(t, other), "CREATE TABLE secret(a)")
	c := open(t, filepath.Join(dir, "a.db"))
	for _, text := range []string{
		"ATTACH '" + other + "' AS o", "ATTACH DATABASE ('" + dir + "' || '/other.db') AS o", "ATTACH ? AS o",
		"VACUUM INTO '" + filepath.Join(dir, "copy.db") + "'", "VACUUM main INTO 'copy.db'",
		"PRAGMA temp_store_directory = '" + dir + "'", "PRAGMA main.Temp_Store_Directory = '/'",
	} {
		args := []string{}
		if text == "ATTACH ? AS o" {
			args = append(args, other)
		}
		_, err := query(c, text, args...)
		var e *sqlite.Error
		require.ErrorAs(t, err, &e, text)
		require.True(t, e.Denied(), "%s: %s", text, err)
	}
	require.NoFileExists(t, filepath.Join(dir, "copy.db"))
	_, err := query(c, "SELECT load_extension('x')")
	require.ErrorContains(t, err, "not authorized")
	must(t, c, "PRAGMA writable_schema = ON")
	must(t, c, "CREATE TABLE t(a)")
	_, err = query(c, "UPDATE sqlite_schema SET sql = 'x'")
	require.ErrorContains(t, err, "may not be modified")
	must(t, c, "VACUUM")
	must(t, c, "ATTACH ':memory:' AS m")
	must(t, c, "CREATE TABLE m.x(a)")
}

const endless = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c) "

// interrupted interrupts what run does, until it ends, and requires that this ended it.
func interrupted(t *testing.T, c *sqlite.Conn, run func() error) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- run() }()
	for again := time.NewTicker(time.Millisecond); ; {
		select {
		case err := <-ended:
			again.Stop()
			var e *sqlite.Error
			require.ErrorAs(t, err, &e)
			require.True(t, e.Interrupted() || e.Code&0xff == 5, "interrupted, or busy: %s", err)
			return
		case <-again.C:
			c.Interrupt()
		}
	}
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "a.db"))
	interrupted(t, c, func() error {
		_, err := query(c, endless+"SELECT count(*) FROM c")
		return err
	})
	require.NoError(t, c.Close())
	c.Interrupt() // of nothing that is there
}

// What has given rows already is interrupted too.
func TestInterruptBetweenRows(t *testing.T) {
	t.Parallel()
	c := open(t, filepath.Join(t.TempDir(), "a.db"))
	r, err := c.Query(endless+"SELECT x FROM c WHERE x = 1 OR x < 0", nil)
	require.NoError(t, err)
	defer r.Close()
	found, err := r.Next()
	require.NoError(t, err)
	require.True(t, found)
	interrupted(t, c, func() error {
		_, err := r.Next()
		return err
	})
}

func TestInterruptEndsWaiting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	holder, waiter := open(t, path), open(t, path)
	waiter.WaitAtMost(time.Hour)
	must(t, holder, "BEGIN EXCLUSIVE")
	interrupted(t, waiter, func() error {
		_, err := query(waiter, "CREATE TABLE t(a)")
		return err
	})
	must(t, holder, "ROLLBACK")
	must(t, waiter, "CREATE TABLE t(a)")
}
