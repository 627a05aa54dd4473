package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var resultTests = map[string]func(*testing.T, *store.Store){
	"a result is seen when it is finished":          resultFinished,
	"chunks are found by byte and by unit":          resultChunks,
	"an ended lease writes no results":              resultLease,
	"a later attempt drops what its content made":   resultDropped,
	"results of many tasks come by task and number": resultsOfMany,
	"results go with their task":                    resultsGo,
}

func holder(t *models.Task) store.Holder {
	return store.Holder{Task: t.ID, Worker: t.Worker, Fencing: t.Fencing}
}

// stores adds a finished result of one chunk.
func stores(t *testing.T, s *store.Store, task *models.Task, name, data string) *models.Result {
	t.Helper()
	r := &models.Result{Attempt: task.Attempt, StepNumber: 1, ContentNumber: 1, Name: name, ContentType: "text/plain", Format: models.FormatText}
	require.NoError(t, s.CreateResult(t.Context(), holder(task), r))
	require.NoError(t, s.AppendResult(t.Context(), holder(task), models.ResultChunk{ResultNumber: r.Number, Data: []byte(data)}))
	r.Bytes, r.Units = int64(len(data)), 1
	require.NoError(t, s.FinishResult(t.Context(), holder(task), r))
	return r
}

func resultFinished(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	r := &models.Result{
		Attempt: 1, StepNumber: 1, ContentNumber: 1, Name: "中文.csv", ContentType: "text/csv", Format: models.FormatRows,
		Columns: []models.ResultColumn{{Name: "a", Type: "INT", Comment: "c"}},
	}
	require.NoError(t, s.CreateResult(t.Context(), holder(task), r))
	require.Equal(t, 1, r.Number)
	_, err := s.Result(t.Context(), task.ID, 1)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	list, err := s.Results(t.Context(), []int64{task.ID})
	require.NoError(t, err)
	require.Empty(t, list)

	r.Units, r.Bytes, r.Cut, r.Format = 3, 99, true, models.FormatCSV
	require.NoError(t, s.FinishResult(t.Context(), holder(task), r))
	require.NotNil(t, r.FinishedAt)
	read, err := s.Result(t.Context(), task.ID, 1)
	require.NoError(t, err)
	require.Equal(t, r, read)
}

func resultChunks(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	r := stores(t, s, task, "a", "one\ntwo\n")
	second := models.ResultChunk{ResultNumber: r.Number, FirstByte: 8, FirstUnit: 2, Data: []byte("three\n\x00\xff")}
	require.NoError(t, s.AppendResult(t.Context(), holder(task), second))
	require.NoError(t, s.AppendResult(t.Context(), holder(task), second), "again, after its commit was not answered")
	stores(t, s, task, "b", "other")
	for unit, firstByte := range map[int64]int64{0: 0, 1: 0, 2: 8, 3: 8, 1000: 8} {
		at, err := s.ResultChunkAt(t.Context(), task.ID, r.Number, unit)
		require.NoError(t, err)
		require.Equal(t, firstByte, at)
	}
	c, err := s.ResultChunk(t.Context(), task.ID, r.Number, 8)
	require.NoError(t, err)
	second.TaskID = task.ID
	require.Equal(t, &second, c)
	_, err = s.ResultChunk(t.Context(), task.ID, r.Number, 16)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}

func resultLease(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	r := stores(t, s, task, "a", "x")
	for _, old := range []store.Holder{
		{Task: task.ID, Worker: task.Worker, Fencing: task.Fencing - 1},
		{Task: task.ID, Worker: "w2", Fencing: task.Fencing},
		{Task: task.ID + 1, Worker: task.Worker, Fencing: task.Fencing},
	} {
		require.ErrorIs(t, s.CreateResult(t.Context(), old, &models.Result{Format: models.FormatText}), store.ErrStale)
		require.ErrorIs(t, s.AppendResult(t.Context(), old, models.ResultChunk{ResultNumber: 1, FirstByte: 1}), store.ErrStale)
		require.ErrorIs(t, s.FinishResult(t.Context(), old, r), store.ErrStale)
		require.ErrorIs(t, s.DropResults(t.Context(), old, models.ContentRef{Step: 1, Content: 1}, 2), store.ErrStale)
	}
	list, err := s.Results(t.Context(), []int64{task.ID})
	require.NoError(t, err)
	require.Equal(t, []models.Result{*r}, list)
}

func resultDropped(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	stores(t, s, task, "first", "x")
	first := models.ContentRef{Step: 1, Content: 1}
	require.NoError(t, s.DropResults(t.Context(), holder(task), first, 1))
	require.NoError(t, s.DropResults(t.Context(), holder(task), models.ContentRef{Step: 1, Content: 2}, 2))
	_, err := s.Result(t.Context(), task.ID, 1)
	require.NoError(t, err, "only earlier attempts of that content lose theirs")

	require.NoError(t, s.DropResults(t.Context(), holder(task), first, 2))
	_, err = s.Result(t.Context(), task.ID, 1)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.ResultChunk(t.Context(), task.ID, 1, 0)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	require.Equal(t, 2, stores(t, s, task, "second", "y").Number, "a number is not given again")
}

func resultsOfMany(t *testing.T, s *store.Store) {
	a := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	b := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	var want []models.Result
	for _, r := range []*models.Result{stores(t, s, a, "1", ""), stores(t, s, a, "2", "")} {
		want = append(want, *r)
	}
	want = append(want, *stores(t, s, b, "1", ""))
	list, err := s.Results(t.Context(), []int64{b.ID, a.ID, 999})
	require.NoError(t, err)
	require.Equal(t, want, list)
	list, err = s.Results(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, list)
}

func resultsGo(t *testing.T, s *store.Store) {
	task := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	stores(t, s, task, "a", "x")
	Commit(t, s, End(task, models.Succeeded, Start))
	deleted, err := s.DeleteFinishedBefore(t.Context(), Start.AddDate(100, 0, 0), 10)
	require.NoError(t, err)
	require.Equal(t, 1, deleted)
	_, err = s.Result(t.Context(), task.ID, 1)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = s.ResultChunk(t.Context(), task.ID, 1, 0)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
}
