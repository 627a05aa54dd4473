package http

import (
	"fmt"
	"io"
	"math"
	"sync"

	"stepcast/executor"
)

const (
	// largeFrom is the size in bytes from which amounts are told. What is smaller is there
	// at once, and leaves the content its message.
	largeFrom = 256 << 10
	// tellEvery is the distance in bytes between two reports.
	tellEvery = 64 << 10
)

// progress tells how far the bytes of a request and its response got. A large body that is
// sent is the first half, the response the second.
type progress struct {
	sink executor.Sink

	mu sync.Mutex
	// responding is set when the response begins, or will not come: what is still sent then
	// is told to nobody.
	responding bool
	// told is the percentage that was told last; begun is where the response begins.
	told, begun float64
}

// sent tells that done of total bytes of the body were sent.
func (p *progress) sent(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.responding {
		p.begun = 50
		p.tell(50*portion(done, total), amount(done, total))
	}
}

// response notes that nothing of what is sent counts any more.
func (p *progress) response() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.responding = true
}

// received tells that done of total bytes of the response are there; total is negative
// when it is not known.
func (p *progress) received(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case total > 0:
		p.tell(p.begun+(100-p.begun)*portion(done, total), amount(done, total))
	case done >= largeFrom:
		p.sink.Progress(math.NaN(), size(done))
	}
}

func (p *progress) tell(percent float64, message string) {
	if percent >= p.told {
		p.told = percent
		p.sink.Progress(percent, message)
	}
}

func portion(done, total int64) float64 { return min(1, float64(done)/float64(total)) }

// amount is empty for what is not large.
func amount(done, total int64) string {
	if total < largeFrom {
		return ""
	}
	return size(done) + " of " + size(total)
}

// size writes a number of bytes: "999 B", "1.2 MB".
func size(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n)/1000, 0
	const units = "kMGTPE"
	for value >= 999.95 && unit < len(units)-1 {
		value, unit = value/1000, unit+1
	}
	return fmt.Sprintf("%.1f %cB", value, units[unit])
}

// meter tells of the bytes that are read through it: every tellEvery, and the last.
type meter struct {
	io.Reader
	total int64
	tell  func(done, total int64)
	// done is what was read, told what was told of it.
	done, told int64
}

func (m *meter) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	m.done += int64(n)
	if m.done > m.told && (err != nil || m.told == 0 || m.done >= m.told+tellEvery) {
		m.told = m.done
		m.tell(m.done, m.total)
	}
	return n, err
}

// Close implements io.Closer for the body of a request.
func (m *meter) Close() error { return nil }
