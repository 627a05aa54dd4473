package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// firstContent is the first content of a task.
var firstContent = models.ContentRef{Step: 1, Content: 1}

// hold takes n tasks that wait and begins the first content of each, as their worker.
func (s *server) hold(tb testing.TB, n int) (leases []tasks.Lease) {
	tb.Helper()
	worker := models.Worker{ID: "bench", Name: "bench"}
	_, err := s.tasks.Heartbeat(tb.Context(), worker)
	require.NoError(tb, err)
	for len(leases) < n {
		claimed, err := s.tasks.ClaimNext(tb.Context(), worker.ID, n-len(leases))
		require.NoError(tb, err)
		require.NotEmpty(tb, claimed, "there are tasks to claim")
		for _, t := range claimed {
			leases = append(leases, tasks.LeaseOf(t))
		}
	}
	inParallel(tb, submitters, n, func(i int) error {
		_, err := s.tasks.Begin(tb.Context(), leases[i], firstContent)
		return err
	})
	return leases
}

// reportEvery is how often a running task reports; their moments are spread over it.
const (
	reportEvery = 100 * time.Millisecond
	moments     = 10
)

// report lets the tasks report for a while, and gives what that asked of the database.
// say makes the report of a task at a percentage.
func report(leases []tasks.Lease, window time.Duration, say func(lease tasks.Lease, percent float64)) tally {
	tick := time.NewTicker(reportEvery / moments)
	defer tick.Stop()
	before, began := statements.now(), time.Now()
	for moment := 0; time.Since(began) < window; moment++ {
		<-tick.C
		percent := 100 * float64(time.Since(began)) / float64(window)
		for i := moment % moments; i < len(leases); i += moments {
			say(leases[i], percent)
		}
	}
	return statements.now().minus(before)
}

// commitsWindow is how long the tasks report.
const commitsWindow = 5 * time.Second

// benchmarkCommits counts the commits a second while one task runs, and while a
// thousand do.
func benchmarkCommits(b *testing.B, dbs pair) {
	rate := func(db *database, n int) (commits, all float64) {
		traced(func() {
			last := db.last(b)
			s := startServer(b, db, 0)
			s.submit(b, n, oneContent("noop", "nothing"))
			asked := report(s.hold(b, n), commitsWindow, func(lease tasks.Lease, percent float64) {
				s.tasks.Progress(lease, firstContent, percent, "")
			})
			s.stop()
			db.deleteAfter(b, last)
			commits, all = float64(asked.commits)/commitsWindow.Seconds(), float64(asked.all)/commitsWindow.Seconds()
		})
		return commits, all
	}
	for _, stored := range []struct {
		name string
		db   *database
	}{{"100 stored", dbs.few}, {"100,000 stored", dbs.many}} {
		b.Run(stored.name, func(b *testing.B) {
			one, _ := rate(stored.db, 1)
			thousand, all := rate(stored.db, 1000)
			results.add(b, dbs.few.kind, "progress, "+stored.name,
				column{"commits a second, 1 running", "commits/s@1", one},
				column{"1,000 running", "commits/s@1000", thousand},
				column{"×", "x-commits@1000", thousand / one},
				column{"statements a second, 1,000 running", "statements/s@1000", all})
		})
	}
}
