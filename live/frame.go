package live

import (
	"encoding/binary"
	"encoding/json"
)

// Frame types of RFC 6455, section 5.2.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

var ackMessage = message{tail: []byte(`{"type":"connection_ack"}`)}

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
