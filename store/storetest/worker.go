package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var workerTests = map[string]func(*testing.T, *store.Store){
	"a lease lasts as long as it says, by the database's clock": leaseLasts,
	"a lost lease shows the tasks that it held":                 lostLease,
	"a worker reads what is wanted of its tasks":                intents,
	"workers that ended long ago are forgotten":                 forgetWorkers,
}

func leaseLasts(t *testing.T, s *store.Store) {
	w := models.Worker{ID: "w1", Name: "host-1"}
	until, now, err := s.LeaseUntil(t.Context(), "w1")
	require.NoError(t, err)
	require.Zero(t, until)
	require.InDelta(t, time.Now().UnixMilli(), now, 60_000)

	require.NoError(t, s.Heartbeat(t.Context(), w, 30*time.Second))
	first, now, err := s.LeaseUntil(t.Context(), "w1")
	require.NoError(t, err)
	require.InDelta(t, 30_000, first-now, 10_000)
	require.NoError(t, s.Heartbeat(t.Context(), w, 90*time.Second))
	second, _, err := s.LeaseUntil(t.Context(), "w1")
	require.NoError(t, err)
	require.GreaterOrEqual(t, second, first+60_000)
	until, _, err = s.LeaseUntil(t.Context(), "W1")
	require.NoError(t, err)
	require.Zero(t, until, "ids differ by case")
	require.NoError(t, s.RemoveWorker(t.Context(), "w1"))
	require.NoError(t, s.RemoveWorker(t.Context(), "w1"))
	until, _, err = s.LeaseUntil(t.Context(), "w1")
	require.NoError(t, err)
	require.Zero(t, until)
}

func lostLease(t *testing.T, s *store.Store) {
	for id, lease := range map[string]time.Duration{"alive": time.Hour, "ended": -time.Second} {
		require.NoError(t, s.Heartbeat(t.Context(), models.Worker{ID: id}, lease))
	}
	Submit(t, s, nil)
	Commit(t, s, Claim(Submit(t, s, nil), "alive"))
	ended := Commit(t, s, Claim(Submit(t, s, nil), "ended"))
	gone := Commit(t, s, Claim(Submit(t, s, nil), "gone"))
	Commit(t, s, End(Commit(t, s, Claim(Submit(t, s, nil), "ended")), models.Failed, Start))

	lost, err := s.LeaseEnded(t.Context())
	require.NoError(t, err)
	require.Equal(t, []store.Holder{holder(ended), holder(gone)}, lost)
	require.NoError(t, s.Heartbeat(t.Context(), models.Worker{ID: "ended"}, time.Hour))
	lost, err = s.LeaseEnded(t.Context())
	require.NoError(t, err)
	require.Equal(t, []store.Holder{holder(gone)}, lost)
}

func intents(t *testing.T, s *store.Store) {
	mine := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	cancelled := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	cancelled = Commit(t, s, Decide(cancelled, func(state *models.TaskState) { state.Desired = models.Cancelling }))
	Commit(t, s, Claim(Submit(t, s, nil), "W1"))
	got, err := s.Intents(t.Context(), "w1")
	require.NoError(t, err)
	require.Equal(t, []store.Intent{
		{Task: mine.ID, Fencing: 1},
		{Task: cancelled.ID, Fencing: 1, Desired: models.Cancelling},
	}, got)
	Commit(t, s, End(mine, models.Succeeded, Start))
	got, err = s.Intents(t.Context(), "w1")
	require.NoError(t, err)
	require.Len(t, got, 1)
}

func forgetWorkers(t *testing.T, s *store.Store) {
	for id, lease := range map[string]time.Duration{
		"alive": time.Hour, "just ended": -time.Minute, "ended": -2 * time.Hour, "ended and holding": -2 * time.Hour,
	} {
		require.NoError(t, s.Heartbeat(t.Context(), models.Worker{ID: id}, lease))
	}
	Commit(t, s, Claim(Submit(t, s, nil), "ended and holding"))
	n, err := s.RemoveEndedWorkers(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	until, _, err := s.LeaseUntil(t.Context(), "ended")
	require.NoError(t, err)
	require.Zero(t, until)
	until, _, err = s.LeaseUntil(t.Context(), "just ended")
	require.NoError(t, err)
	require.Positive(t, until)
}
