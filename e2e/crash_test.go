package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/randomtest"
)

// restless is a script that forks, leaves its session, reports, and takes a moment.
// MARK is in the command line of everything that it starts.
const restless = `
(sleep 0.05; sh -c 'exec sleep 3.MARK') &
if command -v setsid >/dev/null; then setsid sleep 3.MARK & fi
i=0
while [ $i -lt 10 ]; do
  i=$((i + 1))
  echo "line $i of attempt $STEPCAST_ATTEMPT"
  echo "::progress $((i * 10)) at $i"
  sleep 0.05
done
`

// TestKill9 ends the server in the middle of running tasks, again and again. No
// accepted task is lost, none is left RUNNING, no event is missing, no process stays.
func TestKill9(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	rounds := 2
	if os.Getenv("STEPCAST_LONG") != "" {
		rounds = 20
	}
	each(t, func(t *testing.T, s *server) {
		random := randomtest.New(t)
		mark := strconv.Itoa(100000 + random.IntN(899999))
		accepted := map[string]bool{}
		for range rounds {
			c := s.client()
			for range 6 {
				in := sh(strings.ReplaceAll(restless, "MARK", mark))
				in.BackoffSeconds = new(int)
				in.MaxAttempts = 1 + random.IntN(3)
				task, err := c.Submit(t.Context(), in)
				require.NoError(t, err)
				accepted[task.ID] = true
			}
			wait := time.NewTimer(time.Duration(random.IntN(1200)) * time.Millisecond)
			<-wait.C
			s.kill9()
			s.run()
		}
		for id := range accepted {
			task := awaitEnd(t, s.client(), id)
			require.Contains(t, []client.Status{client.StatusSucceeded, client.StatusFailed}, task.Status)
			if task.Status == client.StatusFailed {
				require.EqualValues(t, "LEASE_LOST", task.Error.Code)
				require.Equal(t, task.MaxAttempts, task.Attempt)
			}
			requireWhole(t, s, id)
		}
		until(t, "no process of a task left", func() bool { return len(processesWith("3."+mark)) == 0 })
	})
}

// requireWhole checks that the events of a task are numbered without a hole up to its
// version, and its lines up to the last.
func requireWhole(t *testing.T, s *server, id string) {
	t.Helper()
	c := s.client()
	task, err := c.Task(t.Context(), id)
	require.NoError(t, err)
	events := c.WatchEvents(t.Context(), id, "")
	defer events.Close()
	next := int64(1)
	for batch, err := range events.All(t.Context()) {
		require.NoError(t, err)
		require.Nil(t, batch.Gap)
		for _, e := range batch.Events {
			require.Equal(t, fmt.Sprintf("%s:%d", id, next), e.Head().Cursor)
			next++
		}
	}
	require.Equal(t, task.Version+1, next, "the events reach the version")
	lines := c.WatchLog(t.Context(), id, 0, "")
	defer lines.Close()
	number := int64(1)
	for batch, err := range lines.All(t.Context()) {
		require.NoError(t, err)
		require.Nil(t, batch.Gap)
		for _, line := range batch.Lines {
			require.Equal(t, number, line.Number)
			number++
		}
	}
	require.Greater(t, number, int64(1))
}

// processesWith lists the processes whose command line has the text. Where there is no
// /proc the answer is empty, and the tests of the processes themselves have to do.
func processesWith(text string) (found []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range all {
		b, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(b), text) {
			found = append(found, file)
		}
	}
	return found
}

