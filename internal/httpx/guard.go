package httpx

import (
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
)

// Guard answers with failed when next panics, and logs the panic with its stack. It
// logs no URL, which may hold a token. A next that had begun its answer gets its
// connection cut instead: half an answer must not look like a whole one.
func Guard(next http.Handler, logger *slog.Logger, failed http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		watched := &watchedWriter{ResponseWriter: w}
		outer := w.Header().Clone() // what handlers further out have set stays
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			logger.ErrorContext(r.Context(), "panic while answering",
				"verb", r.Method, "panic", cause, "stack", string(debug.Stack()))
			if watched.begun {
				panic(http.ErrAbortHandler)
			}
			clear(w.Header())
			maps.Copy(w.Header(), outer)
			failed(w, r)
		}()
		next.ServeHTTP(watched, r)
	})
}

// watchedWriter notes whether an answer has begun.
type watchedWriter struct {
	http.ResponseWriter
	begun bool
}

func (w *watchedWriter) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach what is beneath.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
