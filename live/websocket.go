package live

import (
	"bufio"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/gorilla/websocket"
)

// subprotocol is the only one served; the legacy one, graphql-ws, is not.
const subprotocol = "graphql-transport-ws"

// webSocket answers operations over WebSocket.
// https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
type webSocket struct {
	runner
	sockets *sockets
}

var _ graphql.Transport = (*webSocket)(nil)

func (*webSocket) Supports(r *http.Request) bool { return websocket.IsWebSocketUpgrade(r) }

// Do serves the socket until it has ended and all that ran on it has, too.
func (t *webSocket) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !t.sockets.enter() {
		w.Header().Set("Retry-After", "1")
		http.Error(w, "the server is going away", http.StatusServiceUnavailable)
		return
	}
	defer t.sockets.leave()
	hijacked := &hijack{ResponseWriter: w}
	upgrader := websocket.Upgrader{Subprotocols: []string{subprotocol}, CheckOrigin: t.originAllowed}
	conn, err := upgrader.Upgrade(hijacked, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	s := newSocket(t, conn, hijacked.wire, r, exec)
	t.sockets.add(s)
	defer t.sockets.remove(s)
	s.serve()
	t.opts.Logger.DebugContext(r.Context(), "socket closed",
		"viewer", s.viewer, "code", s.code, "reason", s.reason)
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
