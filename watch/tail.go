package watch

import (
	"slices"

	"stepcast/models"
)

// What is kept of logs that are polled at their end.
const (
	// tailBytes bounds the end of one log, tailsBytes those of all together.
	tailBytes  = 64 << 10
	tailsBytes = 64 << 20
	// lineOverhead is what a line takes beside its text.
	lineOverhead = 128
)

// tail is the last lines of a log, without holes. Guarded by Hub.mu; the lines
// themselves never change, so that readers keep what they were given.
type tail struct {
	// last is the number of the newest line.
	last  int64
	lines []models.LogLine
	bytes int
	// loose counts the bytes of dropped lines that the array of lines still holds.
	loose int
}

// add appends lines, and drops the oldest that are too many. Lines that do not follow
// begin anew.
func (t *tail) add(lines []models.LogLine) {
	if len(lines) == 0 {
		return
	}
	if lines[0].Number != t.last+1 {
		t.lines, t.bytes, t.loose = nil, 0, 0
	}
	t.lines = append(t.lines, lines...)
	for i := range lines {
		t.bytes += sizeOf(&lines[i])
	}
	drop := 0
	for ; t.bytes > tailBytes; drop++ {
		size := sizeOf(&t.lines[drop])
		t.bytes -= size
		t.loose += size
	}
	t.lines = t.lines[drop:]
	if t.loose > tailBytes {
		t.lines, t.loose = slices.Clone(t.lines), 0 // readers may hold the old array
	}
	t.last = lines[len(lines)-1].Number
}

func sizeOf(l *models.LogLine) int { return len(l.Text) + lineOverhead }

// Tail gives the lines of a task's log after one number up to another from memory; ok
// is false when they are not all there. They are not to be changed.
func (h *Hub) Tail(id, after, upTo int64) (lines []models.LogLine, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil || t.tail == nil || after > upTo {
		return nil, false
	}
	first := t.tail.last - int64(len(t.tail.lines)) + 1
	if after < first-1 || upTo > t.tail.last {
		return nil, false
	}
	return t.tail.lines[after-first+1 : upTo-first+1 : upTo-first+1], true
}

// KeepTail keeps the end of a log that was read: its lines up to the newest, of the
// number last, without holes; none when who read had them all. What Committed brings is
// added as long as somebody polls the task.
func (h *Hub) KeepTail(id, last int64, lines []models.LogLine) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.topics[id]
	if t == nil || t.recent == nil || t.tail != nil && t.tail.last >= last {
		return
	}
	kept := &tail{last: last - int64(len(lines))}
	kept.add(lines)
	h.setTailLocked(t, kept)
}

// addLinesLocked adds what was committed to the end of a log that is kept.
func (h *Hub) addLinesLocked(t *topic, lines []models.LogLine) {
	if t.tail == nil {
		return
	}
	kept := *t.tail
	kept.add(lines)
	h.setTailLocked(t, &kept)
}

// setTailLocked replaces the end of a log; with nil, or past the bound of all, by none.
func (h *Hub) setTailLocked(t *topic, kept *tail) {
	if t.tail != nil {
		h.tails -= t.tail.bytes
	}
	if kept != nil && h.tails+kept.bytes > tailsBytes {
		kept = nil
	}
	if t.tail = kept; kept != nil {
		h.tails += kept.bytes
	}
}
