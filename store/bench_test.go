package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
)

// BenchmarkCommit commits progress of one content and a log line for each task of a
// group: what the recorder does while tasks run. An operation is a group.
func BenchmarkCommit(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		for _, group := range []int{1, 100} {
			b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
				tasks := make([]*models.Task, group)
				for i := range tasks {
					tasks[i] = storetest.Submit(b, s, nil)
				}
				n := 0
				for b.Loop() {
					n++
					changes := make([]*store.Change, group)
					for i, task := range tasks {
						changes[i] = storetest.Happened(task, progressed(float64(n%100)))
						changes[i].Lines = storetest.Wrote(task, "copied another tile").Lines
					}
					require.NoError(b, s.Commit(b.Context(), nil, changes))
					for i, c := range changes {
						require.NoError(b, c.Err)
						tasks[i] = c.After
					}
				}
				b.ReportMetric(float64(n*group)/b.Elapsed().Seconds(), "tasks/s")
			})
		}
	})
}

func progressed(percent float64) models.Event {
	return models.Event{Kind: models.ContentChanged, Data: models.EventData{Content: &models.ContentChange{
		Ref:          models.ContentRef{Step: 1, Content: 1},
		ContentState: models.ContentState{Message: models.Plain("Copying"), Status: models.Running, Measured: true, Progress: percent},
	}}}
}

// BenchmarkSubmit stores new tasks, in groups.
func BenchmarkSubmit(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		for _, group := range []int{1, 100} {
			b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
				n := 0
				for b.Loop() {
					n++
					creates := make([]*store.Create, group)
					for i := range creates {
						creates[i] = storetest.NewCreate(nil)
					}
					require.NoError(b, s.Commit(b.Context(), creates, nil))
				}
				b.ReportMetric(float64(n*group)/b.Elapsed().Seconds(), "tasks/s")
			})
		}
	})
}

// BenchmarkTask reads a snapshot.
func BenchmarkTask(b *testing.B) {
	eachDatabase(b, func(b *testing.B, s *store.Store) {
		id := storetest.Submit(b, s, nil).ID
		for b.Loop() {
			_, err := s.Task(b.Context(), id)
			require.NoError(b, err)
		}
	})
}

func eachDatabase(b *testing.B, bench func(*testing.B, *store.Store)) {
	b.Run("sqlite", func(b *testing.B) {
		bench(b, storetest.OpenSQLite(b))
	})
	b.Run("mysql", func(b *testing.B) {
		bench(b, storetest.OpenMySQL(b))
	})
}
