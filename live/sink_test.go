package live

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A write may take far longer than the write timeout, as long as the peer reads.
func TestSinkWaitsForWhoReads(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("how much a peer has taken is known on Linux only")
	}
	t.Parallel()
	const timeout = time.Second
	var longest time.Duration
	sent := make(chan error, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := newSink(w, r, timeout)
		defer s.close()
		piece := bytes.Repeat([]byte{'x'}, chunkBytes)
		var err error
		for n := 0; n < 6<<20 && err == nil; n += len(piece) {
			start := time.Now()
			_, err = s.send(piece)
			longest = max(longest, time.Since(start))
		}
		sent <- err
	}))
	Prepare(server.Config)
	server.Start()
	defer server.Close()
	resp, err := server.Client().Get(server.URL)
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	ticks := time.NewTicker(timeout / 10)
	defer ticks.Stop()
	for {
		select {
		case err := <-sent:
			require.NoError(t, err)
			require.Greater(t, longest, timeout)
			return
		case <-ticks.C:
			_, err := io.CopyN(io.Discard, resp.Body, 64<<10)
			require.NoError(t, err)
		}
	}
}
