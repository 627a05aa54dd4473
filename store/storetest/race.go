package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

var raceTests = map[string]func(*testing.T, *store.Store){
	"of all who decide on one snapshot, one wins":          oneWins,
	"of all who submit with one key, one wins":             oneSubmits,
	"groups that overlap in any order all commit":          overlappingGroups,
	"a reader never sees half a change":                    wholeSnapshots,
	"of all who take a one-time session, one gets it":      oneTakes,
	"of two ADMINs who end each other, one stays":          oneAdminStays,
	"opening a database at the same time migrates it once": openTogether,
}

// together runs n functions at once and gives their errors.
func together(n int, run func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			errs[i] = run(i)
		})
	}
	start.Done()
	done.Wait()
	return errs
}

// oneAdminStays lets two processes end each other's ADMIN, and change one user, at once.
func oneAdminStays(t *testing.T, s *store.Store) {
	stores := []*store.Store{s, Again(t, s, nil)}
	names := []string{"ann", "bob"}
	refused := errors.New("the last one")
	for round := range 10 {
		for _, name := range names {
			require.NoError(t, s.PutUser(t.Context(), &models.User{Name: name, Role: models.Admin}))
		}
		errs := together(2, func(i int) error {
			_, err := stores[i].ChangeUser(t.Context(), names[(i+round)%2], func(u *models.User, anotherAdmin bool) error {
				if u.Role = models.Member; !anotherAdmin {
					return refused
				}
				return nil
			})
			return err
		})
		lost := 0
		for _, err := range errs {
			if err != nil {
				require.ErrorIs(t, err, refused)
				lost++
			}
		}
		require.Equal(t, 1, lost)
	}
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "carl"}))
	for _, err := range together(20, func(i int) error {
		_, err := stores[i%2].ChangeUser(t.Context(), "carl", func(u *models.User, _ bool) error {
			u.Locale += "x"
			return nil
		})
		return err
	}) {
		require.NoError(t, err)
	}
	carl, err := s.User(t.Context(), "carl")
	require.NoError(t, err)
	require.Len(t, carl.Locale, 20, "no change undid another")
}

func oneWins(t *testing.T, s *store.Store) {
	stores := []*store.Store{s, Again(t, s, nil)}
	a := Submit(t, s, nil)
	for round := range 10 {
		claims := make([]*store.Change, 8)
		for i := range claims {
			claims[i] = Claim(a, fmt.Sprintf("w%d-%d", round, i))
		}
		for _, err := range together(len(claims), func(i int) error {
			return stores[i%2].Commit(t.Context(), nil, claims[i:i+1])
		}) {
			require.NoError(t, err)
		}
		var won []*store.Change
		for _, c := range claims {
			if c.Err == nil {
				won = append(won, c)
			} else {
				require.ErrorIs(t, c.Err, store.ErrStale)
			}
		}
		require.Len(t, won, 1)
		a = won[0].After
		got, err := s.Task(t.Context(), a.ID)
		require.NoError(t, err)
		EqualTask(t, a, got)
	}
}

func oneSubmits(t *testing.T, s *store.Store) {
	stores := []*store.Store{s, Again(t, s, nil)}
	key := "once"
	creates := make([]*store.Create, 8)
	for i := range creates {
		creates[i] = NewCreate(func(task *models.Task, _ *models.TaskState) { task.IdempotencyKey = &key })
	}
	won := 0
	for i, err := range together(len(creates), func(i int) error {
		return stores[i%2].Commit(t.Context(), creates[i:i+1], nil)
	}) {
		require.NoError(t, err)
		if creates[i].Err == nil {
			won++
		} else {
			require.ErrorIs(t, creates[i].Err, store.ErrDuplicateKey)
		}
	}
	require.Equal(t, 1, won)
}

