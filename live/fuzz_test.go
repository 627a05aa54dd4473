package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// fuzzed is a server that remembers what it should not have had to say.
type fuzzed struct {
	*bundle
	slips journal
}

// journal keeps what is written to it.
type journal struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func setupFuzzed(f *testing.F) *fuzzed {
	z := &fuzzed{}
	z.bundle = setup(f, live.Options{
		OperationTimeout: time.Second,
		MaxMessageBytes:  16 << 10,
		InitTimeout:      time.Minute,
		Logger:           slog.New(slog.NewTextHandler(&z.slips, &slog.HandlerOptions{Level: slog.LevelWarn})),
		Recover: func(_ context.Context, value any) error {
			if value != "it panics" {
				_, _ = fmt.Fprintln(&z.slips, "panic:", value)
			}
			return errors.New("internal error")
		},
	})
	return z
}

// settled checks that the server is as it was before the last socket.
func (z *fuzzed) settled(t *testing.T) {
	t.Helper()
	z.released(t)
	require.Empty(t, z.slips.String())
	require.Zero(t, z.panics.Load())
}

// offer picks what a client offers; the last one is none.
func offer(choice byte) string {
	return []string{"graphql-transport-ws", "graphql-ws", ""}[choice%3]
}

// documented are the codes that a server ends a socket with because of what it was sent,
// and the one of a client that leaves.
var documented = map[string][]int{
	"graphql-transport-ws": {1000, 1002, 1007, 1009, 4400, 4401, 4409, 4429},
	"graphql-ws":           {1000, 1002, 1007, 1009, 4400, 4401, 4429},
	"":                     {4406},
}

const (
	initText = `{"type":"connection_init"}`
	// doneText is answered in either protocol, with its id or with its payload: the
	// legacy one has no ping, and so calls it invalid.
	doneText = `{"id":"` + doneMark + `","type":"ping","payload":{"` + doneMark + `":true}}`
	doneMark = "all of it was read"
)

// Whatever bytes come after the upgrade: the server sends frames of its protocol, hangs
// up once nothing more can come, and nothing is left.
func FuzzFrames(f *testing.F) {
	subscribe := text(`{"id":"1","type":"subscribe","payload":{"query":"subscription { once }"}}`)
	for _, stream := range [][]byte{
		nil,
		appendFrames(nil, subscribe, subscribe),
		appendFrames(nil, fragments(`{"type":`, `"ping"`, `}`)...),
		appendFrames(nil, rawFrame{opcode: opText, payload: `{"ty`, more: true}, rawFrame{opcode: opPing, payload: "x"}),
		appendFrames(nil, text("{\"type\":\"\xFF\"}")),
		appendFrames(nil, text(strings.Repeat(" ", 20_000))),
		appendFrames(nil, rawFrame{opcode: opBinary, payload: `{}`}, rawFrame{opcode: opPong}),
		appendFrames(nil, rawFrame{opcode: opText, payload: `{}`, unmasked: true}),
		appendFrames(nil, rawFrame{opcode: opText, payload: `{}`, reserved: 0x40}),
		appendFrames(nil, rawFrame{opcode: opReserved}, rawFrame{opcode: opContinuation}),
		appendFrames(nil, closing(4999, "bye"), text(doneText)),
		appendFrames(nil, closing(1005, "\xFF")),
		appendFrames(nil, rawFrame{opcode: opClose, payload: "\x03"}),
		{0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0},
		{0x81, 0xFE, 0xFF},
		[]byte("GET / HTTP/1.1\r\n\r\n"),
	} {
		for choice := range byte(3) {
			f.Add(stream, choice, choice != 0)
		}
		f.Add(stream, byte(0), true)
	}
	z := setupFuzzed(f)
	f.Fuzz(func(t *testing.T, stream []byte, choice byte, initialised bool) {
		s := z.dialRaw(t, offer(choice))
		if initialised {
			stream = append(text(initText).append(nil), stream...)
		}
		// The server may be gone before it has taken all.
		_, _ = s.Write(closing(1000, "").append(stream))
		_ = s.hangUp()
		requireOrder(t, s.subprotocol, s.rest(t))
		z.settled(t)
	})
}

// Whatever messages a client sends, a line each: the socket goes on to answer, or ends
// with a documented code.
func FuzzMessages(f *testing.F) {
	for _, script := range []string{
		``, `{`, `null`, `[]`, `"x"`, `{}`, `{"type":1}`, `{"type":"connection_init","payload":"x"}`,
		`{"type":"connection_init"}`, `{"type":"ping","payload":{"a":1}}`, `{"type":"pong"}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"subscription { count(to: 3) }"}}`,
		`{"id":"\ud800","type":"subscribe","payload":{"query":"subscription { once }","variables":{"a":1e999}}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ ...a } fragment a on Query { ...a }"}}`,
		`{"id":"1","type":"complete"}`, `{"type":"next"}`, "\xff", "{\"type\":\"ping\xff\"}",
		`{"id":"1","type":"subscribe","payload":{"query":"{ fails panics }","operationName":"","extensions":{}}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"subscription { refused }"}}` + "\n" +
			`{"id":"2","type":"subscribe","payload":{"query":"subscription { breaks }"}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"subscription { once }"}}` + "\n" +
			`{"id":"1","type":"complete"}` + "\n" +
			`{"id":"1","type":"subscribe","payload":{"query":"query($n: Int64!) { echo(number: $n) }","variables":{"n":9007199254740993}}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ blocks }"}}` + "\n" +
			`{"id":"1","type":"subscribe","payload":{"query":"mutation { bump }"}}`,
		`{"id":"1","type":"start","payload":{"query":"subscription { once }"}}` + "\n" +
			`{"id":"1","type":"start","payload":{"query":"{ hello helo }","variables":[]}}` + "\n" +
			`{"id":"1","type":"stop"}` + "\n" + `{"id":"2","type":"start"}` + "\n" + `{"id":3,"type":"data"}`,
		`{"type":"connection_terminate","payload":null}`,
	} {
		for choice := range byte(3) {
			f.Add(choice, true, script)
			f.Add(choice, false, script)
		}
	}
	z := setupFuzzed(f)
	f.Fuzz(func(t *testing.T, choice byte, initialised bool, script string) {
		s := z.dialRaw(t, offer(choice))
		_, err := s.Write(scripted(script, initialised))
		require.NoError(t, err)
		frames := s.hear(t)
		_, _ = s.Write(closing(1000, "").append(nil))
		_ = s.hangUp()
		frames = append(frames, s.rest(t)...)
		require.Contains(t, documented[s.subprotocol], requireOrder(t, s.subprotocol, frames))
		z.settled(t)
	})
}

// scripted gives the frames of a script, and of a last message in either protocol that
// the server answers when it has read them all.
func scripted(script string, initialised bool) []byte {
	var stream []byte
	if initialised {
		stream = text(initText).append(stream)
	}
	for line := range strings.SplitSeq(script, "\n") {
		stream = text(line).append(stream)
	}
	return appendFrames(stream, text(doneText))
}

// hear reads frames until the last message is answered or the socket ends.
func (s *rawSocket) hear(t *testing.T) (frames []rawFrame) {
	t.Helper()
	for {
		f, err := s.next()
		if errors.Is(err, io.EOF) {
			return frames
		}
		require.NoError(t, err)
		frames = append(frames, f)
		if f.opcode == opClose || strings.Contains(f.payload, doneMark) {
			return frames
		}
	}
}
