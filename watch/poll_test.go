package watch_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/watch"
)

// commit stores another progress, as the recorder does.
func (b *bundle) commit(t *testing.T, before *models.Task, percent float64) *models.Task {
	t.Helper()
	b.Committing([]int64{before.ID})
	after, _ := b.progress(t, before, percent)
	b.Committed([]watch.Commit{{Task: after}})
	return after
}

func TestPollsShareOneSnapshot(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	for percent := range 5 {
		for _, alone := range []bool{true, false} {
			first, err := b.Poll(t.Context(), task.ID, alone)
			require.NoError(t, err)
			require.Equal(t, task.Version, first.Version)
			require.EqualValues(t, task.Progress, first.Progress)
			again, err := b.Poll(t.Context(), task.ID, alone)
			require.NoError(t, err)
			require.Same(t, first, again)
		}
		task = b.commit(t, task, float64(percent))
	}
}

// TestPollsTrustMemory: what nobody told the hub, only those do not see who are told that
// there is nobody else.
func TestPollsTrustMemory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	_, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	changed, _ := b.progress(t, task, 10)
	polled, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	require.Equal(t, task.Version, polled.Version)
	polled, err = b.Poll(t.Context(), task.ID, false)
	require.NoError(t, err)
	require.Equal(t, changed.Version, polled.Version)
}

// TestPollsSeeCommitOnItsWay: between the commit and its announcement a task may be read
// from the store, and polls are not behind that.
func TestPollsSeeCommitOnItsWay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	_, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	b.Committing([]int64{task.ID})
	changed, _ := b.progress(t, task, 10)
	polled, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	require.Equal(t, changed.Version, polled.Version)
	b.Committed([]watch.Commit{{Task: changed}})
	again, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	require.Equal(t, changed.Version, again.Version)
}

func TestPollsAfterForgetting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	_, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	changed, _ := b.progress(t, task, 10)
	b.Forget(task.ID, task.ID+1)
	polled, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	require.Equal(t, changed.Version, polled.Version)
}

func TestPollsOfWhatIsDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	finished := storetest.Submit(t, b.store, nil)
	finished = storetest.Commit(t, b.store, storetest.End(finished, models.Succeeded, storetest.Start))
	kept := b.create(t)
	for _, id := range []int64{finished.ID, kept.ID} {
		_, err := b.Poll(t.Context(), id, true)
		require.NoError(t, err)
	}
	before := storetest.Start.Add(time.Hour)
	n, err := b.store.DeleteFinishedBefore(t.Context(), before, 10)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	_, err = b.Poll(t.Context(), finished.ID, false)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err), "who asks the store sees it at once")
	b.ForgetFinishedBefore(before)
	_, err = b.Poll(t.Context(), finished.ID, true)
	require.Equal(t, models.CodeNotFound, models.CodeOf(err))
	_, err = b.Poll(t.Context(), kept.ID, true)
	require.NoError(t, err)
}

// TestPollsAtOnce: many who poll many tasks, some of which there are not, while they change.
func TestPollsAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setupOn(t, s)
		const count = 10
		list := make([]*models.Task, count)
		for i := range list {
			list[i] = b.create(t)
		}
		var pollers sync.WaitGroup
		failed := make(chan error, 2*count)
		over := make(chan struct{})
		for i := range 2 * count {
			id := list[0].ID + int64(i)
			pollers.Go(func() { failed <- b.pollUntil(t, over, id, i < count) })
		}
		for percent := range 20 {
			for i := range list {
				list[i], _ = b.progress(t, list[i], float64(percent))
			}
		}
		close(over)
		pollers.Wait()
		close(failed)
		for err := range failed {
			require.NoError(t, err)
		}
		for _, task := range list {
			polled, err := b.Poll(t.Context(), task.ID, false)
			require.NoError(t, err)
			require.Equal(t, task.Version, polled.Version)
		}
	})
}

// pollUntil polls a task that there is, or is not, and checks that it never goes back.
func (b *bundle) pollUntil(t *testing.T, over <-chan struct{}, id int64, there bool) error {
	for last := int64(0); ; {
		select {
		case <-over:
			return nil
		default:
		}
		polled, err := b.Poll(t.Context(), id, false)
		switch {
		case !there && models.CodeOf(err) != models.CodeNotFound:
			return fmt.Errorf("task %d, which there is not: %v, %v", id, polled, err)
		case !there:
			continue
		case err != nil:
			return err
		case polled.ID != id || polled.Version < last:
			return fmt.Errorf("task %d: version %d of task %d after version %d", id, polled.Version, polled.ID, last)
		}
		last = polled.Version
	}
}

func TestFormsAreEncodedOnceAVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.create(t)
	type form int
	encoded := 0
	get := func(key form) string {
		polled, err := b.Poll(t.Context(), task.ID, true)
		require.NoError(t, err)
		got, err := polled.Encoded(key, func() ([]byte, error) {
			encoded++
			return fmt.Appendf(nil, "%d at %d", key, polled.Version), nil
		})
		require.NoError(t, err)
		return string(got)
	}
	for version := range 3 {
		for range 3 {
			require.Equal(t, fmt.Sprintf("1 at %d", task.Version), get(1))
			require.Equal(t, fmt.Sprintf("2 at %d", task.Version), get(2))
		}
		require.Equal(t, 2*(version+1), encoded)
		task = b.commit(t, task, float64(version))
	}
	for key := range form(100) {
		require.Equal(t, fmt.Sprintf("%d at %d", key, task.Version), get(key), "also past the bound")
	}
	polled, err := b.Poll(t.Context(), task.ID, true)
	require.NoError(t, err)
	_, err = polled.Encoded(form(-1), func() ([]byte, error) { return nil, fmt.Errorf("no") })
	require.EqualError(t, err, "no")
}
