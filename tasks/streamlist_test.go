package tasks_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"stepcast/bus"
	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/tasks"
	"stepcast/watch"
)

// folded is a list as a reader keeps it who applies what a stream tells.
type folded struct {
	mu    sync.Mutex
	tasks map[int64]*models.Task
}

// follow applies a stream until the context ends.
func (f *folded) follow(ctx context.Context, t *testing.T, stream *tasks.Stream[tasks.TaskChange]) {
	positions := map[int64]int64{}
	for {
		change, err := stream.Next(ctx)
		if ctx.Err() != nil {
			return
		}
		if !assert.NoError(t, err) {
			return
		}
		mark := stream.Mark()
		assert.Equal(t, tasks.Mark{Task: change.Task.ID, From: positions[mark.Task], To: change.Task.Version, Told: mark.Told}, mark)
		assert.False(t, mark.Told.IsZero())
		assert.False(t, change.Resync, "few tasks changed")
		positions[mark.Task] = mark.To
		f.mu.Lock()
		if change.Matches {
			f.tasks[mark.Task] = change.Task
		} else {
			delete(f.tasks, mark.Task)
		}
		f.mu.Unlock()
	}
}

// is says whether what was folded is what the list has.
func (f *folded) is(list []*models.Task) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	same := func(a *models.Task) bool { return f.tasks[a.ID] != nil && f.tasks[a.ID].Version == a.Version }
	return len(list) == len(f.tasks) && !slices.ContainsFunc(list, func(t *models.Task) bool { return !same(t) })
}

// TestListStreamsFoldToTheList: who lists tasks and applies what a stream tells ends with
// what a list has then, whatever the filter, whoever asks, and whichever process wrote.
func TestListStreamsFoldToTheList(t *testing.T) {
	each(t, func(t *testing.T, here *bundle) {
		random := randomtest.New(t)
		there := setup(t, here.store)
		var ids []int64
		for range 6 {
			ids = append(ids, here.submitLabelled(t, random))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var readers sync.WaitGroup
		type reader struct {
			*folded
			viewer models.Viewer
			filter models.Filter
		}
		var all []reader
		for i := range 20 {
			b := []*bundle{here, there}[i%2]
			r := reader{&folded{tasks: map[int64]*models.Task{}}, []models.Viewer{admin, member, other}[random.IntN(3)], randomFilter(random, ids)}
			stream, err := b.WatchTasks(ctx, r.viewer, r.filter, nil)
			require.NoError(t, err)
			defer stream.Close()
			for _, listed := range here.list(t, r.viewer, r.filter) {
				r.tasks[listed.ID] = listed
			}
			readers.Go(func() { r.follow(ctx, t, stream) })
			all = append(all, r)
		}
		defer readers.Wait()
		defer cancel()
		for range 60 {
			if random.IntN(4) == 0 {
				ids = append(ids, here.submitLabelled(t, random))
				continue
			}
			here.controlAny(t, random, ids[random.IntN(len(ids))])
		}
		for _, r := range all {
			require.Eventually(t, func() bool { return r.is(here.list(t, r.viewer, r.filter)) }, time.Minute, 10*time.Millisecond,
				"%s %+v", r.viewer.Name, r.filter)
		}
	})
}

// submitLabelled submits a task of one of two users, with or without a label.
func (b *bundle) submitLabelled(t *testing.T, random *rand.Rand) int64 {
	t.Helper()
	in := oneStep()
	if random.IntN(2) == 0 {
		in.Labels = []models.Label{{Key: "app", Value: "map"}}
	}
	return b.submit(t, []models.Viewer{member, other}[random.IntN(2)], in).ID
}

// controlAny does something to a task, which may refuse.
func (b *bundle) controlAny(t *testing.T, random *rand.Rand, id int64) {
	t.Helper()
	control := []func(context.Context, models.Viewer, tasks.ControlInput) (*models.Task, error){b.Pause, b.Resume, b.Cancel, b.Retry}
	_, err := control[random.IntN(len(control))](b.ctx, admin, tasks.ControlInput{ID: id})
	if err != nil {
		requireFault(t, err, models.CodeWrongState)
	}
}

func randomFilter(random *rand.Rand, ids []int64) (f models.Filter) {
	if random.IntN(2) == 0 {
		f.Statuses = []models.Status{models.Waiting, models.Cancelled}[random.IntN(2):][:1]
	}
	if random.IntN(3) == 0 {
		f.Labels = []models.Label{{Key: "app", Value: "map"}}
	}
	if random.IntN(3) == 0 {
		f.IDs = slices.Clone(ids[:random.IntN(len(ids))+1])
	}
	return f
}

// list gives all tasks that a filter lets pass.
func (b *bundle) list(t *testing.T, v models.Viewer, f models.Filter) []*models.Task {
	t.Helper()
	most := tasks.MaxPage
	page, err := b.List(b.ctx, v, tasks.ListInput{Filter: f, First: &most})
	require.NoError(t, err)
	require.False(t, page.HasNext)
	return page.Tasks
}

// TestStopsMatchingOnce: a task that goes on changing is not told of again once the reader
// knows that it does not match any more.
func TestStopsMatchingOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		stream, err := b.WatchTasks(b.ctx, member, models.Filter{Statuses: []models.Status{models.Waiting}}, nil)
		require.NoError(t, err)
		defer stream.Close()
		task := b.submit(t, member, oneStep())
		requireChange(t, b, stream, task.ID, true)
		_, err = b.Pause(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		requireChange(t, b, stream, task.ID, false)
		_, err = b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		last := b.submit(t, member, oneStep())
		requireChange(t, b, stream, last.ID, true)
		_, err = b.Retry(b.ctx, member, tasks.ControlInput{ID: task.ID})
		require.NoError(t, err)
		requireChange(t, b, stream, task.ID, true)
	})
}

