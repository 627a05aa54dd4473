package live

import (
	"context"
	"sync"
)

// laneShare is the part of the outbox that one operation may fill: it keeps room for
// the others, and keeps a slow reader's snapshots fresh.
const laneShare = 16

// maxIdleQueue is the largest queue, in messages, that is kept while it is empty.
const maxIdleQueue = 64

// lane is one operation's way through an outbox.
type lane struct {
	bytes  int  // waiting or being sent; guarded by outbox.mu
	closed bool // nothing may be added; guarded by outbox.mu
}

type pending struct {
	lane *lane
	message
}

// outbox holds what one socket has to send. Producers add to it from any goroutine;
// one writer takes from it. It holds at most limit bytes, plus one message: the last
// one may overshoot, so that a message larger than the limit finds its way.
type outbox struct {
	limit int
	// ready has a token while there may be something to take.
	ready chan struct{}

	mu     sync.Mutex // guards all below
	queue  []pending
	bytes  int // of messages in queue and of those taken but not yet sent
	pong   []byte
	pings  bool
	ponged bool
	closed bool
	room   chan struct{} // closed when bytes have left; nil while nobody waits
}

func newOutbox(limit int) *outbox {
	return &outbox{limit: limit, ready: make(chan struct{}, 1)}
}

// put adds m, waiting while there is no room. False: it was not added, because the
// lane or the outbox is closed or ctx has ended.
func (o *outbox) put(ctx context.Context, l *lane, m message) bool {
	for {
		added, room := o.offer(l, m)
		if added {
			return true
		}
		if room == nil {
			return false
		}
		select {
		case <-room:
		case <-ctx.Done():
			return false
		}
	}
}

// offer adds m if there is room now. If not, room tells when to try again; it is nil
// when trying is of no use.
func (o *outbox) offer(l *lane, m message) (added bool, room <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || l.closed {
		return false, nil
	}
	if o.bytes >= o.limit || l.bytes >= max(o.limit/laneShare, 1) {
		if o.room == nil {
			o.room = make(chan struct{})
		}
		return false, o.room
	}
	o.queue = append(o.queue, pending{l, m})
	o.bytes += m.size()
	l.bytes += m.size()
	o.wake()
	return true, nil
}

// closeLane refuses further messages of l and drops those not yet taken.
func (o *outbox) closeLane(l *lane) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l.closed = true
	kept := o.queue[:0]
	for _, p := range o.queue {
		if p.lane == l {
			o.forget(p)
			continue
		}
		kept = append(kept, p)
	}
	clear(o.queue[len(kept):])
	o.queue = kept
	o.letIn()
}

// close refuses further messages; discard also drops the waiting ones.
func (o *outbox) close(discard bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if discard {
		for _, p := range o.queue {
			o.forget(p)
		}
		o.queue = nil
	}
	o.letIn()
}

// sendPing and sendPong add control frames. They go before all messages; of several
// pongs the latest is enough (RFC 6455, section 5.5.3).
func (o *outbox) sendPing() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pings = true
	o.wake()
}

func (o *outbox) sendPong(payload string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ponged, o.pong = true, []byte(payload)
	o.wake()
}

// take appends frames for what waits to batch, until it has size bytes, and adds the
// messages it took to taken. sent must be called with them.
func (o *outbox) take(batch []byte, taken []pending, size int) ([]byte, []pending) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.ponged {
		batch = appendFrame(batch, opPong, nil, o.pong)
		o.ponged, o.pong = false, nil
	}
	if o.pings {
		batch = appendFrame(batch, opPing, nil, nil)
		o.pings = false
	}
	n := 0
	for n < len(o.queue) && len(batch) < size {
		batch = appendFrame(batch, opText, o.queue[n].head, o.queue[n].tail)
		n++
	}
	taken = append(taken, o.queue[:n]...)
	rest := copy(o.queue, o.queue[n:])
	clear(o.queue[rest:])
	o.queue = o.queue[:rest]
	if rest == 0 && cap(o.queue) > maxIdleQueue {
		o.queue = nil
	}
	return batch, taken
}

// sent gives back the room of messages that take gave.
func (o *outbox) sent(taken []pending) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range taken {
		o.forget(p)
	}
	o.letIn()
}

func (o *outbox) forget(p pending) {
	o.bytes -= p.size()
	p.lane.bytes -= p.size()
}

func (o *outbox) letIn() {
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}

func (o *outbox) wake() {
	select {
	case o.ready <- struct{}{}:
	default:
	}
}
