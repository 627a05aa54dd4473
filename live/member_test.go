package live

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"stepcast/internal/sharing"
)

// attachedMember gives a member of a group of its own, whose messages all wait.
func attachedMember(t *testing.T, mode sharing.Mode, limit int) *member {
	t.Helper()
	meter := newMeter(nil)
	o := &operation{
		peer: &peer{runner: &runner{meter: meter, groups: newGroups(meter, newConnections(0))}, out: queueing(limit)}, id: "1",
	}
	o.peer.operations.limit = 1
	o.ctx, o.cancel = context.WithCancel(context.Background())
	require.Equal(t, started, o.peer.operations.start(o))
	m := &member{op: o, plan: sharing.Plan{Mode: mode}}
	o.member.Store(m)
	m.group = newGroup(m)
	m.group.sharers = 1
	standing, _ := m.group.attach(m)
	require.Equal(t, attached, standing)
	return m
}

// about is a packet with the newest of a key.
func about(key int64, resync bool) *packet {
	return &packet{body: []byte(strconv.FormatInt(key, 10)), mark: sharing.Mark{Key: key, Resync: resync}}
}

func TestResyncIsNotReplacedByWhatComesAfterIt(t *testing.T) {
	t.Parallel()
	m := attachedMember(t, sharing.LatestOfEach, 16_000)
	for _, p := range []*packet{about(7, false), about(7, true), about(7, true), about(7, false), about(7, false)} {
		require.True(t, m.deliver(p))
	}
	_, taken := m.op.peer.out.take(nil, nil, 1<<20)
	require.Len(t, taken, 2, "the newest resync, and the newest element")
	require.True(t, taken[0].message.resync)
	require.False(t, taken[1].message.resync)
	m.op.peer.out.sent(taken, true)
	require.Empty(t, m.op.lane.latest)
	require.Zero(t, m.op.lane.bytes)
	m.op.cancel()
}

// A publisher has the list of members from before one left.
func TestWhoHasLeftMayStillBePublishedTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for range 32 { // each time it is chance whether the room or the end is seen first
			m := attachedMember(t, sharing.LatestOfEach, 16)
			require.True(t, m.deliver(about(1, false)))
			m.op.cancel()
			m.op.cutShort()
			synctest.Wait()
			m.op.peer.operations.wait()
			require.True(t, m.deliver(about(2, false)), "there is no room for it")
			m.op.peer.out.closeLane(&m.op.lane)
			synctest.Wait()
		}
	})
}
