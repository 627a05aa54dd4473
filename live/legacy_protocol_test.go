package live_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// The legacy protocol, subprotocol graphql-ws, as subscriptions-transport-ws documents
// it in PROTOCOL.md. Where its document and its server differ the document counts; where
// both are silent or would let harm in, graphql-transport-ws does.
//
//	connection_init       -> connection_ack, `ka`, and `ka` again each ping interval;
//	                         refused: connection_error {message}, then 4403 or 1013.
//	                         A second one is 4429, none in time is 4408: the session is
//	                         decided once.
//	start                 -> `data` {data, errors}…, `complete`; or `error` {message, …},
//	                         one GraphQL error rather than a list, and no `complete`.
//	                         Before connection_init: connection_error, then 4401. Right
//	                         behind it, without waiting for the ack, is what the old
//	                         client does.
//	start of a running id -> ends the former operation and says nothing of it: a
//	                         `complete` would end the new one at the client.
//	stop                  -> `complete`, then nothing of that id. The document says so,
//	                         and the old server does it by ending the iterator. Of an
//	                         unknown id: nothing.
//	connection_terminate  -> close 1000, at any time.
//	what is no JSON       -> connection_error {message}; the socket stays open.
//	other broken messages -> `error` {message} with their id if they have one; "Invalid
//	                         message type!" for unknown types. The socket stays open.
func (b *bundle) dialLegacy(t *testing.T, header http.Header) *client {
	t.Helper()
	c := b.dialWith(t, &websocket.Dialer{Subprotocols: []string{"graphql-ws"}}, header)
	require.Equal(t, "graphql-ws", c.Subprotocol())
	return c
}

const legacyInit = `
	> {"type":"connection_init","payload":{}}
	< {"type":"connection_ack"}
	< {"type":"ka"}`

func (b *bundle) connectLegacy(t *testing.T) *client {
	t.Helper()
	c := b.dialLegacy(t, nil)
	c.play(legacyInit)
	return c
}

func TestLegacySubprotocolIsTheSecondChoice(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for _, offered := range [][]string{
		{"graphql-ws", "graphql-transport-ws"}, {"graphql-transport-ws", "graphql-ws"}, {"graphql-ws", "x", "graphql-transport-ws"},
	} {
		c := b.dialWith(t, &websocket.Dialer{Subprotocols: offered}, nil)
		require.Equal(t, "graphql-transport-ws", c.Subprotocol())
		c.init()
		c.expectNothing() // no `ka`
	}
	c := b.dialWith(t, &websocket.Dialer{Subprotocols: []string{"x", "graphql-ws"}}, nil)
	require.Equal(t, "graphql-ws", c.Subprotocol())
}

func TestLegacyKeepAlive(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{PingInterval: 300 * time.Millisecond})
	c := b.dialLegacy(t, nil)
	c.play(legacyInit)
	for range 2 {
		c.expect(`{"type":"ka"}`)
	}
}

