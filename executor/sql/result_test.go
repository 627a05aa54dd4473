package sql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/sql"
	"stepcast/models"
)

func TestMySQLValues(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	const create = `CREATE TABLE v (
  big BIGINT UNSIGNED, tiny TINYINT, dec10 DECIMAL(20,4), f FLOAT, d DOUBLE, day DATE, at DATETIME(3), ts TIMESTAMP NULL,
  tm TIME, y YEAR, s VARCHAR(20), bin VARBINARY(20), bl BLOB, bits BIT(9), js JSON, en ENUM('a','b'));
INSERT INTO v VALUES (18446744073709551615, -128, 12345678901234.5600, 1.5, 1e20, '2024-02-29', '2024-02-29 23:59:59.120',
  '2020-01-02 03:04:05', '-838:59:59', 2024, 'é', x'00ff', 'text', b'100000001', '{"a": 1}', 'b');
INSERT INTO v (s, bin, d, day) VALUES ('', '', -1e-20, '0000-00-00');
INSERT INTO v () VALUES ();
`
	want := [][]string{
		{
			"18446744073709551615", "-128", "12345678901234.5600", "1.5", "1e20", "2024-02-29", "2024-02-29 23:59:59.120",
			"2020-01-02 03:04:05", "-838:59:59", "2024", "é", "0x00FF", "text", "0x0101", `{"a": 1}`, "b",
		},
		strings.Fields("NULL NULL NULL NULL -1e-20 0000-00-00 NULL NULL NULL NULL _ _ NULL NULL NULL NULL"),
		strings.Fields(strings.Repeat("NULL ", 16)),
	}
	want[1][10], want[1][11] = "", ""
	r := succeed(t, on(source), "SET SESSION sql_mode = '';"+create+"SELECT * FROM v", nil)
	require.Equal(t, want, r.rows(t, 0))
	types := []string{}
	for _, c := range r.Results()[0].Columns {
		types = append(types, c.Type)
	}
	require.Equal(t, "UNSIGNED BIGINT,TINYINT,DECIMAL,FLOAT,DOUBLE,DATE,DATETIME,TIMESTAMP,TIME,YEAR,VARCHAR,VARBINARY,BLOB,BIT", strings.Join(types[:14], ","))
	// A statement with variables is prepared, which has another encoding of values.
	r = succeed(t, on(source), "SELECT * FROM v WHERE ${one} = 1", map[string]string{"one": "1"})
	require.Equal(t, want, r.rows(t, 0))
}

func TestSQLiteValues(t *testing.T) {
	t.Parallel()
	r := succeed(t, on(onSQLite(t)), `CREATE TABLE v (i INTEGER, r REAL, at DATETIME, b BLOB, s TEXT);
INSERT INTO v VALUES (-9223372036854775808, 1, '2024-02-29T23:59:59.120+02:00', x'00ff', 'é'), (NULL, NULL, NULL, NULL, NULL),
  ('text', 1e20, 20240229, x'41', CAST(x'ff' AS TEXT)), (1, 0.1, 1.5, x'', '');
SELECT *, i + 1 AS n FROM v`, nil)
	require.Equal(t, [][]string{
		{"-9223372036854775808", "1.0", "2024-02-29T23:59:59.120+02:00", "0x00FF", "é", "-9223372036854775807"},
		{"NULL", "NULL", "NULL", "NULL", "NULL", "NULL"},
		{"text", "1.0e+20", "20240229", "A", "0xFF", "1"},
		{"1", "0.1", "1.5", "", "", "2"},
	}, r.rows(t, 0))
	require.Equal(t, []models.ResultColumn{
		{Name: "i", Type: "INTEGER"},
		{Name: "r", Type: "REAL"},
		{Name: "at", Type: "DATETIME"},
		{Name: "b", Type: "BLOB"},
		{Name: "s", Type: "TEXT"},
		{Name: "n", Type: "string"},
	}, r.Results()[0].Columns)
}

// numbers is a script that fills the table n with the numbers from 0 to 999.
const numbers = `CREATE TABLE d (a INTEGER); INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
CREATE TABLE n (a INTEGER); INSERT INTO n SELECT x.a * 100 + y.a * 10 + z.a FROM d x, d y, d z;`

func TestResultsAreCut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		o := on(source)
		o.MaxRows = 10
		// A billion rows would not end.
		r := succeed(t, o, numbers+`CREATE TEMPORARY TABLE mine (a INTEGER); BEGIN; INSERT INTO n VALUES (1000);
SELECT x.a FROM n x, n y, n z; SELECT a FROM d; COMMIT; SELECT COUNT(*) FROM mine; SELECT COUNT(*) FROM n`, nil)
		require.Len(t, r.rows(t, 0), 10)
		require.True(t, r.Results()[0].Cut)
		require.Len(t, r.rows(t, 1), 10, "the limit itself may be reached")
		require.False(t, r.Results()[1].Cut)
		require.Equal(t, "The result is cut: a result has at most 10 rows", r.log(models.Warn))
		require.Equal(t, [][]string{{"0"}}, r.rows(t, 2), "the session is the same")
		require.Equal(t, [][]string{{"1001"}}, r.rows(t, 3), "the transaction is kept")
	})
}

func TestResultsAreFull(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := begin(t, on(source), numbers+"SELECT 'x' FROM n; SELECT a FROM d; DELETE FROM d", func(r *running, _ *executor.Request) {
			r.ResultLimit = 100
		})
		require.Nil(t, r.End(t).Failure)
		require.Len(t, r.rows(t, 0), 100)
		require.True(t, r.Results()[0].Cut)
		require.Empty(t, r.rows(t, 1))
		require.Contains(t, r.log(models.Warn), "The result is cut after 100 rows: ")
		require.Contains(t, r.log(models.Warn), "The result is cut after 0 rows: ")
		require.Contains(t, r.log(models.Info), "10 rows affected")
	})
}

// What a procedure does after a result that is cut is done.
func TestCutProcedureGoesOn(t *testing.T) {
	t.Parallel()
	source, _ := onMySQL(t)
	o := on(source)
	o.MaxRows = 3
	r := succeed(t, o, numbers+`
DELIMITER $$
CREATE PROCEDURE p() BEGIN SELECT a FROM n; DELETE FROM n WHERE a > 1; SELECT a FROM n; END$$
DELIMITER ;
CALL p(); SELECT a FROM n`, nil)
	require.Len(t, r.rows(t, 0), 3)
	for i := 1; i < 3; i++ {
		require.Equal(t, [][]string{{"0"}, {"1"}}, r.rows(t, i))
	}
}

// brokenTable is a sink that cannot keep results.
type brokenTable struct{ executor.Sink }

func (brokenTable) Table(string, []models.ResultColumn) (executor.TableWriter, error) {
	return nil, fmt.Errorf("no room")
}

func TestResultThatCannotBeKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := begin(t, on(source), "SELECT 1", func(r *running, _ *executor.Request) { r.Told = brokenTable{&r.Sink} })
		r.End(t)
		r.failed(t, models.ErrReported, "begin a result: no room")
	})
}
