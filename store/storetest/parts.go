package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var partTests = map[string]func(*testing.T, *store.Store){
	"dropped steps and contents go with their sources": dropParts,
	"what is dropped and put back keeps its place":     putBack,
	"events come in order from where one asks":         eventsInOrder,
	"finished tasks are deleted with all of theirs":    deleteFinished,
}

// plan is the change that the plan makes of a task.
func plan(before *models.Task, p models.Plan) *store.Change {
	return Happened(before, models.Event{Kind: models.PlanChanged, Data: models.EventData{Plan: &p}})
}

func dropParts(t *testing.T, s *store.Store) {
	a, other := Submit(t, s, nil), Submit(t, s, nil)
	declare := plan(a, models.Plan{
		Steps: []*models.Step{{Number: 2, Place: 2}, {Number: 3, Place: 3}},
		Contents: []*models.Content{
			{StepNumber: 1, Number: 2, Place: 2},
			{StepNumber: 1, Number: 3, Place: 3},
			{StepNumber: 2, Number: 1, Place: 1},
			{StepNumber: 3, Number: 1, Place: 1},
		},
	})
	for _, ref := range []models.ContentRef{{Step: 1, Content: 2}, {Step: 2, Content: 1}, {Step: 3, Content: 1}} {
		declare.Sources = append(declare.Sources, models.ContentSource{StepNumber: ref.Step, Number: ref.Content, Code: "run"})
	}
	a = Commit(t, s, declare)
	a = Commit(t, s, plan(a, models.Plan{
		DropSteps: []int{2}, DropContents: []models.ContentRef{{Step: 1, Content: 2}},
	}))
	got, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, a, got)
	require.Len(t, got.Steps, 2)
	require.Len(t, got.Steps[0].Contents, 2)
	sources, err := s.Sources(t.Context(), a.ID)
	require.NoError(t, err)
	var left []models.ContentRef
	for _, source := range sources {
		left = append(left, source.Ref())
	}
	require.Equal(t, []models.ContentRef{{Step: 1, Content: 1}, {Step: 3, Content: 1}}, left)
	got, err = s.Task(t.Context(), other.ID)
	require.NoError(t, err)
	EqualTask(t, other, got)
}

func putBack(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	put := onePlan(models.Succeeded, "shell")
	put.DropSteps = []int{1}
	put.Steps[0].Description = models.Plain("Copy again")
	a = Commit(t, s, plan(a, *put))
	got, err := s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, a, got)
	require.Equal(t, models.Succeeded, got.Steps[0].Status)
	sources, err := s.Sources(t.Context(), a.ID)
	require.NoError(t, err)
	require.Len(t, sources, 1, "the source was not dropped")

	// Dropping the step and putting it back with another content drops the first one.
	put = onePlan(models.Waiting, "shell")
	put.DropSteps, put.Contents[0].Number = []int{1}, 2
	a = Commit(t, s, plan(a, *put))
	got, err = s.Task(t.Context(), a.ID)
	require.NoError(t, err)
	EqualTask(t, a, got)
	sources, err = s.Sources(t.Context(), a.ID)
	require.NoError(t, err)
	require.Empty(t, sources)
}

func eventsInOrder(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	var all []models.Event
	for range 5 {
		c := Claim(a, "w1")
		all = append(all, c.Events...)
		a = Commit(t, s, c)
	}
	again := Decide(a, func(state *models.TaskState) { state.Attempt, state.TimelineID = 2, models.TimelineID(a.ID, 2) })
	a = Commit(t, s, again)
	all = append(all, again.Events...)

	events, err := s.Events(t.Context(), a.ID, 2, 100)
	require.NoError(t, err)
	require.Equal(t, all, events)
	events, err = s.Events(t.Context(), a.ID, 4, 2)
	require.NoError(t, err)
	require.Equal(t, all[2:4], events)
	events, err = s.Events(t.Context(), a.ID, a.Version, 2)
	require.NoError(t, err)
	require.Empty(t, events)

	for timeline, want := range map[int64][2]int64{
		0: {1, 8}, models.TimelineID(a.ID, 1): {1, 7}, models.TimelineID(a.ID, 2): {8, 8}, 1: {0, 0},
	} {
		first, last, err := s.EventRange(t.Context(), a.ID, timeline)
		require.NoError(t, err)
		require.Equal(t, want, [2]int64{first, last}, "timeline %d", timeline)
	}
}

func deleteFinished(t *testing.T, s *store.Store) {
	old := NewCreate(func(task *models.Task, _ *models.TaskState) { task.Labels = models.Labels{{Key: "k", Value: "v"}} })
	require.NoError(t, s.Commit(t.Context(), []*store.Create{old}, nil))
	a, b, running := old.Stored, Submit(t, s, nil), Commit(t, s, Claim(Submit(t, s, nil), "w1"))
	a = Commit(t, s, Wrote(a, "line"))
	a = Commit(t, s, End(a, models.Succeeded, Start.AddDate(0, 0, 1)))
	b = Commit(t, s, End(b, models.Failed, Start.AddDate(0, 0, 3)))
	Commit(t, s, End(Submit(t, s, nil), models.Cancelled, Start.AddDate(0, 0, 2)))

	n, err := s.DeleteFinishedBefore(t.Context(), Start.AddDate(0, 0, 3), 1)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = s.Task(t.Context(), a.ID)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err), "the longest finished goes first")
	n, err = s.DeleteFinishedBefore(t.Context(), Start.AddDate(0, 0, 3), 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	for _, kept := range []*models.Task{b, running} {
		got, err := s.Task(t.Context(), kept.ID)
		require.NoError(t, err)
		EqualTask(t, kept, got)
	}

	// Nothing of a deleted task is left to find.
	events, err := s.Events(t.Context(), a.ID, 0, 10)
	require.NoError(t, err)
	require.Empty(t, events)
	chunks, err := s.Log(t.Context(), a.ID, 0, 10, 0)
	require.NoError(t, err)
	require.Empty(t, chunks)
	sources, err := s.Sources(t.Context(), a.ID)
	require.NoError(t, err)
	require.Empty(t, sources)
	fresh := Submit(t, s, nil)
	require.Greater(t, fresh.ID, b.ID, "ids are not given again")
}
