package sql_test

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/executortest"
	"stepcast/executor/sql"
	"stepcast/models"
)

// connections counts those to a database, without the observer's own.
func connections(t *testing.T, observer *stdsql.DB, source sql.DataSource, where string) (n int) {
	t.Helper()
	query := "SELECT COUNT(*) FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID() AND " + where
	require.NoError(t, observer.QueryRowContext(t.Context(), query, source.Database).Scan(&n))
	return n
}

// connectionThat waits for the one that does something, and gives a condition for it.
func connectionThat(t *testing.T, observer *stdsql.DB, source sql.DataSource, does string) string {
	t.Helper()
	var id int64
	eventually(t, does, func() bool {
		query := "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID() AND " + does
		return observer.QueryRowContext(t.Context(), query, source.Database).Scan(&id) == nil
	})
	return fmt.Sprintf("id = %d", id)
}

// killAll ends the connections to a database.
func killAll(t *testing.T, observer *stdsql.DB, source sql.DataSource) {
	t.Helper()
	eventually(t, "no connection is left", func() bool {
		var id int64
		err := observer.QueryRowContext(t.Context(),
			"SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID() LIMIT 1", source.Database).Scan(&id)
		if err == nil {
			_, _ = observer.ExecContext(t.Context(), fmt.Sprintf("KILL %d", id)) // it may have ended by itself
		}
		return errors.Is(err, stdsql.ErrNoRows)
	})
}

func TestCancelEndsTheStatementOnTheServer(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"sleeping": "SELECT SLEEP(60)",
		"busy":     "SELECT BENCHMARK(1000000000000, MD5('a'))",
		"bound":    "SELECT SLEEP(${seconds})",
		"changing": "BEGIN; INSERT INTO t VALUES (1); INSERT INTO t SELECT SLEEP(60)",
		"in a procedure": `DELIMITER //
CREATE PROCEDURE p() BEGIN SELECT 1; DO SLEEP(60); DO SLEEP(60); END//
CALL p()//`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source, observer := onMySQL(t)
			succeed(t, on(source), "CREATE TABLE t (a INT)", nil)
			r := begin(t, on(source), code+"\n; INSERT INTO t VALUES (2)", func(_ *running, req *executor.Request) {
				req.Env = map[string]string{"seconds": "60"}
			})
			id := connectionThat(t, observer, source, "command IN ('Query', 'Execute') AND (info LIKE '%SLEEP(%' OR info LIKE '%BENCHMARK%')")
			r.Cancel(executor.ErrCancel)
			result := r.End(t)
			require.Zero(t, connections(t, observer, source, id), "nothing is left on the server")
			require.Equal(t, []string{"KILL QUERY"}, result.Signals)
			require.Zero(t, result.Survivors)
			r.failed(t, models.ErrKilled, "Ended before all statements had run")
			require.Regexp(t, `was ended after \S+$`, r.log(models.Warn))
			var rows int
			require.NoError(t, observer.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM t").Scan(&rows))
			require.Zero(t, rows, "rolled back, and no other statement began")
		})
	}
}

// heldTable is a table whose rows nobody takes until it is released.
type heldTable struct {
	executor.TableWriter
	begun, released chan struct{}
}

func (h heldTable) Row(values []*string) error {
	close(h.begun)
	<-h.released
	return h.TableWriter.Row(values)
}

// heldSink has such tables.
type heldSink struct {
	executor.Sink
	table heldTable
}

func (h *heldSink) Table(name string, columns []models.ResultColumn) (executor.TableWriter, error) {
	table := h.table
	var err error
	table.TableWriter, err = h.Sink.Table(name, columns)
	return table, err
}

// A statement that does not end by KILL QUERY, here because nobody reads what it gives,
// loses its connection.
func TestCancelEndsTheConnection(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	o := on(source)
	o.Grace = 2 * time.Second
	held := heldTable{begun: make(chan struct{}), released: make(chan struct{})}
	r := begin(t, o, "SELECT REPEAT('x', 1000000) UNION ALL SELECT SLEEP(60)", func(r *running, _ *executor.Request) { r.Told = &heldSink{&r.Sink, held} })
	<-held.begun
	id := connectionThat(t, observer, source, "info LIKE 'SELECT REPEAT%'")
	r.Cancel(executor.ErrTimeout)
	eventually(t, "the connection is gone", func() bool { return connections(t, observer, source, id) == 0 })
	close(held.released)
	result := r.End(t)
	require.Equal(t, []string{"KILL QUERY", "KILL CONNECTION"}, result.Signals)
	require.Zero(t, result.Survivors)
}

// proxy takes connections for a server, as many as it is let.
type proxy struct {
	listener net.Listener
	mu       sync.Mutex // guards conns
	conns    []net.Conn
}

