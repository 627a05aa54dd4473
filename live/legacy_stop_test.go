package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// A stopped operation is completed, and nothing of it follows.
func TestLegacyStop(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.connectLegacy(t)
	c.play(`
		> {"id":"1","type":"start","payload":{"query":"subscription { once }"}}
		< {"id":"1","type":"data","payload":{"data":{"once":1}}}
		> {"id":"1","type":"stop"}
		< {"id":"1","type":"complete"}
		> {"id":"1","type":"stop"}
		.`)
	require.Eventually(t, func() bool { return b.Streams.Load() == 0 }, patience, time.Millisecond)
	c.play(`
		> {"id":"1","type":"start","payload":{"query":"{ hello }"}}
		< {"id":"1","type":"data","payload":{"data":{"hello":"Hello, world."}}}
		< {"id":"1","type":"complete"}
		.`)
}

// The id can be used anew right behind its stop: the former operation's complete comes
// before all that is the new one's.
func TestLegacyStartRightBehindTheStop(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.connectLegacy(t)
	for range 100 {
		c.send(`{"id":"1","type":"start","payload":{"query":"subscription { flood(bytes: 100) }"}}`)
		c.receive()
		c.send(`{"id":"1","type":"stop"}`)
		c.send(`{"id":"1","type":"start","payload":{"query":"{ hello }"}}`)
		got := c.receive()
		for strings.Contains(got, `"flood"`) {
			got = c.receive()
		}
		require.JSONEq(t, `{"id":"1","type":"complete"}`, got)
		c.expect(`{"id":"1","type":"data","payload":{"data":{"hello":"Hello, world."}}}`)
		c.expect(`{"id":"1","type":"complete"}`)
		c.expectSilence()
	}
	require.NoError(t, c.Close())
	b.released(t)
}

// What cannot be read as JSON belongs to no operation, and is an error of the connection.
func TestLegacyNotJSON(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connectLegacy(t)
	for _, message := range []string{``, `{`, `nope`, `{} {}`} {
		c.send(message)
		got := c.receive()
		requireShape(t, "graphql-ws", got)
		require.Contains(t, got, `"type":"connection_error"`)
		c.expectSilence()
	}
}
