//go:build linux || darwin

package terminal_test

import (
	"bufio"
	"testing"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"stepcast/executor/executortest"
	"stepcast/internal/terminal"
)

func TestHideInput(t *testing.T) {
	t.Parallel()
	control, tty, err := pty.Open()
	executortest.Need(t, "pty", err)
	defer control.Close()
	defer tty.Close()
	typed := bufio.NewReader(tty)
	enter := func(line string) {
		_, err := control.WriteString(line + "\n")
		require.NoError(t, err)
		got, err := typed.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, line+"\n", got)
	}
	restore, err := terminal.HideInput(tty)
	require.NoError(t, err)
	enter("secret")
	restore()
	enter("open")
	shown, err := bufio.NewReader(control).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "open\r\n", shown)

	_, err = terminal.HideInput(nil)
	require.Error(t, err)
}