func requireChange(t *testing.T, b *bundle, stream *tasks.Stream[tasks.TaskChange], id int64, matches bool) {
	t.Helper()
	change, err := stream.Next(b.ctx)
	require.NoError(t, err)
	require.Equal(t, id, change.Task.ID)
	require.Equal(t, matches, change.Matches)
}

// TestResyncIsToldOnce: a reader that did not read for very many changes is told to list
// again with the first change that it reads, and not again.
func TestResyncIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for i, filter := range []models.Filter{{}, {Text: "nobody describes a task so"}} {
			name := fmt.Sprintf("%+v", filter)
			stream, err := b.WatchTasks(b.ctx, admin, filter, nil)
			require.NoError(t, err, name)
			task := b.submit(t, member, oneStep())
			var elsewhere []bus.Change
			for id := range int64(watch.MaxDirty) {
				elsewhere = append(elsewhere, bus.Change{Task: task.ID + 1000 + id, Owner: member.Name, To: int64(i + 1)})
			}
			b.Bus.Publish(b.ctx, elsewhere)
			change, err := stream.Next(b.ctx)
			require.NoError(t, err, name)
			require.True(t, change.Resync, name)
			require.Equal(t, task.ID, change.Task.ID, name)
			require.Equal(t, filter.Text == "", change.Matches, name)
			require.Equal(t, tasks.Mark{Task: task.ID, To: task.Version, Told: stream.Mark().Told}, stream.Mark(), name)
			stream.Close()
		}
		stream, err := b.WatchTasks(b.ctx, admin, models.Filter{}, nil)
		require.NoError(t, err)
		defer stream.Close()
		for range 2 {
			task := b.submit(t, member, oneStep())
			change, err := stream.Next(b.ctx)
			require.NoError(t, err)
			require.Equal(t, task.ID, change.Task.ID)
			require.False(t, change.Resync)
		}
	})
}

// TestListStreamsShareTasks: whoever is told of a change gets the same task.
func TestListStreamsShareTasks(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		streams := map[string]*tasks.Stream[tasks.TaskChange]{}
		for _, v := range []models.Viewer{admin, operator, observer, member, other} {
			stream, err := b.WatchTasks(b.ctx, v, models.Filter{}, nil)
			require.NoError(t, err)
			defer stream.Close()
			streams[v.Name] = stream
		}
		for i := range 10 {
			task := b.submit(t, member, oneStep())
			if i%2 == 0 {
				task, _ = b.Cancel(b.ctx, member, tasks.ControlInput{ID: task.ID})
			}
			var told []*models.Task
			for _, name := range slices.Sorted(maps.Keys(streams)) {
				if name == other.Name {
					continue
				}
				change, err := streams[name].Next(b.ctx)
				require.NoError(t, err)
				require.Equal(t, task.Version, change.Task.Version, fmt.Sprint(name, " at ", i))
				told = append(told, change.Task)
			}
			for _, same := range told {
				require.Same(t, told[0], same)
			}
		}
		theirs := b.submit(t, other, oneStep())
		change, err := streams[other.Name].Next(b.ctx)
		require.NoError(t, err)
		require.Equal(t, theirs.ID, change.Task.ID, "those of others are not told of")
	})
}
