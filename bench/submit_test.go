package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// submission is a kind of task that is measured from its submission to its success.
type submission struct {
	name          string
	runType, code string
	// slots is how many run at once; tasks is how many a turn submits.
	slots, tasks int
}

var submissions = []submission{
	{"no-op task, 4 at once", "noop", "nothing", 4, 200},
	{"no-op task, 64 at once", "noop", "nothing", 64, 400},
	{"shell task, 4 at once", "shell", "true", 4, 40},
}

func (what submission) benchmark(b *testing.B, dbs pair) {
	bare := dbs.another(b)
	finish(b, bare, 1)
	few, many := startServer(b, dbs.few, what.slots), startServer(b, dbs.many, what.slots)
	turns := takeTurns(what.load(b, dbs.few, few), what.load(b, dbs.many, many), commitLoad(b, bare))
	few.stop()
	many.stop()
	found := measured{few: turns[0], many: turns[1], limit: turns[2]}
	traced(func() {
		s := startServer(b, dbs.few, what.slots)
		defer s.stop()
		l := what.load(b, dbs.few, s)
		before := statements.now()
		n := l.run()
		found.ask(statements.now().minus(before), n)
		l.after()
	})
	results.add(b, dbs.few.kind, what.name, found.columns()...)
}

// load submits tasks and waits for their success. What that stored is deleted after each
// turn, so that the number of tasks stored stays as it was.
func (what submission) load(tb testing.TB, db *database, s *server) load {
	tb.Helper()
	last := db.last(tb)
	return load{
		run: func() int {
			s.runAll(tb, what.tasks, oneContent(what.runType, what.code))
			return what.tasks
		},
		after: func() { db.deleteAfter(tb, last) },
	}
}

// commitWindow is how long the bare loop runs in a turn.
const commitWindow = 300 * time.Millisecond

// commitLoad is a bare loop on one connection that stores a task, a step and a content
// in a transaction, and nothing else: a server that groups nothing could not do more.
func commitLoad(tb testing.TB, db *database) load {
	tb.Helper()
	copied := db.last(tb)
	var inserts []string
	for _, table := range []string{"tasks", "steps", "contents"} {
		id, rest := db.columns(tb, table)
		insert := fmt.Sprintf("INSERT INTO %s (%s, %s) SELECT ?, %s FROM %s WHERE %s = ?", table, id, rest, rest, table, id)
		if table == "tasks" {
			insert = fmt.Sprintf("INSERT INTO tasks (%s) SELECT %s FROM tasks WHERE id = ?", rest, rest)
		}
		inserts = append(inserts, insert)
	}
	return load{run: func() (n int) {
		for until := time.Now().Add(commitWindow); time.Now().Before(until); n++ {
			require.NoError(tb, db.copyTask(tb.Context(), inserts, copied))
		}
		return n
	}}
}

// copyTask stores a task, its step and its content again.
func (db *database) copyTask(ctx context.Context, inserts []string, from int) error {
	tx, err := db.raw.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after the commit there is nothing to undo
	task, err := tx.ExecContext(ctx, inserts[0], from)
	if err != nil {
		return err
	}
	id, err := task.LastInsertId()
	if err != nil {
		return err
	}
	for _, insert := range inserts[1:] {
		if _, err := tx.ExecContext(ctx, insert, id, from); err != nil {
			return err
		}
	}
	return tx.Commit()
}
