package executortest

import (
	"sync"
	"testing"
	"time"

	"stepcast/executor"
	"stepcast/models"
)

// Patience is how long Sink.Wait waits; far more than anything takes.
const Patience = 60 * time.Second

// Event is one call of a Sink.
type Event struct {
	// Call is the method: "Log", "Progress", …
	Call    string
	Percent float64
	// Text is the message, the description or the line.
	Text   string
	List   []string
	Level  models.LogLevel
	Stream models.LogStream
	Usage  models.ResourceUsage
	Paused bool
}

// Sink is an executor.Sink that remembers what it was told and can be waited on.
type Sink struct {
	// OnLog, when set before use, is called with each line before it is remembered. One
	// that blocks holds the execution back.
	OnLog func(text string)
	// ResultLimit bounds the bytes of all results; 0 is no limit.
	ResultLimit int

	mu          sync.Mutex // guards what follows
	events      []Event
	changed     chan struct{}
	results     []*Result
	resultBytes int
}

var _ executor.Sink = (*Sink)(nil)

// Progress implements executor.Sink.
func (s *Sink) Progress(percent float64, message string) {
	s.add(Event{Call: "Progress", Percent: percent, Text: message})
}

// Content implements executor.Sink.
func (s *Sink) Content(message string) { s.add(Event{Call: "Content", Text: message}) }

// Plan implements executor.Sink.
func (s *Sink) Plan(messages []string) { s.add(Event{Call: "Plan", List: messages}) }

// Steps implements executor.Sink.
func (s *Sink) Steps(descriptions []string) { s.add(Event{Call: "Steps", List: descriptions}) }

// Step implements executor.Sink.
func (s *Sink) Step(description string) { s.add(Event{Call: "Step", Text: description}) }

// Log implements executor.Sink.
func (s *Sink) Log(level models.LogLevel, stream models.LogStream, text string) {
	if s.OnLog != nil {
		s.OnLog(text)
	}
	s.add(Event{Call: "Log", Level: level, Stream: stream, Text: text})
}

// Usage implements executor.Sink.
func (s *Sink) Usage(u models.ResourceUsage) { s.add(Event{Call: "Usage", Usage: u}) }

// Paused implements executor.Sink.
func (s *Sink) Paused(paused bool) { s.add(Event{Call: "Paused", Paused: paused}) }

func (s *Sink) add(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// Events gives what it was told so far.
func (s *Sink) Events() []Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Event(nil), s.events...)
}

// Calls gives the calls of one method.
func (s *Sink) Calls(call string) []Event {
	var calls []Event
	for _, e := range s.Events() {
		if e.Call == call {
			calls = append(calls, e)
		}
	}
	return calls
}

// Lines gives the texts of the log lines of a stream.
func (s *Sink) Lines(stream models.LogStream) []string {
	var lines []string
	for _, e := range s.Calls("Log") {
		if e.Stream == stream {
			lines = append(lines, e.Text)
		}
	}
	return lines
}

// Wait waits until the condition holds, which is asked after each call, and fails the
// test when that takes too long.
func (s *Sink) Wait(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.After(Patience); ; {
		s.mu.Lock()
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		if holds() {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			events := s.Events()
			t.Fatalf("%s: not in time; the last of %d calls: %+v", what, len(events), events[max(0, len(events)-5):])
		}
	}
}
