package e2e

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fray passes TCP connections on until each breaks by itself: after a random number of
// bytes, so in the middle of whatever is on its way, or after a random time.
type fray struct {
	listener net.Listener
	target   string

	// mu guards the rest.
	mu     sync.Mutex
	random *rand.Rand
	broken int
}

func startFray(t *testing.T, target string, random *rand.Rand) *fray {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	f := &fray{listener: l, target: target, random: random}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { f.pass(from.(*net.TCPConn)) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		serving.Wait()
	})
	return f
}

// fate draws how much a connection carries to the client, and how long it lasts. Some
// do not survive their handshake.
func (f *fray) fate() (bytes int64, lasts time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	most := []int64{400, 20_000, 200_000, 2_000_000}[f.random.IntN(4)]
	return f.random.Int64N(most), time.Duration(20+f.random.IntN(1500)) * time.Millisecond
}

func (f *fray) pass(from *net.TCPConn) {
	to, err := net.Dial("tcp", f.target)
	if err != nil {
		_ = from.Close()
		return
	}
	bytes, lasts := f.fate()
	cut := sync.OnceFunc(func() {
		_ = from.SetLinger(0) // what was sent and not read is lost too
		_ = from.Close()
		_ = to.Close()
		f.mu.Lock()
		f.broken++
		f.mu.Unlock()
	})
	overdue := time.AfterFunc(lasts, cut)
	defer overdue.Stop()
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = io.Copy(to, from) // breaking is what this is for
		cut()
	})
	_, _ = io.CopyN(from, to, bytes)
	cut()
	group.Wait()
}

// breaks counts the connections that broke.
func (f *fray) breaks() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.broken
}
