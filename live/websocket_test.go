package live_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
	"stepcast/live/internal/testschema"
	"stepcast/models"
)

// bearer lets in whoever names themselves, in the payload or in a header.
func bearer(ctx context.Context, r *http.Request, payload map[string]any) (context.Context, live.Session, error) {
	authorization, _ := payload["Authorization"].(string)
	if authorization == "" {
		authorization = r.Header.Get("Authorization")
	}
	name, ok := strings.CutPrefix(authorization, "Bearer ")
	if !ok {
		return ctx, live.Session{}, errors.New("who is it?")
	}
	return testschema.WithViewer(ctx, name), live.Session{Viewer: name}, nil
}

func TestSocketAuthenticates(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Authenticate: bearer})
	for name, test := range map[string]struct {
		header http.Header
		init   string
	}{
		"by the payload":             {nil, `{"type":"connection_init","payload":{"Authorization":"Bearer alice"}}`},
		"by the upgrade request":     {http.Header{"Authorization": {"Bearer alice"}}, `{"type":"connection_init"}`},
		"by the payload before that": {http.Header{"Authorization": {"Bearer bob"}}, `{"type":"connection_init","payload":{"Authorization":"Bearer alice"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := b.dial(t, test.header)
			c.send(test.init)
			c.expect(`{"type":"connection_ack"}`)
			c.subscribe("1", `{ viewer }`)
			c.expect(`{"id":"1","type":"next","payload":{"data":{"viewer":"alice"}}}`)
		})
	}
	t.Run("or refuses", func(t *testing.T) {
		t.Parallel()
		c := b.dial(t, nil)
		c.send(`{"type":"connection_init"}`)
		require.Equal(t, "Forbidden", c.expectClose(4403).Text)
	})
}

func TestSocketCannotAuthenticateNow(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			return ctx, live.Session{}, models.Faultf(models.CodeUnavailable, "the database is away")
		},
	})
	c := b.dial(t, nil)
	c.send(`{"type":"connection_init"}`)
	c.expectClose(1013)
}

func TestSocketSessionExpires(t *testing.T) {
	t.Parallel()
	for name, left := range map[string]time.Duration{"while open": 50 * time.Millisecond, "before": -time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, live.Options{
				Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
					return ctx, live.Session{Expires: time.Now().Add(left)}, nil
				},
			})
			c := b.dial(t, nil)
			c.send(`{"type":"connection_init"}`)
			c.subscribe("1", `subscription { once }`)
			require.Equal(t, "Expired", c.expectClose(4403).Text)
			b.released(t)
		})
	}
}

func TestSocketSessionRevoked(t *testing.T) {
	t.Parallel()
	revoke := make(chan context.CancelFunc, 1)
	b := setup(t, live.Options{
		Authenticate: func(ctx context.Context, _ *http.Request, _ map[string]any) (context.Context, live.Session, error) {
			ctx, cancel := context.WithCancel(ctx)
			revoke <- cancel
			return ctx, live.Session{}, nil
		},
	})
	c := b.connect(t)
	c.subscribe("1", `subscription { once }`)
	c.expect(`{"id":"1","type":"next","payload":{"data":{"once":1}}}`)
	(<-revoke)()
	// Not `complete`: the stream has not ended, the right to see it has.
	_, _, err := c.ReadMessage()
	require.True(t, websocket.IsCloseError(err, 4403), "%v", err)
	b.released(t)
}

func TestSocketOrigin(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{AllowedOrigins: []string{"https://console.example.com"}})
	for origin, allowed := range map[string]bool{
		"":                             true, // not a browser
		b.server.URL:                   true,
		"https://console.example.com":  true,
		"https://evil.example.com":     false,
		"https://console.example.com.": false,
		"null":                         false,
	} {
		t.Run(origin, func(t *testing.T) {
			t.Parallel()
			header := http.Header{}
			if origin != "" {
				header.Set("Origin", origin)
			}
			conn, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(b.url, "http"), header)
			require.NoError(t, resp.Body.Close())
			if !allowed {
				require.Error(t, err)
				require.Equal(t, http.StatusForbidden, resp.StatusCode)
				return
			}
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		})
	}
}

func TestSocketOperationLimit(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{OperationsPerSocket: 2})
	c := b.connect(t)
	for _, id := range []string{"1", "2"} {
		c.subscribe(id, `subscription { once }`)
		c.expect(`{"id":"` + id + `","type":"next","payload":{"data":{"once":1}}}`)
	}
	c.subscribe("3", `{ hello }`)
	c.expect(`{"id":"3","type":"error","payload":[{"message":"operations of one connection: the limit is 2",
		"extensions":{"code":"LIMIT_EXCEEDED"}}]}`)
	c.send(`{"id":"1","type":"complete"}`)
	require.Eventually(t, func() bool { return b.Streams.Load() == 1 }, patience, time.Millisecond)
	require.Eventually(t, func() bool {
		c.subscribe("4", `{ hello }`)
		if strings.Contains(c.receive(), `"error"`) {
			return false // the first one's goroutine is not done yet
		}
		c.expect(`{"id":"4","type":"complete"}`)
		return true
	}, patience, time.Millisecond)
}

func TestSocketViewerLimit(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{Authenticate: bearer, SocketsPerViewer: 1})
	open := func(name string) *client {
		c := b.dial(t, http.Header{"Authorization": {"Bearer " + name}})
		c.send(`{"type":"connection_init"}`)
		return c
	}
	first := open("alice")
	first.expect(`{"type":"connection_ack"}`)
	open("alice").expectClose(4403)
	open("bob").expect(`{"type":"connection_ack"}`)
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { return b.handler.Sockets() == 1 }, patience, time.Millisecond)
	open("alice").expect(`{"type":"connection_ack"}`)
}

func TestSocketBrokenInput(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{MaxMessageBytes: 1000})
	for name, test := range map[string]struct {
		kind int
		data []byte
		code int
	}{
		"not UTF-8": {websocket.TextMessage, []byte("{\"type\":\"ping\",\"payload\":{\"a\":\"\xff\"}}"), 1007},
		"binary":    {websocket.BinaryMessage, []byte(`{"type":"ping"}`), 4400},
		"too large": {websocket.TextMessage, make([]byte, 100_000), 1009},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := b.dial(t, nil)
			require.NoError(t, c.WriteMessage(test.kind, test.data))
			c.expectClose(test.code)
		})
	}
	t.Run("not a frame", func(t *testing.T) {
		t.Parallel()
		c := b.dial(t, nil)
		_, err := c.NetConn().Write([]byte{0xFF, 0x80, 0, 0, 0, 0})
		require.NoError(t, err)
		c.expectClose(1002)
	})
}

func TestSocketEchoesClose(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	c := b.connect(t)
	c.subscribe("1", `subscription { once }`)
	require.NoError(t, c.WriteControl(websocket.CloseMessage,
		websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye"), time.Time{}))
	c.expectClose(websocket.CloseNormalClosure)
	b.released(t)

	c = b.connect(t)
	require.NoError(t, c.WriteControl(websocket.CloseMessage, nil, time.Time{}))
	c.expectClose(websocket.CloseNoStatusReceived)
}
