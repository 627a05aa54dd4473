package live

import (
	"net/http"

	"github.com/gorilla/websocket"
)

// The media types of the answers that go on.
const (
	mediaEvents    = "text/event-stream"
	mediaMultipart = "multipart/mixed"
)

// Lasting says whether the answer to r may last as long as the session of who asks: it is
// a socket, or r accepts a stream. AuthenticateFunc should see to it that such a session
// ends when the right to it does.
func Lasting(r *http.Request) bool {
	kind, _ := acceptedStream(r)
	return kind != nil || websocket.IsWebSocketUpgrade(r)
}

// acceptedStream picks the kind of stream that r asks for by name, nil when it names none.
// first says that it is wanted more than an answer in one piece. Multipart is for POST
// only, as its protocol is.
func acceptedStream(r *http.Request) (kind *streamKind, first bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return nil, false
	}
	ranges := parseAccept(acceptOf(r.Header))
	var best mediaRange
	for _, m := range ranges {
		named := m.stream(r.Method)
		if named != nil && m.quality > 0 && (kind == nil || m.before(best)) {
			kind, best = named, m
		}
	}
	whole, match := chooseJSON(ranges)
	return kind, whole == "" || best.before(match)
}

// stream is the kind of stream that m names.
func (m mediaRange) stream(method string) *streamKind {
	switch {
	case m.pattern == mediaEvents:
		return eventStream
	case m.pattern == mediaMultipart && m.subscriptions == "1.0" && method == http.MethodPost:
		return multipartStream
	default:
		return nil
	}
}
