package live_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// malformed are messages that the protocol does not know, beside those of
// TestSocketCloseCodes.
func malformed() map[string]string {
	texts := map[string]string{
		"empty":                ``,
		"blanks":               ` `,
		"a string":             `"connection_init"`,
		"a number":             `1`,
		"a boolean":            `true`,
		"array of a message":   `[{"type":"ping"}]`,
		"two messages":         `{"type":"ping"}{"type":"ping"}`,
		"something behind":     `{"type":"ping"} x`,
		"byte order mark":      "\uFEFF" + `{"type":"ping"}`,
		"quotes missing":       `{type:"ping"}`,
		"NUL in a string":      "{\"type\":\"ping\x00\"}",
		"deeply nested":        `{"type":"ping","payload":` + strings.Repeat(`{"a":`, 20_000) + `1` + strings.Repeat(`}`, 20_001),
		"type null":            `{"type":null}`,
		"type empty":           `{"type":""}`,
		"type an object":       `{"type":{"type":"ping"}}`,
		"type in capitals":     `{"type":"PING"}`,
		"type with a blank":    `{"type":"ping "}`,
		"server's ack":         `{"type":"connection_ack"}`,
		"server's error":       `{"id":"1","type":"error","payload":[]}`,
		"legacy stop":          `{"id":"1","type":"stop"}`,
		"legacy terminate":     `{"type":"connection_terminate"}`,
		"subscribe with array": `{"id":"1","type":"subscribe","payload":[{"query":"{ hello }"}]}`,
	}
	for _, value := range []string{`"x"`, `1`, `true`, `[]`} {
		for _, kind := range []string{"connection_init", "ping", "pong"} {
			texts[kind+" with payload "+value] = `{"type":"` + kind + `","payload":` + value + `}`
		}
		texts["subscribe with payload "+value] = `{"id":"1","type":"subscribe","payload":` + value + `}`
		for _, field := range []string{"variables", "extensions"} {
			texts[field+" "+value] = `{"id":"1","type":"subscribe","payload":{"query":"{ hello }","` + field + `":` + value + `}}`
		}
	}
	for _, value := range []string{`1`, `true`, `[]`, `{}`} {
		texts["operationName "+value] = `{"id":"1","type":"subscribe","payload":{"query":"{ hello }","operationName":` + value + `}}`
		texts["query "+value] = `{"id":"1","type":"subscribe","payload":{"query":` + value + `}}`
	}
	for _, value := range []string{`""`, `null`, `1`, `["1"]`, `{}`} {
		texts["complete of id "+value] = `{"type":"complete","id":` + value + `}`
		texts["subscribe with id "+value] = `{"type":"subscribe","id":` + value + `,"payload":{"query":"{ hello }"}}`
	}
	texts["query null"] = `{"id":"1","type":"subscribe","payload":{"query":null}}`
	texts["query empty"] = `{"id":"1","type":"subscribe","payload":{"query":""}}`
	texts["payload null"] = `{"id":"1","type":"subscribe","payload":null}`
	return texts
}

// Each of them ends the socket with 4400, at any time, and with a reason that helps
// without repeating the input.
func TestSocketMalformedMessages(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	texts := malformed()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		t.Run(name, func(t *testing.T) {
			for _, open := range []func() *client{
				func() *client { return b.dial(t, nil) },
				func() *client { return b.connect(t) },
			} {
				c := open()
				c.send(texts[name])
				c.expectEnd("4400", "")
				require.NoError(t, c.Close())
			}
		})
	}
	b.released(t)
}

// What a client sends behind a message that ended its socket has no effect.
func TestSocketDoesNothingAfterItsEnd(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, last := range map[string]rawFrame{
		"malformed message": text(`{}`),
		"close frame":       closing(1000, ""),
		"broken frame":      {opcode: opReserved, payload: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			c := b.connect(t)
			// In one packet, so that all of it is there before the end is.
			c.sendFrames(last, text(`{"id":"1","type":"subscribe","payload":{"query":"mutation { bump }"}}`))
			_, data, err := c.ReadMessage()
			require.Error(t, err, "%s", data)
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
	c := b.connect(t)
	c.subscribe("1", `mutation { bump }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"bump":1}}}`)
}

func TestSocketAsksNobodyAfterItsEnd(t *testing.T) {
	t.Parallel()
	asked := atomic.Int64{}
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			asked.Add(1)
			return ctx, live.Session{}, nil
		},
	})
	c := b.dial(t, nil)
	c.sendFrames(text(`{}`), text(`{"type":"connection_init"}`))
	c.expectEnd("4400", "")
	require.NoError(t, c.Close())
	b.released(t)
	require.Zero(t, asked.Load())
}
