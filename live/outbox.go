package live

import (
	"bytes"
	"context"
	"sync"
)

// laneShare is the part of the outbox that one operation may fill: it keeps room for
// the others, and keeps a slow reader's snapshots fresh.
const laneShare = 16

// maxIdleQueue is the largest queue, in messages, that is kept while it is empty.
const maxIdleQueue = 64

// lane is one operation's way through an outbox. Guarded by outbox.mu.
type lane struct {
	bytes  int  // waiting or being sent
	closed bool // nothing may be added
	// latest has what waits of a stream in which the newer replaces the older, by key.
	latest map[int64]*pending
}

// outbox holds what one connection has to send. Producers add to it from any goroutine;
// a message that finds the connection free is written at once, by who adds it. The rest
// waits for the sender, of which there is at most one. What waits is at most limit
// bytes, plus one message of each operation: the last one may overshoot, so that a
// message larger than the limit finds its way.
type outbox struct {
	limit  int
	format *format
	meter  *meter
	// direct writes as much of a frame as the connection takes without waiting, and
	// gives how much that was; nil when it cannot be known. It is called with mu held.
	direct func(frame []byte) int
	// wake calls a sender, which takes and sends until idle lets it go. It is called
	// with mu held and must not block.
	wake func()

	mu    sync.Mutex // guards all below
	queue []*pending
	bytes int // of messages in queue and of those taken but not yet sent
	// begun is the message of which a part is written, and rest the rest of it: the next
	// that is sent.
	begun  *pending
	rest   []byte
	pong   []byte
	pings  bool
	ponged bool
	// sending says that there is a sender, or one was called.
	sending bool
	closed  bool
	room    chan struct{} // closed when bytes have left; nil while nobody waits
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
	if o.writeLocked(l, m) {
		return true, nil
	}
	if o.bytes >= o.limit || o.fullLocked(l) {
		return false, o.roomLocked()
	}
	o.addLocked(&pending{lane: l, message: m})
	return true, nil
}

// offerLatest is offer for a stream in which m replaces what waits with the same key,
// except that only a resync replaces a resync: what was left out is not told otherwise.
// While nothing of the lane waits, or what m replaces is all that does, there is room.
func (o *outbox) offerLatest(l *lane, key int64, m message) (added bool, room <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed || l.closed {
		return false, nil
	}
	full := o.bytes >= o.limit || o.fullLocked(l)
	if waiting := l.latest[key]; waiting != nil && (m.resync || !waiting.resync) {
		if full && len(l.latest) > 1 && m.size() > waiting.size() {
			return false, o.roomLocked()
		}
		o.replaceLocked(waiting, m)
		return true, nil
	}
	if o.writeLocked(l, m) {
		return true, nil
	}
	if full && len(l.latest) > 0 {
		return false, o.roomLocked()
	}
	if l.latest == nil {
		l.latest = map[int64]*pending{}
	}
	p := &pending{lane: l, key: key, message: m}
	l.latest[key] = p
	o.addLocked(p)
	return true, nil
}

func (o *outbox) fullLocked(l *lane) bool { return l.bytes >= max(o.limit/laneShare, 1) }

func (o *outbox) roomLocked() <-chan struct{} {
	if o.room == nil {
		o.room = make(chan struct{})
	}
	return o.room
}

// writeLocked writes m at once, if nothing is in its way. False: m must wait.
func (o *outbox) writeLocked(l *lane, m message) bool {
	if o.sending || o.direct == nil {
		return false
	}
	buffer := frameBuffer()
	defer keepBuffer(buffer)
	*buffer = o.format.frame((*buffer)[:0], m.head, m.tail)
	written := o.direct(*buffer)
	switch written {
	case len(*buffer):
		o.meter.delivered(m)
		return true
	case 0:
		return false
	default:
		o.begun, o.rest = &pending{lane: l, message: m}, bytes.Clone((*buffer)[written:])
		o.countLocked(l, m.size())
		o.wakeLocked()
		return true
	}
}

func (o *outbox) addLocked(p *pending) {
	o.queue = append(o.queue, p)
	o.countLocked(p.lane, p.size())
	o.wakeLocked()
}

// replaceLocked puts m in the place of a message that waits.
func (o *outbox) replaceLocked(p *pending, m message) {
	o.countLocked(p.lane, m.size()-p.size())
	p.message = m
	o.meter.conflated.Inc()
}

func (o *outbox) countLocked(l *lane, bytes int) {
	o.bytes += bytes
	l.bytes += bytes
	o.meter.queued.Add(float64(bytes))
}

func (o *outbox) wakeLocked() {
	if !o.sending {
		o.sending = true
		o.wake()
	}
}

// closeLane refuses further messages of l and drops those not yet taken.
func (o *outbox) closeLane(l *lane) {
	o.mu.Lock()
	defer o.mu.Unlock()
	l.closed = true
	o.dropLocked(l)
}

func (o *outbox) dropLocked(l *lane) {
	kept := o.queue[:0]
	for _, p := range o.queue {
		if p.lane == l {
			o.countLocked(l, -p.size())
			continue
		}
		kept = append(kept, p)
	}
	clear(o.queue[len(kept):])
	o.queue = kept
	l.latest = nil
	o.letInLocked()
}

// close refuses further messages; discard also drops the waiting ones. The sender is
// called once more: it says goodbye.
func (o *outbox) close(discard bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	if discard {
		for _, p := range o.queue {
			o.countLocked(p.lane, -p.size())
		}
		o.queue = nil
	}
	o.letInLocked()
	o.wakeLocked()
}

// sendPing and sendPong add control frames. They go before all messages; of several
// pongs the latest is enough (RFC 6455, section 5.5.3).
func (o *outbox) sendPing() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pings = true
	o.wakeLocked()
}

func (o *outbox) sendPong(payload string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ponged, o.pong = true, []byte(payload)
	o.wakeLocked()
}

// take appends what waits, as it is sent, to batch until that has size bytes, and adds
// the messages it took to taken. sent must be called with them.
func (o *outbox) take(batch []byte, taken []*pending, size int) ([]byte, []*pending) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.begun != nil {
		batch, taken = append(batch, o.rest...), append(taken, o.begun)
		o.begun, o.rest = nil, nil
	}
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
		p := o.queue[n]
		batch = o.format.frame(batch, p.head, p.tail)
		if p.lane.latest[p.key] == p {
			delete(p.lane.latest, p.key)
		}
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

// sent gives back the room of messages that take gave. delivered says whether the
// connection has taken them.
func (o *outbox) sent(taken []*pending, delivered bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range taken {
		o.countLocked(p.lane, -p.size())
		if delivered {
			o.meter.delivered(p.message)
		}
	}
	o.letInLocked()
}

// idle lets the sender go, if nothing waits; rest is called before anybody else may
// write. A sender that finds the outbox closed is not let go: it says goodbye.
func (o *outbox) idle(rest func()) (closed, idle bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) > 0 || o.begun != nil || o.pings || o.ponged {
		return false, false
	}
	if o.closed {
		return true, false
	}
	rest()
	o.sending = false
	return false, true
}

func (o *outbox) letInLocked() {
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}
