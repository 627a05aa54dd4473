package live_test

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func TestSocketAnswersPings(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{}).dial(t, nil)
	answered := ""
	c.SetPongHandler(func(payload string) error { answered = payload; return nil })
	require.NoError(t, c.WriteControl(websocket.PingMessage, []byte("x"), time.Time{}))
	c.expectNothing()
	require.Equal(t, "x", answered)
}

func TestSocketKeepsWhoAnswersPings(t *testing.T) {
	t.Parallel()
	c := setup(t, live.Options{PingInterval: 300 * time.Millisecond}).connect(t)
	pings, enough := 0, make(chan struct{})
	answer := c.PingHandler()
	c.SetPingHandler(func(payload string) error {
		// One more than a silent peer would live to see.
		if pings++; pings == 4 {
			close(enough)
		}
		return answer(payload)
	})
	go func() {
		<-enough
		_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"ping"}`))
	}()
	c.expect(`{"type":"pong"}`)
}

func TestSocketCutsWhoIsSilent(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{PingInterval: 20 * time.Millisecond})
	c := b.dial(t, nil)
	c.SetPingHandler(func(string) error { return nil })
	c.expectClose(websocket.CloseGoingAway)
	b.released(t)
}
