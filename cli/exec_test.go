//go:build unix

package cli

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/config"
	"stepcast/executor/executortest"
	"stepcast/internal/process"
)

func TestExecShowsAProgram(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{Labels: []client.Label{{Key: "host", Value: "a1"}}, Timeout: time.Minute},
		`echo "it is $STEPCAST_TASK_ID $STEPCAST_CONTENT_ID $STEPCAST_ATTEMPT"; echo oops >&2; printf 'no end'`)
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	task := r.task()
	require.Equal(t, client.StatusSucceeded, task.Status)
	require.Equal(t, []client.Label{{Key: "host", Value: "a1"}}, task.Labels)
	require.Equal(t, 60, *task.TimeoutSeconds)
	require.Equal(t, `sh -c 'echo "it is $STEPCAST_TASK_ID $STEPCAST_CONTENT_ID $STEPCAST_ATTEMPT"; echo oops >&2; printf '\''no end'\'''`, task.Description)
	first := "it is " + task.ID + " " + task.ID + "-1-1 1"
	require.Equal(t, first+"\nno end", r.stdout.String(), "the terminal gets it as it is")
	require.Equal(t, "stepcast exec: task "+task.ID+"\noops\n", r.stderr.String())
	streams := map[string]client.LogStream{}
	for _, line := range r.lines() {
		require.Equal(t, task.ID+"-1-1", line.ContentID)
		require.Equal(t, client.LevelInfo, line.Level)
		streams[line.Text] = line.Stream
	}
	require.Equal(t, map[string]client.LogStream{first: client.StreamStdout, "no end": client.StreamStdout, "oops": client.StreamStderr}, streams)
}

func TestExecExitCodes(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		command string
		code    int
		line    string
	}{
		"a code":           {"exit 3", 3, "The program ended with exit code 3"},
		"TERM":             {"kill -TERM $$", 128 + 15, "The program was ended by signal TERM"},
		"KILL":             {"kill -KILL $$", 128 + 9, "The program was ended by signal KILL"},
		"one without name": {"kill -40 $$", 128 + 40, "The program was ended by signal 40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.begin(t, ExecOptions{}, c.command)
			require.Equal(t, c.code, r.wait())
			require.NoError(t, r.err)
			require.Equal(t, client.StatusFailed, r.task().Status)
			last := r.lines()[0]
			require.Equal(t, c.line, last.Text)
			require.Equal(t, client.LevelError, last.Level)
		})
	}
}

func TestExecThatCannotRun(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		text  string
		mode  os.FileMode
		code  int
		fails bool
	}{
		"not there":       {"", 0, ExitNoProgram, false},
		"not executable":  {"#!/bin/sh\n", 0o600, ExitCannotRun, false},
		"no interpreter":  {"#!/no/such/interpreter\n", 0o700, ExitCannotRun, true},
		"of another kind": {"\x7fELF no", 0o700, ExitCannotRun, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t)
			if c.text != "" {
				require.NoError(t, os.WriteFile(path, []byte(c.text), c.mode))
			}
			r := s.begin(t, ExecOptions{}, path, "argument")
			require.Equal(t, c.code, r.wait())
			require.ErrorContains(t, r.err, path)
			if c.fails {
				require.Equal(t, client.StatusFailed, r.task().Status, "a task that was made has an end")
				require.Contains(t, r.texts()[0], path)
				return
			}
			require.Empty(t, r.stderr.String(), "no task is made for nothing")
		})
	}
}

