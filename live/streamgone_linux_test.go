package live_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"stepcast/live"
)

// A peer whose kernel takes nothing any more, as one that has vanished, is noticed by the
// pings, even when all that was sent has found room in this machine.
func TestVanishedStreamIsReleased(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{WriteTimeout: time.Hour, PingInterval: 100 * time.Millisecond})
	b.Feed("one").Append(1)
	address, err := url.Parse(b.url)
	require.NoError(t, err)
	conn, err := tiny().DialContext(t.Context(), "tcp", address.Host)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	// Far more than the peer has room for, and far less than the server.
	req := b.getRequest(t, mediaEvents, `subscription { latest(feed: "one", pad: 50000) { pad } }`)
	require.NoError(t, req.Write(conn))
	require.Eventually(t, func() bool { return b.Streams.Load() == 1 }, patience, time.Millisecond)
	b.released(t)

	// Who reads, if nothing but pings, is kept.
	r := b.ask(t, b.server.Client(), b.getRequest(t, mediaEvents, `subscription { once }`))
	r.next(`{"data":{"once":1}}`)
	_, err = io.ReadFull(r.body, make([]byte, 6*len(":\n\n")))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, r.StatusCode)
}

// tiny dials with the smallest receive buffer, from the first segment on.
func tiny() *net.Dialer {
	return &net.Dialer{
		Timeout: patience,
		ControlContext: func(_ context.Context, _, _ string, raw syscall.RawConn) error {
			var failed error
			err := raw.Control(func(fd uintptr) {
				failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1)
			})
			if err != nil {
				return err
			}
			return failed
		},
	}
}
