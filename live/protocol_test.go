package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// Each of these ends the socket, with the close code that the protocol names.
func TestSocketCloseCodes(t *testing.T) {
	t.Parallel()
	const initialise = `{"type":"connection_init"}`
	const once = `{"id":"1","type":"subscribe","payload":{"query":"subscription { once }"}}`
	for name, test := range map[string]struct {
		send []string
		code int
	}{
		"second init":              {[]string{initialise, initialise}, 4429},
		"subscribe before ack":     {[]string{once}, 4401},
		"not JSON":                 {[]string{`{`}, 4400},
		"not JSON after ack":       {[]string{initialise, `nope`}, 4400},
		"not an object":            {[]string{`[]`}, 4400},
		"null":                     {[]string{`null`}, 4400},
		"no type":                  {[]string{`{}`}, 4400},
		"type not a string":        {[]string{`{"type":1}`}, 4400},
		"type in other letters":    {[]string{`{"Type":"connection_init"}`}, 4400},
		"unknown type":             {[]string{initialise, `{"type":"start"}`}, 4400},
		"server's type":            {[]string{initialise, `{"id":"1","type":"next","payload":{}}`}, 4400},
		"init payload a string":    {[]string{`{"type":"connection_init","payload":"x"}`}, 4400},
		"init payload an array":    {[]string{`{"type":"connection_init","payload":[]}`}, 4400},
		"ping payload a number":    {[]string{`{"type":"ping","payload":1}`}, 4400},
		"subscribe without id":     {[]string{initialise, `{"type":"subscribe","payload":{"query":"{ hello }"}}`}, 4400},
		"subscribe with empty id":  {[]string{initialise, `{"id":"","type":"subscribe","payload":{"query":"{ hello }"}}`}, 4400},
		"id not a string":          {[]string{initialise, `{"id":1,"type":"subscribe","payload":{"query":"{ hello }"}}`}, 4400},
		"subscribe without query":  {[]string{initialise, `{"id":"1","type":"subscribe","payload":{}}`}, 4400},
		"subscribe without params": {[]string{initialise, `{"id":"1","type":"subscribe"}`}, 4400},
		"variables not an object":  {[]string{initialise, `{"id":"1","type":"subscribe","payload":{"query":"{ hello }","variables":1}}`}, 4400},
		"complete without id":      {[]string{initialise, `{"type":"complete"}`}, 4400},
		"duplicate id":             {[]string{initialise, once, once}, 4409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, live.Options{})
			c := b.dial(t, nil)
			for _, text := range test.send {
				c.send(text)
			}
			c.expectClose(test.code)
			b.released(t)
		})
	}
}

func TestSocketInitTimeout(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{InitTimeout: 20 * time.Millisecond})
	c := b.dial(t, nil)
	c.expectNothing() // a ping is not an init
	c.expectClose(4408)
	b.released(t)
}

func TestSocketSubprotocol(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, offered := range map[string][]string{"none": nil, "foreign only": {"graphql", "GRAPHQL-WS"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b.dialWith(t, &websocket.Dialer{Subprotocols: offered}, nil).expectClose(4406)
		})
	}
	t.Run("both", func(t *testing.T) {
		t.Parallel()
		c := b.dialWith(t, &websocket.Dialer{Subprotocols: []string{"graphql-ws", "graphql-transport-ws"}}, nil)
		require.Equal(t, "graphql-transport-ws", c.Subprotocol())
		c.init()
	})
}

func TestSocketPingPong(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.dial(t, nil)
	c.send(`{"type":"pong"}`)
	c.send(`{"type":"ping","payload":null}`)
	c.expect(`{"type":"pong"}`)
	c.send(`{"type":"ping","payload":{"at":12345678901234567890}}`)
	c.expect(`{"type":"pong","payload":{"at":12345678901234567890}}`)
	c.init()
	c.send(`{"type":"pong","payload":{}}`)
	c.expectNothing()
}

