//go:build unix

package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/executor/executortest"
	"stepcast/internal/process"
)

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
