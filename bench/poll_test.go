package bench

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
)

// TestWarmPolls: what clients poll is answered from memory where nobody else writes;
// elsewhere it costs one statement, which finds its row by the primary key.
func TestWarmPolls(t *testing.T) {
	allowed := map[string]int{kindSQLite: 0, kindMySQL: 1}
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			db := kind.make(t)
			task := runningTask(t, db)
			for _, what := range reads {
				if what.name == readGraphQL {
					continue
				}
				asked := warmPoll(t, db, what, task)
				require.LessOrEqual(t, len(asked), allowed[db.kind], what.name+"\n"+strings.Join(asked, "\n"))
				for _, statement := range asked {
					require.Contains(t, strings.ToUpper(statement), "SELECT")
					require.Contains(t, db.explain(t, statement), byPrimaryKey[db.kind], statement)
				}
			}
		})
	}
}

// warmPoll gives the statements of a poll by somebody who has just polled before. On a
// machine so busy that the server forgets in between who that was, it tries again.
func warmPoll(t *testing.T, db *database, what read, task *models.Task) []string {
	t.Helper()
	for range 10 {
		began := time.Now()
		url, stop := serve(t, db)
		var client *reader
		cold := statements.during(func() { client, _ = dial(t, what.request(t, url, task)) })
		require.NotEmpty(t, cold, "a server that has just started asks something")
		asked := statements.during(func() { require.NoError(t, client.ask()) })
		stop()
		if time.Since(began) < auth.CacheTTLDefault {
			return asked
		}
	}
	require.FailNow(t, "the machine is too busy to poll twice in two seconds")
	return nil
}

// byPrimaryKey is how EXPLAIN says it.
var byPrimaryKey = map[string]string{kindSQLite: "INTEGER PRIMARY KEY (rowid=?)", kindMySQL: "key=PRIMARY"}

// explain gives what the database says of how it would run the statement, as
// column=value.
func (db *database) explain(tb testing.TB, statement string) string {
	tb.Helper()
	explain := "EXPLAIN "
	if db.kind == kindSQLite {
		explain = "EXPLAIN QUERY PLAN "
	}
	rows, err := db.raw.QueryContext(tb.Context(), explain+statement)
	require.NoError(tb, err, statement)
	defer func() { require.NoError(tb, rows.Close()) }()
	names, err := rows.Columns()
	require.NoError(tb, err)
	var plan strings.Builder
	for rows.Next() {
		values, targets := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		require.NoError(tb, rows.Scan(targets...))
		for i := range values {
			plan.WriteString(names[i] + "=" + values[i].String + "\n")
		}
	}
	require.NoError(tb, rows.Err())
	return plan.String()
}
