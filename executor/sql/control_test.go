package sql_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/executor"
	"stepcast/executor/sql"
	"stepcast/models"
)

// answers gives the confirmations, in order.
func (r *running) answers() []bool {
	answers := []bool{}
	for _, e := range r.Calls("Paused") {
		answers = append(answers, e.Paused)
	}
	return answers
}

func TestPauseComesAfterTheStatement(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	lock, err := observer.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, lock.Close()) }()
	name := source.Database
	_, err = lock.ExecContext(t.Context(), "DO GET_LOCK(?, 0)", name)
	require.NoError(t, err)

	r := begin(t, on(source), "SELECT GET_LOCK('"+name+"', 60); SELECT 2; SELECT 3", nil)
	r.Wait(t, "the statement", func() bool { return len(r.begun()) == 1 })
	// The channel has no room: what was sent was heard.
	r.Pause <- true
	r.Pause <- false
	r.Pause <- true
	require.Equal(t, []bool{false}, r.answers(), "it does not stand still while the statement runs")
	_, err = lock.ExecContext(t.Context(), "DO RELEASE_LOCK(?)", name)
	require.NoError(t, err)
	r.Wait(t, "the pause", func() bool { return len(r.answers()) == 2 })
	r.Pause <- true
	r.Wait(t, "each wish is answered", func() bool { return len(r.answers()) == 3 })
	require.Equal(t, []bool{false, true, true}, r.answers())
	require.Len(t, r.begun(), 1)
	r.Pause <- false
	require.Nil(t, r.End(t).Failure)
	require.Equal(t, []bool{false, true, true, false}, r.answers())
	require.Len(t, r.begun(), 3)
}

func TestPausedBeforeTheStart(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := begin(t, on(source), "SELECT 1", func(r *running, _ *executor.Request) {
			r.Pause = make(chan bool, 1)
			r.Pause <- true
		})
		r.Wait(t, "the pause", func() bool { return len(r.answers()) == 1 })
		require.Empty(t, r.begun())
		r.Pause <- false
		require.Nil(t, r.End(t).Failure)
		require.Equal(t, []bool{true, false}, r.answers())
	})
}

func TestCancelWhilePaused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := begin(t, on(source), "SELECT 1", func(r *running, _ *executor.Request) {
			r.Pause = make(chan bool, 1)
			r.Pause <- true
		})
		r.Wait(t, "the pause", func() bool { return len(r.answers()) == 1 })
		r.Cancel(executor.ErrCancel)
		require.Empty(t, r.End(t).Signals)
		r.failed(t, models.ErrKilled, "Ended before all statements had run")
		require.Empty(t, r.begun())
	})
}

// Without a lease no statement begins, and nobody is told of a pause.
func TestLease(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, source sql.DataSource) {
		r := begin(t, on(source), "SELECT 1; SELECT 2", func(r *running, _ *executor.Request) {
			r.Lease <- time.Now()
		})
		// That it hears a wish shows that it stands still, or would have begun.
		r.Pause <- true
		r.Pause <- false
		r.Wait(t, "the answers", func() bool { return len(r.answers()) == 2 })
		require.Empty(t, r.begun())
		r.Lease <- time.Now().Add(time.Hour)
		require.Nil(t, r.End(t).Failure)
		require.Equal(t, []bool{true, false}, r.answers())
		require.Len(t, r.begun(), 2)
	})
}

func TestLeaseThatEndsWhileAStatementRuns(t *testing.T) {
	t.Parallel()
	source, observer := onMySQL(t)
	lock, err := observer.Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, lock.Close()) }()
	_, err = lock.ExecContext(t.Context(), "DO GET_LOCK(?, 0)", source.Database)
	require.NoError(t, err)
	r := begin(t, on(source), "SELECT GET_LOCK('"+source.Database+"', 60); SELECT 2", func(r *running, _ *executor.Request) {
		r.Lease = make(chan time.Time)
	})
	r.Wait(t, "the statement", func() bool { return len(r.begun()) == 1 })
	r.Lease <- time.Now()
	_, err = lock.ExecContext(t.Context(), "DO RELEASE_LOCK(?)", source.Database)
	require.NoError(t, err)
	r.Wait(t, "the end of the statement", func() bool { return len(r.Lines(models.System)) == 2 })
	r.Pause <- true
	r.Wait(t, "it stands still", func() bool { return len(r.answers()) == 1 })
	r.Pause <- false
	require.Len(t, r.begun(), 1)
	r.Lease <- time.Time{}
	require.Nil(t, r.End(t).Failure)
	require.Len(t, r.begun(), 2)
}
