package live

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// transport answers requests of one kind.
type transport interface {
	supports(r *http.Request) bool
	serve(w http.ResponseWriter, r *http.Request)
}

// Handler answers GraphQL requests at one path, whatever their transport.
type Handler struct {
	transports  []transport
	connections *connections
}

var _ http.Handler = (*Handler)(nil)

// New makes a Handler for es. Call Shutdown before the process ends:
// http.Server.Shutdown does not know of upgraded connections.
func New(es graphql.ExecutableSchema, opts Options) *Handler {
	opts = opts.withDefaults()
	meter := newMeter(opts.Metrics)
	open := newConnections(opts.SocketsPerViewer)
	context.AfterFunc(opts.Context, open.goAway)
	run := &runner{opts: &opts, exec: newExecutor(es, &opts), meter: meter, groups: newGroups(meter, open)}
	return &Handler{
		connections: open,
		// The first that supports a request answers it: a socket starts as a GET.
		transports: []transport{
			newWebSocket(run, open),
			&httpStream{runner: run, connections: open},
			&httpPost{runner: run},
			&httpGet{runner: run},
		},
	}
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, t := range h.transports {
		if t.supports(r) {
			t.serve(w, r)
			return
		}
	}
	w.Header().Set("Allow", "GET, POST")
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeRefusal(w, r, mediaJSON, http.StatusMethodNotAllowed,
		requestError(codeBadUserInput, "GraphQL is served over GET, POST and WebSocket"))
}

// Shutdown refuses new sockets and streams with 503, ends the open ones (sockets with
// 1012) so that their clients come back, and waits until every operation on them has
// ended. When ctx ends first, it drops the connections and returns ctx's error. It may
// be called more than once.
func (h *Handler) Shutdown(ctx context.Context) error { return h.connections.shutdown(ctx) }

// Sockets is the number of open sockets and streams.
func (h *Handler) Sockets() int { return h.connections.open() }
