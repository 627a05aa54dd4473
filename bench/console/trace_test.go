package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// traceEvent is an event as Chromium records it; times are in microseconds.
type traceEvent struct {
	Name  string  `json:"name"`
	Phase string  `json:"ph"`
	PID   int     `json:"pid"`
	TID   int     `json:"tid"`
	At    float64 `json:"ts"`
	// Took is by the clock, CPU the processor time of the thread: what others do on a busy
	// machine does not count in it.
	Took float64  `json:"dur"`
	CPU  *float64 `json:"tdur"`
}

const (
	// taskName is what Chromium calls one task of a thread: until it is over, no frame comes.
	taskName = "RunTask"
	// markBegin and markEnd are marks of the page around what is measured.
	markBegin, markEnd = "bench-begin", "bench-end"
)

// work is what the main thread of a page did.
type work struct {
	// tasks counts them; longest is the most processor time of one, longestWall the most time.
	tasks                int
	longest, longestWall time.Duration
	// over counts the tasks of more than frameMost of processor time.
	over int
	// busy is the processor time of all together.
	busy time.Duration
}

// frameMost is how long the main thread may be busy with one task.
const frameMost = 50 * time.Millisecond

// workOf finds the main thread of the page that set the marks, and sums up what it did
// between them.
func workOf(events [][]byte) (w work, err error) {
	var all []traceEvent
	var begin, end *traceEvent
	for _, raw := range events {
		var e traceEvent
		if err := json.Unmarshal(raw, &e); err != nil {
			return w, fmt.Errorf("event of the trace: %w", err)
		}
		switch e.Name {
		case markBegin:
			begin = &e
		case markEnd:
			end = &e
		case taskName:
			all = append(all, e)
		}
	}
	if begin == nil || end == nil {
		return w, errors.New("the trace has no marks of the page: was its buffer full?")
	}
	for _, e := range all {
		if e.PID != begin.PID || e.TID != begin.TID || e.Phase != "X" || e.At < begin.At || e.At > end.At {
			continue
		}
		if e.CPU == nil {
			return w, errors.New("the trace tells no processor time of threads; it takes Linux or macOS")
		}
		w.add(e)
	}
	if w.tasks == 0 {
		return w, errors.New("the trace has no tasks of the page")
	}
	return w, nil
}

func (w *work) add(e traceEvent) {
	cpu := time.Duration(*e.CPU * float64(time.Microsecond))
	w.tasks++
	w.busy += cpu
	w.longest = max(w.longest, cpu)
	w.longestWall = max(w.longestWall, time.Duration(e.Took*float64(time.Microsecond)))
	if cpu > frameMost {
		w.over++
	}
}
