package engine

import (
	"math"
	"sync"

	"stepcast/executor"
	"stepcast/models"
	"stepcast/tasks"
)

var _ executor.Sink = (*sink)(nil)

// sink turns what an execution tells into reports under the lease. What it declares
// is made durable before the call returns, so the order of its reports is kept.
type sink struct {
	x       *execution
	attempt int
	executor.Results

	// mu guards current: the content that was opened last. It is held while a content
	// is opened, so that progress that follows is of the new one.
	mu      sync.Mutex
	current models.ContentRef
}

func newSink(x *execution) *sink {
	r := x.run
	return &sink{x: x, current: x.content, attempt: r.attempt, Results: r.engine.Tasks.NewResults(r.ctx, r.lease, r.attempt, x.content)}
}

func (s *sink) opened() models.ContentRef {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

func (s *sink) tasks() *tasks.Service { return s.x.run.engine.Tasks }

// Progress implements executor.Sink.
func (s *sink) Progress(percent float64, message string) {
	if math.IsNaN(percent) && message == "" {
		return
	}
	s.tasks().Progress(s.x.run.lease, s.opened(), percent, s.text(message))
}

// Content implements executor.Sink.
func (s *sink) Content(message string) {
	s.open(func(current models.ContentRef) (models.ContentRef, error) {
		return s.tasks().OpenContent(s.x.run.ctx, s.x.run.lease, s.x.content, current, s.text(message))
	})
}

// Step implements executor.Sink.
func (s *sink) Step(description string) {
	s.open(func(current models.ContentRef) (models.ContentRef, error) {
		return s.tasks().OpenStep(s.x.run.ctx, s.x.run.lease, s.x.content, current, s.text(description))
	})
}

func (s *sink) open(next func(current models.ContentRef) (models.ContentRef, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	opened, err := next(s.current)
	if err != nil {
		s.lost("open a content", err)
		return
	}
	s.current = opened
}

// Plan implements executor.Sink.
func (s *sink) Plan(messages []string) {
	err := s.tasks().DeclareContents(s.x.run.ctx, s.x.run.lease, s.x.content, s.opened(), s.texts(messages))
	s.lost("declare contents", err)
}

// Steps implements executor.Sink.
func (s *sink) Steps(descriptions []string) {
	err := s.tasks().DeclareSteps(s.x.run.ctx, s.x.run.lease, s.x.content, s.texts(descriptions))
	s.lost("declare steps", err)
}

// Log implements executor.Sink.
func (s *sink) Log(level models.LogLevel, stream models.LogStream, text string) {
	ref := s.opened()
	line := models.LogLine{
		Attempt: s.attempt, At: s.x.run.engine.Now().UTC(), Level: level, Stream: stream,
		Step: ref.Step, Content: ref.Content, Text: s.text(text),
	}
	s.lost("append to the log", s.tasks().AppendLog(s.x.run.ctx, s.x.run.lease, []models.LogLine{line}))
}

// Usage implements executor.Sink.
func (s *sink) Usage(u models.ResourceUsage) {
	s.x.run.usage.tell(s.x, u, func(sum models.ResourceUsage) { s.tasks().Usage(s.x.run.lease, sum) })
}

// Paused implements executor.Sink.
func (s *sink) Paused(still bool) { s.x.paused(still) }

// text hides secrets and makes the text fit to be stored.
func (s *sink) text(text string) string { return tasks.CleanLine(s.x.run.mask.hide(text)) }

func (s *sink) texts(list []string) []string {
	clean := make([]string, len(list))
	for i, text := range list {
		clean[i] = s.text(text)
	}
	return clean
}

// lost notes what could not be reported: nothing is lost to anyone when the work is
// ending anyway.
func (s *sink) lost(what string, err error) {
	if err != nil && s.x.run.ctx.Err() == nil {
		s.x.run.engine.Logger.Warn(what, "task", s.x.run.lease.Task, "error", err)
	}
}
