package live

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The timer of a socket may go off when the socket is about to stop it.
func TestEndedSocketPingsNoMore(t *testing.T) {
	t.Parallel()
	s := &socket{protocol: transportProtocol{}, ended: make(chan struct{})}
	s.peer = peer{runner: &runner{opts: &Options{PingInterval: time.Hour}}, out: queueing(16)}
	s.pings = time.AfterFunc(never, s.ping)
	s.ping()
	require.True(t, s.pings.Stop(), "it will ping again")
	close(s.ended)
	s.ping()
	require.False(t, s.pings.Stop(), "it will not")
}