// Each line of the documentation above, and what the old client sends.
func TestLegacyConversations(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{OperationsPerSocket: 2})
	for name, conversation := range map[string]string{
		"init without payload": `
			> {"type":"connection_init"}
			< {"type":"connection_ack"}
			< {"type":"ka"}
			.`,
		"init with null": `
			> {"type":"connection_init","payload":null}
			< {"type":"connection_ack"}
			< {"type":"ka"}
			.`,
		"query": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{ hello }","variables":{},"operationName":null,"extensions":{}}}
			< {"id":"1","type":"data","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}
			.`,
		"variables": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"query A { hello } query B($n: Int64!) { echo(number: $n) }","variables":{"n":9007199254740993},"operationName":"B"}}
			< {"id":"1","type":"data","payload":{"data":{"echo":9007199254740993}}}
			< {"id":"1","type":"complete"}
			.`,
		"subscription": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"subscription { count(to: 2) }"}}
			< {"id":"1","type":"data","payload":{"data":{"count":1}}}
			< {"id":"1","type":"data","payload":{"data":{"count":2}}}
			< {"id":"1","type":"complete"}
			.`,
		"field error": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{ fails }"}}
			< {"id":"1","type":"data","payload":{"data":{"fails":null},"errors":[{"message":"it fails","path":["fails"],"locations":[{"line":1,"column":3}]}]}}
			< {"id":"1","type":"complete"}
			.`,
		"panic": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{ panics }"}}
			< {"id":"1","type":"data","payload":{"data":null,"errors":[{"message":"internal error","path":["panics"],"extensions":{"code":"INTERNAL"}}]}}
			< {"id":"1","type":"complete"}
			.`,
		"syntax error": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{"}}
			< {"id":"1","type":"error","payload":{"message":"Expected Name, found <EOF>","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}}
			.`,
		"the first of several validation errors": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{ helo halo }"}}
			< {"id":"1","type":"error","payload":{"message":"Cannot query field \"helo\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}}
			.`,
		"refused source stream": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"subscription { refused }"}}
			< {"id":"1","type":"error","payload":{"message":"there is no such stream","path":["refused"],"locations":[{"line":1,"column":16}]}}
			.`,
		"broken source stream": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"subscription { breaks }"}}
			< {"id":"1","type":"data","payload":{"data":{"breaks":1}}}
			< {"id":"1","type":"error","payload":{"message":"the source broke"}}
			.`,
		"ids are used again": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"{ hello }"}}
			< {"id":"1","type":"data","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}
			> {"id":"1","type":"start","payload":{"query":"{ viewer }"}}
			< {"id":"1","type":"data","payload":{"data":{"viewer":""}}}
			< {"id":"1","type":"complete"}
			.`,
		"stopping what there is not": legacyInit + `
			> {"id":"unknown","type":"stop"}
			.`,
		"a running id starts again": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"subscription { once }"}}
			< {"id":"1","type":"data","payload":{"data":{"once":1}}}
			> {"id":"1","type":"start","payload":{"query":"subscription { count(to: 2) }"}}
			< {"id":"1","type":"data","payload":{"data":{"count":1}}}
			< {"id":"1","type":"data","payload":{"data":{"count":2}}}
			< {"id":"1","type":"complete"}
			.`,
		"too many operations": legacyInit + `
			> {"id":"1","type":"start","payload":{"query":"subscription { once }"}}
			< {"id":"1","type":"data","payload":{"data":{"once":1}}}
			> {"id":"2","type":"start","payload":{"query":"subscription { once }"}}
			< {"id":"2","type":"data","payload":{"data":{"once":1}}}
			> {"id":"3","type":"start","payload":{"query":"{ hello }"}}
			< {"id":"3","type":"error","payload":{"message":"operations of one connection: the limit is 2","extensions":{"code":"LIMIT_EXCEEDED"}}}
			.`,
		"second init": legacyInit + `
			> {"type":"connection_init"}
			! 4429 Too many initialisation requests`,
		"start before the init": `
			> {"id":"1","type":"start","payload":{"query":"mutation { bump }"}}
			< {"type":"connection_error","payload":{"message":"Unauthorized"}}
			! 4401 Unauthorized`,
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dialLegacy(t, nil)
			c.play(conversation)
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
}

func TestLegacyTerminate(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, message := range map[string]string{
		"as the old client says it": `{"type":"connection_terminate","payload":null}`,
		"bare":                      `{"type":"connection_terminate"}`,
	} {
		t.Run(name, func(t *testing.T) {
			c := b.dialLegacy(t, nil)
			c.send(message)
			c.expectClose(1000)
			c = b.connectLegacy(t)
			c.play(`
				> {"id":"1","type":"start","payload":{"query":"subscription { once }"}}
				< {"id":"1","type":"data","payload":{"data":{"once":1}}}`)
			c.send(message)
			_, data, err := c.ReadMessage()
			require.True(t, websocket.IsCloseError(err, websocket.CloseNormalClosure), "%s %v", data, err)
		})
	}
	b.released(t)
}

func TestLegacyInitTimeout(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{InitTimeout: 20 * time.Millisecond})
	c := b.dialLegacy(t, nil)
	c.expectClose(4408)
	b.released(t)
}
