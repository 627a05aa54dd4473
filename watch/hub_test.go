package watch_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"stepcast/bus"
	"stepcast/bus/memory"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type bundle struct {
	*watch.Hub
	store *store.Store
	bus   *memory.Bus
}

func setup(t *testing.T) *bundle {
	t.Helper()
	return setupOn(t, storetest.OpenSQLite(t))
}

func setupOn(t *testing.T, s *store.Store, change ...func(*watch.Options)) *bundle {
	t.Helper()
	b := memory.New()
	o := watch.Options{Store: s, Bus: b, Logger: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&o)
	}
	hub, unsubscribe := watch.New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		hub.Run(ctx)
	}()
	t.Cleanup(func() {
		unsubscribe()
		cancel()
		<-done
	})
	return &bundle{hub, s, b}
}

// create stores a task with one step.
func (b *bundle) create(t *testing.T) *models.Task {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Millisecond)
	c := &store.Create{
		Task: &models.Task{Owner: "max", Description: models.Plain("x"), CreatedAt: now, UpdatedAt: now},
		Finish: func(t *models.Task) (*models.Task, []models.Event, []models.LogLine) {
			e := models.Event{TaskID: t.ID, Number: 1, At: now, Kind: models.PlanChanged, Attempt: 1, Data: models.EventData{
				Task: &models.TaskState{Status: models.Waiting, Attempt: 1, MaxAttempts: 1, TimelineID: models.TimelineID(t.ID, 1)},
				Plan: &models.Plan{
					Steps:    []*models.Step{{Number: 1, Description: models.Plain("x"), Status: models.Waiting}},
					Contents: []*models.Content{{StepNumber: 1, Number: 1, RunType: "shell", ContentState: models.ContentState{Status: models.Waiting}}},
				},
			}}
			return models.Fold(models.Origin(t), e), []models.Event{e}, nil
		},
	}
	require.NoError(t, b.store.Commit(t.Context(), []*store.Create{c}, nil))
	require.NoError(t, c.Err)
	return c.Stored
}

// progress commits another event, and gives what the bus is to be told.
func (b *bundle) progress(t *testing.T, before *models.Task, percent float64) (*models.Task, bus.Change) {
	t.Helper()
	e := models.Event{
		TaskID: before.ID, Number: before.Version + 1, At: time.Now().UTC().Truncate(time.Millisecond), Kind: models.ContentChanged, Attempt: 1,
		Data: models.EventData{Content: &models.ContentChange{
			Ref: models.ContentRef{Step: 1, Content: 1}, ContentState: models.ContentState{Status: models.Running, Progress: percent, Measured: true},
		}},
	}
	c := &store.Change{Before: before, After: models.Fold(before, e), Events: []models.Event{e}}
	require.NoError(t, b.store.Commit(t.Context(), nil, []*store.Change{c}))
	require.NoError(t, c.Err)
	return c.After, bus.Change{Task: before.ID, From: before.Version, To: c.After.Version, Events: c.Events}
}

func TestFollowersHaveTheNewestSnapshot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	f := b.Follow(task.ID)
	defer f.Close()
	snapshot, err := f.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, task.Version, snapshot.Version)
	for percent := range 50 {
		changed := f.Changed()
		var told bus.Change
		task, told = b.progress(t, task, float64(percent))
		b.bus.Publish(t.Context(), []bus.Change{told})
		<-changed
		snapshot, err = f.Snapshot(t.Context())
		require.NoError(t, err)
		require.Equal(t, task.Version, snapshot.Version)
		require.EqualValues(t, percent, snapshot.Progress)
	}
}

// TestPollingClosesTheGap: what the bus loses is found within about a second.
func TestPollingClosesTheGap(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	f, l := b.Follow(task.ID), b.FollowTasks(watch.Interest{})
	defer f.Close()
	defer l.Close()
	_, err := f.Snapshot(t.Context())
	require.NoError(t, err)
	changed := f.Changed()
	lost, _ := b.progress(t, task, 10)
	<-changed
	snapshot, err := f.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, lost.Version, snapshot.Version)
	<-l.Ready()
	changes, resync := l.Take()
	require.Len(t, changes, 1)
	require.Equal(t, task.ID, changes[0].ID)
	require.Equal(t, lost.Version, changes[0].Version)
	require.False(t, resync)

	// A message with a hole before it: the snapshot is read again.
	changed = f.Changed()
	missed, _ := b.progress(t, lost, 20)
	newest, told := b.progress(t, missed, 30)
	b.bus.Publish(t.Context(), []bus.Change{told})
	<-changed
	snapshot, err = f.Snapshot(t.Context())
	require.NoError(t, err)
	require.Equal(t, newest.Version, snapshot.Version)
	require.EqualValues(t, 30, snapshot.Progress)
}

func TestListsOverflowIntoResync(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.FollowTasks(watch.Interest{})
	defer l.Close()
	var changes []bus.Change
	for id := range int64(watch.MaxDirty + 5) {
		changes = append(changes, bus.Change{Task: id + 1, To: 1})
	}
	b.bus.Publish(t.Context(), changes)
	ids, resync := l.Take()
	require.Len(t, ids, watch.MaxDirty)
	require.True(t, resync)
	ids, resync = l.Take()
	require.Empty(t, ids)
	require.False(t, resync)
}

func TestUnknownTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	f := b.Follow(404)
	_, err := f.Snapshot(t.Context())
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	f.Close()
	f.Close()
}
