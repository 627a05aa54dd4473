package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/randomtest"
)

// flood is a task of contents that run side by side, so that their progress, of each
// stored twice a second at most, changes often.
type flood struct{ contents, changes, lines int }

// input submits the flood: each content says its progress in steps, and writes lines
// in between.
func (f flood) input() client.SubmitInput {
	code := fmt.Sprintf(`n=0
while [ $n -lt %d ]; do
  n=$((n + 1)); line=0
  while [ $line -lt %d ]; do line=$((line + 1)); echo "round $n line $line"; done
  echo "::progress $((n * 100 / %d)) round $n"
  sleep 0.6
done`, f.changes, f.lines/f.changes, f.changes)
	in := sh(code)
	content := in.Steps[0].Contents[0]
	in.Steps[0].Contents = nil
	for n := range f.contents {
		content.Message = fmt.Sprint("part ", n)
		in.Steps[0].Contents = append(in.Steps[0].Contents, content)
	}
	return in
}

// TestStreamsOverFrayedConnections watches a task of 100,000 lines and 1,000 changes of
// progress over connections that break at random, and compares what came with what is
// stored.
func TestStreamsOverFrayedConnections(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		f := flood{contents: 25, changes: 40, lines: 4000}
		small := strings.HasPrefix(s.database(), "mysql") || raceEnabled
		if small && os.Getenv("STEPCAST_LONG") == "" {
			f = flood{contents: 25, changes: 8, lines: 800}
		}
		random := randomtest.New(t)
		direct := s.client()
		task, err := direct.Submit(t.Context(), f.input())
		require.NoError(t, err)
		at, err := url.Parse(s.url)
		require.NoError(t, err)
		way := startFray(t, at.Host, random)
		soon := func(client.Failure) (time.Duration, bool) { return 10 * time.Millisecond, true }
		c, err := client.New("http://"+way.listener.Addr().String(), client.WithToken(token), client.WithBackoff(soon))
		require.NoError(t, err)

		watchers := []*watcher{{}, {}}
		var all sync.WaitGroup
		for _, w := range watchers {
			all.Go(func() { w.followEvents(t.Context(), c.WatchEvents(t.Context(), task.ID, "")) })
			all.Go(func() { w.followLog(t.Context(), c.WatchLog(t.Context(), task.ID, 0, "")) })
			all.Go(func() { w.followProgress(t.Context(), c.WatchProgress(t.Context(), task.ID)) })
		}
		all.Wait()

		stored := readStored(t, direct, task.ID)
		require.Equal(t, client.StatusSucceeded, stored.last.Status, "%+v", stored.last.Error)
		require.GreaterOrEqual(t, len(stored.lines), f.contents*f.lines)
		// On a machine that has no time, several changes become one.
		require.GreaterOrEqual(t, len(stored.events), f.contents*5)
		for _, w := range watchers {
			require.NoError(t, w.err())
			requireSame(t, "event", stored.events, w.events)
			requireSame(t, "line", stored.lines, w.lines)
			require.Equal(t, stored.last, w.last)
		}
		require.Greater(t, way.breaks(), 20, "connections broke")
		t.Logf("%d events, %d lines, %d broken connections", len(stored.events), len(stored.lines), way.breaks())
	}, "--lease", longLease)
}

// watcher is all that one subscriber was told.
type watcher struct {
	events []client.Event
	lines  []client.LogLine
	last   *client.Task

	// mu guards errors: the streams run side by side.
	mu     sync.Mutex
	errors []error
}

func (w *watcher) failed(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.errors = append(w.errors, err)
}

func (w *watcher) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.errors) == 0 {
		return nil
	}
	return w.errors[0]
}

func (w *watcher) followEvents(ctx context.Context, stream *client.Stream[client.EventBatch]) {
	for batch, err := range stream.All(ctx) {
		if err != nil || batch.Gap != nil {
			w.failed(fmt.Errorf("events after %d: %w, gap %v", len(w.events), err, batch.Gap))
			return
		}
		w.events = append(w.events, batch.Events...)
	}
}

func (w *watcher) followLog(ctx context.Context, stream *client.Stream[client.LogBatch]) {
	for batch, err := range stream.All(ctx) {
		if err != nil || batch.Gap != nil {
			w.failed(fmt.Errorf("lines after %d: %w, gap %v", len(w.lines), err, batch.Gap))
			return
		}
		w.lines = append(w.lines, batch.Lines...)
	}
}

func (w *watcher) followProgress(ctx context.Context, stream *client.Stream[*client.Task]) {
	for next, err := range stream.All(ctx) {
		if err != nil {
			w.failed(fmt.Errorf("progress: %w", err))
			return
		}
		if w.last != nil && (next.Version <= w.last.Version || next.Progress < w.last.Progress) {
			w.failed(fmt.Errorf("version %d at %v %% came after version %d at %v %%", next.Version, next.Progress, w.last.Version, w.last.Progress))
		}
		w.last = next
	}
}

// readStored reads page by page, over a connection that holds, what a watcher is told.
func readStored(t *testing.T, c *client.Client, id string) *watcher {
	t.Helper()
	stored := &watcher{}
	for cursor := ""; ; {
		page, err := c.Events(t.Context(), id, client.EventQuery{After: cursor, First: 1000})
		require.NoError(t, err)
		stored.events = append(stored.events, page.Events...)
		if cursor = page.Cursor; page.CaughtUp {
			break
		}
	}
	for after := int64(0); ; {
		page, err := c.Log(t.Context(), id, client.LogQuery{After: after, First: 10_000})
		require.NoError(t, err)
		stored.lines = append(stored.lines, page.Lines...)
		if after = page.Cursor; page.CaughtUp {
			break
		}
	}
	last, err := c.Task(t.Context(), id)
	require.NoError(t, err)
	// A snapshot leaves these out.
	last.Variables, last.Attempts, last.Resources, last.Results = nil, nil, nil, nil
	for _, step := range last.Steps {
		for _, content := range step.Contents {
			content.Code, content.Params = nil, nil
		}
	}
	stored.last = last
	return stored
}

// requireSame compares long lists without printing them.
func requireSame[T any](t *testing.T, what string, want, got []T) {
	t.Helper()
	for i := range min(len(want), len(got)) {
		require.True(t, reflect.DeepEqual(want[i], got[i]), "%s %d is %+v, stored is %+v", what, i+1, got[i], want[i])
	}
	require.Equal(t, len(want), len(got), "how many of %s", what)
}
