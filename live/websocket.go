package live

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/websocket"
)

// The subprotocols, the better one first: it is chosen when a client offers both.
const (
	protocolTransportWS = "graphql-transport-ws"
	protocolLegacyWS    = "graphql-ws"
)

// webSocket answers operations over WebSocket.
type webSocket struct {
	*runner
	connections *connections
	upgrader    websocket.Upgrader
}

func newWebSocket(x *runner, open *connections) *webSocket {
	t := &webSocket{runner: x, connections: open}
	t.upgrader = websocket.Upgrader{
		Subprotocols: []string{protocolTransportWS, protocolLegacyWS},
		CheckOrigin:  t.originAllowed,
		// Inbound messages are small, and gorilla writes nothing after the handshake.
		ReadBufferSize:  readBufferBytes,
		WriteBufferPool: &sync.Pool{},
	}
	return t
}

// readBufferBytes is what each socket keeps for reading.
const readBufferBytes = 512

func (*webSocket) supports(r *http.Request) bool { return websocket.IsWebSocketUpgrade(r) }

// serve upgrades the request. The socket lives on after it has returned: so the server
// can let go of its own buffers.
func (t *webSocket) serve(w http.ResponseWriter, r *http.Request) {
	if !t.connections.enter() {
		refuseWhileClosing(w)
		return
	}
	joinLines(r.Header, "Sec-Websocket-Protocol")
	hijacked := &hijack{ResponseWriter: w}
	conn, err := t.upgrader.Upgrade(hijacked, r, nil)
	if err != nil {
		t.connections.leave()
		return // the upgrader has answered
	}
	s := newSocket(t, conn, hijacked.wire, r)
	t.connections.add(s)
	go s.serve()
}

// joinLines makes one line of a header that came in several: gorilla reads the first.
func joinLines(header http.Header, name string) {
	if lines := header.Values(name); len(lines) > 1 {
		header.Set(name, strings.Join(lines, ", "))
	}
}

// refuseWhileClosing answers who would open a connection that stays open.
func refuseWhileClosing(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "the server is going away", http.StatusServiceUnavailable)
}

// originAllowed refuses pages of other sites: a browser would send them the cookies
// of this one. Clients that are not browsers name no origin.
func (t *webSocket) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if slices.ContainsFunc(t.opts.AllowedOrigins, func(allowed string) bool {
		return strings.EqualFold(allowed, origin)
	}) {
		return true
	}
	parsed, err := url.Parse(origin)
	return err == nil && strings.EqualFold(parsed.Host, r.Host)
}

// hijack hands gorilla a wire instead of the bare connection.
type hijack struct {
	http.ResponseWriter
	wire *wire
}

func (h *hijack) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.wire = &wire{Conn: conn}
	return h.wire, buffers, nil
}
