package live

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/sharing"
)

const (
	// ringPackets and ringBytes bound what a group keeps of a stream of which nothing may
	// be left out, for readers who are only a little behind.
	ringPackets = 64
	ringBytes   = 64 << 10
)

// group is one execution of a subscription and all who share it.
//
// A member whose position the stream passes next is attached: publish sends to it, and
// nobody else needs a goroutine for it. A member that is behind catches up by an
// execution of its own, up to where the group is, and attaches then. One that takes too
// slowly for the group is let go, and catches up again.
type group struct {
	runner *runner
	key    string
	mode   sharing.Mode
	ctx    context.Context // of the execution
	cancel context.CancelFunc
	// repeats asks for an element again; nil unless the mode is LatestOfEach.
	repeats chan int64
	// sharers is how many members there are, attached or not; guarded by groups.mu.
	sharers int

	mu      sync.Mutex // guards all below; taken before outbox.mu
	members []*member  // those attached
	// publishing says that somebody reads members without mu: it may grow, but what is
	// there must not change.
	publishing bool
	last       *packet
	// tail is the position up to which the stream was published, with Every; ring has
	// the last packets that lead there.
	tail      int64
	ring      []*packet
	ringBytes int
	// over says that the execution has ended; failed is why, nil when it is complete.
	over   bool
	failed *graphql.Response
}

// standing is what a group can do for a member.
type standing int

const (
	attached standing = iota
	behind            // it must catch up by itself first
	stale             // the group has ended without what the member is owed
	ended             // the group has ended, and so must the member
)

func newGroup(m *member) *group {
	g := &group{runner: m.op.peer.runner, key: m.key, mode: m.plan.Mode, tail: m.plan.Head}
	// No single member can end it, whoever was the first.
	g.ctx, g.cancel = context.WithCancel(context.WithoutCancel(m.op.ctx))
	if g.mode == sharing.LatestOfEach {
		g.repeats = make(chan int64)
	}
	return g
}

// lead runs the execution until it has ended or nobody shares it any more.
func (g *group) lead(params graphql.RawParams, head string) {
	defer g.cancel()
	defer func() {
		if value := recover(); value != nil {
			g.finish(g.runner.panicked(g.ctx, value))
		}
	}()
	ctx, oc, refused := g.runner.prepare(g.ctx, &params)
	if refused != nil {
		g.finish(refused)
		return
	}
	execution := &sharing.Execution{Repeats: g.repeats}
	if g.mode == sharing.Every {
		execution.Cursor = &head
	}
	source := g.runner.open(ctx, oc, execution)
	for {
		p, failed := source.next()
		if p == nil {
			g.finish(failed)
			return
		}
		g.publish(p)
	}
}

// publish sends a packet to all who are attached.
func (g *group) publish(p *packet) {
	g.mu.Lock()
	g.keepLocked(p)
	members := g.members[:len(g.members):len(g.members)]
	g.publishing = true
	g.mu.Unlock()
	var slow []*member
	for _, m := range members {
		if !m.deliver(p) {
			slow = append(slow, m)
		}
	}
	g.mu.Lock()
	g.publishing = false
	g.mu.Unlock()
	for _, m := range slow {
		if m.release() {
			g.remove(m)
			go m.resume()
		}
	}
}

func (g *group) keepLocked(p *packet) {
	g.last = p
	if g.mode != sharing.Every {
		return
	}
	g.tail = p.mark.To
	g.ring = append(g.ring, p)
	g.ringBytes += len(p.body)
	for len(g.ring) > ringPackets || g.ringBytes > ringBytes {
		g.ringBytes -= len(g.ring[0].body)
		g.ring[0] = nil
		g.ring = g.ring[1:]
	}
}

// attach sends the member what it lacks and the group has, and makes it one of those
// that are published to. When it is behind, until is how far it must come by itself.
func (g *group) attach(m *member) (_ standing, until int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.failed != nil {
		return ended, 0
	}
	m.joining = true
	defer func() { m.joining = false }()
	switch g.mode {
	case sharing.Latest:
		if g.last != nil {
			m.deliverLatest(g.last)
		}
		if m.position >= m.plan.Head {
			m.op.params = nil // it has what it is owed, and never asks again
		} else if g.over {
			return stale, 0
		}
	case sharing.Every:
		g.deliverRingLocked(m)
		if m.position < g.tail {
			return behind, g.tail
		}
		if g.over && g.tail < m.plan.Head {
			return stale, 0
		}
	case sharing.LatestOfEach:
		m.op.params = nil // it never asks again
	}
	if g.over {
		return ended, 0
	}
	m.place = len(g.members)
	g.members = append(g.members, m)
	m.held.Store(true)
	// Who cuts the operation short cancels first and releases then: one of us sees it.
	if m.op.ctx.Err() != nil && m.release() {
		g.members = g.members[:m.place]
		return ended, 0
	}
	return attached, 0
}

// deliverRingLocked sends what a member that is a little behind lacks, as far as there
// is room.
func (g *group) deliverRingLocked(m *member) {
	next := slices.IndexFunc(g.ring, func(p *packet) bool { return p.mark.From == m.position })
	for ; next >= 0 && next < len(g.ring) && m.deliverEvery(g.ring[next]); next++ {
	}
}

// remove takes out a member that is attached.
func (g *group) remove(m *member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.over {
		return // finish has taken them all out
	}
	if g.publishing {
		g.members = slices.Clone(g.members)
		g.publishing = false
	}
	last := len(g.members) - 1
	g.members[m.place] = g.members[last]
	g.members[m.place].place = m.place
	g.members[last] = nil
	g.members = g.members[:last]
}

// finish ends the group and all who are attached: with `complete`, or what failed.
func (g *group) finish(failed *graphql.Response) {
	g.runner.groups.forget(g)
	g.mu.Lock()
	g.over, g.failed = true, failed
	members := g.members
	g.members = nil
	g.mu.Unlock()
	for _, m := range members {
		if m.release() {
			go m.resume()
		}
	}
}

// refused is why the group has failed; nil when it is complete.
func (g *group) refused() *graphql.Response {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failed
}

// repeat asks for the newest element of a key again.
func (g *group) repeat(ctx context.Context, key int64) {
	select {
	case g.repeats <- key:
	case <-ctx.Done():
	case <-g.ctx.Done():
	}
}
