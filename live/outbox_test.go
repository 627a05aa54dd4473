package live

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

// bytesMessage counts as n bytes.
func bytesMessage(n int) message { return message{tail: bytes.Repeat([]byte{'x'}, n-messageOverhead)} }

// queueing makes an outbox whose sender never comes: everything waits.
func queueing(limit int) *outbox {
	return &outbox{limit: limit, format: transportWS, meter: newMeter(nil), wake: func() {}}
}

// drainOutbox takes and sends all that waits, and gives how many messages that was.
func drainOutbox(o *outbox) int {
	_, taken := o.take(nil, nil, 1<<30)
	o.sent(taken, true)
	return len(taken)
}

func TestOutboxIsBounded(t *testing.T) {
	t.Parallel()
	o := queueing(16_000) // 1000 a lane
	lanes := make([]lane, 50)
	accepted := 0
	for i := range lanes {
		for {
			added, room := o.offer(&lanes[i], bytesMessage(600))
			if !added {
				require.NotNil(t, room)
				break
			}
			accepted++
		}
		require.LessOrEqual(t, lanes[i].bytes, 1600)
	}
	require.LessOrEqual(t, o.bytes, 16_600)
	require.Equal(t, accepted, drainOutbox(o))
	require.Zero(t, o.bytes)
	for i := range lanes {
		require.Zero(t, lanes[i].bytes)
	}
}

func TestOutboxTakesAnyMessageWhenEmpty(t *testing.T) {
	t.Parallel()
	o, l := queueing(10), &lane{}
	added, _ := o.offer(l, bytesMessage(1000))
	require.True(t, added)
	added, _ = o.offer(l, bytesMessage(100))
	require.False(t, added)
}

func TestOutboxPutWaits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		unblock func(o *outbox, l *lane, cancel context.CancelFunc)
		added   bool
	}{
		"for room":            {func(o *outbox, _ *lane, _ context.CancelFunc) { drainOutbox(o) }, true},
		"until cancelled":     {func(_ *outbox, _ *lane, cancel context.CancelFunc) { cancel() }, false},
		"until closed":        {func(o *outbox, _ *lane, _ context.CancelFunc) { o.close(true) }, false},
		"until its lane ends": {func(o *outbox, l *lane, _ context.CancelFunc) { o.closeLane(l) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o, l := queueing(16), &lane{}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				require.True(t, o.put(ctx, l, bytesMessage(100)))
				result := make(chan bool, 1)
				go func() { result <- o.put(ctx, l, bytesMessage(100)) }()
				synctest.Wait()
				require.Empty(t, result)
				test.unblock(o, l, cancel)
				require.Equal(t, test.added, <-result)
			})
		})
	}
}

func TestOutboxCloseLaneDropsItsMessagesOnly(t *testing.T) {
	t.Parallel()
	o, ended, other := queueing(16_000), &lane{}, &lane{}
	ctx := context.Background()
	for _, l := range []*lane{ended, other, ended, other} {
		require.True(t, o.put(ctx, l, bytesMessage(100)))
	}
	o.closeLane(ended)
	require.False(t, o.put(ctx, ended, bytesMessage(100)))
	require.Equal(t, 200, o.bytes)
	require.Equal(t, 2, drainOutbox(o))
}

func TestOutboxCloseMayKeepWhatWaits(t *testing.T) {
	t.Parallel()
	for _, discard := range []bool{false, true} {
		o, l := queueing(1000), &lane{}
		require.True(t, o.put(context.Background(), l, bytesMessage(100)))
		o.close(discard)
		require.Equal(t, !discard, drainOutbox(o) == 1)
	}
}

func TestOutboxSendsControlFramesFirst(t *testing.T) {
	t.Parallel()
	o, l := queueing(1000), &lane{}
	require.True(t, o.put(context.Background(), l, message{head: []byte("he"), tail: []byte("llo")}))
	o.sendPing()
	o.sendPong("a")
	o.sendPong("b")
	batch, taken := o.take(nil, nil, 1000)
	require.Equal(t, []byte("\x8A\x01b"+"\x89\x00"+"\x81\x05hello"), batch)
	require.Len(t, taken, 1)
}

func TestFrameLengths(t *testing.T) {
	t.Parallel()
	for size, header := range map[int][]byte{
		0:       {0x81, 0},
		125:     {0x81, 125},
		126:     {0x81, 126, 0, 126},
		0xFFFF:  {0x81, 126, 0xFF, 0xFF},
		0x10000: {0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0},
	} {
		frame := appendFrame(nil, opText, make([]byte, size/2), make([]byte, size-size/2))
		require.Equal(t, header, frame[:len(header)])
		require.Len(t, frame, len(header)+size)
	}
}

func TestClosePayloadFits(t *testing.T) {
	t.Parallel()
	require.Nil(t, closePayload(closeNoStatus, "x"))
	require.Equal(t, "\x11\x33Forbidden", string(closePayload(closeForbidden, "Forbidden")))
	long := closePayload(closeBadMessage, "a"+string(bytes.Repeat([]byte("é"), 100)))
	require.Len(t, long, 2+1+2*61, "cut before the half letter")
}

func TestOutboxIsBoundedForTheLatestOfEach(t *testing.T) {
	t.Parallel()
	const limit, size = 16_000, 600 // 1000 a lane
	o := queueing(limit)
	lanes := make([]lane, 50)
	for round := range 4 {
		for i := range lanes {
			for key := range int64(20) {
				o.offerLatest(&lanes[i], key, bytesMessage(size<<round)) // they grow
			}
		}
	}
	waiting, largest := 0, size<<3
	for i := range lanes {
		require.NotZero(t, lanes[i].bytes, "each has at least one")
		waiting += lanes[i].bytes
	}
	require.Equal(t, waiting, o.bytes)
	require.LessOrEqual(t, o.bytes, limit+len(lanes)*largest)
	require.NotZero(t, drainOutbox(o))
	require.Zero(t, o.bytes)
}

func TestOutboxAlwaysTakesTheLatestOfAll(t *testing.T) {
	t.Parallel()
	o, l := queueing(16), &lane{}
	for round := range 4 {
		added, _ := o.offerLatest(l, 1, bytesMessage(1000<<round))
		require.True(t, added)
	}
	require.Equal(t, 8000, l.bytes)
	require.Equal(t, 1, drainOutbox(o))
}
