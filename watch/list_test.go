package watch_test

import (
	"fmt"
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
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/watch"
)

// taken gives the ids that a list has collected.
func taken(t *testing.T, l *watch.List) []int64 {
	t.Helper()
	changed, resync := l.Take()
	require.False(t, resync)
	ids := make([]int64, len(changed))
	for i, c := range changed {
		ids[i] = c.ID
	}
	return ids
}

func TestChangesMarkTheirOwnersList(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const owners = 1000
	lists := make([]*watch.List, owners)
	for i := range lists {
		lists[i] = b.FollowTasks(watch.Interest{Owner: fmt.Sprint("owner ", i)})
		defer lists[i].Close()
	}
	before := time.Now()
	b.bus.Publish(t.Context(), []bus.Change{{Task: 7, Owner: "owner 123", To: 3}})
	for i, l := range lists {
		select {
		case <-l.Ready():
			require.Equal(t, 123, i)
		default:
			require.NotEqual(t, 123, i)
		}
	}
	changed, resync := lists[123].Take()
	require.False(t, resync)
	require.Len(t, changed, 1)
	require.WithinRange(t, changed[0].Told, before, time.Now())
	require.Equal(t, watch.Changed{ID: 7, Version: 3, Told: changed[0].Told}, changed[0])
}

// TestListsHaveWhatInterestsThem compares the index with looking at each list.
func TestListsHaveWhatInterestsThem(t *testing.T) {
	t.Parallel()
	random := randomtest.New(t)
	b := setup(t)
	type reader struct {
		interest watch.Interest
		list     *watch.List
		want     map[int64]bool
	}
	var readers []*reader
	for version := range int64(2000) {
		switch i := random.IntN(len(readers) + 1); {
		case i == len(readers):
			in := interest(random)
			readers = append(readers, &reader{in, b.FollowTasks(in), map[int64]bool{}})
		case random.IntN(20) == 0:
			readers[i].list.Close()
			readers = slices.Delete(readers, i, i+1)
		}
		id := random.Int64N(10)
		owner := fmt.Sprint("owner ", id%3)
		b.bus.Publish(t.Context(), []bus.Change{{Task: id, Owner: owner, From: version, To: version + 1}})
		for _, r := range readers {
			in := r.interest
			if (in.Owner == "" || in.Owner == owner) && (in.IDs == nil || slices.Contains(in.IDs, id)) {
				r.want[id] = true
			}
		}
		if len(readers) == 0 {
			continue
		}
		r := readers[random.IntN(len(readers))]
		got := taken(t, r.list)
		require.Len(t, got, len(r.want))
		for _, id := range got {
			require.True(t, r.want[id], "%d for %+v", id, r.interest)
		}
		clear(r.want)
	}
}

func interest(random *rand.Rand) (in watch.Interest) {
	if random.IntN(2) == 0 {
		in.Owner = fmt.Sprint("owner ", random.IntN(3))
	}
	if random.IntN(2) == 0 {
		in.IDs = []int64{}
		for range random.IntN(4) {
			in.IDs = append(in.IDs, random.Int64N(10))
		}
	}
	return in
}

func TestChangesOfWhatIsMarkedDoNotOverflow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	l := b.FollowTasks(watch.Interest{})
	defer l.Close()
	var changes []bus.Change
	for id := range int64(watch.MaxDirty) {
		changes = append(changes, bus.Change{Task: id + 1, To: 1})
	}
	b.bus.Publish(t.Context(), append(changes, bus.Change{Task: 5, From: 1, To: 2}))
	changed, resync := l.Take()
	require.Len(t, changed, watch.MaxDirty)
	require.False(t, resync)
	require.EqualValues(t, 2, changed[4].Version, "the newest counts")
}

// TestListsShareOneReading: however many lists ask for a task, they get the same one, also
// when it is not the recorder of this process that told of it.
func TestListsShareOneReading(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setupOn(t, s)
		const count = 100
		lists := make([]*watch.List, count)
		for i := range lists {
			lists[i] = b.FollowTasks(watch.Interest{})
			defer lists[i].Close()
		}
		task := b.create(t)
		for percent := range 20 {
			changed, told := b.progress(t, task, float64(percent))
			b.bus.Publish(t.Context(), []bus.Change{told})
			got := make([]*models.Task, count)
			var all sync.WaitGroup
			for i, l := range lists {
				all.Go(func() { got[i] = b.readOne(t, l, changed.Version) })
			}
			all.Wait()
			for _, read := range got {
				require.Same(t, got[0], read)
			}
			task = changed
		}
	})
}

// readOne reads the only task that a list has collected, once it has come to a version.
func (b *bundle) readOne(t *testing.T, l *watch.List, version int64) *models.Task {
	for {
		<-l.Ready()
		changed, _ := l.Take()
		read, err := b.Tasks(t.Context(), changed)
		if !assert.NoError(t, err) || !assert.Len(t, read, 1) {
			return nil
		}
		if read[0].Version >= version {
			return read[0]
		}
	}
}

// TestListedTasksAreAsNewAsTold reads tasks for lists while they change, some told by the
// recorder and some by the bus: none is older than what the list was told, and none is
// left in memory as the newest that is not.
func TestListedTasksAreAsNewAsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		random := randomtest.New(t)
		b := setupOn(t, s)
		const count = 4
		tasks := make([]*models.Task, count)
		for i := range tasks {
			tasks[i] = b.create(t)
		}
		over := make(chan struct{})
		var readers sync.WaitGroup
		for range 4 {
			l := b.FollowTasks(watch.Interest{})
			readers.Go(func() {
				defer l.Close()
				b.readListed(t, l, over)
			})
		}
		for percent := range 200 {
			i := random.IntN(count)
			if random.IntN(2) == 0 {
				tasks[i] = b.commit(t, tasks[i], float64(percent)/2)
				continue
			}
			changed, told := b.progress(t, tasks[i], float64(percent)/2)
			b.bus.Publish(t.Context(), []bus.Change{told})
			tasks[i] = changed
		}
		close(over)
		readers.Wait()
		for _, task := range tasks {
			polled, err := b.Poll(t.Context(), task.ID, true)
			require.NoError(t, err)
			require.Equal(t, task.Version, polled.Version)
		}
	})
}

func (b *bundle) readListed(t *testing.T, l *watch.List, over <-chan struct{}) {
	for {
		select {
		case <-l.Ready():
		case <-over:
			return
		}
		changed, _ := l.Take()
		read, err := b.Tasks(t.Context(), changed)
		if !assert.NoError(t, err) || !assert.Len(t, read, len(changed)) {
			return
		}
		for i, c := range changed {
			assert.Equal(t, c.ID, read[i].ID)
			assert.GreaterOrEqual(t, read[i].Version, c.Version)
		}
	}
}

func TestListedTasksThatAreGone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	read, err := b.Tasks(t.Context(), []watch.Changed{{ID: task.ID + 1}, {ID: task.ID, Version: 1}})
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.Equal(t, task.ID, read[0].ID)
}
