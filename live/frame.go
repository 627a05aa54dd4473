package live

import (
	"encoding/binary"
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Frame types of RFC 6455, section 5.2.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// message is one outbound graphql-transport-ws message in two parts: the head is an
// operation's own, the tail may be shared by all that send the same. Both are
// immutable.
type message struct{ head, tail []byte }

// messageOverhead is what a waiting message takes beside its text, in bytes.
const messageOverhead = 64

func (m message) size() int { return len(m.head) + len(m.tail) + messageOverhead }

var (
	ackMessage   = message{tail: []byte(`{"type":"connection_ack"}`)}
	completeTail = []byte(`"type":"complete"}`)
)

// operationHead gives the head of all messages of the operation with this id.
func operationHead(id string) []byte {
	quoted, _ := json.Marshal(id) // a string always encodes
	head := append([]byte(`{"id":`), quoted...)
	return append(head, ',')
}

// nextTail encodes resp, once for everyone who gets it.
func nextTail(resp *graphql.Response) []byte {
	tail := make([]byte, 0, len(resp.Data)+64)
	tail = append(tail, `"type":"next","payload":`...)
	tail = appendResponse(tail, resp)
	return append(tail, '}')
}

func errorTail(errs gqlerror.List) []byte {
	tail := append([]byte(`"type":"error","payload":`), encodeErrors(errs)...)
	return append(tail, '}')
}

// pongMessage answers a graphql-transport-ws ping, with the ping's payload.
func pongMessage(payload json.RawMessage) message {
	if payload == nil {
		return message{tail: []byte(`{"type":"pong"}`)}
	}
	tail := append([]byte(`{"type":"pong","payload":`), payload...)
	return message{tail: append(tail, '}')}
}

// appendFrame appends one unfragmented, unmasked frame, as servers send them.
func appendFrame(dst []byte, opcode byte, head, tail []byte) []byte {
	const final = 0x80
	dst = append(dst, final|opcode)
	switch size := len(head) + len(tail); {
	case size <= 125:
		dst = append(dst, byte(size))
	case size <= 0xFFFF:
		dst = append(dst, 126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(size))
	default:
		dst = append(dst, 127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(size))
	}
	dst = append(dst, head...)
	return append(dst, tail...)
}
