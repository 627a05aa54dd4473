package httpx

import (
	"context"
	"crypto/rand"
	"net/http"
)

// HeaderRequestID carries the id of a request, both ways.
const HeaderRequestID = "X-Request-Id"

// maxRequestID is the longest id that is taken over, in bytes.
const maxRequestID = 128

type requestIDKey struct{}

// WithRequestID gives each request an id, which its answer carries and RequestID finds:
// the one that the client or a proxy has given, if it can stand in a log as it is, else
// a new one.
func WithRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(HeaderRequestID)
		if !isRequestID(id) {
			id = rand.Text()
		}
		w.Header().Set(HeaderRequestID, id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

// RequestID is the id of the request that ctx belongs to; of a WebSocket it is that of
// the request that opened it. It is "" outside of any.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Detached gives a context for what outlives its request: with the same id, and nothing
// else of the request that memory would be kept for.
func Detached(request context.Context) context.Context {
	return context.WithValue(context.Background(), requestIDKey{}, RequestID(request))
}

// isRequestID takes what URLs need not escape.
func isRequestID(id string) bool {
	if id == "" || len(id) > maxRequestID {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '-', c == '.', c == '_', c == '~':
		default:
			return false
		}
	}
	return true
}
