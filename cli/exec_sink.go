package cli

import (
	"math"
	"strings"
	"sync"

	"stepcast/executor"
	"stepcast/internal/progress"
	"stepcast/models"
)

// execSink takes what a program's output means: lines and contents go to the queue in
// their order, of the progress only the newest counts.
type execSink struct {
	queue    *queue
	progress *latest
	// textLength is how long a message may be, in characters.
	textLength int
}

var _ executor.ScriptSink = (*execSink)(nil)

// Progress implements executor.ScriptSink.
func (s *execSink) Progress(percent float64, message string) { s.progress.mark(percent, message) }

// Content implements executor.ScriptSink.
func (s *execSink) Content(message string) {
	s.progress.next()
	s.queue.put(entry{kind: contentEntry, text: cutText(message, s.textLength)})
}

// Plan implements executor.ScriptSink.
func (s *execSink) Plan(messages []string) {
	for i, message := range messages {
		s.queue.put(entry{kind: planEntry, more: i < len(messages)-1, text: cutText(message, s.textLength)})
	}
}

// Steps is never called: a worker has one step. See executor.ScriptOptions.AllowSteps.
func (s *execSink) Steps([]string) {}

// Step is never called either.
func (s *execSink) Step(string) {}

// Log implements executor.ScriptSink.
func (s *execSink) Log(level models.LogLevel, stream models.LogStream, text string) {
	s.queue.put(entry{level: level, stream: stream, text: strings.ToValidUTF8(text, "\uFFFD")})
}

// state is how far a content has come.
type state struct {
	// percent is 0 to 100; NaN for unknown.
	percent float64
	message string
}

// latest keeps the newest progress of the content that is open. Contents are counted,
// because the reporter may be at an earlier one.
type latest struct {
	textLength int // how long a message may be, in characters

	mu      sync.Mutex // guards what follows
	content int
	now     state
	changed bool
	// marked is whether the program tells its progress by markers: then that counts alone.
	marked bool
	// ready has an element when there may be a change.
	ready chan struct{}
}

func newLatest(textLength int) *latest {
	return &latest{textLength: textLength, now: state{percent: math.NaN()}, ready: make(chan struct{}, 1)}
}

// mark takes what a marker says.
func (l *latest) mark(percent float64, message string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marked = true
	l.set(percent, message)
}

// detect takes what was read from the output.
func (l *latest) detect(p progress.Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.marked {
		l.set(p.Fraction*100, p.Message)
	}
}

// set changes what is given: NaN and "" change nothing.
func (l *latest) set(percent float64, message string) {
	if !math.IsNaN(percent) {
		l.now.percent = percent
	}
	if message != "" {
		l.now.message = cutText(message, l.textLength)
	}
	l.changed = true
	select {
	case l.ready <- struct{}{}:
	default:
	}
}

// next is called when the next content begins.
func (l *latest) next() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.content++
	l.now, l.changed = state{percent: math.NaN()}, false
}

// take gives what has changed of a content since it was taken last.
func (l *latest) take(content int) (s state, changed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.changed || l.content != content {
		return s, false
	}
	l.changed = false
	return l.now, true
}

// waiting says whether there is a change to take of a content.
func (l *latest) waiting(content int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed && l.content == content
}
