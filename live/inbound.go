package live

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
)

// Inbound message types of graphql-transport-ws.
const (
	typeInit      = "connection_init"
	typePing      = "ping"
	typePong      = "pong"
	typeSubscribe = "subscribe"
	typeComplete  = "complete"
	// typeTerminate is of the legacy protocol only.
	typeTerminate = "connection_terminate"
)

// inbound is one message from a client, already checked.
type inbound struct {
	kind    string
	id      string             // subscribe, complete
	payload json.RawMessage    // ping: what its pong repeats; nil when there is none
	init    map[string]any     // connection_init; nil when it has none
	params  *graphql.RawParams // subscribe
}

// parseInbound reads one message. An error's text is the reason of close code 4400;
// it never repeats the input.
func parseInbound(data []byte) (inbound, error) {
	fields, kind, err := messageFields(data)
	if err != nil {
		return inbound{}, err
	}
	m := inbound{kind: kind}
	switch kind {
	case typeInit, typePing, typePong:
		return m.withObject(fields)
	case typeSubscribe:
		return m.withRequest(fields)
	case typeComplete:
		return m.withID(fields)
	default:
		return inbound{}, errors.New("message has an invalid 'type' property")
	}
}

// messageFields reads what messages of both protocols have in common.
func messageFields(data []byte) (fields map[string]json.RawMessage, kind string, err error) {
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, "", errors.New("message is not a JSON object")
	}
	if err := json.Unmarshal(fields["type"], &kind); err != nil {
		return nil, "", errors.New("message is missing the 'type' property")
	}
	return fields, kind, nil
}

// withObject reads the payload of the messages whose payload may be any object.
func (m inbound) withObject(fields map[string]json.RawMessage) (inbound, error) {
	object, err := objectField(fields, "payload")
	if err != nil {
		return m, fmt.Errorf("%q message expects the 'payload' property to be an object", m.kind)
	}
	m.init = object
	if object != nil {
		m.payload = fields["payload"]
	}
	return m, nil
}

func (m inbound) withID(fields map[string]json.RawMessage) (inbound, error) {
	if err := json.Unmarshal(fields["id"], &m.id); err != nil || m.id == "" {
		return m, fmt.Errorf("%q message expects the 'id' property to be a non-empty string", m.kind)
	}
	return m, nil
}

func (m inbound) withRequest(fields map[string]json.RawMessage) (inbound, error) {
	m, err := m.withID(fields)
	if err != nil {
		return m, err
	}
	if m.params, err = decodeParams(fields["payload"]); err != nil {
		return m, fmt.Errorf("%q message: %w", typeSubscribe, err)
	}
	return m, nil
}
