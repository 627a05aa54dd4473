package live

import (
	"encoding/json"
	"errors"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Message types of the legacy protocol where they differ.
const (
	legacyStart = "start"
	legacyStop  = "stop"
)

// noID begins a message of no operation.
var noID = []byte("{")

// errNoMessage refuses what has no type and no id to speak of.
var errNoMessage = errors.New("message is not valid JSON")

// errInvalidType has the text of the old server.
//
//lint:ignore ST1005 clients have seen it like this
var errInvalidType = errors.New("Invalid message type!")

var keepAliveMessage = message{tail: []byte(`{"type":"ka"}`)}

// legacyProtocol is graphql-ws as the package subscriptions-transport-ws speaks it.
// https://github.com/apollographql/subscriptions-transport-ws/blob/master/PROTOCOL.md
// Where the document is silent, it does what that package's server does, except that
// sockets are closed with the codes of graphql-transport-ws.
type legacyProtocol struct{}

func (legacyProtocol) format() *format { return legacyWS }

// acknowledge sends the first sign of life, too: clients that get one expect more.
func (legacyProtocol) acknowledge(s *socket) {
	s.tell(ackMessage)
	s.tell(keepAliveMessage)
}

func (legacyProtocol) refused(s *socket, reason string) {
	payload, _ := json.Marshal(map[string]string{"message": reason}) // strings always encode
	s.tell(message{head: noID, tail: payloadTail("connection_error", payload)})
}

// stopped answers, as the document says.
func (legacyProtocol) stopped(s *socket, id string) {
	s.tell(message{head: idHead(id), tail: legacyWS.completed})
}

// keepAlive never waits: a full outbox is a sign of life to come.
func (legacyProtocol) keepAlive(s *socket) { s.out.offer(&s.own, keepAliveMessage) }

// duplicate ends the other operation: its client has forgotten it.
func (legacyProtocol) duplicate(s *socket, id string) bool {
	s.operations.stop(s.out, id)
	return true
}

// malformed answers with an error and keeps the socket open. What is no JSON is of no
// operation.
func (p legacyProtocol) malformed(s *socket, m inbound, err error) {
	if errors.Is(err, errNoMessage) {
		p.refused(s, err.Error())
		return
	}
	list := gqlerror.List{requestError(codeBadUserInput, err.Error())}
	head := noID
	if m.id != "" {
		head = idHead(m.id)
	}
	s.tell(message{head: head, tail: legacyWS.failed(list)})
}

func (legacyProtocol) parse(data []byte) (m inbound, err error) {
	if !json.Valid(data) {
		return m, errNoMessage
	}
	fields, kind, err := messageFields(data)
	if err != nil {
		return m, err
	}
	_ = json.Unmarshal(fields["id"], &m.id) // whatever is wrong is said of this id
	switch kind {
	case typeInit:
		m.kind = typeInit
		return m.withObject(fields)
	case legacyStart:
		m.kind = typeSubscribe
		return m.withRequest(fields)
	case legacyStop:
		m.kind = typeComplete
		return m.withID(fields)
	case typeTerminate:
		m.kind = typeTerminate
		return m, nil
	default:
		return m, errInvalidType
	}
}
