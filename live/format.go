package live

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// format is how one kind of connection writes what operations give. Messages come in
// two parts: the head is an operation's own, the tail the same for all.
type format struct {
	// name is that of the protocol, for metrics.
	name string
	// place is where packets keep their form in it.
	place int
	// head begins every message of the operation with this id.
	head func(id string) []byte
	// next is the tail of a message with one response.
	next func(p *packet) []byte
	// failed is the tail of the message that ends an operation with errors.
	failed func(errs gqlerror.List) []byte
	// completed is the tail of the message that ends an operation well.
	completed []byte
	// frame appends a message as it is sent.
	frame func(dst, head, tail []byte) []byte
}

// formats is how many there are.
const formats = 4

// allFormats are all, each at its place.
var allFormats = [formats]*format{transportWS, legacyWS, eventStream.format, multipartStream.format}

var (
	// transportWS is graphql-transport-ws.
	transportWS = &format{
		name:      protocolTransportWS,
		place:     0,
		head:      idHead,
		next:      func(p *packet) []byte { return payloadTail("next", p.body) },
		failed:    func(errs gqlerror.List) []byte { return payloadTail("error", encodeErrors(errs)) },
		completed: []byte(`"type":"complete"}`),
		frame:     textFrame,
	}
	// legacyWS is graphql-ws, the protocol of subscriptions-transport-ws.
	legacyWS = &format{
		name:      protocolLegacyWS,
		place:     1,
		head:      idHead,
		next:      func(p *packet) []byte { return payloadTail("data", p.body) },
		failed:    func(errs gqlerror.List) []byte { return payloadTail("error", encodeError(errs[0])) },
		completed: []byte(`"type":"complete"}`),
		frame:     textFrame,
	}
)

// idHead begins a message of both WebSocket protocols.
func idHead(id string) []byte {
	quoted, _ := json.Marshal(id) // a string always encodes
	head := append([]byte(`{"id":`), quoted...)
	return append(head, ',')
}

// payloadTail ends one that has a payload.
func payloadTail(kind string, payload []byte) []byte {
	const between = `"type":"","payload":}`
	tail := make([]byte, 0, len(between)+len(kind)+len(payload))
	tail = append(tail, `"type":"`...)
	tail = append(tail, kind...)
	tail = append(tail, `","payload":`...)
	tail = append(tail, payload...)
	return append(tail, '}')
}

func textFrame(dst, head, tail []byte) []byte { return appendFrame(dst, opText, head, tail) }
