package imanager_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/store"
	"stepcast/store/storetest"
)

// record is a task as a test wants to find it stored: no worker brings it there.
type record struct {
	// owner is resttest.Member when it is "".
	owner       string
	description models.Text
	// origin is the API that it is said to come from; "" is GraphQL.
	origin string
	// state may leave out the attempt and the timeline, which are those of a first attempt.
	state models.TaskState
	// at is when it changed last; zero is storetest.Start.
	at    time.Time
	steps []recordStep
}

type recordStep struct {
	description models.Text
	contents    []models.ContentState
}

// plan is the record's steps as an event declares them.
func (r record) plan() *models.Plan {
	plan := &models.Plan{}
	for i, s := range r.steps {
		plan.Steps = append(plan.Steps, &models.Step{
			Number: i + 1, Place: i, Description: s.description, NextContent: len(s.contents) + 1,
		})
		for j, state := range s.contents {
			plan.Contents = append(plan.Contents, &models.Content{
				StepNumber: i + 1, Number: j + 1, Place: j, RunType: "shell", Submitted: state.Message, ContentState: state,
			})
		}
	}
	return plan
}

// create is the record as the store takes it.
func (r record) create() *store.Create {
	c := storetest.NewCreate(func(t *models.Task, _ *models.TaskState) {
		t.Owner, t.Description = resttest.Member, r.description
		if r.owner != "" {
			t.Owner = r.owner
		}
		if r.origin != "" {
			t.Origin = r.origin
		}
	})
	c.Sources = nil
	c.Finish = func(t *models.Task) (*models.Task, []models.Event, []models.LogLine) {
		state, at := r.state, r.at
		if state.Attempt == 0 {
			state.Attempt, state.MaxAttempts = 1, 1
		}
		if state.TimelineID == 0 {
			state.TimelineID = models.TimelineID(t.ID, state.Attempt)
		}
		if at.IsZero() {
			at = storetest.Start
		}
		state.NextStep = len(r.steps) + 1
		origin := models.Origin(t)
		events := storetest.Numbered(origin, at, []models.Event{
			{Kind: models.PlanChanged, Data: models.EventData{Plan: r.plan()}},
			{Kind: models.TaskStatusChanged, Data: models.EventData{To: state.Status, Task: &state}},
		})
		return models.Fold(origin, events...), events, nil
	}
	return c
}

// importTask stores the record.
func importTask(t testing.TB, s *store.Store, r record) *models.Task {
	t.Helper()
	c := r.create()
	require.NoError(t, s.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	return c.Stored
}

// example is a step of the example in the document.
type example struct {
	description, message string
	start                time.Time
	cost                 time.Duration
}

var examples = []example{
	{"Create virtual machine", "Virtual machine sm_iserver-69 created", time.Date(2016, 12, 13, 11, 12, 46, 0, zone), 460 * time.Second},
	{"Check IP", "IP192.168.22.69 check successful", time.Date(2016, 12, 13, 11, 17, 6, 0, zone), 123 * time.Second},
	{"Set additional information", "Set additional information successfully", time.Date(2016, 12, 13, 11, 18, 29, 0, zone), 2 * time.Second},
}

// exampleID is the id of the example's task.
const exampleID = 690

// importExample stores the task of the example under its id: there are 689 before it.
func importExample(t testing.TB, s *store.Store) *models.Task {
	t.Helper()
	creates := make([]*store.Create, exampleID)
	for i := range creates {
		creates[i] = storetest.NewCreate(nil)
	}
	r := record{description: models.Plain("Create 1 GIS server: GIS server")}
	var end time.Time
	for _, e := range examples {
		start, finish := e.start.UTC(), e.start.Add(e.cost).UTC()
		end = finish
		r.steps = append(r.steps, recordStep{models.Plain(e.description), []models.ContentState{{
			Message: models.Plain(e.message), Status: models.Succeeded, Measured: true, Progress: 100,
			StartedAt: &start, FinishedAt: &finish,
		}}})
	}
	r.at = end
	r.state = models.TaskState{Status: models.Succeeded, TimelineID: 7, FinishedAt: &end}
	last := r.create()
	creates[exampleID-1] = last
	require.NoError(t, s.Commit(t.Context(), creates, nil))
	require.NoError(t, last.Err)
	require.EqualValues(t, exampleID, last.Task.ID)
	return last.Stored
}
