package live_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
	"stepcast/models"
)

const (
	sessionEnded = `{"payload":null,"errors":[{"message":"the right to this stream has ended: sign in again",
		"extensions":{"code":"UNAUTHENTICATED"}}]}`
	serverStops = `{"payload":null,"errors":[{"message":"the server is going away: subscribe again in a few seconds",
		"extensions":{"code":"UNAVAILABLE"}}]}`
)

// begun opens a stream of each kind that has shown its first element.
func begun(t *testing.T, b *bundle) (events, parts *response) {
	t.Helper()
	events, parts = b.events(t, `subscription { once }`), b.parts(t, `subscription { once }`)
	events.next(`{"data":{"once":1}}`)
	parts.part(`{"payload":{"data":{"once":1}}}`)
	return events, parts
}

// endsEarly checks that streams end, and that nobody takes that for the end of what they
// follow: an event stream has no `complete`, and the other one says why.
func endsEarly(events, parts *response, why string) {
	events.t.Helper()
	events.ends()
	parts.part(why)
	parts.last()
}

func TestStreamAuthenticates(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Authenticate: bearer})
	for _, req := range []*http.Request{
		b.postRequest(t, mediaEvents, `{ viewer }`), b.getRequest(t, mediaEvents, `{ viewer }`),
	} {
		req.Header.Set("Authorization", "Bearer alice")
		r := b.ask(t, b.server.Client(), req)
		r.next(`{"data":{"viewer":"alice"}}`)
		r.complete()
	}
	for _, accept := range []string{mediaEvents, mediaMultipart} {
		refused := b.post(t, accept, `{"query":"subscription { once }"}`)
		require.Equal(t, http.StatusUnauthorized, refused.status)
		require.Contains(t, refused.body, "UNAUTHENTICATED")
	}
}

func TestStreamCannotAuthenticateNow(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			return ctx, live.Session{}, models.Faultf(models.CodeUnavailable, "the database is away")
		},
	})
	require.Equal(t, http.StatusServiceUnavailable, b.post(t, mediaEvents, `{"query":"{ hello }"}`).status)
}

func TestStreamSessionExpires(t *testing.T) {
	t.Parallel()
	var expires time.Time
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			return ctx, live.Session{Expires: expires}, nil
		},
	})
	expires = time.Now().Add(500 * time.Millisecond)
	events, parts := begun(t, b)
	endsEarly(events, parts, sessionEnded)
	require.False(t, time.Now().Before(expires))
	b.released(t)
	require.Equal(t, http.StatusUnauthorized, b.post(t, mediaEvents, `{"query":"subscription { once }"}`).status)
}

func TestStreamSessionRevoked(t *testing.T) {
	t.Parallel()
	revoked, revoke := context.WithCancel(context.Background())
	defer revoke()
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			ctx, end := context.WithCancel(ctx)
			context.AfterFunc(revoked, end)
			return ctx, live.Session{}, nil
		},
	})
	events, parts := begun(t, b)
	revoke()
	endsEarly(events, parts, sessionEnded)
	b.released(t)
}

func TestShutdownEndsStreams(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	events, parts := begun(t, b)
	require.NoError(t, b.handler.Shutdown(context.Background()))
	endsEarly(events, parts, serverStops)
	require.Zero(t, b.handler.Sockets())
	refused := b.post(t, mediaEvents, `{"query":"subscription { once }"}`)
	require.Equal(t, http.StatusServiceUnavailable, refused.status)
	require.NotEmpty(t, refused.header.Get("Retry-After"))
}

func TestShutdownOfTheProcessEndsStreams(t *testing.T) {
	t.Parallel()
	process, end := context.WithCancel(context.Background())
	defer end()
	b := setup(t, live.Options{Context: process})
	events, parts := begun(t, b)
	end()
	endsEarly(events, parts, serverStops)
}

// A reader that takes nothing holds a stopping server up no longer than it may.
func TestShutdownCutsStalledStreams(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: time.Hour, CloseTimeout: 50 * time.Millisecond})
	client := narrowClient(t, b.server.Client().Transport.(*http.Transport))
	b.ask(t, client, b.postRequest(t, mediaEvents, `subscription { flood(bytes: 100000) }`))
	b.stuck(t)
	require.NoError(t, b.handler.Shutdown(context.Background()))
	b.released(t)
}

func TestStreamsPerViewer(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Authenticate: bearer, SocketsPerViewer: 2})
	as := func(name string) *response {
		req := b.postRequest(t, mediaEvents, `subscription { once }`)
		req.Header.Set("Authorization", "Bearer "+name)
		return b.ask(t, b.server.Client(), req)
	}
	first := as("alice")
	first.next(`{"data":{"once":1}}`)
	socket := b.dial(t, http.Header{"Authorization": {"Bearer alice"}})
	socket.init()
	third := as("alice")
	require.Equal(t, http.StatusTooManyRequests, third.StatusCode)
	require.NotEmpty(t, third.Header.Get("Retry-After"))
	require.Equal(t, mediaJSON+charset, third.Header.Get("Content-Type"))
	as("bob").next(`{"data":{"once":1}}`)

	require.NoError(t, first.Body.Close())
	require.Eventually(t, func() bool { return b.handler.Sockets() == 2 }, patience, time.Millisecond)
	as("alice").next(`{"data":{"once":1}}`)
}

func TestStreamsAreCounted(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	b := setup(t, live.Options{Metrics: registry})
	events, parts := begun(t, b)
	require.Equal(t, 2, b.handler.Sockets())
	for _, protocol := range []string{"sse", "multipart"} {
		require.Equal(t, 1.0, gauge(t, registry, "stepcast_live_connections", protocol))
	}
	require.NoError(t, errors.Join(events.Body.Close(), parts.Body.Close()))
	b.released(t)
	for _, protocol := range []string{"sse", "multipart"} {
		require.Zero(t, gauge(t, registry, "stepcast_live_connections", protocol))
	}
}

// gauge is a metric's value for one protocol.
func gauge(t *testing.T, from prometheus.Gatherer, name, protocol string) float64 {
	t.Helper()
	families, err := from.Gather()
	require.NoError(t, err)
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == name && metric.GetLabel()[0].GetValue() == protocol {
				return metric.GetGauge().GetValue()
			}
		}
	}
	t.Fatalf("no %s of %s", name, protocol)
	return 0
}

// Streams work on a server that nobody prepared, too, if less well.
func TestStreamWithoutPreparedServer(t *testing.T) {
	t.Parallel()
	handler := live.New(testschema.New(&testschema.Resolver{}), live.Options{})
	server := httptest.NewServer(handler)
	defer server.Close()
	b := &bundle{handler: handler, server: server, url: server.URL}
	r := b.events(t, `subscription { count(to: 1) }`)
	r.next(`{"data":{"count":1}}`)
	r.complete()
	require.NoError(t, handler.Shutdown(context.Background()))
}
