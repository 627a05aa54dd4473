package storetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var commitTests = map[string]func(*testing.T, *store.Store){
	"a new task reads back as it was stored":              createReadsBack,
	"an idempotency key counts once an owner":             keyOncePerOwner,
	"a group of new and changed tasks commits together":   groupCommits,
	"a stale change fails alone and leaves nothing":       staleAlone,
	"the second change of a task in a group is stale":     secondIsStale,
	"a change with wrong numbers fails alone":             wrongNumbersAlone,
	"a change that the database refuses fails alone":      refusedAlone,
	"a change without events stores lines and sequence":   withoutEvents,
	"what was submitted is not written again by a change": submissionStays,
	"what does not exist is NOT_FOUND":                    absent,
	"a group larger than a statement is written whole":    largeGroup,
}

func createReadsBack(t *testing.T, s *store.Store) {
	c := NewCreate(nil)
	c.Task.Labels = models.Labels{{Key: "app", Value: "map"}, {Key: "app", Value: "map"}}
	finish := c.Finish
	c.Finish = func(task *models.Task) (*models.Task, []models.Event, []models.LogLine) {
		after, events, _ := finish(task)
		return after, events, []models.LogLine{{At: Start, Level: models.Info, Stream: models.System, Text: "submitted"}}
	}
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	require.Positive(t, c.Task.ID)
	require.EqualValues(t, 1, c.Stored.LogLines)
	require.EqualValues(t, len("submitted")+1, c.Stored.LogBytes)
	require.Nil(t, c.Stored.LastOutputAt, "what the server says is no output")

	task, err := s.Task(t.Context(), c.Task.ID)
	require.NoError(t, err)
	EqualTask(t, c.Stored, task)
	row, err := s.Row(t.Context(), c.Task.ID)
	require.NoError(t, err)
	require.Nil(t, row.Steps)
	row.Steps = task.Steps
	EqualTask(t, task, row)
	sources, err := s.Sources(t.Context(), task.ID)
	require.NoError(t, err)
	require.Equal(t, []models.ContentSource{{TaskID: task.ID, StepNumber: 1, Number: 1, Code: "cp -r a b"}}, sources)
	first, last, err := s.EventRange(t.Context(), task.ID, task.TimelineID)
	require.NoError(t, err)
	require.Equal(t, [2]int64{1, 2}, [2]int64{first, last})
}

func keyOncePerOwner(t *testing.T, s *store.Store) {
	submit := func(owner, key string) *store.Create {
		return NewCreate(func(task *models.Task, _ *models.TaskState) { task.Owner, task.IdempotencyKey = owner, &key })
	}
	creates := []*store.Create{submit("ann", "k"), submit("ann", "k"), submit("bob", "k"), submit("ann", "K")}
	require.NoError(t, s.Commit(t.Context(), creates, nil))
	require.NoError(t, creates[0].Err)
	require.ErrorIs(t, creates[1].Err, store.ErrDuplicateKey)
	require.Nil(t, creates[1].Stored)
	require.NoError(t, creates[2].Err, "another owner may use the same key")
	require.NoError(t, creates[3].Err, "keys differ by case")

	found, err := s.ByIdempotencyKey(t.Context(), "ann", "K")
	require.NoError(t, err)
	require.Equal(t, creates[3].Task.ID, found.ID)
	_, err = s.ByIdempotencyKey(t.Context(), "ANN", "k")
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	Submit(t, s, nil)
	Submit(t, s, nil) // without a key there is no limit
}

func groupCommits(t *testing.T, s *store.Store) {
	a, b := Submit(t, s, nil), Submit(t, s, nil)
	fresh := NewCreate(nil)
	changes := []*store.Change{Claim(b, "w1"), Claim(a, "w1")}
	require.NoError(t, s.Commit(t.Context(), []*store.Create{fresh}, changes))
	require.NoError(t, fresh.Err)
	tasks, err := s.Tasks(t.Context(), []int64{fresh.Task.ID, b.ID, 1 << 40, a.ID})
	require.NoError(t, err)
	require.Len(t, tasks, 3, "an absent one is left out")
	EqualTask(t, fresh.Stored, tasks[0])
	EqualTask(t, changes[0].After, tasks[1])
	EqualTask(t, changes[1].After, tasks[2])
	versions, err := s.Versions(t.Context(), []int64{a.ID, fresh.Task.ID, 1 << 40})
	require.NoError(t, err)
	require.Equal(t, map[int64]store.Version{a.ID: {Version: 3}, fresh.Task.ID: {Version: 2}}, versions)
}

func staleAlone(t *testing.T, s *store.Store) {
	a, b := Submit(t, s, nil), Submit(t, s, nil)
	won := Commit(t, s, Claim(a, "w1"))
	late, fine := Claim(a, "w2"), Claim(b, "w2")
	late.Lines = Wrote(a, "never").Lines
	late.Sources = []models.ContentSource{{StepNumber: 1, Number: 1, Code: "never"}}
	lateLog := Wrote(Commit(t, s, Wrote(won, "one")), "two")
	require.NoError(t, s.Commit(t.Context(), nil, []*store.Change{late, fine}))
	require.ErrorIs(t, late.Err, store.ErrStale)
	require.NoError(t, fine.Err)
	require.Zero(t, late.After.LogLines)
	got, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, lateLog.Before, got)
	sources, err := s.Sources(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, "cp -r a b", sources[0].Code)

	lateLog.Before = won // knows less of the log than there is
	require.NoError(t, s.Commit(t.Context(), nil, []*store.Change{lateLog}))
	require.ErrorIs(t, lateLog.Err, store.ErrStale)
}