func TestExecRefusals(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		options ExecOptions
		want    string
	}{
		"no program":        {ExecOptions{}, `name it after "--"`},
		"half a second":     {ExecOptions{Command: []string{"true"}, Timeout: time.Second / 2}, "timeout: 500ms cannot be"},
		"grace":             {ExecOptions{Command: []string{"true"}, Grace: -1}, "grace: -1ns is negative"},
		"buffer":            {ExecOptions{Command: []string{"true"}, Buffer: -1}, "buffer and log limit"},
		"description":       {ExecOptions{Command: []string{"true"}, Description: strings.Repeat("é", 1001)}, "description: it has 1001 characters; at most 1000"},
		"of another task":   {ExecOptions{Command: []string{"true"}, Task: "1", Description: "x"}, "task: description, labels and timeout"},
		"task is not there": {ExecOptions{Command: []string{"true"}, Task: "999"}, "claim task 999"},
		"a label":           {ExecOptions{Command: []string{"true"}, Labels: []client.Label{{Key: "", Value: "x"}}}, "make the task"},
	} {
		code, err := Exec(t.Context(), s.client(), c.options)
		require.Equal(t, ExitExec, code, name)
		require.ErrorContains(t, err, c.want, name)
	}
	nobody, err := client.New("http://127.0.0.1:1")
	require.NoError(t, err)
	code, err := Exec(t.Context(), nobody, ExecOptions{Command: []string{"true"}})
	require.Equal(t, ExitExec, code)
	require.ErrorContains(t, err, "make the task")
}

// waitingTask submits an external task with contents.
func waitingTask(t *testing.T, s *testServer, messages ...string) string {
	t.Helper()
	step := client.StepInput{Description: "Step"}
	for _, message := range messages {
		step.Contents = append(step.Contents, external(message))
	}
	task, err := s.client().Submit(t.Context(), client.SubmitInput{Description: "Task", Steps: []client.StepInput{step}})
	require.NoError(t, err)
	return task.ID
}

// contents are the messages and statuses of the first step.
func contents(task *client.Task) (all []string) {
	for _, c := range task.Steps[0].Contents {
		all = append(all, c.Message+" "+string(c.Status))
	}
	return all
}

func TestExecMarkers(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gate := file(t)
	r := s.begin(t, ExecOptions{Description: "Work"}, `echo '::progress 12.5 Counting'
		printf '[ 90%%]\n'; echo "::warning careful%0Anow"; echo ::progress none; echo '::step x'
		while ! [ -e `+gate+` ]; do sleep 0.01; done
		echo '::plan A | B | C'; echo in work; echo '::content B'; echo in B; echo '::content Z'; echo in Z; echo '::content C'; echo '::content D'; echo '::progress 50'`)
	until(t, "the progress is shown", func() bool {
		c := r.task().Steps[0].Contents[0]
		return c.Progress == 12.5 && c.Message == "Counting" && c.IsProgressAvailable
	})
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	task := r.task()
	require.Equal(t, []string{"Counting SUCCEEDED", "Z SUCCEEDED", "B SUCCEEDED", "C SUCCEEDED", "D SUCCEEDED"}, contents(task))
	at := map[string]string{}
	levels := map[string]client.LogLevel{}
	for _, line := range r.lines() {
		at[line.Text] = strings.TrimPrefix(line.ContentID, task.ID+"-1-")
		levels[line.Text] = line.Level
	}
	require.Equal(t, map[string]string{
		"[ 90%]": "1", "careful": "1", "now": "1", "::progress none": "1", "::step x": "1", "in work": "1", "in B": "3", "in Z": "2",
	}, at)
	require.Equal(t, client.LevelWarn, levels["careful"])
	require.Equal(t, client.LevelWarn, levels["::step x"], "a worker has one step")
}

// The contents of a task that waits are those that the program goes through.
func TestExecOnATask(t *testing.T) {
	t.Parallel()
	s := serve(t)
	id := waitingTask(t, s, "one", "two", "three")
	r := s.begin(t, ExecOptions{Task: id}, `echo "::content two"; exit 4`)
	require.Equal(t, 4, r.wait())
	require.Equal(t, id, r.id())
	require.Equal(t, []string{"one SUCCEEDED", "two FAILED", "three FAILED"}, contents(r.task()))

	again := s.begin(t, ExecOptions{Task: id}, "true")
	require.Equal(t, ExitExec, again.wait())
	require.ErrorContains(t, again.err, "claim task "+id)
}

