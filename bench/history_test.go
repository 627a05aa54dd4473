package bench

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// few and many are how many finished tasks are stored.
const (
	few  = 100
	many = 100_000
)

// tables are those that have rows of a task, referred to first.
var tables = []string{"tasks", "task_labels", "steps", "contents", "content_sources", "task_events", "log_chunks"}

// finish lets n tasks run to their success.
func finish(tb testing.TB, db *database, n int) {
	tb.Helper()
	s := startServer(tb, db, n)
	defer s.stop()
	s.runAll(tb, n, oneContent("noop", "nothing"))
}

// multiply copies the tasks of a database under new ids until there are total. The rows
// are as many and as long as if all had run, and it takes seconds.
func multiply(tb testing.TB, db *database, total int) {
	tb.Helper()
	db.check(tb, false)
	for have := db.number(tb, "SELECT COUNT(*) FROM tasks"); have < total; have *= 2 {
		// Those up to the bound are copied, and move by as much as the newest id.
		move := db.last(tb)
		bound := db.number(tb, "SELECT id FROM tasks ORDER BY id LIMIT 1 OFFSET ?", min(have, total-have)-1)
		for _, table := range tables {
			id, rest := db.columns(tb, table)
			db.exec(tb, fmt.Sprintf("INSERT INTO %s (%s, %s) SELECT %s + ?, %s FROM %s WHERE %s <= ?",
				table, id, rest, id, rest, table, id), move, bound)
		}
	}
	db.check(tb, true)
}

// check says whether the connection checks references between rows. When it does so
// again, what was copied is brought into the state in which time would bring it.
func (db *database) check(tb testing.TB, on bool) {
	tb.Helper()
	switch {
	case db.kind == kindSQLite && on:
		db.exec(tb, "PRAGMA foreign_keys = 1")
		db.exec(tb, "PRAGMA wal_checkpoint(TRUNCATE)")
	case db.kind == kindSQLite:
		db.exec(tb, "PRAGMA foreign_keys = 0")
	case on:
		db.exec(tb, "SET foreign_key_checks = 1, unique_checks = 1")
		db.exec(tb, "ANALYZE TABLE "+strings.Join(tables, ", "))
	default:
		db.exec(tb, "SET foreign_key_checks = 0, unique_checks = 0")
	}
}

// columns gives the column that has the id of the task, and the others.
func (db *database) columns(tb testing.TB, table string) (id, rest string) {
	tb.Helper()
	rows, err := db.raw.QueryContext(tb.Context(), "SELECT * FROM "+table+" LIMIT 0")
	require.NoError(tb, err)
	defer func() { require.NoError(tb, rows.Close()) }()
	names, err := rows.Columns()
	require.NoError(tb, err)
	require.NoError(tb, rows.Err())
	id = "task_id"
	if table == "tasks" {
		id = "id"
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == id })
	return id, "`" + strings.Join(names, "`, `") + "`"
}

// last is the id of the newest task.
func (db *database) last(tb testing.TB) int {
	tb.Helper()
	return db.number(tb, "SELECT MAX(id) FROM tasks")
}

// deleteAfter deletes the tasks that are newer, with all of theirs.
func (db *database) deleteAfter(tb testing.TB, id int) {
	tb.Helper()
	db.exec(tb, "DELETE FROM tasks WHERE id > ?", id)
}
