package live

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// modelLine is a connection whose peer takes what it is sent when chance has it.
type modelLine struct {
	peer
	model *model
	ctx   context.Context
	end   context.CancelFunc
	sent  chan struct{} // closed when the last sender has ended
	begun int           // operations
	ids   map[string]string
	pause int // how many ticks the peer may not read

	mu     sync.Mutex // guards all below
	random *rand.Rand
	bytes  []byte                 // of a frame that is not whole yet
	heard  map[string]*modelHeard // by the ids of operations that go on
}

func newModelLine(m *model, random *rand.Rand) *modelLine {
	l := &modelLine{
		model: m, sent: make(chan struct{}), ids: map[string]string{}, heard: map[string]*modelHeard{},
		random: rand.New(rand.NewPCG(random.Uint64(), 0)), pause: 2,
	}
	if random.IntN(3) == 0 {
		l.pause = 40
	}
	l.ctx, l.end = context.WithCancel(context.Background())
	l.peer = peer{runner: m.runner, operations: operations{limit: 100}}
	l.out = &outbox{limit: 8000, format: transportWS, meter: m.runner.meter, wake: func() { go l.send() }}
	if random.IntN(4) > 0 { // else as over TLS
		l.out.direct = l.direct
	}
	return l
}

// direct takes all, something or nothing.
func (l *modelLine) direct(frame []byte) int {
	runtime.Gosched() // others may come in between
	l.mu.Lock()
	defer l.mu.Unlock()
	taken := len(frame)
	switch l.random.IntN(6) {
	case 0:
		taken = 0
	case 1:
		taken = l.random.IntN(len(frame))
	}
	l.hearLocked(frame[:taken])
	return taken
}

// send is the sender: as that of a socket, but it takes less at a time, so that more waits.
func (l *modelLine) send() {
	for {
		batch, taken := l.out.take(nil, nil, 1+l.chance(2000))
		if len(batch) > 0 {
			time.Sleep(time.Duration(l.chance(l.pause)) * modelTick)
			l.mu.Lock()
			l.hearLocked(batch)
			l.mu.Unlock()
			l.out.sent(taken, true)
			continue
		}
		closed, idle := l.out.idle(func() {})
		if closed {
			close(l.sent)
		}
		if closed || idle {
			return
		}
	}
}

// chance gives a number below n.
func (l *modelLine) chance(n int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.random.IntN(n)
}

// start begins an operation of which h hears.
func (l *modelLine) start(h *modelHeard, variables map[string]any) {
	l.begun++
	id := fmt.Sprint(l.begun)
	l.ids[h.mode] = id
	l.mu.Lock()
	l.heard[id] = h
	l.mu.Unlock()
	ctx, cancel := context.WithCancel(graphql.StartOperationTrace(l.ctx))
	op := &operation{
		peer: &l.peer, id: id, head: l.out.format.head(id), ctx: ctx, cancel: cancel,
		params: &graphql.RawParams{Query: modelQueries[h.mode], Variables: variables},
	}
	if got := l.operations.start(op); got != started {
		l.model.t.Errorf("operation %s: %v", id, got)
	}
	go op.run()
}

func (l *modelLine) watches(mode string) bool { return l.ids[mode] != "" }

// stop completes an operation, as its client does: what comes later is not heard.
func (l *modelLine) stop(mode string) {
	id := l.ids[mode]
	delete(l.ids, mode)
	l.mu.Lock()
	delete(l.heard, id)
	l.mu.Unlock()
	l.operations.stop(l.out, id)
}

// hangUp ends the connection, and returns when nothing of it is left.
func (l *modelLine) hangUp() {
	l.mu.Lock()
	clear(l.heard)
	discard := l.random.IntN(2) == 0
	l.mu.Unlock()
	l.out.close(discard)
	l.end()
	<-l.sent
	l.operations.wait()
}

// readAll has the client of h read everything at once.
func (l *modelLine) readAll(h *modelHeard) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.readAll()
}

// hearLocked reads what the peer got.
func (l *modelLine) hearLocked(bytes []byte) {
	l.bytes = append(l.bytes, bytes...)
	for {
		text, rest, ok := cutFrame(l.bytes)
		if !ok {
			return
		}
		l.bytes = rest
		var m modelMessage
		if err := json.Unmarshal(text, &m); err != nil {
			l.model.t.Errorf("%s: %v", text, err)
			return
		}
		if h := l.heard[m.ID]; h != nil {
			h.hear(m)
		}
	}
}

// cutFrame reads one text frame; false when it is not whole yet.
func cutFrame(bytes []byte) (text, rest []byte, ok bool) {
	if len(bytes) < 4 {
		return nil, bytes, false
	}
	begin, size := 2, int(bytes[1])
	if size == 126 {
		begin, size = 4, int(binary.BigEndian.Uint16(bytes[2:]))
	}
	if len(bytes) < begin+size {
		return nil, bytes, false
	}
	return bytes[begin : begin+size], bytes[begin+size:], true
}
