package main

import (
	"log/slog"
	"net/http"

	"stepcast/live"
	"stepcast/resolvers"
)

// newStepcast serves the house as the real server does, but that it lets everyone in:
// who signs in is asked once a connection, and is not what is measured.
func newStepcast(h *house) http.Handler {
	quiet := slog.New(slog.DiscardHandler)
	return live.New(h.schema, live.Options{
		ErrorPresenter: resolvers.NewPresenter(resolvers.PresenterOptions{Logger: quiet}),
		Recover:        resolvers.Recover,
		StreamError:    resolvers.StreamError,
		Gate:           resolvers.Gate{},
		Share:          h.share,
		Logger:         quiet,
		// The generator may be kept waiting by what else the machine does.
		InitTimeout: patience,
	})
}