func TestSocketOperations(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		query string
		want  []string
	}{
		"query": {`{ hello }`, []string{
			`{"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}`,
			`{"id":"1","type":"complete"}`,
		}},
		"mutation": {`mutation { bump }`, []string{
			`{"id":"1","type":"next","payload":{"data":{"bump":1}}}`,
			`{"id":"1","type":"complete"}`,
		}},
		"subscription": {`subscription { count(to: 2) }`, []string{
			`{"id":"1","type":"next","payload":{"data":{"count":1}}}`,
			`{"id":"1","type":"next","payload":{"data":{"count":2}}}`,
			`{"id":"1","type":"complete"}`,
		}},
		"field error": {`{ fails }`, []string{
			`{"id":"1","type":"next","payload":{"data":{"fails":null},"errors":[
				{"message":"it fails","path":["fails"],"locations":[{"line":1,"column":3}]}]}}`,
			`{"id":"1","type":"complete"}`,
		}},
		"panic": {`{ panics }`, []string{
			`{"id":"1","type":"next","payload":{"data":null,"errors":[
				{"message":"internal error","path":["panics"],"extensions":{"code":"INTERNAL"}}]}}`,
			`{"id":"1","type":"complete"}`,
		}},
		"syntax error": {`{`, []string{
			`{"id":"1","type":"error","payload":[{"message":"Expected Name, found <EOF>",
				"locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_PARSE_FAILED"}}]}`,
		}},
		"validation error": {`{ helo }`, []string{
			`{"id":"1","type":"error","payload":[{"message":"Cannot query field \"helo\" on type \"Query\".",
				"locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
		}},
		"refused source stream": {`subscription { refused }`, []string{
			`{"id":"1","type":"error","payload":[{"message":"there is no such stream",
				"path":["refused"],"locations":[{"line":1,"column":16}]}]}`,
		}},
		"broken source stream": {`subscription { breaks }`, []string{
			`{"id":"1","type":"next","payload":{"data":{"breaks":1}}}`,
			`{"id":"1","type":"error","payload":[{"message":"the source broke"}]}`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, live.Options{})
			c := b.connect(t)
			// The second time shows that the id is free again, and that nothing
			// follows the last message.
			for range 2 {
				c.subscribe("1", test.query)
				for _, want := range test.want {
					c.expect(want)
				}
				c.expectNothing()
				if name == "mutation" {
					break
				}
			}
			require.NoError(t, c.Close())
			b.released(t)
		})
	}
}

func TestSocketClientCompletes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.connect(t)
	c.send(`{"id":"unknown","type":"complete"}`)
	c.subscribe("1", `subscription { once }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"once":1}}}`)
	c.send(`{"id":"1","type":"complete"}`)
	require.Eventually(t, func() bool { return b.Streams.Load() == 0 }, patience, time.Millisecond)
	c.expectNothing()
	c.subscribe("1", `{ hello }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"hello":"Hello, world."}}}`)
	c.expect(`{"id":"1","type":"complete"}`)
}

// The id of an operation is free as soon as its end can be read.
func TestSocketIDsAreFreeInTime(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	for range 300 {
		for _, query := range []string{`{ hello }`, `{ helo }`} {
			c.subscribe("1", query)
			if strings.Contains(c.receive(), `"next"`) {
				c.expect(`{"id":"1","type":"complete"}`)
			}
		}
	}
}

func TestSocketVariables(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).connect(t)
	c.send(`{"id":"a\"b","type":"subscribe","payload":{"operationName":"B",
		"query":"query A { hello } query B($n: Int64!) { echo(number: $n) }","variables":{"n":9007199254740993},"extensions":null}}`)
	c.expect(`{"id":"a\"b","type":"next","payload":{"data":{"echo":9007199254740993}}}`)
	c.expect(`{"id":"a\"b","type":"complete"}`)
}

// Who sends more than it may is not cut: what is too much waits in the network.
func TestSocketIsReadAtABoundedRate(t *testing.T) {
	t.Parallel()
	const burst, perSecond, messages = 5, 100, 40
	b := setup(t, live.Options{MessageBurst: burst, MessagesPerSecond: perSecond})
	c := b.connect(t) // the init is one of the burst
	began := time.Now()
	for range messages {
		c.send(`{"type":"ping"}`)
	}
	for range messages {
		c.expect(`{"type":"pong"}`)
	}
	least := time.Duration(messages-burst) * time.Second / perSecond
	require.GreaterOrEqual(t, time.Since(began), least-time.Second/perSecond)
}
