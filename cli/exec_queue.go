package cli

import (
	"encoding/binary"
	"fmt"
	"os"
	"sync"

	"stepcast/models"
)

// entryKind is what an entry of the queue tells.
type entryKind byte

const (
	logEntry entryKind = iota
	contentEntry
	planEntry
)

// entry is what the program said, in order. Of a plan each entry has one text; more says
// that the next one is of the same plan.
type entry struct {
	kind   entryKind
	level  models.LogLevel
	stream models.LogStream
	more   bool
	text   string
}

// entryCost is what an entry takes besides its text, about.
const entryCost = 64

func (e *entry) size() int64 { return int64(len(e.text)) + entryCost }

// queue keeps what the program said until the server has it: so much in memory, then so
// much in a temporary file, and then the program is held back. Nothing is lost.
//
//	put ──▶ memory ──────────────▶ take
//	  └──▶ file ──when memory is empty──┘
//
// While there is anything in the file, all that comes goes there, so that the order stays.
type queue struct {
	bufferLimit, spoolLimit int64

	mu     sync.Mutex // guards what follows
	room   *sync.Cond // signalled when there may be room
	memory []entry
	used   int64 // by memory
	spool  *os.File
	// read and written are how far the file was.
	read, written int64
	// spoolErr is why there is no file, or why it takes no more.
	spoolErr error
	closed   bool
	// abandoned drops everything: nobody takes it any more.
	abandoned bool
	// ready has an element when there may be something to take, or nothing will come.
	ready chan struct{}
}

func newQueue(bufferLimit, spoolLimit int64) *queue {
	q := &queue{bufferLimit: bufferLimit, spoolLimit: spoolLimit, ready: make(chan struct{}, 1)}
	q.room = sync.NewCond(&q.mu)
	return q
}

// put appends an entry. It blocks while there is no room.
func (q *queue) put(e entry) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.abandoned {
		if q.read == q.written && (q.used+e.size() <= q.bufferLimit || len(q.memory) == 0) {
			q.memory = append(q.memory, e)
			q.used += e.size()
			break
		}
		if q.spill(&e) {
			break
		}
		q.room.Wait()
	}
	q.wake()
}

// spill appends an entry to the file; false when that takes no more.
func (q *queue) spill(e *entry) bool {
	b := e.encode()
	if q.spoolErr != nil || q.written+int64(len(b)) > q.spoolLimit {
		return false
	}
	if q.spool == nil {
		if q.spool, q.spoolErr = os.CreateTemp("", "stepcast-exec-*"); q.spoolErr != nil {
			return false
		}
		_ = os.Remove(q.spool.Name()) // nobody else needs the name; where that is refused, free does it
	}
	if _, err := q.spool.WriteAt(b, q.written); err != nil {
		q.spoolErr = err
		return false
	}
	q.written += int64(len(b))
	return true
}

// take gives what comes first, as much as accept wants: it is asked about each, and
// refuses the first that is too much. The error is of the file: the entries in it are lost.
func (q *queue) take(accept func(*entry) bool) (taken []entry, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		if len(q.memory) == 0 {
			if err := q.refill(); err != nil {
				return taken, err
			}
		}
		n := 0
		for n < len(q.memory) && accept(&q.memory[n]) {
			q.used -= q.memory[n].size()
			n++
		}
		taken = append(taken, q.memory[:n]...)
		clear(q.memory[:n])
		q.memory = q.memory[n:]
		if n == 0 || len(q.memory) > 0 {
			break
		}
		q.memory = nil
	}
	q.room.Broadcast()
	return taken, nil
}

// refillSize is how much of the file comes into memory at a time. It holds the longest entry.
const refillSize = 256 << 10

// refill brings the beginning of the file into memory.
func (q *queue) refill() error {
	if q.read == q.written {
		return nil
	}
	b := make([]byte, min(refillSize, q.written-q.read))
	if _, err := q.spool.ReadAt(b, q.read); err != nil {
		q.read = q.written
		return fmt.Errorf("read the output that waited in a file: %w", err)
	}
	for len(b) > 0 {
		e, n := decodeEntry(b)
		if n == 0 {
			break
		}
		q.memory = append(q.memory, e)
		q.used += e.size()
		q.read += int64(n)
		b = b[n:]
	}
	if q.read == q.written {
		q.read, q.written = 0, 0
		_ = q.spool.Truncate(0) // else its room is given back at the end
	}
	return nil
}

// close says that nothing more will be put.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake()
}

// ended says that everything was taken and nothing will come.
func (q *queue) ended() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed && len(q.memory) == 0 && q.read == q.written
}

// abandon drops what is there and what comes.
func (q *queue) abandon() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.abandoned = true
	q.memory, q.used, q.read, q.written = nil, 0, 0, 0
	q.room.Broadcast()
	q.wake()
}

// free gives the file back.
func (q *queue) free() {
	q.abandon()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.spool != nil {
		_ = q.spool.Close()
		_ = os.Remove(q.spool.Name()) // it is gone already where open files can be removed
	}
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// headSize is what stands before the text of an entry in the file: its kind, level,
// stream, whether there is more, and the length of the text.
const headSize = 8

var (
	levels  = []models.LogLevel{models.Info, models.Debug, models.Warn, models.Error}
	streams = []models.LogStream{models.Stdout, models.Stderr}
)

func (e *entry) encode() []byte {
	b := make([]byte, headSize, headSize+len(e.text))
	b[0] = byte(e.kind)
	for i, level := range levels {
		if level == e.level {
			b[1] = byte(i)
		}
	}
	if e.stream == models.Stderr {
		b[2] = 1
	}
	if e.more {
		b[3] = 1
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(e.text)))
	return append(b, e.text...)
}

// decodeEntry gives the first entry in b and its length; 0 when it is not whole.
func decodeEntry(b []byte) (e entry, n int) {
	if len(b) < headSize {
		return e, 0
	}
	n = headSize + int(binary.LittleEndian.Uint32(b[4:]))
	if len(b) < n {
		return e, 0
	}
	return entry{
		kind: entryKind(b[0]), level: levels[b[1]], stream: streams[b[2]], more: b[3] == 1, text: string(b[headSize:n]),
	}, n
}