func TestExecReadsProgress(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gate := file(t)
	program := `printf 'Fetching: 10%% (1/10)\r' >&2; while ! [ -e ` + gate + ` ]; do sleep 0.01; done; for i in 2 3 4 5 6 7; do printf "Fetching: ${i}0%% ($i/10)\r" >&2; done; exit 1`
	shown := func(r *running, percent float64) func() bool {
		return func() bool {
			c := r.task().Steps[0].Contents[0]
			return c.Progress == percent && c.Message == "Fetching"
		}
	}
	r := s.begin(t, ExecOptions{}, program)
	until(t, "the first is shown at once", shown(r, 10))
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	require.Equal(t, 1, r.wait())
	require.True(t, shown(r, 70)(), "the last is never left out")
	require.NotContains(t, r.texts(), "Fetching: 10% (1/10)", "what is drawn over is no line")

	off := s.begin(t, ExecOptions{MarkersOnly: true}, program)
	require.Equal(t, 1, off.wait())
	require.False(t, off.task().Steps[0].Contents[0].IsProgressAvailable)
}

func TestExecRealPrograms(t *testing.T) {
	t.Parallel()
	_, err := process.LookPath("rsync")
	executortest.Need(t, "rsync", err)
	s := serve(t)
	from := t.TempDir()
	require.NoError(t, os.WriteFile(from+"/data", make([]byte, 4<<20), 0o600))
	r := s.begin(t, ExecOptions{}, "rsync", "-a", "--bwlimit=8000", "--info=progress2", from+"/", t.TempDir()+"/to")
	require.Zero(t, r.wait())
	require.True(t, r.task().Steps[0].Contents[0].IsProgressAvailable)
}

func TestExecStdin(t *testing.T) {
	t.Parallel()
	s := serve(t)
	in, w, err := os.Pipe()
	require.NoError(t, err)
	defer in.Close()
	r := s.begin(t, ExecOptions{Stdin: in}, "cat")
	_, err = io.WriteString(w, "first\n")
	require.NoError(t, err)
	r.printed("first")
	require.NoError(t, w.Close())
	require.Zero(t, r.wait())
	require.Equal(t, []string{"first"}, r.texts())
}

func TestExecIsCancelled(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		program string
		code    int
	}{
		"gentle":       {"echo up; exec sleep 1000", 128 + 15},
		"ignores TERM": {`trap "" TERM; echo up; while :; do sleep 1000; done`, 128 + 9},
		"forks":        {`(setsid sh -c 'trap "" TERM; sleep 1000' & ) ; echo up; exec sleep 1000`, 128 + 15},
		"says 0":       {`trap "exit 0" TERM; echo up; while :; do sleep 0.01; done`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.begin(t, ExecOptions{}, c.program)
			r.printed("up")
			_, err := r.client.Cancel(t.Context(), r.id())
			require.NoError(t, err)
			require.Equal(t, c.code, r.wait())
			require.NoError(t, r.err)
			require.Equal(t, client.StatusCancelled, r.task().Status)
		})
	}
}

func TestExecIsTimedOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{Timeout: time.Second}, "sleep 1000")
	require.NotZero(t, r.wait())
	require.Equal(t, client.StatusTimedOut, r.task().Status)
}

func TestExecIsPaused(t *testing.T) {
	t.Parallel()
	if process.Containment() == process.SingleProcess {
		t.Skip("nothing can be paused here")
	}
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.01; done")
	r.printed("tick 3\n")
	_, err := r.client.Pause(t.Context(), r.id())
	require.NoError(t, err)
	until(t, "the task is paused", func() bool { return r.task().Status == client.StatusPaused })
	before := r.stdout.String()
	// Standing still cannot be waited for: what would go on prints every ten milliseconds.
	require.Never(t, func() bool { return r.stdout.String() != before }, 300*time.Millisecond, 10*time.Millisecond)
	_, err = r.client.Resume(t.Context(), r.id())
	require.NoError(t, err)
	r.printed("tick " + strconv.Itoa(strings.Count(before, "\n")+3) + "\n")
	until(t, "the task runs", func() bool { return r.task().Status == client.StatusRunning })

	_, err = r.client.Pause(t.Context(), r.id())
	require.NoError(t, err)
	until(t, "the task is paused again", func() bool { return r.task().Status == client.StatusPaused })
	_, err = r.client.Cancel(t.Context(), r.id())
	require.NoError(t, err)
	require.Equal(t, 128+15, r.wait())
	require.Equal(t, client.StatusCancelled, r.task().Status)
}