func secondIsStale(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	first := Claim(a, "w1")
	second := Wrote(first.After, "line")
	require.NoError(t, s.Commit(t.Context(), nil, []*store.Change{first, second}))
	require.NoError(t, first.Err)
	require.ErrorIs(t, second.Err, store.ErrStale)
	Commit(t, s, second)
}

func wrongNumbersAlone(t *testing.T, s *store.Store) {
	a, b := Submit(t, s, nil), Submit(t, s, nil)
	bad, good := Claim(a, "w1"), Claim(b, "w1")
	bad.Events[0].Number++
	create := NewCreate(nil)
	finish := create.Finish
	create.Finish = func(task *models.Task) (*models.Task, []models.Event, []models.LogLine) {
		after, events, lines := finish(task)
		return after, events[1:], lines
	}
	require.NoError(t, s.Commit(t.Context(), []*store.Create{create}, []*store.Change{bad, good}))
	require.ErrorContains(t, bad.Err, "event 4")
	require.NoError(t, good.Err)
	require.ErrorContains(t, create.Err, "event 2")
	require.Nil(t, create.Stored)
	n, err := s.Count(t.Context(), models.Filter{}, 10)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

// refusedAlone applies where the database limits what a column holds.
func refusedAlone(t *testing.T, s *store.Store) {
	a, b := Submit(t, s, nil), Submit(t, s, nil)
	long, good := Claim(a, strings.Repeat("w", 100)), Claim(b, "w1")
	create := NewCreate(func(task *models.Task, _ *models.TaskState) { task.Engine = strings.Repeat("e", 100) })
	fine := NewCreate(nil)
	require.NoError(t, s.Commit(t.Context(), []*store.Create{create, fine}, []*store.Change{long, good}))
	require.NoError(t, good.Err)
	require.NoError(t, fine.Err)
	if s.Dialect() == "sqlite" {
		require.NoError(t, long.Err)
		require.NoError(t, create.Err)
		return
	}
	require.Error(t, long.Err)
	require.Error(t, create.Err)
	got, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, a, got)
}

func withoutEvents(t *testing.T, s *store.Store) {
	a := Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	c := Wrote(a, "one", "two")
	c.After.ReportSequence = 7
	after := Commit(t, s, c)
	require.EqualValues(t, 2, after.LogLines)
	require.Equal(t, a.UpdatedAt.Add(1e9), *after.LastOutputAt)
	got, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, after, got)
	require.EqualValues(t, 7, got.ReportSequence)
	require.Equal(t, a.Version, got.Version)
}

func submissionStays(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	c := Claim(a, "w1")
	c.After.Owner, c.After.Priority, c.After.Description = "eve", 9, models.Plain("other")
	Commit(t, s, c)
	got, err := s.Row(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, "ann", got.Owner)
	require.Zero(t, got.Priority)
	require.Equal(t, a.Description, got.Description)
}

func absent(t *testing.T, s *store.Store) {
	_, err := s.Task(t.Context(), 690)
	require.Equal(t, models.NotFound("task 690"), models.AsFault(err))
	_, err = s.Row(t.Context(), 690)
	require.Equal(t, models.NotFound("task 690"), models.AsFault(err))
	a := Submit(t, s, nil)
	gone := Claim(a, "w1")
	n, err := s.DeleteFinishedBefore(t.Context(), Start.AddDate(1, 0, 0), 10)
	require.NoError(t, err)
	require.Zero(t, n, "it has not finished")
	gone.Before, gone.After = gone.Before.Clone(), gone.After.Clone()
	gone.Before.ID, gone.After.ID, gone.Events[0].TaskID = 690, 690, 690
	require.NoError(t, s.Commit(t.Context(), nil, []*store.Change{gone}))
	require.ErrorIs(t, gone.Err, store.ErrStale)
}

func largeGroup(t *testing.T, s *store.Store) {
	const n = 1100
	creates := make([]*store.Create, n)
	for i := range creates {
		creates[i] = NewCreate(nil)
	}
	require.NoError(t, s.Commit(t.Context(), creates, nil))
	changes := make([]*store.Change, n)
	ids := make([]int64, n)
	for i, c := range creates {
		require.NoError(t, c.Err)
		changes[i], ids[i] = Claim(c.Stored, "w1"), c.Stored.ID
		changes[i].Lines = Wrote(c.Stored, strings.Repeat("x", 10_000)).Lines
	}
	require.NoError(t, s.Commit(t.Context(), nil, changes))
	tasks, err := s.Tasks(t.Context(), ids)
	require.NoError(t, err)
	require.Len(t, tasks, n)
	for i, task := range tasks {
		EqualTask(t, changes[i].After, task)
	}
}
