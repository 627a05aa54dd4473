//go:build unix

package cli

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
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
		"too long":          {ExecOptions{Command: []string{"true"}, Timeout: 366 * 24 * time.Hour}, "timeout: 8784h0m0s is too long; the server takes up to 8760h0m0s"},
		"half a second":     {ExecOptions{Command: []string{"true"}, Timeout: time.Second / 2}, "timeout: 500ms cannot be"},
		"grace":             {ExecOptions{Command: []string{"true"}, Grace: -1}, "grace: -1ns is negative"},
		"buffer":            {ExecOptions{Command: []string{"true"}, Buffer: -1}, "buffer and log limit"},
		"description":       {ExecOptions{Command: []string{"true"}, Description: strings.Repeat("é", 1001)}, "description: it has 1001 characters; the server takes 1000 at most"},
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
	require.ErrorContains(t, err, "ask the server what it takes")
}

// What is too much is for the server to say.
func TestExecFitsTheServer(t *testing.T) {
	t.Parallel()
	limits := client.TaskLimits{TextLength: 5, TimeoutSeconds: 60}
	fits := ExecOptions{Description: "éééé!", Timeout: time.Minute}
	require.NoError(t, fits.fits(limits))
	long, late := ExecOptions{Description: "éééé!!"}, ExecOptions{Timeout: 2 * time.Minute}
	require.EqualError(t, long.fits(limits), "description: it has 6 characters; the server takes 5 at most")
	require.EqualError(t, late.fits(limits), "timeout: 2m0s is too long; the server takes up to 1m0s, or 0 for no bound")

	l := newLatest(limits.TextLength)
	l.mark(50, "a long message")
	now, _ := l.take(0)
	require.Equal(t, "a lo…", now.message)
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