func TestExecSignals(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for name, c := range map[string]struct {
		program string
		signals []os.Signal
		code    int
		status  client.Status
	}{
		"INT is passed on":         {"echo up; exec sleep 1000", []os.Signal{os.Interrupt}, 128 + 2, client.StatusCancelled},
		"what copes with it":       {`trap "echo fine; exit 0" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt}, 0, client.StatusSucceeded},
		"what ends by it":          {`trap "exit 5" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt}, 5, client.StatusCancelled},
		"the second ends it":       {`trap "" INT; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt, os.Interrupt}, 128 + 15, client.StatusCancelled},
		"the third kills it":       {`trap "" INT TERM; echo up; while :; do sleep 0.01; done`, []os.Signal{os.Interrupt, os.Interrupt, os.Interrupt}, 128 + 9, client.StatusCancelled},
		"TERM":                     {"echo up; exec sleep 1000", []os.Signal{syscall.SIGTERM}, 128 + 15, client.StatusCancelled},
		"the second TERM kills it": {`trap "" TERM; echo up; while :; do sleep 0.01; done`, []os.Signal{syscall.SIGTERM, syscall.SIGTERM}, 128 + 9, client.StatusCancelled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := s.begin(t, ExecOptions{Grace: patience}, c.program)
			r.printed("up")
			for _, each := range c.signals {
				r.signals <- each
			}
			require.Equal(t, c.code, r.wait())
			require.NoError(t, r.err)
			require.Equal(t, c.status, r.task().Status)
		})
	}
}

func TestExecContextEnds(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "echo up; exec sleep 1000")
	r.printed("up")
	r.cancel()
	require.Equal(t, 128+15, r.wait())
	require.Equal(t, client.StatusCancelled, r.task().Status)
	require.Contains(t, r.texts(), "up", "the server knows all")
}

func TestExecLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{}, "sleep 1000 & echo $!")
	require.Zero(t, r.wait())
	require.Contains(t, r.texts(), "Processes that the program left running were ended: 1")
	pid, err := strconv.Atoi(strings.TrimSpace(r.stdout.String()))
	require.NoError(t, err)
	require.ErrorIs(t, syscall.Kill(pid, 0), syscall.ESRCH)
}

func TestExecManyLines(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const n = 100_000
	r := s.begin(t, ExecOptions{Buffer: 64 << 10}, fmt.Sprintf(`i=0; while [ $i -lt %d ]; do echo "line $i"; i=$((i+1)); done`, n))
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	texts := r.texts()
	require.Len(t, texts, n)
	for i, text := range texts {
		if text != "line "+strconv.Itoa(i) {
			require.Equal(t, "line "+strconv.Itoa(i), text)
		}
	}
}

func TestExecOddOutput(t *testing.T) {
	t.Parallel()
	s := serve(t)
	long := strings.Repeat("\x01", 100_000)
	path := file(t)
	require.NoError(t, os.WriteFile(path, []byte("a\x00b\xff\xfec\n"+strings.Repeat(long+"\n", 20)+"end\n"), 0o600))
	r := s.begin(t, ExecOptions{}, "cat", path)
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	require.NotContains(t, r.stderr.String(), "refused")
	texts := r.texts()
	require.Len(t, texts, 22)
	require.Equal(t, "a\uFFFDb\uFFFDc", texts[0])
	require.Contains(t, texts[1], "… [cut: ")
	require.Equal(t, "end", texts[21])
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(raw), r.stdout.String(), "the terminal gets every byte")
}

func TestExecLogLimit(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{LogLimit: 10}, "echo 123; echo 456; echo 789; echo more")
	require.Zero(t, r.wait())
	require.Equal(t, "123\n456\n789\nmore\n", r.stdout.String())
	require.ElementsMatch(t, []string{"123", "456", "78", "The program printed more than 10 bytes; what comes now is not in the log"}, r.texts())
}

// brokenTerminal is one that nobody reads.
type brokenTerminal struct{}

func (brokenTerminal) Write([]byte) (int, error) { return 0, syscall.EPIPE }

func TestExecWithoutReader(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.begin(t, ExecOptions{Stdout: brokenTerminal{}}, "while :; do echo y; sleep 0.01; done")
	require.Equal(t, 128+15, r.wait())
	require.Equal(t, client.StatusFailed, r.task().Status)
	require.Contains(t, strings.Join(r.texts(), "\n"), "The output cannot be passed on: broken pipe")
}

// A server that is away for a while gets every line once, in order.
func TestExecThroughRestarts(t *testing.T) {
	t.Parallel()
	s := serve(t)
	stop := file(t)
	r := s.begin(t, ExecOptions{}, `i=0; while ! [ -e `+stop+` ]; do echo "line $i"; i=$((i+1)); sleep 0.001; done; echo "::content last"; echo end`)
	for round := range 3 {
		seen := len(r.lines())
		until(t, "lines arrive", func() bool { return len(r.lines()) > seen })
		s.stop()
		printed := len(r.stdout.String())
		until(t, "the program goes on", func() bool { return len(r.stdout.String()) > printed+1000 })
		if round == 2 {
			require.NoError(t, os.WriteFile(stop, nil, 0o600))
		}
		s.start()
	}
	require.Zero(t, r.wait())
	require.NoError(t, r.err)
	texts := r.texts()
	for i, text := range texts[:len(texts)-1] {
		if text != "line "+strconv.Itoa(i) {
			require.Equal(t, "line "+strconv.Itoa(i), text)
		}
	}
	require.Equal(t, "end", texts[len(texts)-1])
	require.Equal(t, len(texts), strings.Count(strings.ReplaceAll(r.stdout.String(), "::content last\n", ""), "\n"))
	require.Equal(t, client.StatusSucceeded, r.task().Status)
}

func TestExecLosesItsLease(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]bool{"goes on": false, "is ended": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(c *config.Config) { c.Lease = time.Second })
			gate := file(t)
			r := s.begin(t, ExecOptions{KillOnLost: kill, Buffer: 1000, Spool: -1},
				`echo up; while ! [ -e `+gate+` ]; do echo a line that takes room; sleep 0.001; done; exit 7`)
			r.printed("up")
			until(t, "a line is there", func() bool { return len(r.texts()) > 0 })
			s.stop()
			until(t, "the loss is told", func() bool { return strings.Contains(r.stderr.String(), "the server has given the task up") })
			want := 128 + 15
			if !kill {
				want = 7
				printed := len(r.stdout.String())
				until(t, "it goes on", func() bool { return len(r.stdout.String()) > printed+5000 })
				require.NoError(t, os.WriteFile(gate, nil, 0o600))
			}
			require.Equal(t, want, r.wait())
			require.ErrorIs(t, r.err, client.ErrLeaseLost)
		})
	}
}

// A signal ends the wait for a server that is away, when the program has ended.
func TestExecGivesUp(t *testing.T) {
	t.Parallel()
	s := serve(t)
	gate := file(t)
	r := s.begin(t, ExecOptions{}, "echo up; while ! [ -e "+gate+" ]; do sleep 0.01; done; echo done")
	until(t, "a line is there", func() bool { return len(r.texts()) > 0 })
	s.stop()
	require.NoError(t, os.WriteFile(gate, nil, 0o600))
	r.printed("done")
	// The program may not have ended yet, and then takes the first.
	until(t, "it gives up", func() bool {
		select {
		case r.signals <- syscall.SIGTERM:
		default:
		}
		select {
		case <-r.ended:
			return true
		default:
			return false
		}
	})
	require.ErrorIs(t, r.err, errGivenUp)
}
