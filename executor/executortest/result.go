package executortest

import (
	"fmt"
	"slices"

	"stepcast/executor"
	"stepcast/models"
)

// Result is what an execution produced: a table, or a file.
type Result struct {
	Name    string
	Columns []models.ResultColumn
	Rows    [][]*string
	Bytes   []byte
	Cut     bool
	// Closed: it would be seen.
	Closed bool
}

// Table implements executor.Sink.
func (s *Sink) Table(name string, columns []models.ResultColumn) (executor.TableWriter, error) {
	return &tableWriter{s.result(&Result{Name: name, Columns: slices.Clone(columns)})}, nil
}

// File implements executor.Sink.
func (s *Sink) File(name string) (executor.FileWriter, error) {
	return &fileWriter{s.result(&Result{Name: name})}, nil
}

// Results gives the results that were begun so far, in order.
func (s *Sink) Results() []Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	results := make([]Result, len(s.results))
	for i, r := range s.results {
		results[i] = *r
	}
	return results
}

func (s *Sink) result(r *Result) resultWriter {
	s.mu.Lock()
	s.results = append(s.results, r)
	s.mu.Unlock()
	s.add(Event{Call: "Result", Text: r.Name})
	return resultWriter{s, r}
}

// resultWriter is what both writers have in common. Sink.ResultLimit bounds the bytes
// and values of all results of the sink.
type resultWriter struct {
	sink   *Sink
	result *Result
}

func (w resultWriter) take(size int, keep func()) error {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	if w.result.Closed {
		return fmt.Errorf("result %q is closed", w.result.Name)
	}
	if w.sink.ResultLimit > 0 && w.sink.resultBytes+size > w.sink.ResultLimit {
		w.result.Cut = true
		return executor.ErrResultsFull
	}
	w.sink.resultBytes += size
	keep()
	return nil
}

// Close makes it visible.
func (w resultWriter) Close() error {
	w.sink.mu.Lock()
	w.result.Closed = true
	w.sink.mu.Unlock()
	w.sink.add(Event{Call: "ResultClosed", Text: w.result.Name})
	return nil
}

type tableWriter struct{ resultWriter }

func (w *tableWriter) Cut() {
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	w.result.Cut = true
}

func (w *tableWriter) Row(values []*string) error {
	if len(values) != len(w.result.Columns) {
		return fmt.Errorf("%d values for %d columns", len(values), len(w.result.Columns))
	}
	size := 0
	for _, v := range values {
		if v != nil {
			size += len(*v)
		}
	}
	return w.take(size, func() { w.result.Rows = append(w.result.Rows, slices.Clone(values)) })
}

type fileWriter struct{ resultWriter }

func (w *fileWriter) Write(b []byte) (int, error) {
	if err := w.take(len(b), func() { w.result.Bytes = append(w.result.Bytes, b...) }); err != nil {
		return 0, err
	}
	return len(b), nil
}
