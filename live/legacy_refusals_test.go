package live_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/models"
)

// A refused client is told why in a message: browsers of old did not show close codes.
func TestLegacyRefusal(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err    error
		reason string
		code   string
	}{
		"forbidden":   {models.Faultf(models.CodeUnauthenticated, "who is it?"), "Forbidden", "4403"},
		"unavailable": {models.Faultf(models.CodeUnavailable, "the database is away"), "Try again later", "1013"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, live.Options{
				Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
					return ctx, live.Session{}, test.err
				},
			})
			c := b.dialLegacy(t, nil)
			// The old client sends what waits right behind its init.
			c.send(`{"type":"connection_init"}`)
			c.send(`{"id":"1","type":"start","payload":{"query":"mutation { bump }"}}`)
			c.expect(`{"type":"connection_error","payload":{"message":"` + test.reason + `"}}`)
			c.expectEnd(test.code, test.reason)
			b.released(t)
		})
	}
}

// The old client does not wait for its ack.
func TestLegacyStartRightBehindTheInit(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{Authenticate: bearer}).dialLegacy(t, nil)
	c.send(`{"type":"connection_init","payload":{"Authorization":"Bearer alice"}}`)
	c.send(`{"id":"1","type":"start","payload":{"query":"{ viewer }"}}`)
	c.play(`
		< {"type":"connection_ack"}
		< {"type":"ka"}
		< {"id":"1","type":"data","payload":{"data":{"viewer":"alice"}}}
		< {"id":"1","type":"complete"}
		.`)
}

// Broken messages are answered, with their id where they have one, and nothing else
// becomes of them.
func TestLegacyBrokenMessages(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	type broken struct{ text, id, message string }
	const invalid = "Invalid message type!"
	tests := []broken{
		{`{"id":"1","type":"start","payload":{}}`, "1", ""},
		{`{"id":"1","type":"start","payload":"x"}`, "1", ""},
		{`{"id":"1","type":"start"}`, "1", ""},
		{`{"id":"1","type":"start","payload":{"query":1}}`, "1", ""},
		{`{"id":"1","type":"start","payload":{"query":"{ hello }","variables":[]}}`, "1", ""},
		{`{"id":"1","type":"start","payload":{"query":"{ hello }","operationName":{}}}`, "1", ""},
		{`{"type":"start","payload":{"query":"mutation { bump }"}}`, "", ""},
		{`{"id":1,"type":"start","payload":{"query":"mutation { bump }"}}`, "", ""},
		{`{"type":"stop"}`, "", ""},
		{`{"type":"connection_init","payload":"x"}`, "", ""},
		{`{}`, "", ""},
		{`[]`, "", ""},
		{`{"type":1}`, "", ""},
		{`{"id":"1","type":"hello"}`, "1", invalid},
		{`{"type":"hello"}`, "", invalid},
	}
	// The other protocol's messages are unknown, and so are the server's own.
	for _, kind := range []string{"subscribe", "complete", "ping", "pong", "data", "error", "ka", "connection_ack"} {
		tests = append(tests, broken{fmt.Sprintf(`{"id":"1","type":%q,"payload":{"query":"mutation { bump }"}}`, kind), "1", invalid})
	}
	before, after := b.dialLegacy(t, nil), b.connectLegacy(t)
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			for _, c := range []*client{before, after} {
				c.send(test.text)
				message := c.receive()
				requireShape(t, "graphql-ws", message)
				require.Contains(t, message, `"type":"error"`)
				require.Contains(t, message, test.message)
				require.Equal(t, test.id != "", strings.Contains(message, `"id":"1"`), message)
			}
		})
	}
	before.play(legacyInit + `
		> {"id":"1","type":"start","payload":{"query":"mutation { bump }"}}
		< {"id":"1","type":"data","payload":{"data":{"bump":1}}}
		< {"id":"1","type":"complete"}
		.`)
}

// Below the messages both protocols are the same.
func TestLegacyFrames(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{MaxMessageBytes: 1000})
	for name, test := range map[string]struct {
		frame rawFrame
		code  int
	}{
		"not UTF-8": {text("{\"type\":\"\xFF\"}"), 1007},
		"too large": {text(strings.Repeat(" ", 1001)), 1009},
		"binary":    {rawFrame{opcode: opBinary, payload: `{}`}, 4400},
		"broken":    {rawFrame{opcode: opReserved}, 1002},
		"close":     {closing(4001, "bye"), 4001},
	} {
		t.Run(name, func(t *testing.T) {
			c := b.connectLegacy(t)
			c.sendFrames(rawFrame{opcode: opPing, payload: "x"}, test.frame)
			c.expectClose(test.code)
			require.NoError(t, c.Close())
		})
	}
	b.released(t)
}