// TestGracefulStop lets short work end, hands long work back, and exits with 0.
func TestGracefulStop(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		short, err := c.Submit(t.Context(), sh("echo begun; sleep 0.4; echo done"))
		require.NoError(t, err)
		in := sh("echo begun; sleep 600")
		in.BackoffSeconds = new(int)
		in.MaxAttempts = 2
		long, err := c.Submit(t.Context(), in)
		require.NoError(t, err)
		alone, err := c.Submit(t.Context(), sh("echo begun; sleep 600"))
		require.NoError(t, err)
		for _, task := range []*client.Task{short, long, alone} {
			await(t, c, task.ID, func(now *client.Task) bool { return now.Status == client.StatusRunning })
		}
		require.Zero(t, s.stop(), "it exits with 0")
		s.run()
		c = s.client()
		require.Equal(t, client.StatusSucceeded, awaitEnd(t, c, short.ID).Status)
		again := await(t, c, long.ID, func(now *client.Task) bool { return now.Status == client.StatusRunning })
		require.EqualValues(t, 2, again.Attempt, "it runs again, because attempts remain")
		failed := awaitEnd(t, c, alone.ID)
		require.Equal(t, client.StatusFailed, failed.Status)
		require.EqualValues(t, "LEASE_LOST", failed.Error.Code)
	})
}

// nasty forks, leaves its session and its group, and ignores TERM.
const nasty = `
trap '' TERM
burn() { while :; do :; done; }
(trap '' TERM; burn MARK) &
if command -v setsid >/dev/null; then setsid sh -c 'trap "" TERM; : MARK; while :; do :; done' & fi
echo begun
burn
`

// TestCancelAndPauseOfANastyTree pauses, resumes and cancels a tree that resists.
func TestCancelAndPauseOfANastyTree(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		mark := fmt.Sprint("mark-", time.Now().UnixNano())
		task, err := c.Submit(t.Context(), sh(strings.ReplaceAll(nasty, "MARK", mark)))
		require.NoError(t, err)
		await(t, c, task.ID, func(now *client.Task) bool { return now.Status == client.StatusRunning })
		requireLine(t, c, task.ID, "begun")
		_, err = c.Pause(t.Context(), task.ID)
		require.NoError(t, err)
		await(t, c, task.ID, func(now *client.Task) bool { return now.Status == client.StatusPaused })
		used := cpuTicks(t, mark)
		time.Sleep(300 * time.Millisecond) // an interval in which nothing may happen
		require.Equal(t, used, cpuTicks(t, mark), "a paused tree uses no CPU")
		_, err = c.Resume(t.Context(), task.ID)
		require.NoError(t, err)
		await(t, c, task.ID, func(now *client.Task) bool { return now.Status == client.StatusRunning })
		if len(processesWith(mark)) > 0 {
			until(t, "the tree going on", func() bool { return !maps.Equal(cpuTicks(t, mark), used) })
		}
		began := time.Now()
		_, err = c.Cancel(t.Context(), task.ID)
		require.NoError(t, err)
		ended := awaitEnd(t, c, task.ID)
		require.Equal(t, client.StatusCancelled, ended.Status)
		require.Empty(t, processesWith(mark), "nobody is left")
		require.Equal(t, "admin", ended.EndedBy.By)
		require.Equal(t, []string{"TERM", "KILL"}, ended.EndedBy.Signals)
		require.Zero(t, ended.EndedBy.Survivors)
		require.Less(t, time.Since(began), patience)
	})
}

func requireLine(t *testing.T, c *client.Client, id, text string) {
	t.Helper()
	until(t, "the line "+text, func() bool {
		batch, err := c.Log(t.Context(), id, client.LogQuery{})
		if err != nil {
			return false
		}
		for _, line := range batch.Lines {
			if strings.Contains(line.Text, text) {
				return true
			}
		}
		return false
	})
}

// cpuTicks reads what each process with the mark has used.
func cpuTicks(t *testing.T, mark string) map[string]string {
	t.Helper()
	used := map[string]string{}
	for _, file := range processesWith(mark) {
		b, err := os.ReadFile(filepath.Join(filepath.Dir(file), "stat"))
		if err != nil {
			continue
		}
		_, rest, _ := strings.Cut(string(b), ") ")
		fields := strings.Fields(rest)
		used[file] = fields[11] + "+" + fields[12]
	}
	return used
}
