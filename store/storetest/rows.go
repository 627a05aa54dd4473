package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var rowTests = map[string]func(*testing.T, *store.Store){
	"every field of a task and its parts reads back":  everyTaskField,
	"every field at zero reads back":                  everyZeroField,
	"every field of an event reads back":              everyEventField,
	"every field of users and credentials reads back": everyIdentityField,
}

// filled is the create of a task with every field filled, with its one event.
func filled(f *filler) *store.Create {
	var task models.Task
	f.fill(&task)
	task.ID = 0
	source := models.ContentSource{StepNumber: 7, Number: 8}
	f.fill(&source.Code)
	f.fill(&source.Params)
	return &store.Create{
		Task:    &task,
		Sources: []models.ContentSource{source},
		Finish: func(t *models.Task) (*models.Task, []models.Event, []models.LogLine) {
			after := *t
			var step models.Step
			var content models.Content
			f.fill(&step)
			f.fill(&content)
			step.TaskID, step.Number = t.ID, 7
			content.TaskID, content.StepNumber, content.Number = t.ID, 7, 8
			step.Contents = []*models.Content{&content}
			after.Steps = []*models.Step{&step}
			var event models.Event
			f.fill(&event)
			event.TaskID, event.Number, event.Kind = t.ID, 1, models.PlanChanged
			event.Data.Plan.Steps, event.Data.Plan.Contents = []*models.Step{&step}, []*models.Content{&content}
			after.Version, after.LogLines, after.LogBytes, after.LastOutputAt = 1, 0, 0, nil
			lines := make([]models.LogLine, 2)
			f.fill(&lines[0])
			f.fill(&lines[1])
			return &after, []models.Event{event}, lines
		},
	}
}

func everyTaskField(t *testing.T, s *store.Store) {
	c := filled(&filler{})
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	require.EqualValues(t, 2, c.Stored.LogLines)
	require.Positive(t, c.Stored.LogBytes)
	require.NotNil(t, c.Stored.LastOutputAt)
	got, err := s.Task(t.Context(), c.Task.ID)
	require.NoError(t, err)
	require.Equal(t, c.Stored, got)
	sources, err := s.Sources(t.Context(), got.ID)
	require.NoError(t, err)
	c.Sources[0].TaskID = got.ID
	require.Equal(t, c.Sources, sources)

	// An update writes every field of the state, too.
	change := Decide(got, func(state *models.TaskState) {
		other := filler{n: 1000}
		other.fill(state)
	})
	after := Commit(t, s, change)
	got, err = s.Task(t.Context(), got.ID)
	require.NoError(t, err)
	EqualTask(t, after, got)
}

func everyZeroField(t *testing.T, s *store.Store) {
	c := filled(&filler{})
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	change := Happened(c.Stored,
		models.Event{Kind: models.TaskUpdated, Data: models.EventData{Task: &models.TaskState{}}},
		models.Event{Kind: models.PlanChanged, Data: models.EventData{Plan: &models.Plan{
			Steps: []*models.Step{{Number: 7}}, Contents: []*models.Content{{StepNumber: 7, Number: 8}},
		}}})
	change.Sources = []models.ContentSource{{StepNumber: 7, Number: 8}}
	after := Commit(t, s, change)
	got, err := s.Task(t.Context(), after.ID)
	require.NoError(t, err)
	EqualTask(t, after, got)
	sources, err := s.Sources(t.Context(), got.ID)
	require.NoError(t, err)
	require.Equal(t, []models.ContentSource{{TaskID: got.ID, StepNumber: 7, Number: 8}}, sources)
}

func everyEventField(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	var event models.Event
	(&filler{}).fill(&event)
	event.TaskID, event.Number, event.Kind = a.ID, a.Version+1, models.StepChanged
	after := a.Clone()
	after.Version++
	Commit(t, s, &store.Change{Before: a, After: after, Events: []models.Event{event}})
	got, err := s.Events(t.Context(), a.ID, a.Version, 2)
	require.NoError(t, err)
	// Steps in a plan do not name their task; the event does.
	for _, step := range event.Data.Plan.Steps {
		step.TaskID = 0
	}
	for _, content := range event.Data.Plan.Contents {
		content.TaskID = 0
	}
	require.Equal(t, []models.Event{event}, got)
}

func everyIdentityField(t *testing.T, s *store.Store) {
	f := &filler{}
	var user models.User
	f.fill(&user)
	require.NoError(t, s.PutUser(t.Context(), &user))
	gotUser, err := s.User(t.Context(), user.Name)
	require.NoError(t, err)
	require.Equal(t, &user, gotUser)

	var token models.Token
	f.fill(&token)
	token.User = user.Name
	require.NoError(t, s.AddToken(t.Context(), &token))
	gotToken, err := s.TokenByHash(t.Context(), token.Hash)
	require.NoError(t, err)
	require.Equal(t, &token, gotToken)

	var session models.Session
	f.fill(&session)
	session.User = user.Name
	require.NoError(t, s.AddSession(t.Context(), &session))
	gotSession, err := s.SessionByHash(t.Context(), session.Hash)
	require.NoError(t, err)
	require.Equal(t, &session, gotSession)
}