func newProxy(t *testing.T, server string, connections int) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener}
	var group sync.WaitGroup
	group.Go(func() {
		for range connections {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", server)
			if err != nil {
				_ = client.Close()
				return
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, upstream)
			p.mu.Unlock()
			group.Go(func() { _, _ = io.Copy(client, upstream) })
			group.Go(func() { _, _ = io.Copy(upstream, client) })
		}
		_ = listener.Close()
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.drop()
		group.Wait()
	})
	return p
}

// drop ends the connections.
func (p *proxy) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}

// A server that cannot be reached any more to end a statement is said to be one.
func TestCancelThatDoesNotReachTheServer(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	direct := source
	source.Address = newProxy(t, source.Address, 1).listener.Addr().String()
	o := on(source)
	o.Grace = 500 * time.Millisecond
	r := begin(t, o, "SELECT SLEEP(60)", nil)
	eventually(t, "the statement runs", func() bool { return connections(t, observer, direct, "info LIKE 'SELECT SLEEP%'") == 1 })
	r.Cancel(executor.ErrCancel)
	result := r.End(t)
	require.Equal(t, 1, result.Survivors)
	require.Contains(t, r.log(models.Warn), "it may still run there")
	killAll(t, observer, direct)
}

func TestLostConnection(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	direct := source
	p := newProxy(t, source.Address, 1)
	source.Address = p.listener.Addr().String()
	r := begin(t, on(source), "SELECT SLEEP(60)", nil)
	eventually(t, "the statement runs", func() bool { return connections(t, observer, direct, "info LIKE 'SELECT SLEEP%'") == 1 })
	p.drop()
	r.End(t)
	r.failed(t, models.ErrReported, "the connection to the server was lost")
	killAll(t, observer, direct)
}

func TestCancelOnSQLite(t *testing.T) {
	t.Parallel()
	const endless = "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c) "
	for name, code := range map[string]string{
		"before a row":  endless + "SELECT count(*) FROM c",
		"between rows":  endless + "SELECT x FROM c",
		"after a row":   endless + "SELECT x FROM c WHERE x < 2",
		"while writing": "BEGIN;" + endless + "INSERT INTO t SELECT x FROM c",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := onSQLite(t)
			succeed(t, on(source), "CREATE TABLE t (a)", nil)
			o := on(source)
			o.MaxRows = 1 << 40
			r := begin(t, o, code+"; INSERT INTO t VALUES (1)", nil)
			r.Wait(t, "the statement", func() bool { return len(r.begun()) > 0 && r.begun()[len(r.begun())-1] != "BEGIN" })
			r.Cancel(executor.ErrCancel)
			result := r.End(t)
			require.NotNil(t, result.Failure)
			require.Zero(t, result.Survivors)
			require.NotContains(t, r.begun(), "INSERT INTO t VALUES (1)")
			r = succeed(t, on(source), "SELECT * FROM t", nil)
			require.Empty(t, r.rows(t, 0), "rolled back")
		})
	}
}

// A statement that waits for another connection is ended too.
func TestCancelWhileWaitingOnSQLite(t *testing.T) {
	t.Parallel()
	source := onSQLite(t)
	first := begin(t, on(source), "CREATE TABLE t(a); BEGIN EXCLUSIVE; WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c", nil)
	first.Wait(t, "the lock", func() bool { return len(first.begun()) == 3 })
	second := begin(t, on(source), "INSERT INTO t VALUES (1)", nil)
	second.Wait(t, "the statement", func() bool { return len(second.begun()) == 1 })
	second.Cancel(executor.ErrCancel)
	second.End(t)
	second.failed(t, models.ErrKilled, "")
	first.Cancel(executor.ErrCancel)
	require.Equal(t, []string{"INTERRUPT"}, first.End(t).Signals)
}

func TestCancelledBeforeTheStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(executor.ErrTimeout)
		var sink executortest.Sink
		result, err := sql.New(on(source)).Execute(ctx, executor.Request{Code: "CREATE TABLE t (a INT)"}, &sink)
		require.NoError(t, err)
		require.Empty(t, sink.Events())
		require.Equal(t, models.ErrKilled, result.Failure.Code)
		execute(t, on(source), "SELECT * FROM t", nil).failed(t, models.ErrReported, "t")
	})
}

// Executions that are cancelled at any moment leave no connection behind.
func TestCancelAtAnyMoment(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	succeed(t, on(source), numbers, nil)
	// The last of them come when it sleeps.
	for i := range 19 {
		r := begin(t, on(source), "SELECT 1; SELECT x.a FROM n x, d; SELECT a FROM n; SELECT SLEEP(60)", nil)
		r.Wait(t, fmt.Sprintf("%d calls", i), func() bool { return len(r.Events()) >= i })
		r.Cancel(executor.ErrCancel)
		result := r.End(t)
		require.NotNil(t, result.Failure, "%d", i)
		require.Zero(t, result.Survivors)
		eventually(t, "no connection is left", func() bool { return connections(t, observer, source, "TRUE") == 0 })
	}
}
