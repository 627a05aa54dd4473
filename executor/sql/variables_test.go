package sql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor/sql"
	"stepcast/models"
)

// injections are values that would do something if they were pasted.
var injections = []string{
	"x'; DROP TABLE t; --", `x\'; DROP TABLE t; --`, "x' OR '1'='1", "\"; DROP TABLE t; --", "${other}", "?", "`", "/*", "\\", "'", "x\ny",
	"\xbf\x27; DROP TABLE t; --", "1); DROP TABLE t; --",
}

func TestVariablesAreBound(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		succeed(t, on(source), "CREATE TABLE t (a INTEGER, s VARBINARY(99)); INSERT INTO t VALUES (1, 'a'), (2, 'b')", nil)
		for _, value := range injections {
			variables := map[string]string{"v": value, "other": "no"}
			r := succeed(t, on(source), "INSERT INTO t VALUES (3, ${v}); SELECT COUNT(*) FROM t; SELECT a FROM t WHERE s = ${v}; DELETE FROM t WHERE a = 3", variables)
			require.Equal(t, [][]string{{"3"}}, r.rows(t, 0), "%q", value)
			require.Equal(t, [][]string{{"3"}}, r.rows(t, 1), "%q", value)
		}
		r := succeed(t, on(source), "SELECT a FROM t WHERE a = ${n} LIMIT 1; SELECT ${n} + 1", map[string]string{"n": "2"})
		require.Equal(t, [][]string{{"2"}}, r.rows(t, 0))
		require.Equal(t, [][]string{{"3"}}, r.rows(t, 1))
	})
}

func TestVariablesInQuotes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := succeed(t, on(source), "SELECT '${v} ${w}', ${v} -- ${v}", map[string]string{"v": "value"})
		require.Equal(t, [][]string{{"${v} ${w}", "value"}}, r.rows(t, 0))
		require.Equal(t, "Statement 1 of 1: ${v} stands in quotes and is left as it is; write it outside, for example CONCAT('a', ${v})", r.log(models.Warn))
	})
}

// Names that no variable has are left as they are: here no database takes them.
func TestUndefinedVariables(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		execute(t, on(source), "SELECT ${missing}", map[string]string{"v": "1"}).failed(t, models.ErrReported, "Statement 1 of 1 (line 1) failed")
	})
}

// Values are not in what is shown of a statement.
func TestValuesAreNotLogged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := execute(t, on(source), "SELECT ${secret}; SELECT nonsense(${secret}) FROM", map[string]string{"secret": "hunter2"})
		for _, e := range r.Events() {
			require.NotContains(t, e.Text, "hunter2")
		}
		require.NotContains(t, r.failed(t, models.ErrReported, "Statement 2"), "hunter2")
	})
}