func overlappingGroups(t *testing.T, s *store.Store) {
	stores := []*store.Store{s, Again(t, s, nil)}
	ids := make([]int64, 12)
	for i := range ids {
		ids[i] = Submit(t, s, nil).ID
	}
	const writers, rounds = 6, 8
	wins := make([]int, writers)
	for _, err := range together(writers, func(i int) error {
		mine := stores[i%2]
		for range rounds {
			tasks, err := mine.Tasks(t.Context(), ids)
			if err != nil {
				return err
			}
			changes := make([]*store.Change, len(tasks))
			for k, task := range tasks {
				// Each writer passes the tasks in another order.
				changes[(k*5+i)%len(tasks)] = Claim(task, fmt.Sprintf("w%d", i))
			}
			if err := mine.Commit(t.Context(), []*store.Create{NewCreate(nil)}, changes); err != nil {
				return err
			}
			for _, c := range changes {
				if c.Err == nil {
					wins[i]++
				} else if !errors.Is(c.Err, store.ErrStale) {
					return c.Err
				}
			}
		}
		return nil
	}) {
		require.NoError(t, err)
	}
	total := 0
	for _, n := range wins {
		total += n
	}
	tasks, err := s.Tasks(t.Context(), ids)
	require.NoError(t, err)
	for _, task := range tasks {
		total -= int(task.Version) - 2
	}
	require.Zero(t, total, "every change that won is in the version of its task, and no other")
}

func wholeSnapshots(t *testing.T, s *store.Store) {
	a := Submit(t, s, nil)
	id := a.ID
	errs := together(3, func(i int) error {
		if i == 0 {
			for n := range 60 {
				c := Happened(a, models.Event{Kind: models.ContentChanged, Data: models.EventData{Content: &models.ContentChange{
					Ref:          models.ContentRef{Step: 1, Content: 1},
					ContentState: models.ContentState{Status: models.Running, Progress: float64(n)},
				}}})
				if err := s.Commit(t.Context(), nil, []*store.Change{c}); err != nil || c.Err != nil {
					return errors.Join(err, c.Err)
				}
				a = c.After
			}
			return nil
		}
		for range 100 {
			task, err := s.Task(t.Context(), id)
			if err != nil {
				return err
			}
			if content := task.Steps[0].Contents[0]; task.Version > 2 && content.Progress != float64(task.Version-3) {
				return fmt.Errorf("version %d with the content at %v", task.Version, content.Progress)
			}
		}
		return nil
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
}

func oneTakes(t *testing.T, s *store.Store) {
	stores := []*store.Store{s, Again(t, s, nil)}
	require.NoError(t, s.PutUser(t.Context(), &models.User{Name: "ann"}))
	for round := range 5 {
		hash := fmt.Sprintf("%064d", round)
		require.NoError(t, s.AddSession(t.Context(), &models.Session{Hash: hash, User: "ann", ExpiresAt: Start}))
		won := 0
		for _, err := range together(6, func(i int) error {
			_, err := stores[i%2].TakeSession(t.Context(), hash)
			return err
		}) {
			if err == nil {
				won++
			} else {
				require.Equal(t, models.CodeNotFound, models.CodeOf(err), "%v", err)
			}
		}
		require.Equal(t, 1, won)
	}
}

// openTogether opens the same new database many times; two that both ran the
// migrations would collide on what they create.
func openTogether(t *testing.T, s *store.Store) {
	where := "sqlite://" + t.TempDir() + "/new/stepcast.db"
	if s.Dialect() == "mysql" {
		where = NewMySQL(t)
	}
	stores := make([]*store.Store, 6)
	errs := together(len(stores), func(i int) (err error) {
		stores[i], err = store.Open(t.Context(), store.Options{URL: where})
		return err
	})
	for _, opened := range stores {
		if opened != nil {
			t.Cleanup(func() { require.NoError(t, opened.Close()) })
		}
	}
	for _, err := range errs {
		require.NoError(t, err)
	}
	task := Submit(t, stores[0], nil)
	got, err := stores[5].Task(t.Context(), task.ID)
	require.NoError(t, err)
	EqualTask(t, task, got)
}
