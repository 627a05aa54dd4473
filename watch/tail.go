package watch

import (
	"slices"

	"stepcast/models"
)

// What is kept of the ends of logs and event histories that somebody reads.
const (
	// tailBytes bounds one end, tailsBytes all together.
	tailBytes  = 64 << 10
	tailsBytes = 64 << 20
)

// sequence says how elements are numbered, without holes, and how many bytes one takes.
type sequence[T any] struct {
	number func(*T) int64
	size   func(*T) int
}

var logLines = &sequence[models.LogLine]{
	number: func(l *models.LogLine) int64 { return l.Number },
	size:   sizeOfLine,
}

// lineOverhead is what a line takes beside its text.
const lineOverhead = 128

func sizeOfLine(l *models.LogLine) int { return len(l.Text) + lineOverhead }

// tail is the last elements of a sequence, without holes. Guarded by Hub.mu; the elements
// themselves never change, so that readers keep what they were given.
type tail[T any] struct {
	of *sequence[T]
	// last is the number of the newest element.
	last  int64
	items []T
	bytes int
	// loose counts the bytes of dropped elements that the array of items still holds.
	loose int
}

// add appends elements, and drops the oldest that are too many. Those that are there
// already are left out; what does not follow begins anew.
func (t *tail[T]) add(items []T) {
	for len(items) > 0 && t.of.number(&items[0]) <= t.last {
		items = items[1:]
	}
	if len(items) == 0 {
		return
	}
	if t.of.number(&items[0]) != t.last+1 {
		t.items, t.bytes, t.loose = nil, 0, 0
	}
	t.items = append(t.items, items...)
	for i := range items {
		t.bytes += t.of.size(&items[i])
	}
	t.drop()
	t.last = t.of.number(&items[len(items)-1])
}

// drop lets go of the oldest elements that are too many.
func (t *tail[T]) drop() {
	drop := 0
	for ; t.bytes > tailBytes; drop++ {
		size := t.of.size(&t.items[drop])
		t.bytes -= size
		t.loose += size
	}
	t.items = t.items[drop:]
	if t.loose > tailBytes {
		t.items, t.loose = slices.Clone(t.items), 0 // readers may hold the old array
	}
}

// between gives the elements after one number up to another; ok is false when they are
// not all there.
func (t *tail[T]) between(after, upTo int64) (items []T, ok bool) {
	if t == nil || after > upTo {
		return nil, false
	}
	first := t.last - int64(len(t.items)) + 1
	if after < first-1 || upTo > t.last {
		return nil, false
	}
	return t.items[after-first+1 : upTo-first+1 : upTo-first+1], true
}

// grown is the tail with more elements; nil stays nil.
func (t *tail[T]) grown(items []T) *tail[T] {
	if t == nil {
		return nil
	}
	kept := *t
	kept.add(items)
	return &kept
}

// Tail gives the lines of a task's log after one number up to another from memory; ok
// is false when they are not all there. They are not to be changed.
func (h *Hub) Tail(id, after, upTo int64) (lines []models.LogLine, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil {
		return nil, false
	}
	return t.tail.between(after, upTo)
}

// KeepTail keeps the end of a log that was read: its lines up to the newest, of the
// number last, without holes; none when who read had them all. What Committed brings is
// added as long as somebody polls or follows the task.
func (h *Hub) KeepTail(id, last int64, lines []models.LogLine) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil || t.tail != nil && t.tail.last >= last {
		return
	}
	kept := &tail[models.LogLine]{of: logLines, last: last - int64(len(lines))}
	kept.add(lines)
	setTailLocked(h, &t.tail, kept)
}

// setTailLocked replaces a tail; with nil, or past the bound of all, by none.
func setTailLocked[T any](h *Hub, old **tail[T], kept *tail[T]) {
	if *old != nil {
		h.tails -= (*old).bytes
	}
	if kept != nil && h.tails+kept.bytes > tailsBytes {
		kept = nil
	}
	if *old = kept; kept != nil {
		h.tails += kept.bytes
	}
}

// dropTailsLocked lets go of what is kept of a task's log and events.
func (h *Hub) dropTailsLocked(t *topic) {
	setTailLocked(h, &t.tail, nil)
	setTailLocked(h, &t.events, nil)
}
