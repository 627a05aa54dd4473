package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/live"
	"stepcast/models"
)

// recheckEvery is how often the sign-ins of open sockets and streams are looked at again; auth
// itself knows of a revoked one within five seconds.
const recheckEvery = time.Second

// openSockets ends the sockets and streams whose sign-in was revoked or whose rights changed, so
// that their clients come back with what they may do now.
type openSockets struct {
	auth   *auth.Service
	logger *slog.Logger

	// mu guards open.
	mu   sync.Mutex
	open map[*socket]struct{}
}

type socket struct {
	viewer models.Viewer
	end    context.CancelFunc
}

func newOpenSockets(a *auth.Service, logger *slog.Logger) *openSockets {
	return &openSockets{auth: a, logger: logger, open: map[*socket]struct{}{}}
}

// authenticate says who sends a request, or opened what lasts, for live.
func (o *openSockets) authenticate(ctx context.Context, r *http.Request, payload map[string]any) (context.Context, live.Session, error) {
	v, err := o.whoAsks(ctx, r, payload)
	if err != nil {
		return ctx, live.Session{}, err
	}
	session := live.Session{Viewer: v.Name}
	if !live.Lasting(r) {
		return auth.WithViewer(ctx, v), session, nil
	}
	if v.ExpiresAt != nil {
		session.Expires = *v.ExpiresAt
	}
	return o.add(auth.WithViewer(ctx, v), v), session, nil
}

// whoAsks gives UNAVAILABLE when the sign-in could not be looked at: nobody was refused,
// and clients are to come back.
func (o *openSockets) whoAsks(ctx context.Context, r *http.Request, payload map[string]any) (v models.Viewer, err error) {
	if websocket.IsWebSocketUpgrade(r) {
		v, err = o.auth.SocketAuth(ctx, r, payload)
	} else {
		v, err = o.auth.FromRequest(r.WithContext(ctx))
	}
	if err == nil || models.AsFault(err) != nil {
		return v, err
	}
	if ctx.Err() == nil { // or it is only that the client has left
		o.logger.ErrorContext(ctx, "look at a sign-in", "request", httpx.RequestID(ctx), "error", err)
	}
	return v, models.Faultf(models.CodeUnavailable, "the database does not answer; try again in a few seconds")
}

// add watches over a socket or stream until its context ends.
func (o *openSockets) add(parent context.Context, v models.Viewer) context.Context {
	ctx, end := context.WithCancel(parent)
	s := &socket{viewer: v, end: end}
	o.mu.Lock()
	o.open[s] = struct{}{}
	o.mu.Unlock()
	context.AfterFunc(parent, func() {
		end()
		o.mu.Lock()
		delete(o.open, s)
		o.mu.Unlock()
	})
	return ctx
}

// run looks again and again, until ctx ends.
func (o *openSockets) run(ctx context.Context) {
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			o.recheck(ctx)
		}
	}
}

// recheck asks once for all of them that have one sign-in and the same rights.
func (o *openSockets) recheck(ctx context.Context) {
	o.mu.Lock()
	alike := map[string][]*socket{}
	for s := range o.open {
		v := s.viewer
		key := fmt.Sprintf("%q %q %q %q", v.Credential, v.Name, v.Role, v.Scopes)
		alike[key] = append(alike[key], s)
	}
	o.mu.Unlock()
	for _, sockets := range alike {
		if o.auth.StillValid(ctx, sockets[0].viewer) {
			continue
		}
		for _, s := range sockets {
			s.end()
		}
	}
}
