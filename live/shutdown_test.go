package live_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
)

func TestShutdownClosesSockets(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	waiting, busy := b.dial(t, nil), b.connect(t)
	busy.subscribe("1", `subscription { once }`)
	busy.expect(`{"id":"1","type":"next","payload":{"data":{"once":1}}}`)
	gone := make(chan error, 1)
	go func() { gone <- b.handler.Shutdown(context.Background()) }()
	// Not `complete`: the stream goes on, for clients that come back.
	_, _, err := busy.ReadMessage()
	require.True(t, websocket.IsCloseError(err, websocket.CloseServiceRestart), "%v", err)
	waiting.expectClose(websocket.CloseServiceRestart)
	require.NoError(t, <-gone)
	require.Zero(t, b.handler.Sockets())
	require.NoError(t, b.handler.Shutdown(context.Background()), "a second time")

	_, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(b.url, "http"), nil)
	require.Error(t, err)
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	require.NoError(t, resp.Body.Close())
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	entered, release := make(chan struct{}), make(chan struct{})
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			close(entered)
			<-release // whatever becomes of ctx
			return ctx, live.Session{}, nil
		},
	})
	c := b.dial(t, nil)
	c.send(`{"type":"connection_init"}`)
	<-entered
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, b.handler.Shutdown(ctx), context.DeadlineExceeded)
	close(release)
	require.NoError(t, b.handler.Shutdown(context.Background()))
}

func TestShutdownOfTheProcess(t *testing.T) {
	t.Parallel()
	process, cancel := context.WithCancel(context.Background())
	defer cancel()
	handler := live.New(testschema.New(&testschema.Resolver{}), live.Options{Context: process})
	server := httptest.NewServer(handler)
	defer server.Close()
	b := &bundle{handler: handler, server: server, url: server.URL}
	c := b.connect(t)
	cancel()
	c.expectClose(websocket.CloseGoingAway)
	require.NoError(t, handler.Shutdown(context.Background()))
}
