package live_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// play goes through a conversation, line by line:
//
//	> text         the client sends text
//	< message      the server sends message
//	.              the server has sent nothing else
//	! code reason  the server ends the socket; without reason, it gives any
func (c *client) play(conversation string) {
	c.t.Helper()
	for line := range strings.Lines(strings.TrimSpace(conversation)) {
		mark, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch mark {
		case ">":
			c.send(text)
		case "<":
			c.expect(text)
		case ".":
			c.expectSilence()
		case "!":
			code, reason, _ := strings.Cut(text, " ")
			c.expectEnd(code, reason)
		default:
			c.t.Fatalf("a conversation has no line %q", line)
		}
	}
}

// expectSilence is expectNothing in either protocol. The legacy one has no ping; what it
// does not know, it answers.
func (c *client) expectSilence() {
	c.t.Helper()
	if c.Subprotocol() != "graphql-ws" {
		c.expectNothing()
		return
	}
	c.send(`{"id":"silence","type":"silence"}`)
	got := c.receiveOutcome()
	require.Equal(c.t, "silence", got.ID)
	require.Equal(c.t, "error", got.Type)
}

// expectEnd checks that the next thing to come is the end of the socket.
func (c *client) expectEnd(code, reason string) {
	c.t.Helper()
	_, data, err := c.ReadMessage()
	var closed *websocket.CloseError
	require.ErrorAs(c.t, err, &closed, "%s", data)
	require.Equal(c.t, code, strconv.Itoa(closed.Code), "reason %q", closed.Text)
	if reason == "" {
		require.NotEmpty(c.t, closed.Text)
		return
	}
	require.Equal(c.t, reason, closed.Text)
}

// What other servers answer otherwise than the protocol says.
func TestSocketFollowsTheProtocolWhereOthersDoNot(t *testing.T) {
	t.Parallel()
	const acknowledged = `
		> {"type":"connection_init"}
		< {"type":"connection_ack"}`
	for name, conversation := range map[string]string{
		"init timeout": `
			! 4408 Connection initialisation timeout`,
		"second connection_init": acknowledged + `
			> {"type":"connection_init"}
			! 4429 Too many initialisation requests`,
		"subscribe before ack": `
			> {"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}
			! 4401 Unauthorized`,
		"ping before init": `
			> {"type":"ping"}
			< {"type":"pong"}` + acknowledged,
		"pong before init": `
			> {"type":"pong"}
			.` + acknowledged,
		"bad JSON after ack": acknowledged + `
			> {"type":
			! 4400`,
		"unknown type after ack": acknowledged + `
			> {"type":"hello"}
			! 4400`,
		"init payload that is no object": `
			> {"type":"connection_init","payload":"x"}
			! 4400`,
		"subscribe without id": acknowledged + `
			> {"type":"subscribe","payload":{"query":"{ hello }"}}
			! 4400`,
		"duplicate id": acknowledged + `
			> {"id":"a","type":"subscribe","payload":{"query":"subscription { once }"}}
			< {"id":"a","type":"next","payload":{"data":{"once":1}}}
			> {"id":"a","type":"subscribe","payload":{"query":"subscription { once }"}}
			! 4409 Subscriber for a already exists`,
		"validation error": acknowledged + `
			> {"id":"1","type":"subscribe","payload":{"query":"{ helo }"}}
			< {"id":"1","type":"error","payload":[{"message":"Cannot query field \"helo\" on type \"Query\".","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}
			.`,
		"resolver error of the source stream": acknowledged + `
			> {"id":"1","type":"subscribe","payload":{"query":"subscription { refused }"}}
			< {"id":"1","type":"error","payload":[{"message":"there is no such stream","path":["refused"],"locations":[{"line":1,"column":16}]}]}
			.`,
		"client complete": acknowledged + `
			> {"id":"1","type":"subscribe","payload":{"query":"subscription { once }"}}
			< {"id":"1","type":"next","payload":{"data":{"once":1}}}
			> {"id":"1","type":"complete"}
			.`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts := live.Options{}
			if name == "init timeout" {
				opts.InitTimeout = 20 * time.Millisecond
			}
			b := setup(t, opts)
			c := b.dial(t, nil)
			c.play(conversation)
			require.NoError(t, c.Close())
			b.released(t)
		})
	}
}

// What the protocol allows beside what it asks for.
func TestSocketAllows(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, conversation := range map[string]string{
		"empty objects as payload": `
			> {"type":"ping","payload":{}}
			< {"type":"pong","payload":{}}
			> {"type":"connection_init","payload":{}}
			< {"type":"connection_ack"}`,
		"null as payload": `
			> {"type":"pong","payload":null}
			> {"type":"connection_init","payload":null}
			< {"type":"connection_ack"}`,
		"null for what is optional": `
			> {"type":"connection_init"}
			< {"type":"connection_ack"}
			> {"id":"1","type":"subscribe","payload":{"query":"{ hello }","operationName":null,"variables":null,"extensions":null}}
			< {"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}`,
		"empty objects for what is optional": `
			> {"type":"connection_init"}
			< {"type":"connection_ack"}
			> {"id":"1","type":"subscribe","payload":{"query":"{ hello }","variables":{},"extensions":{}}}
			< {"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}`,
		"unknown fields": `
			> {"type":"connection_init","id":7,"x":[null]}
			< {"type":"connection_ack"}
			> {"type":"ping","id":false,"x":{}}
			< {"type":"pong"}
			> {"id":"1","type":"subscribe","x":1,"payload":{"query":"{ hello }","x":"y","Variables":3}}
			< {"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}
			> {"id":"1","type":"complete","payload":"x"}
			.`,
		"any JSON of the same meaning": `
			>  { "\u0074ype" :	"conn\u0065ction_init" }  
			< {"type":"connection_ack"}`,
		"completing what there is not": `
			> {"id":"before the init","type":"complete"}
			> {"type":"connection_init"}
			< {"type":"connection_ack"}
			> {"id":"1","type":"complete"}
			> {"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}
			< {"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}
			< {"id":"1","type":"complete"}
			> {"id":"1","type":"complete"}
			> {"id":"1","type":"complete"}
			.`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.dial(t, nil).play(conversation)
		})
	}
}
