package bench

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/store"
)

// upkeep is what a server asks its database again and again, whether or not anything
// happens, and what lists ask. Most of the tasks stored matter to none of it.
var upkeep = []struct {
	name string
	ask  func(ctx context.Context, s *store.Store) error
}{
	{"queue length, to submit", func(ctx context.Context, s *store.Store) error {
		_, err := s.QueueLength(ctx, owner.Name, 1000)
		return err
	}},
	{"queue, to claim", func(ctx context.Context, s *store.Store) error {
		_, err := s.Ready(ctx, models.QueueReady, nil, "", 4)
		return err
	}},
	{"deferred tasks", func(ctx context.Context, s *store.Store) error {
		_, err := s.Promote(ctx)
		return err
	}},
	{"held tasks", func(ctx context.Context, s *store.Store) error {
		_, err := s.Held(ctx)
		return err
	}},
	{"ended leases", func(ctx context.Context, s *store.Store) error {
		_, err := s.LeaseEnded(ctx)
		return err
	}},
	{"wishes, for a worker", func(ctx context.Context, s *store.Store) error {
		_, err := s.Intents(ctx, "bench")
		return err
	}},
	{"tasks past retention", func(ctx context.Context, s *store.Store) error {
		_, err := s.DeleteFinishedBefore(ctx, time.Now().Add(-24*time.Hour), 200)
		return err
	}},
	{"list of the newest", func(ctx context.Context, s *store.Store) error {
		_, err := s.List(ctx, models.ListQuery{Limit: 20})
		return err
	}},
	{"list of what runs, of an owner", func(ctx context.Context, s *store.Store) error {
		running := models.Filter{Owner: owner.Name, Statuses: []models.Status{models.Waiting, models.Running}}
		_, err := s.List(ctx, models.ListQuery{Limit: 20, Filter: running})
		return err
	}},
}

// upkeepWindow is how long a turn lasts.
const upkeepWindow = 50 * time.Millisecond

func benchmarkUpkeep(b *testing.B, dbs pair) {
	few, many := dbs.few.open(b), dbs.many.open(b)
	defer func() { require.NoError(b, few.Close()); require.NoError(b, many.Close()) }()
	for _, what := range upkeep {
		b.Run(what.name, func(b *testing.B) {
			on := func(s *store.Store) load {
				return load{run: func() (n int) {
					for until := time.Now().Add(upkeepWindow); time.Now().Before(until); n++ {
						require.NoError(b, what.ask(b.Context(), s))
					}
					return n
				}}
			}
			turns := takeTurns(on(few), on(many))
			results.add(b, dbs.few.kind, what.name,
				column{"µs, 100 stored", "us/op@100", 1e6 / turns[0].median(sample.rate)},
				column{"100,000 stored", "us/op@100000", 1e6 / turns[1].median(sample.rate)},
				column{"× time", "x-time@100000", turns[0].to(turns[1], sample.rate)})
		})
	}
}
