package bench

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// TestCommitsDoNotGrow: fifty tasks that report progress and lines ten times a second
// commit no more often than one does.
func TestCommitsDoNotGrow(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			db := kind.make(t)
			var one, fifty int
			// A machine that stands still while the one task runs makes it look good: only
			// what shows three times is so.
			for range 3 {
				one, fifty = commitsOf(t, db, 1), commitsOf(t, db, 50)
				if one > 0 && fifty > 0 && fifty < 2*one {
					return
				}
			}
			require.Failf(t, "commits grow with running tasks", "one task: %d in %s, fifty: %d", one, talking, fifty)
		})
	}
}

// talking is how long the tasks report.
const talking = 2 * time.Second

// commitsOf counts the commits while n tasks run.
func commitsOf(t *testing.T, db *database, n int) int {
	t.Helper()
	s := startServer(t, db, 0)
	defer s.stop()
	s.submit(t, n, oneContent("noop", "nothing"))
	leases := s.hold(t, n)
	asked := report(leases, talking, func(lease tasks.Lease, percent float64) {
		s.tasks.Progress(lease, firstContent, percent, "")
		line := models.LogLine{Attempt: 1, At: time.Now(), Level: models.Info, Stream: models.Stdout, Step: 1, Content: 1, Text: "copied a tile"}
		require.NoError(t, s.tasks.AppendLog(t.Context(), lease, []models.LogLine{line}))
	})
	for _, lease := range leases {
		_, err := s.tasks.EndExecution(t.Context(), lease, firstContent, firstContent, tasks.Outcome{Status: models.Succeeded})
		require.NoError(t, err)
	}
	return asked.commits
}
