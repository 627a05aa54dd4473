package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var queueTests = map[string]func(*testing.T, *store.Store){
	"a queue is in order of priority, then age":             queueOrder,
	"a task is in the queue that its state says":            queueFollowsState,
	"deferred tasks join their queue when their time comes": promote,
}

func ready(t *testing.T, s *store.Store, q models.Queue) []int64 {
	t.Helper()
	found, err := s.Ready(t.Context(), q, nil, "", 100)
	require.NoError(t, err)
	return found
}

func queueOrder(t *testing.T, s *store.Store) {
	app := models.Label{Key: "app", Value: "map"}
	submit := func(owner string, priority int, labels ...models.Label) *models.Task {
		return Submit(t, s, func(task *models.Task, _ *models.TaskState) {
			task.Owner, task.Priority, task.Labels = owner, priority, labels
		})
	}
	low, first, second, top := submit("ann", -5), submit("ann", 0, app), submit("bob", 0, app), submit("bob", 10)
	require.Equal(t, ids([]*models.Task{top, first, second, low}), ready(t, s, models.QueueReady))

	for i, task := range []*models.Task{top, first, second, low} {
		place, err := s.QueuePosition(t.Context(), task, 100)
		require.NoError(t, err)
		require.Equal(t, i, place)
	}
	places, err := s.QueuePositions(t.Context(), models.QueueReady, []int64{top.ID, second.ID, low.ID, top.ID + 1}, 100)
	require.NoError(t, err)
	require.Equal(t, map[int64]int{top.ID: 0, second.ID: 2, low.ID: 3}, places)
	places, err = s.QueuePositions(t.Context(), models.QueueReady, []int64{first.ID, low.ID}, 2)
	require.NoError(t, err)
	require.Equal(t, map[int64]int{first.ID: 1}, places, "walked to the limit")
	places, err = s.QueuePositions(t.Context(), models.QueueExternal, []int64{top.ID}, 100)
	require.NoError(t, err)
	require.Empty(t, places, "it is in another queue")
	place, err := s.QueuePosition(t.Context(), low, 2)
	require.NoError(t, err)
	require.Equal(t, 2, place, "counted to the limit")

	found, err := s.Ready(t.Context(), models.QueueReady, []models.Label{app}, "", 100)
	require.NoError(t, err)
	require.Equal(t, ids([]*models.Task{first, second}), found)
	found, err = s.Ready(t.Context(), models.QueueReady, []models.Label{app}, "bob", 100)
	require.NoError(t, err)
	require.Equal(t, []int64{second.ID}, found)
	found, err = s.Ready(t.Context(), models.QueueReady, nil, "", 2)
	require.NoError(t, err)
	require.Equal(t, ids([]*models.Task{top, first}), found)

	for owner, want := range map[string]int{"": 4, "bob": 2, "eve": 0} {
		n, err := s.QueueLength(t.Context(), owner, 100)
		require.NoError(t, err)
		require.Equal(t, want, n)
	}
	n, err := s.QueueLength(t.Context(), "", 3)
	require.NoError(t, err)
	require.Equal(t, 3, n)
}

func queueFollowsState(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	require.Equal(t, []int64{a.ID}, ready(t, s, models.QueueReady))

	a = Commit(t, s, Claim(a, "w1"))
	require.Empty(t, ready(t, s, models.QueueReady))
	held, err := s.Held(t.Context())
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.Equal(t, "w1", held[0].Worker)
	require.Nil(t, held[0].Steps)
	place, err := s.QueuePosition(t.Context(), a, 100)
	require.NoError(t, err)
	require.Zero(t, place)

	// Given back, with an external step next.
	a = Commit(t, s, plan(a, *onePlan(models.Waiting, models.RunExternal)))
	a = Commit(t, s, Decide(a, func(state *models.TaskState) { state.Status, state.Worker = models.Waiting, "" }))
	require.Empty(t, ready(t, s, models.QueueReady))
	require.Equal(t, []int64{a.ID}, ready(t, s, models.QueueExternal))

	a = Commit(t, s, Decide(a, func(state *models.TaskState) { state.Status = models.Paused }))
	require.Empty(t, ready(t, s, models.QueueExternal))
	Commit(t, s, End(a, models.Cancelled, Start))
	held, err = s.Held(t.Context())
	require.NoError(t, err)
	require.Empty(t, held)
	n, err := s.QueueLength(t.Context(), "", 100)
	require.NoError(t, err)
	require.Zero(t, n)
}

// clock opens the database of s with the time at the instant.
func clock(t *testing.T, s *store.Store, at time.Time) *store.Store {
	t.Helper()
	return Again(t, s, func(o *store.Options) { o.Now = func() time.Time { return at } })
}

func promote(t *testing.T, s *store.Store) {
	soon, later := Start.Add(time.Minute), Start.Add(time.Hour)
	now := clock(t, s, Start)
	startingAt := func(until time.Time) func(*models.Task, *models.TaskState) {
		return func(_ *models.Task, first *models.TaskState) { first.NotBefore = &until }
	}
	early, late := Submit(t, now, startingAt(soon)), Submit(t, now, startingAt(later))
	external := Commit(t, now, plan(Submit(t, now, startingAt(soon)), *onePlan(models.Waiting, models.RunExternal)))
	require.Empty(t, ready(t, now, models.QueueReady))
	require.Len(t, ready(t, now, models.QueueDeferred), 3)
	n, err := now.QueueLength(t.Context(), "ann", 100)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	n, err = now.Promote(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)

	n, err = clock(t, s, soon).Promote(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, []int64{early.ID}, ready(t, s, models.QueueReady))
	require.Equal(t, []int64{external.ID}, ready(t, s, models.QueueExternal))
	require.Equal(t, []int64{late.ID}, ready(t, s, models.QueueDeferred))
	place, err := s.QueuePosition(t.Context(), late, 100)
	require.NoError(t, err)
	require.Equal(t, 1, place, "it will queue behind those that are ready")
	Commit(t, s, Claim(early, "w1")) // its version is what it was
}
