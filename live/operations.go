package live

import "sync"

// operations is what runs on one socket.
type operations struct {
	limit int

	mu      sync.Mutex // guards running and count; taken before outbox.mu
	running map[string]*operation
	// count includes those that the client has completed and that are not yet done:
	// completing must not be a way around the limit.
	count int
	all   sync.WaitGroup
}

type startResult int

const (
	started startResult = iota
	duplicate
	tooMany
)

// start counts op in. Only the socket's reader calls it.
func (o *operations) start(op *operation) startResult {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[op.id] != nil {
		return duplicate
	}
	if o.count >= o.limit {
		return tooMany
	}
	o.running[op.id] = op
	o.count++
	o.all.Add(1)
	return started
}

// stop cancels the operation with this id, if there is one. Nothing of it is sent
// afterwards, so that the id can be used again at once.
func (o *operations) stop(out *outbox, id string) {
	o.mu.Lock()
	op := o.running[id]
	delete(o.running, id)
	o.mu.Unlock()
	if op != nil {
		op.cancel()
		out.closeLane(&op.lane)
	}
}

// finish sends m, the last message of op, unless the client has completed op. Its id
// is free from the moment that m is on its way: not later, for the client may use it
// again as soon as it has read m; not sooner, for m would end what the client has
// begun anew.
func (o *operations) finish(out *outbox, op *operation, m message) {
	for {
		room := o.tryFinish(out, op, m)
		if room == nil {
			return
		}
		select {
		case <-room:
		case <-op.ctx.Done():
			return
		}
	}
}

// tryFinish gives nil when there is nothing more to do.
func (o *operations) tryFinish(out *outbox, op *operation, m message) (room <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[op.id] != op {
		return nil
	}
	if _, room = out.offer(&op.lane, m); room == nil {
		delete(o.running, op.id)
	}
	return room
}

// done counts op out, after its goroutine's last act.
func (o *operations) done(op *operation) {
	op.cancel()
	o.mu.Lock()
	// The id may be another operation's by now.
	if o.running[op.id] == op {
		delete(o.running, op.id)
	}
	o.count--
	o.mu.Unlock()
	o.all.Done()
}

// wait returns when all operations are done.
func (o *operations) wait() { o.all.Wait() }
