package live_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// A message may come in any number of frames, with control frames between them.
func TestSocketFragments(t *testing.T) {
	t.Parallel()
	const ping, pong = `{"type":"ping","payload":{"a":"é😀"}}`, `{"type":"pong","payload":{"a":"é😀"}}`
	c := setup(t, live.Options{}).dial(t, nil)
	control := []rawFrame{{opcode: opPing, payload: "in between"}, {opcode: opPong}}
	for name, frames := range map[string][]rawFrame{
		"one":                     fragments(ping),
		"two":                     fragments(ping[:9], ping[9:]),
		"first one empty":         fragments("", ping),
		"some empty":              fragments("", ping[:9], "", ping[9:], ""),
		"one for each byte":       fragments(strings.Split(ping, "")...),
		"half a letter in each":   fragments(ping[:28], ping[28:31], ping[31:]),
		"control frames in each":  slices.Insert(fragments(ping[:9], ping[9:]), 1, control...),
		"control frames in front": append(control, fragments(ping[:1], ping[1:])...),
		"two messages in a row":   append(fragments(`{"type":`, `"pong"}`), fragments(ping[:5], ping[5:])...),
	} {
		t.Run(name, func(t *testing.T) {
			c.sendFrames(frames...)
			c.expect(pong)
		})
	}
}

// Packets end anywhere.
func TestSocketReadsByteByByte(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).dial(t, nil)
	stream := appendFrames(nil, append(fragments(`{"type":"conn`, `ection_init"}`),
		text(`{"id":"1","type":"subscribe","payload":{"query":"{ hello }","x":"`+strings.Repeat("x", 200)+`"}}`))...)
	for i := range stream {
		_, err := c.NetConn().Write(stream[i : i+1])
		require.NoError(t, err)
	}
	c.expect(`{"type":"connection_ack"}`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}`)
	c.expect(`{"id":"1","type":"complete"}`)
}

func TestSocketAnswersPingFrames(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).dial(t, nil)
	var answers []string
	c.SetPongHandler(func(payload string) error { answers = append(answers, payload); return nil })
	want := []string{"", "\x00\xFF", strings.Repeat("x", 125)}
	for _, payload := range want {
		c.sendFrames(rawFrame{opcode: opPong, payload: "nobody asked"}, rawFrame{opcode: opPing, payload: payload})
		c.expectNothing()
	}
	require.Equal(t, want, answers)
}

// Frames that RFC 6455 forbids end the socket with 1002, whatever is open on it.
func TestSocketFrameViolations(t *testing.T) {
	t.Parallel()
	const ping = `{"type":"ping"}`
	violations := map[string][]rawFrame{
		"unmasked":                   {{opcode: opText, payload: ping, unmasked: true}},
		"unmasked close":             {{opcode: opClose, unmasked: true}},
		"RSV1 without an extension":  {{opcode: opText, payload: ping, reserved: 0x40}},
		"RSV2":                       {{opcode: opText, payload: ping, reserved: 0x20}},
		"RSV3 of a control frame":    {{opcode: opPing, reserved: 0x10}},
		"continuation of nothing":    {{opcode: opContinuation, payload: ping}},
		"message within a message":   {{opcode: opText, payload: ping, more: true}, text(ping)},
		"continuation behind it all": append(fragments(`{"type":`, `"pong"}`), rawFrame{opcode: opContinuation}),
		"fragmented ping":            {{opcode: opPing, more: true}, {opcode: opContinuation}},
		"fragmented close":           {{opcode: opClose, more: true}},
		"ping of 126 bytes":          {{opcode: opPing, payload: strings.Repeat("x", 126)}},
		"close of 126 bytes":         {closing(1000, strings.Repeat("x", 124))},
	}
	for _, opcode := range []byte{3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF} {
		violations[fmt.Sprintf("opcode %X", opcode)] = []rawFrame{{opcode: opcode}}
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		violations[fmt.Sprintf("close code %d", code)] = []rawFrame{closing(code, "")}
	}
	b := setup(t, live.Options{})
	for name, frames := range violations {
		t.Run(name, func(t *testing.T) {
			c := b.connect(t)
			c.subscribe("1", `subscription { once }`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"once":1}}}`)
			c.sendFrames(frames...)
			c.expectEnd("1002", "")
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
}

