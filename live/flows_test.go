package live_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
)

// outcome is one message of an operation.
type outcome struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

func (c *client) receiveOutcome() outcome {
	c.t.Helper()
	var got outcome
	require.NoError(c.t, json.Unmarshal([]byte(c.receive()), &got))
	return got
}

// Ids are the client's: they come back as they were, whatever they are made of.
func TestSocketIDs(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	for name, id := range map[string]string{
		"a blank":            " ",
		"quotes":             `"a' \ /b`,
		"control characters": "\x00\x01\n\r\t\x1F\x7F\u0085",
		"letters":            "ça va? 你好 😀",
		"line separators":    "\u2028\u2029",
		"markup":             "<script>&amp;</script>",
		"a key of objects":   "__proto__",
		"like JSON":          `","type":"complete"}`,
		"long":               strings.Repeat("é", 100_000),
	} {
		t.Run(name, func(t *testing.T) {
			c.subscribe(id, `{ hello }`)
			for _, kind := range []string{"next", "complete"} {
				got := c.receiveOutcome()
				require.Equal(t, id, got.ID)
				require.Equal(t, kind, got.Type)
			}
		})
	}
}

// Ids that look alike are different.
func TestSocketIDsAreExact(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	for _, id := range []string{"a", "A", "a ", "á", "a\u0301", "1", "01", "1.0"} {
		c.subscribe(id, `subscription { once }`)
		require.Equal(t, id, c.receiveOutcome().ID)
	}
}

// The reason of a close frame has little room, and is text all the same.
func TestSocketDuplicateOfALongID(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	id := strings.Repeat("é", 500)
	for range 2 {
		c.subscribe(id, `subscription { once }`)
	}
	reason := c.expectClose(4409).Text
	require.True(t, strings.HasPrefix(reason, "Subscriber for éé"), reason)
}

// Each operation keeps its order, and none waits for another.
func TestSocketOperationsSideBySide(t *testing.T) {
	t.Parallel()
	const streams, events = 20, 50
	b := setup(t, live.Options{})
	c := b.connect(t)
	c.subscribe("waits", `{ blocks }`)
	for i := range streams {
		c.subscribe(fmt.Sprint(i), fmt.Sprintf(`subscription { count(to: %d) }`, events))
	}
	c.subscribe("quick", `{ hello }`)
	seen := map[string][]string{}
	for ended := 0; ended < streams+1; {
		got := c.receiveOutcome()
		seen[got.ID] = append(seen[got.ID], got.Type+string(got.Payload))
		if got.Type == "complete" {
			ended++
		}
	}
	require.Equal(t, []string{`next{"data":{"hello":"Hello, world."}}`, "complete"}, seen["quick"])
	var counted []string
	for i := range events {
		counted = append(counted, fmt.Sprintf(`next{"data":{"count":%d}}`, i+1))
	}
	for i := range streams {
		require.Equal(t, append(counted, "complete"), seen[fmt.Sprint(i)])
	}
	require.Empty(t, seen["waits"])
	require.Equal(t, int64(1), b.Blocked.Load())
	c.send(`{"id":"waits","type":"complete"}`)
	require.Eventually(t, func() bool { return b.Blocked.Load() == 0 }, patience, time.Millisecond)
	c.expectNothing()
}

// An id can be used anew right behind its complete, and nothing of what had it before
// follows the first answer to what has it now, however much was on its way.
func TestSocketNothingFollowsAComplete(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.connect(t)
	for range 100 {
		c.subscribe("1", `subscription { flood(bytes: 100) }`)
		c.receive()
		c.send(`{"id":"1","type":"complete"}`)
		c.subscribe("1", `{ hello }`)
		got := c.receive()
		for strings.Contains(got, `"flood"`) {
			got = c.receive()
		}
		require.JSONEq(t, `{"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}`, got)
		c.expect(`{"id":"1","type":"complete"}`)
		c.expectNothing()
	}
	require.NoError(t, c.Close())
	b.released(t)
}

// The time for connection_init is the client's: it ends when the message is there, and
// the server may then take its own time to decide.
func TestSocketInitTimeoutEndsWithTheInit(t *testing.T) {
	t.Parallel()
	entered, decide := make(chan struct{}), make(chan struct{})
	b := setup(t, live.Options{
		InitTimeout: 50 * time.Millisecond,
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			close(entered)
			<-decide
			return ctx, live.Session{}, nil
		},
	})
	waiting := b.dial(t, nil)
	waiting.send(`{"type":"connection_init"}`)
	<-entered
	b.dial(t, nil).expectClose(4408) // so the time of the first one has passed, too
	close(decide)
	waiting.expect(`{"type":"connection_ack"}`)
	waiting.expectNothing()
}

// What the client sent before it had its ack is handled in order: it is acknowledged,
// then told off.
func TestSocketSecondInitWhileTheFirstIsDecided(t *testing.T) {
	t.Parallel()
	decide := make(chan struct{})
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			<-decide
			return testschema.WithViewer(ctx, "alice"), live.Session{}, nil
		},
	})
	c := b.dial(t, nil)
	c.send(`{"type":"connection_init"}`)
	c.send(`{"type":"connection_init"}`)
	close(decide)
	c.expect(`{"type":"connection_ack"}`)
	c.expectEnd("4429", "Too many initialisation requests")
	b.released(t)
}

// Clients that speak another protocol learn so, whatever they have already sent.
func TestSocketForeignSubprotocols(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, offered := range map[string][]string{
		"none":                nil,
		"foreign":             {"soap", "wamp"},
		"in capitals":         {"GraphQL-Transport-WS"},
		"part of the name":    {"graphql-transport"},
		"more than the name":  {"graphql-transport-ws-2"},
		"its name with extra": {"x-graphql-transport-ws"},
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dialWith(t, &websocket.Dialer{Subprotocols: offered}, nil)
			require.Empty(t, c.Subprotocol())
			c.sendFrames(text(`{"type":"connection_init"}`),
				text(`{"id":"1","type":"subscribe","payload":{"query":"mutation { bump }"}}`))
			c.expectEnd("4406", "Subprotocol not acceptable")
			require.NoError(t, c.Close())
		})
	}
	// RFC 6455, section 11.3.4: as if they stood in one line.
	t.Run("in several lines of the header", func(t *testing.T) {
		s := b.dialRaw(t, "soap", "wamp, graphql-transport-ws")
		require.Equal(t, "graphql-transport-ws", s.subprotocol)
	})
	t.Run("among foreign ones", func(t *testing.T) {
		c := b.dialWith(t, &websocket.Dialer{Subprotocols: []string{"soap", "graphql-transport-ws", "wamp"}}, nil)
		require.Equal(t, "graphql-transport-ws", c.Subprotocol())
		c.init()
		c.subscribe("1", `mutation { bump }`)
		c.expect(`{"id":"1","type":"next","payload":{"data":{"bump":1}}}`)
	})
}
