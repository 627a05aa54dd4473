//go:build unix

package shim

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestOrdersArriveAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Not text: arguments may be any bytes.
		raw := rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) })
		want := Order{Do: Start, Number: rapid.Int().Draw(t, "number"), Launch: Launch{
			Path: raw.Draw(t, "path"), Args: rapid.SliceOfN(raw, 1, 5).Draw(t, "args"), Env: rapid.SliceOfN(raw, 1, 5).Draw(t, "env"),
			Dir: raw.Draw(t, "dir"), Marker: raw.Draw(t, "marker"), Grace: time.Duration(rapid.Int64().Draw(t, "grace")),
			Lease: rapid.Int64().Draw(t, "lease"), GroupOnly: rapid.Bool().Draw(t, "group"),
		}}
		var pipe bytes.Buffer
		require.NoError(t, WriteOrder(&pipe, want))
		require.NoError(t, WriteOrder(&pipe, Order{Do: Renew, Lease: -7}))
		got, err := ReadOrder(&pipe)
		require.NoError(t, err)
		require.Equal(t, want, got)
		got, err = ReadOrder(&pipe)
		require.NoError(t, err)
		require.Equal(t, Order{Do: Renew, Lease: -7}, got)
		_, err = ReadOrder(&pipe)
		require.ErrorIs(t, err, io.EOF)
	})
}

func TestReportsArriveAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for _, want := range []Report{
		{Is: Started, Pid: 42},
		{Is: Failed, Text: "start x: \xff"},
		{Is: Answered, Number: 3, Text: Superseded},
		{Is: Used, Usage: Usage{CPU: time.Second, RSS: 1 << 39, MaxRSS: 1 << 40, Processes: 3}},
		{Is: Exited, Exit: Exit{Reaped: true, Status: 0x300, Signals: []string{"TERM", "KILL"}, LeftBehind: 1, Survivors: 2}},
	} {
		var pipe bytes.Buffer
		require.NoError(t, WriteReport(&pipe, want))
		got, err := ReadReport(&pipe)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func FuzzReadFrame(f *testing.F) {
	var pipe bytes.Buffer
	require.NoError(f, WriteOrder(&pipe, Order{Do: Start, Launch: Launch{Path: "/bin/sh", Args: []string{"-c", "true"}}}))
	f.Add(pipe.Bytes())
	f.Add([]byte{8, 0, 0, 0, 255, 255, 255, 255, 1, 2, 3, 4})
	f.Fuzz(func(_ *testing.T, b []byte) {
		if len(b) > 3 && b[3] > 0 {
			return // A size that only allocates.
		}
		_, _ = ReadOrder(bytes.NewReader(b))
		_, _ = ReadReport(bytes.NewReader(b))
	})
}
