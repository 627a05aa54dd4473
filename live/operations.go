package live

import (
	"slices"
	"sync"
)

// operations is what runs on one connection.
type operations struct {
	limit int

	mu sync.Mutex // guards running and count; taken before outbox.mu
	// running has one operation of each id: a few, so that a list is the smallest.
	running []*operation
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

// start counts op in. Only the connection's reader calls it.
func (o *operations) start(op *operation) startResult {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.find(op.id) != nil {
		return duplicate
	}
	if o.count >= o.limit {
		return tooMany
	}
	o.running = append(o.running, op)
	o.count++
	o.all.Add(1)
	return started
}

// stop cancels the operation with this id, if there is one running. Nothing of it is sent
// afterwards, so that the id can be used again at once.
func (o *operations) stop(out *outbox, id string) (running bool) {
	o.mu.Lock()
	op := o.find(id)
	o.forget(op)
	o.mu.Unlock()
	if op == nil {
		return false
	}
	op.cancel()
	out.closeLane(&op.lane)
	op.cutShort()
	return true
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
	if o.find(op.id) != op {
		return nil
	}
	if _, room = out.offer(&op.lane, m); room == nil {
		o.forget(op)
	}
	return room
}

// done counts op out, after the last act of whoever looked after it.
func (o *operations) done(op *operation) {
	op.cancel()
	if op.streams {
		op.peer.meter.subscriptions.Dec()
	}
	o.mu.Lock()
	o.forget(op)
	o.count--
	o.mu.Unlock()
	o.all.Done()
}

// find gives the running operation with this id, nil when there is none.
func (o *operations) find(id string) *operation {
	for _, op := range o.running {
		if op.id == id {
			return op
		}
	}
	return nil
}

// forget frees the id of op, if it is still op's.
func (o *operations) forget(op *operation) {
	if at := slices.Index(o.running, op); at >= 0 {
		o.running = slices.Delete(o.running, at, at+1)
	}
}

// wait returns when all operations are done. Their contexts must have ended.
func (o *operations) wait() {
	o.mu.Lock()
	running := slices.Clone(o.running)
	o.mu.Unlock()
	for _, op := range running {
		op.cutShort()
	}
	o.all.Wait()
}
