package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var submissionTests = map[string]func(*testing.T, *store.Store){
	"what a task was asked to do reads back":    asked,
	"what a client sent goes with its task":     originalsGo,
	"a task whose create fails leaves nothing":  noOriginalAlone,
	"a large original does not split the group": largeOriginals,
}

// askedFor stores a task with a code and an original.
func askedFor(t *testing.T, s *store.Store, code string, original models.JSON) int64 {
	t.Helper()
	c := NewCreate(nil)
	c.Sources[0].Code, c.Original = code, original
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	return c.Stored.ID
}

func asked(t *testing.T, s *store.Store) {
	a := askedFor(t, s, "select 界😀 from x", models.JSON(`{"params": {"é": [1, 2.50, null]}}`))
	b := askedFor(t, s, "", nil)
	for most, code := range map[int]string{9: "select 界😀", 1: "s", 100: "select 界😀 from x"} {
		got, err := s.Submissions(t.Context(), []int64{b, a, 1 << 40}, most)
		require.NoError(t, err)
		require.ElementsMatch(t, []store.Submission{
			{TaskID: a, Code: code, Original: models.JSON(`{"params": {"é": [1, 2.50, null]}}`)}, {TaskID: b},
		}, got)
	}
	none, err := s.Submissions(t.Context(), nil, 1)
	require.NoError(t, err)
	require.Empty(t, none)
}

func originalsGo(t *testing.T, s *store.Store) {
	id := askedFor(t, s, "x", models.JSON(`{}`))
	task, err := s.Task(t.Context(), id)
	require.NoError(t, err)
	task = Commit(t, s, Claim(task, "w1"))
	Commit(t, s, End(task, models.Succeeded, Start.Add(time.Hour)))
	n, err := s.DeleteFinishedBefore(t.Context(), Start.Add(2*time.Hour), 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	got, err := s.Submissions(t.Context(), []int64{id}, 1)
	require.NoError(t, err)
	require.Empty(t, got)
}

func noOriginalAlone(t *testing.T, s *store.Store) {
	key := "k"
	first, second := NewCreate(nil), NewCreate(nil)
	for _, c := range []*store.Create{first, second} {
		c.Task.IdempotencyKey, c.Original = &key, models.JSON(`{"n": 1}`)
	}
	require.NoError(t, s.Commit(t.Context(), []*store.Create{first, second}, nil))
	require.NoError(t, first.Err)
	require.ErrorIs(t, second.Err, store.ErrDuplicateKey)
	got, err := s.Submissions(t.Context(), []int64{first.Stored.ID, first.Stored.ID + 1}, 1)
	require.NoError(t, err)
	require.Equal(t, []store.Submission{{TaskID: first.Stored.ID, Code: "c", Original: models.JSON(`{"n": 1}`)}}, got)
}

func largeOriginals(t *testing.T, s *store.Store) {
	large := models.JSON(`{"x": "` + strings.Repeat("é", 1<<20) + `"}`)
	creates := make([]*store.Create, 10)
	for i := range creates {
		creates[i] = NewCreate(nil)
		creates[i].Original = large
	}
	require.NoError(t, s.Commit(t.Context(), creates, nil))
	got, err := s.Submissions(t.Context(), []int64{creates[0].Stored.ID, creates[9].Stored.ID}, 1)
	require.NoError(t, err)
	require.Len(t, got, 2)
	require.Equal(t, large, got[1].Original)
}
