package live

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
)

// member is a subscription that takes part in a group. Somebody looks after it at any
// time, and only that one touches it: the goroutine that runs follow, or, while it is
// attached, whoever publishes to the group.
type member struct {
	op   *operation
	plan sharing.Plan
	key  string

	group *group
	// first says that the group was made for it: all that the group gives is newer than
	// what its right was checked on.
	first bool
	// position is where the reader is: what it has, or what is on its way to it; cursor
	// is its name, if named, else that is among the arguments.
	position int64
	cursor   string
	named    bool
	// place is its index among the members of the group; guarded by group.mu.
	place int
	// held says that its group looks after it; whoever takes that away looks after it then.
	held atomic.Bool

	// joining says that it gets what was published before it came.
	joining bool
	// resyncing says that something was left out: nothing more is sent before the
	// element that says so. asking is set while somebody sees that there will be one.
	resyncing bool
	asking    atomic.Bool
}

func newMember(o *operation, oc *graphql.OperationContext, plan sharing.Plan) *member {
	m := &member{op: o, plan: plan, key: sharingKey(oc, plan)}
	if o.resume != nil {
		m.cursor, m.named = *o.resume, true
	}
	o.member.Store(m)
	switch plan.Mode {
	case sharing.Latest:
		m.position = plan.Head - 1 // nothing older than what its right was checked on
	case sharing.Every:
		m.position = plan.After
	case sharing.LatestOfEach:
	}
	return m
}

// follow takes part until a group looks after the member (false), or its operation is
// over (true).
func (m *member) follow() (over bool) {
	defer func() {
		if value := recover(); value != nil {
			m.op.fail(m.op.peer.panicked(m.op.ctx, value))
			if m.group != nil {
				m.leave()
			}
			over = true
		}
	}()
	for {
		if m.group == nil {
			m.group, m.first = m.op.peer.groups.join(m)
		}
		standing, until := m.group.attach(m)
		switch {
		case standing == attached:
			return false
		case standing == stale && !m.first:
			m.leave() // the next one has what this one ended without
		case standing == behind:
			if !m.catchUp(until) {
				m.leave()
				return true
			}
		default:
			m.finish()
			m.leave()
			return true
		}
	}
}

// resume is follow for a member that is nobody's any more.
func (m *member) resume() {
	if m.follow() {
		m.op.peer.operations.done(m.op)
	}
}

// leave takes the member out of the books of its group.
func (m *member) leave() {
	m.op.peer.groups.leave(m.group)
	m.group = nil
}

// release takes an attached member from its group. False: it is not, or somebody else
// has done so.
func (m *member) release() bool { return m.held.CompareAndSwap(true, false) }

// abandon ends a released member whose operation was cut short. It leaves the member as
// it is: whoever publishes may have seen it among the others, and deliver to it yet.
func (m *member) abandon() {
	m.group.remove(m)
	m.op.peer.groups.leave(m.group)
	m.op.peer.operations.done(m.op)
}

// finish sends how the group has ended.
func (m *member) finish() {
	if refused := m.group.refused(); refused != nil {
		m.op.fail(refused)
		return
	}
	m.op.complete()
}

// catchUp runs an execution for this member alone, from where it is to a position that
// the group has reached. False: the operation is over.
func (m *member) catchUp(until int64) bool {
	o := m.op
	o.peer.meter.catchUps.Inc()
	ctx, cancel := context.WithCancel(o.ctx)
	defer cancel()
	ctx, oc, refused := o.peer.prepare(ctx, o.params)
	if refused != nil {
		o.fail(refused)
		return false
	}
	execution := &sharing.Execution{Until: until}
	if m.named {
		from := m.cursor
		execution.Cursor = &from
	}
	source := o.peer.open(ctx, oc, execution)
	for moved := false; ; moved = true {
		p, failed := source.next()
		switch {
		case failed != nil:
			o.fail(failed)
			return false
		case p == nil && (o.ctx.Err() != nil || moved):
			return o.ctx.Err() == nil
		case p == nil: // there is nothing there any more: what was followed is gone
			o.complete()
			return false
		case !o.put(p):
			return false
		}
		m.moveTo(p)
		if m.position >= until {
			return true // the source ends there, too, unless that is its beginning
		}
	}
}

// moveTo notes that a packet is on its way.
func (m *member) moveTo(p *packet) {
	m.position, m.cursor, m.named = p.mark.To, p.mark.Cursor, true
}

// deliver sends a packet of the group without waiting. False: the member is behind and
// must catch up.
func (m *member) deliver(p *packet) bool {
	switch m.plan.Mode {
	case sharing.Latest:
		m.deliverLatest(p)
		return true
	case sharing.LatestOfEach:
		m.deliverLatestOfEach(p)
		return true
	default:
		return m.deliverEvery(p)
	}
}

func (m *member) deliverLatest(p *packet) {
	if p.mark.To > m.position {
		m.position = p.mark.To
		m.op.peer.out.offerLatest(&m.op.lane, p.mark.Key, m.message(p))
	}
}

func (m *member) deliverEvery(p *packet) bool {
	if p.mark.To <= m.position {
		return true
	}
	if p.mark.From != m.position {
		return false
	}
	added, room := m.op.peer.out.offer(&m.op.lane, m.message(p))
	if added {
		m.moveTo(p)
	}
	return room == nil
}

// deliverLatestOfEach leaves out what finds no room. Once there is some, the group gives
// one element again, which says that the reader has missed something.
func (m *member) deliverLatestOfEach(p *packet) {
	if m.resyncing && !p.mark.Resync || p.mark.Repeated && !m.resyncing {
		return
	}
	added, room := m.op.peer.out.offerLatest(&m.op.lane, p.mark.Key, m.message(p))
	if added {
		m.resyncing = false
	}
	if room == nil {
		return
	}
	m.resyncing = true
	if m.asking.CompareAndSwap(false, true) {
		go m.askForResync(m.group, p.mark.Key, room)
	}
}

func (m *member) askForResync(g *group, key int64, room <-chan struct{}) {
	select {
	case <-room:
		m.asking.Store(false) // from here on another one may be needed
		g.repeat(m.op.ctx, key)
	case <-m.op.ctx.Done():
	}
}

func (m *member) message(p *packet) message {
	message := p.message(m.op.peer.out.format, m.op.head)
	if m.joining {
		message.told = time.Time{} // it is as late as the member, not as its way is long
	}
	return message
}
