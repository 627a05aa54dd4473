package bench

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/bus"
	"stepcast/bus/memory"
	"stepcast/models"
	"stepcast/watch"
)

// listCounts are how many follow lists that a change does not concern: those of others.
var listCounts = []int{1, 1_000, 10_000}

// How many changes are made in a turn.
const (
	listChanges = 200
	toldChanges = 50_000
)

// BenchmarkLists measures what a change costs among lists of others: wholly, on each
// database, and only to find whom it concerns.
func BenchmarkLists(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) {
			loads := make([]load, len(listCounts))
			for i, n := range listCounts {
				loads[i] = load{run: changeAmong(b, kind.make(b), n)}
			}
			addLists(b, kind.name, "change of a task", takeTurns(loads...))
		})
	}
	b.Run("memory", func(b *testing.B) {
		loads := make([]load, len(listCounts))
		for i, n := range listCounts {
			loads[i] = load{run: tellAmong(b, n)}
		}
		addLists(b, "memory", "change told", takeTurns(loads...))
	})
}

// addLists shows how many times as much CPU a change takes among more lists.
func addLists(b *testing.B, kind, what string, turns []samples) {
	b.Helper()
	results.add(b, kind, what,
		column{"CPU µs, 1 list", "cpu-us/op@1", turns[0].median(sample.cpuCost)},
		column{"1,000 lists", "cpu-us/op@1000", turns[1].median(sample.cpuCost)},
		column{"10,000 lists", "cpu-us/op@10000", turns[2].median(sample.cpuCost)},
		column{"× CPU, 1,000", "x-cpu@1000", turns[1].to(turns[0], sample.cpuCost)},
		column{"× CPU, 10,000", "x-cpu@10000", turns[2].to(turns[0], sample.cpuCost)})
}

// changeAmong gives a load that changes a task while n others follow their own lists.
func changeAmong(b *testing.B, db *database, n int) (run func() int) {
	b.Helper()
	s := startServer(b, db, 0)
	s.submit(b, 1, oneContent("noop", "nothing"))
	id := s.hold(b, 1)[0].Task
	ctx, cancel := context.WithCancel(b.Context())
	var readers sync.WaitGroup
	b.Cleanup(readers.Wait)
	b.Cleanup(cancel)
	for i := range n {
		other := models.Viewer{Name: fmt.Sprint("other ", i), Role: models.Member}
		stream, err := s.tasks.WatchTasks(ctx, other, models.Filter{}, nil)
		require.NoError(b, err)
		readers.Go(func() {
			defer stream.Close()
			change, err := stream.Next(ctx)
			if ctx.Err() == nil {
				b.Errorf("%s is told of %+v, %v", other.Name, change, err)
			}
		})
	}
	return func() int {
		for i := range listChanges {
			s.control(b, id, i)
		}
		return listChanges
	}
}

// tellAmong gives a load that tells of changes while n others follow their own lists.
func tellAmong(b *testing.B, n int) (run func() int) {
	b.Helper()
	messages := memory.New()
	hub, cancel := watch.New(watch.Options{Bus: messages, Logger: slog.New(slog.DiscardHandler)})
	b.Cleanup(cancel)
	for i := range n {
		b.Cleanup(hub.FollowTasks(watch.Interest{Owner: fmt.Sprint("other ", i)}).Close)
	}
	version := int64(0)
	return func() int {
		for range toldChanges {
			version++
			messages.Publish(b.Context(), []bus.Change{{Task: 1, Owner: owner.Name, From: version - 1, To: version}})
		}
		return toldChanges
	}
}
