//go:build unix

package cli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

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
