package console

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"stepcast/client"
)

// longLog is a running task that writes what this process gives it into its log: a shell
// that copies a named pipe.
type longLog struct {
	server *server
	id     string
	pipe   *os.File
	out    *bufio.Writer
	lines  int
}

func startLog(tb testing.TB, s *server) *longLog {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "pipe")
	task, err := s.Submit(tb.Context(), client.SubmitInput{
		Description: "Copies a million tiles",
		Steps: []client.StepInput{{Description: "Copy", Contents: []client.ContentInput{{
			Message: "Copying", RunType: "shell", Code: fmt.Sprintf("mkfifo %[1]q.new && mv %[1]q.new %[1]q && exec cat %[1]q", path),
		}}}},
	})
	require.NoError(tb, err)
	until(tb, "the task to run", patience, func() bool {
		_, err := os.Stat(path)
		return err == nil
	})
	l := &longLog{server: s, id: task.ID}
	l.pipe, err = os.OpenFile(path, os.O_WRONLY, 0)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = l.pipe.Close() })
	l.out = bufio.NewWriterSize(l.pipe, 64<<10)
	return l
}

// write writes more lines.
func (l *longLog) write(n int) error {
	for range n {
		l.lines++
		if _, err := l.out.WriteString(lineOf(l.lines)); err != nil {
			return err
		}
	}
	return l.out.Flush()
}

// needle stands in few lines, which are errors: the tenth, and one in 100,000 after it.
const (
	needle                = "checksum differs"
	needleAt, needleEvery = 10, 100_000
)

// lineOf is a line as programs write them: some coloured, some long, some marked.
func lineOf(n int) string {
	text := fmt.Sprintf("[worker-%02d] copied tile %d of zone %d in %d ms: https://tiles.example.org/%d/%d.png", n%16, n, n%64, n%97, n%23, n)
	switch {
	case n%needleEvery == needleAt:
		return "::error " + text + ": " + needle + "\n"
	case n%500 == 0:
		return "::warning " + text + ": slow\n"
	case n%1000 == 1:
		return text + strings.Repeat(" 0123456789abcdef", 200) + "\n"
	case n%10 == 0:
		return "\x1b[32m✓\x1b[0m " + strings.Replace(text, "copied", "\x1b[1;36mcopied\x1b[0m", 1) + "\n"
	}
	return text + "\n"
}

// fill writes lines as fast as they are taken, and waits until all are stored.
func (l *longLog) fill(tb testing.TB, n int) {
	tb.Helper()
	require.NoError(tb, l.write(n))
	until(tb, "the log to be stored", 5*patience, func() bool {
		batch, err := l.server.Log(tb.Context(), l.id, client.LogQuery{After: math.MaxInt32, First: 1})
		require.NoError(tb, err)
		return batch.Cursor >= int64(n)
	})
}

// append writes lines at a rate, in a second, until it is stopped. Stop gives how many came a second.
func (l *longLog) append(tb testing.TB, rate int) (stop func() float64) {
	tb.Helper()
	before := l.lines
	return steadily(tb, rate, func(n int) error { return l.write(n) }, func() int { return l.lines - before })
}

// steadily does something at a rate, a second, from 50 ms to 50 ms, and what is late at once.
// Stop gives how much was done in a second.
func steadily(tb testing.TB, rate int, do func(n int) error, done func() int) (stop func() float64) {
	tb.Helper()
	ctx, cancel := context.WithCancel(tb.Context())
	began := time.Now()
	var failed error
	var over sync.WaitGroup
	over.Go(func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for sum := 0; failed == nil; {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			due := int(time.Since(began).Seconds()*float64(rate)) - sum
			sum += due
			failed = do(due)
		}
	})
	return func() float64 {
		cancel()
		over.Wait()
		require.NoError(tb, failed)
		return float64(done()) / time.Since(began).Seconds()
	}
}

// crowd is running tasks whose progress an outside worker reports.
type crowd struct {
	server *server
	claims []*client.Claim
	// turn counts the reports that were due, told those that were made.
	turn, told atomic.Int64
}

// atOnce is how many requests are under way.
const atOnce = 64

func startCrowd(tb testing.TB, s *server, n int) *crowd {
	tb.Helper()
	c := &crowd{server: s, claims: make([]*client.Claim, n)}
	group, ctx := errgroup.WithContext(tb.Context())
	group.SetLimit(atOnce)
	for i := range c.claims {
		group.Go(func() error {
			task, err := s.Submit(ctx, client.SubmitInput{
				Description: fmt.Sprintf("Transcode film %d", i+1),
				Labels:      []client.Label{{Key: "batch", Value: fmt.Sprint(i % 7)}},
				Steps: []client.StepInput{{Description: "Transcode", Contents: []client.ContentInput{
					{Message: "Transcoding", RunType: "external"},
				}}},
			})
			if err != nil {
				return err
			}
			c.claims[i], err = s.Claim(ctx, client.ClaimInput{ID: task.ID})
			return err
		})
	}
	require.NoError(tb, group.Wait())
	require.NoError(tb, c.report(tb.Context(), n))
	return c
}

// report tells of the progress of the next n tasks.
func (c *crowd) report(ctx context.Context, n int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for range n {
		group.Go(func() error { return c.reportOne(ctx, c.turn.Add(1)-1) })
	}
	return group.Wait()
}

func (c *crowd) reportOne(ctx context.Context, turn int64) error {
	claim, round := c.claims[turn%int64(len(c.claims))], turn/int64(len(c.claims))+1
	progress := 99 * (1 - math.Exp(-float64(round)/100)) // never at its end, however often it is told
	_, err := c.server.Report(ctx, client.ReportInput{
		TaskID: claim.Task.ID, LeaseToken: claim.Token, Sequence: round,
		Report: client.Report{Contents: []client.ContentReport{
			{ContentID: claim.Contents[0].ID, Status: client.StatusRunning, Progress: &progress},
		}},
	})
	if err == nil {
		c.told.Add(1)
	}
	return err
}

// change reports at a rate, a second, until it is stopped. Stop gives how many came a second.
// Each report waits for its commit, so many are under way at once; a server that has no time
// for so many is told of fewer.
func (c *crowd) change(tb testing.TB, rate int) (stop func() float64) {
	tb.Helper()
	before := c.told.Load()
	var group errgroup.Group
	group.SetLimit(4 * atOnce)
	ctx := context.WithoutCancel(tb.Context())
	stopReports := steadily(tb, rate, func(n int) error {
		for range n {
			turn := c.turn.Add(1) - 1
			group.TryGo(func() error { return c.reportOne(ctx, turn) })
		}
		return nil
	}, func() int { return int(c.told.Load() - before) })
	return func() float64 {
		rate := stopReports()
		require.NoError(tb, group.Wait())
		return rate
	}
}
