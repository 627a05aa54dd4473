package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var timeTests = map[string]func(*testing.T, *store.Store){
	"times are stored in UTC with milliseconds":            timesNormalized,
	"times sort as times, with a fraction or without":      timesSort,
	"the clock's time is used where the caller gives none": clockFillsIn,
}

func timesNormalized(t *testing.T, s *store.Store) {
	shanghai := time.FixedZone("CST", 8*3600)
	at := time.Date(2026, 3, 1, 20, 0, 0, 999_999_999, shanghai)
	want := time.Date(2026, 3, 1, 12, 0, 0, 999_000_000, time.UTC)
	a := Submit(t, s, func(task *models.Task, first *models.TaskState) {
		task.CreatedAt, task.StartAfter, first.StartedAt = at, &at, &at
	})
	c := Wrote(a, "line")
	c.Lines[0].At = at
	after := Commit(t, s, c)
	got, err := s.Row(t.Context(), a.ID)
	require.NoError(t, err)
	for _, stored := range []time.Time{got.CreatedAt, *got.StartAfter, *got.StartedAt, *got.LastOutputAt, *after.LastOutputAt} {
		require.Equal(t, want, stored)
	}
	found, err := s.List(t.Context(), models.ListQuery{Filter: models.Filter{CreatedBefore: &at}, Limit: 1})
	require.NoError(t, err)
	require.Empty(t, found, "a filter is compared in milliseconds too")
	lines := read(t, s, a.ID, 0, 1, 0)
	require.Equal(t, want, lines[0].At)
}

func timesSort(t *testing.T, s *store.Store) {
	var want []int64
	for _, offset := range []time.Duration{
		0, time.Millisecond, 10 * time.Millisecond, 100 * time.Millisecond, 120 * time.Millisecond, 999 * time.Millisecond,
		time.Second, time.Second + 500*time.Millisecond, 10 * time.Second,
	} {
		a := Submit(t, s, nil)
		c := Claim(a, "w1")
		c.After.UpdatedAt = Start.Add(offset).In(time.FixedZone("", int(offset.Milliseconds())%7*3600))
		want = append(want, Commit(t, s, c).ID)
	}
	rows, err := s.ChangedSince(t.Context(), models.Position{}, 100)
	require.NoError(t, err)
	require.Equal(t, want, ids(rows))
	for i, row := range rows {
		rest, err := s.ChangedSince(t.Context(), *position(row), 100)
		require.NoError(t, err)
		require.Equal(t, want[i+1:], ids(rest))
	}
}

func clockFillsIn(t *testing.T, s *store.Store) {
	at := clock(t, s, Start.Add(time.Hour+1))
	a := Submit(t, at, func(task *models.Task, _ *models.TaskState) { task.CreatedAt = time.Time{} })
	require.Equal(t, Start.Add(time.Hour), a.CreatedAt)
	require.NoError(t, at.PutUser(t.Context(), &models.User{Name: "ann"}))
	user, err := s.User(t.Context(), "ann")
	require.NoError(t, err)
	require.Equal(t, Start.Add(time.Hour), user.CreatedAt)
}
