package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// unmasked is a frame as servers send it, made from one as clients do.
func unmasked(opcode byte, payload []byte) []byte {
	var noKey [4]byte
	f := appendMasked(nil, opcode, payload, noKey)
	const masked = 0x80
	f[1] &^= masked
	keyAt := len(f) - len(payload) - len(noKey)
	return append(f[:keyAt], payload...)
}

func TestParseFrameReadsEveryLength(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 125, 126, 0xFFFF, 0x10000, maxFrame} {
		payload := bytes.Repeat([]byte("x"), length)
		whole := unmasked(opText, payload)
		f, size, err := parseFrame(append(whole[:len(whole):len(whole)], "next"...))
		require.NoError(t, err)
		require.Equal(t, len(whole), size)
		require.Equal(t, frame{final: true, opcode: opText, payload: payload}, f)
	}
}

func TestParseFrameWaitsForTheRest(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 5, 300, 70_000} {
		whole := unmasked(opText, make([]byte, length))
		for _, came := range []int{0, 1, 2, 3, 9, len(whole) - 1} {
			if came >= len(whole) {
				continue
			}
			_, size, err := parseFrame(whole[:came])
			require.NoError(t, err)
			require.Zero(t, size, "%d of %d bytes", came, len(whole))
		}
	}
}

func TestParseFrameRefuses(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"a masked frame":    appendMasked(nil, opText, []byte("hello"), [4]byte{1, 2, 3, 4}),
		"an extension":      {0xC1, 0},
		"more than maximum": unmasked(opText, make([]byte, maxFrame+1)),
	} {
		_, _, err := parseFrame(b)
		require.Error(t, err, name)
	}
}

func TestAppendMaskedMasks(t *testing.T) {
	t.Parallel()
	// RFC 6455, section 5.7: a single-frame masked text message.
	want := []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}
	require.Equal(t, want, appendMasked(nil, opText, []byte("Hello"), [4]byte{0x37, 0xfa, 0x21, 0x3d}))
}

func FuzzParseFrame(f *testing.F) {
	f.Add(unmasked(opText, []byte("hello")))
	f.Add(unmasked(opPing, nil))
	f.Add(unmasked(opText, make([]byte, 300)))
	f.Add([]byte{0x81, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, size, err := parseFrame(b)
		if err != nil || size == 0 {
			return
		}
		require.LessOrEqual(t, size, len(b))
		require.True(t, bytes.HasSuffix(b[:size], frame.payload))
		// What is before it decides alone: more input changes nothing.
		again, sizeAgain, err := parseFrame(b[:size])
		require.NoError(t, err)
		require.Equal(t, size, sizeAgain)
		require.Equal(t, frame, again)
	})
}