func TestSocketRefusesWhatIsNotUTF8(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	message := func(within string) string { return `{"type":"ping","payload":{"a":"` + within + `"}}` }
	for name, frames := range map[string][]rawFrame{
		"stray byte":           {text(message("\x80"))},
		"half a letter":        {text(message("\xC3"))},
		"overlong":             {text(message("\xC0\xAF"))},
		"surrogate":            {text(message("\xED\xA0\x80"))},
		"beyond Unicode":       {text(message("\xF4\x90\x80\x80"))},
		"ends within a letter": {text("{}\xF0\x9F")},
		"reason of a close":    {closing(1000, "\xFF")},
		"over two fragments":   fragments(message("\xC3")[:31], message("\xC3")[31:]),
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dial(t, nil)
			c.sendFrames(frames...)
			c.expectEnd("1007", "")
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
}

// The bound on messages is exact, and counts a message rather than its frames.
func TestSocketMessageSize(t *testing.T) {
	t.Parallel()
	const limit = 1000
	b := setup(t, live.Options{MaxMessageBytes: limit})
	ping := func(size int) string {
		const around = len(`{"type":"ping","payload":{"a":""}}`)
		return `{"type":"ping","payload":{"a":"` + strings.Repeat("x", size-around) + `"}}`
	}
	fits, over := ping(limit), ping(limit+1)
	c := b.dial(t, nil)
	for _, frames := range [][]rawFrame{fragments(fits), fragments(fits[:500], fits[500:]), fragments(strings.Split(fits, "")...)} {
		c.sendFrames(frames...)
		c.expect(strings.Replace(fits, "ping", "pong", 1))
	}
	for name, stream := range map[string][]byte{
		"one frame":             appendFrames(nil, text(over)),
		"fragments":             appendFrames(nil, fragments(over[:500], over[500:])...),
		"many fragments":        appendFrames(nil, fragments(strings.Split(over, "")...)...),
		"announced only":        appendFrames(nil, text(over))[:8],
		"announced, 16 MiB":     {0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4},
		"announced, 2^63 bytes": {0x81, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4},
		"binary":                appendFrames(nil, rawFrame{opcode: opBinary, payload: over}),
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dial(t, nil)
			_, err := c.NetConn().Write(stream)
			require.NoError(t, err)
			c.expectEnd("1009", "")
			require.NoError(t, c.Close())
		})
	}
	require.NoError(t, c.Close())
	b.released(t)
}

func TestSocketBinaryMessages(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, frames := range map[string][]rawFrame{
		"empty":     {{opcode: opBinary}},
		"fragments": {{opcode: opBinary, payload: `{"type":`, more: true}, {opcode: opContinuation, payload: `"ping"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dial(t, nil)
			c.sendFrames(frames...)
			c.expectEnd("4400", "")
		})
	}
}

// The server answers a close frame with its code, whatever the client was about.
func TestSocketEchoesCloseCodes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, code := range []uint16{
		1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3999, 4000, 4400, 4403, 4999,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			c := b.connect(t)
			c.subscribe("1", `subscription { once }`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"once":1}}}`)
			c.sendFrames(rawFrame{opcode: opText, payload: `{"type":`, more: true}, closing(code, "à bientôt"))
			_, _, err := c.ReadMessage()
			require.True(t, websocket.IsCloseError(err, int(code)), "%v", err)
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
}

// A client that has said goodbye gets one close frame and then the end, at once: nobody
// waits for it to hang up.
func TestSocketEndsWithOneCloseFrame(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{CloseTimeout: patience})
	for name, goodbye := range map[string][]rawFrame{
		"once":                 {closing(1000, "")},
		"without a code":       {{opcode: opClose}},
		"twice":                {closing(1000, ""), closing(1001, "")},
		"answering the server": {text(`{}`), closing(1000, "")},
		"with more behind it":  {closing(1000, ""), {opcode: opPing}, text(`{"type":"ping"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			started := time.Now()
			s := b.dialRaw(t, "graphql-transport-ws")
			_, err := s.Write(appendFrames(nil, goodbye...))
			require.NoError(t, err)
			requireOneClose(t, s.rest(t))
			require.Less(t, time.Since(started), patience/2)
		})
	}
	t.Run("by hanging up after broken framing", func(t *testing.T) {
		s := b.dialRaw(t, "graphql-transport-ws")
		_, err := s.Write(appendFrames(nil, rawFrame{opcode: opReserved}, closing(1000, "")))
		require.NoError(t, err)
		require.NoError(t, s.hangUp())
		requireOneClose(t, s.rest(t))
	})
	b.released(t)
}

func requireOneClose(t *testing.T, frames []rawFrame) {
	t.Helper()
	require.Len(t, frames, 1)
	require.Equal(t, byte(opClose), frames[0].opcode)
}
