package bench

import (
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/rest/linkis"
)

// The crowd: as many requests as 10,000 clients send that poll every five seconds, from
// fewer connections so that a small machine can play both sides.
const (
	crowdSize  = 1000
	crowdEvery = 500 * time.Millisecond
)

// crowdTasks is how many tasks the workers run in a turn.
const crowdTasks = 1000

// BenchmarkCrowd measures on each database what the crowd takes from the workers.
func BenchmarkCrowd(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.name, func(b *testing.B) { benchmarkCrowd(b, kind.make(b)) })
	}
}

// benchmarkCrowd compares the tasks a second that workers run while nobody polls with
// those while the crowd does. The crowd's own work is in it: it runs on the same cores.
func benchmarkCrowd(b *testing.B, db *database) {
	polled := pollable(b, db)
	s := startServer(b, db, 64)
	defer s.stop()
	signIn := auth.New(auth.Options{Store: s.store, Logger: slog.New(slog.DiscardHandler)})
	_, err := signIn.Bootstrap(b.Context(), auth.Bootstrap{AdminToken: token})
	require.NoError(b, err)
	listener := httptest.NewServer(linkis.New(linkis.Options{Tasks: s.tasks, Auth: signIn}))
	defer listener.Close()
	all := connect(b, listener.URL, polled)
	defer listener.CloseClientConnections()

	last := db.last(b)
	work := func() int {
		s.runAll(b, crowdTasks, oneContent("noop", "nothing"))
		return crowdTasks
	}
	clear := func() { db.deleteAfter(b, last) }
	var polls atomic.Int64
	turns := takeTurns(load{run: work, after: clear}, load{run: func() int {
		disperse := all.poll(b, &polls)
		defer disperse()
		return work()
	}, after: clear})
	results.add(b, db.kind, "no-op task, 64 at once",
		column{"a second, nobody polls", "ops/s@0", turns[0].median(sample.rate)},
		column{"10,000 clients poll", "ops/s@10000", turns[1].median(sample.rate)},
		column{"× time", "x-time@10000", turns[0].to(turns[1], sample.rate)},
		column{"CPU µs a poll", "cpu-us/poll", pollCost(turns[0], turns[1], polls.Load())})
}

// pollCost is the CPU time of a poll: what the turns with the crowd took beyond what
// their tasks take without it. The crowd polled in one more turn, that warmed up.
func pollCost(alone, polled samples, polls int64) float64 {
	beyond := 0.0
	for _, s := range polled {
		beyond += float64(s.operations) * (s.cpuCost() - alone.median(sample.cpuCost))
	}
	return beyond / float64(polls) * float64(len(polled)+1) / float64(len(polled))
}

// pollable leaves running tasks in the database, one for each connection of the crowd.
func pollable(tb testing.TB, db *database) (running []*models.Task) {
	tb.Helper()
	s := startServer(tb, db, 0)
	defer s.stop()
	s.submit(tb, crowdSize, oneContent("noop", "nothing"))
	for _, lease := range s.hold(tb, crowdSize) {
		t, err := s.tasks.Task(tb.Context(), owner, lease.Task)
		require.NoError(tb, err)
		running = append(running, t)
	}
	return running
}

// connect gives each of the tasks a client: one in three polls its status, one its
// progress, one its log, which says nothing new.
func connect(tb testing.TB, url string, polled []*models.Task) (all crowd) {
	tb.Helper()
	for i, t := range polled {
		asks := []string{"status", "progress", fmt.Sprintf("log?fromLine=%d", t.LogLines+1)}
		client, _ := dial(tb, pollLinkis(asks[i%len(asks)])(tb, url, t))
		all = append(all, client)
	}
	return all
}

// poll lets the clients poll, each at moments of its own, until disperse is called.
func (all crowd) poll(tb testing.TB, polls *atomic.Int64) (disperse func()) {
	tb.Helper()
	over := make(chan struct{})
	failed := make(chan error, len(all))
	var group sync.WaitGroup
	for i, client := range all {
		group.Go(func() {
			due := time.NewTimer(crowdEvery * time.Duration(i) / time.Duration(len(all)))
			defer due.Stop()
			for {
				select {
				case <-over:
					return
				case <-due.C:
				}
				due.Reset(crowdEvery)
				if err := client.ask(); err != nil {
					failed <- err
					return
				}
				polls.Add(1)
			}
		})
	}
	return func() {
		close(over)
		group.Wait()
		close(failed)
		for err := range failed {
			require.NoError(tb, err)
		}
	}
}
