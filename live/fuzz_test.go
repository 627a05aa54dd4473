package live_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

// Whatever text a client sends, before or after its init: the socket goes on to
// answer, or ends with a documented code.
func FuzzFrames(f *testing.F) {
	for _, seed := range []string{
		``, `{`, `null`, `[]`, `"x"`, `{}`, `{"type":1}`, `{"type":"connection_init","payload":"x"}`,
		`{"type":"connection_init"}`, `{"type":"ping","payload":{"a":1}}`, `{"type":"pong"}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"subscription { count(to: 3) }"}}`,
		`{"id":"\ud800","type":"subscribe","payload":{"query":"subscription { once }","variables":{"a":1e999}}}`,
		`{"id":"1","type":"subscribe","payload":{"query":"{ ...a } fragment a on Query { ...a }"}}`,
		`{"id":"1","type":"complete"}`, `{"type":"next"}`, "\xff", "{\"type\":\"ping\xff\"}",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	b := setup(f, live.Options{OperationTimeout: time.Second})
	documented := []int{1007, 4400, 4401, 4409, 4429}
	f.Fuzz(func(t *testing.T, text string, initialised bool) {
		c := b.dial(t, nil)
		if initialised {
			c.init()
		}
		c.send(text)
		c.send(`{"type":"ping","payload":{"fuzz":"done"}}`)
		for {
			_, data, err := c.ReadMessage()
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				require.True(t, slices.Contains(documented, closed.Code), "%d %s", closed.Code, closed.Text)
				return
			}
			require.NoError(t, err)
			require.True(t, json.Valid(data), "%s", data)
			if string(data) == `{"type":"pong","payload":{"fuzz":"done"}}` {
				return
			}
		}
	})
}
