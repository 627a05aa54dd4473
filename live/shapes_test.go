package live_test

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// shape is what a message of the server has beside its type.
type shape struct {
	id      bool
	payload string // how it begins; "": there is none
	key     string // that is in it
}

// shapes are all that a server may send, by subprotocol and type.
var shapes = map[string]map[string]shape{
	"graphql-transport-ws": {
		"connection_ack": {},
		"pong":           {},
		"next":           {id: true, payload: `{`, key: `"data":`},
		"error":          {id: true, payload: `[{`, key: `"message":`},
		"complete":       {id: true},
	},
	"graphql-ws": {
		"connection_ack":   {},
		"connection_error": {payload: `{`, key: `"message":`},
		"ka":               {},
		"data":             {id: true, payload: `{`, key: `"data":`},
		"error":            {id: true, payload: `{`, key: `"message":`},
		"complete":         {id: true},
	},
	"": {}, // without a subprotocol there is only the end
}

// requireShape checks one text message.
func requireShape(t testing.TB, subprotocol, message string) {
	t.Helper()
	require.True(t, utf8.ValidString(message), "%q", message)
	var got struct {
		Type    string
		ID      *string
		Payload json.RawMessage
	}
	decoder := json.NewDecoder(strings.NewReader(message))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&got), "%q", message)
	require.False(t, decoder.More(), "%q", message)
	want, known := shapes[subprotocol][got.Type]
	require.True(t, known, "%q", message)
	if got.Type == "pong" && got.Payload != nil {
		want.payload = "{" // what its ping had
	}
	if got.Type == "error" && subprotocol == "graphql-ws" && got.ID == nil {
		want.id = false // it is about a message without id
	}
	require.Equal(t, want.id, got.ID != nil, "%q", message)
	require.Equal(t, want.payload == "", got.Payload == nil, "%q", message)
	require.True(t, strings.HasPrefix(string(got.Payload), want.payload), "%q", message)
	require.Contains(t, string(got.Payload), want.key)
}

// requireOrder checks all that a server sent until it hung up: messages of the protocol
// and control frames, then at most one close frame. It gives the code of that: 1005 for
// a close frame without one, 1006 when there was no close frame.
func requireOrder(t testing.TB, subprotocol string, frames []rawFrame) (code int) {
	t.Helper()
	for i, f := range frames {
		switch f.opcode {
		case opText:
			requireShape(t, subprotocol, f.payload)
		case opPing, opPong:
		case opClose:
			require.Equal(t, len(frames)-1, i, "something followed the close frame")
			return closeCode(t, f.payload)
		default:
			require.Fail(t, "unexpected frame", "%+v", f)
		}
	}
	return 1006
}

func closeCode(t testing.TB, payload string) int {
	t.Helper()
	if payload == "" {
		return 1005
	}
	require.GreaterOrEqual(t, len(payload), 2)
	require.True(t, utf8.ValidString(payload[2:]), "%q", payload)
	code := int(binary.BigEndian.Uint16([]byte(payload)))
	reserved := []int{1004, 1005, 1006, 1015}
	require.True(t, code >= 1000 && code < 5000 && !slices.Contains(reserved, code), "code %d", code)
	return code
}
