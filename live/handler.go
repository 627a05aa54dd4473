package live

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// Handler answers GraphQL requests at one path, whatever their transport.
type Handler struct {
	exec       graphql.GraphExecutor
	transports []graphql.Transport
	sockets    *sockets
}

var _ http.Handler = (*Handler)(nil)

// New makes a Handler for es. Call Shutdown before the process ends:
// http.Server.Shutdown does not know of upgraded connections.
func New(es graphql.ExecutableSchema, opts Options) *Handler {
	opts = opts.withDefaults()
	run := runner{opts: &opts}
	open := newSockets(opts.SocketsPerViewer)
	return &Handler{
		exec:    newExecutor(es, &opts),
		sockets: open,
		// The first that supports a request answers it: a socket starts as a GET.
		transports: []graphql.Transport{
			&webSocket{runner: run, sockets: open},
			&httpPost{runner: run},
			&httpGet{runner: run},
		},
	}
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, t := range h.transports {
		if t.Supports(r) {
			t.Do(w, r, h.exec)
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

// Shutdown refuses new sockets with 503, closes the open ones with 1012, so that
// their clients come back, and waits until every operation on them has ended. When
// ctx ends first, it drops the connections and returns ctx's error. It may be called
// more than once.
func (h *Handler) Shutdown(ctx context.Context) error { return h.sockets.shutdown(ctx) }

// Sockets is the number of open sockets, for metrics.
func (h *Handler) Sockets() int { return h.sockets.open() }
