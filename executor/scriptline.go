package executor

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"stepcast/models"
)

const (
	// LineLimit is the length of a log line in bytes; longer ones are cut.
	LineLimit = 64 << 10
	// OutputLimitDefault is what an execution may write in bytes, both streams together.
	OutputLimitDefault = 64 << 20
	// cutRoom is kept free in a cut line for the words that say so.
	cutRoom = 48
)

// ScriptOptions are of one execution.
type ScriptOptions struct {
	// AllowSteps lets ::steps and ::step count. Elsewhere they are log lines.
	AllowSteps bool
	// Limit is how many bytes both streams may have together; 0 is OutputLimitDefault.
	// What comes after it is dropped.
	Limit int64
	// OnLimit is called once, out of a Write, when more than Limit was written.
	OnLimit func()
}

// ScriptLines takes what a script writes and tells a ScriptSink what it means: lines of the
// log, and the markers that marker.go describes.
//
// A line ends with a line feed, a carriage return before it is not part of it. A
// carriage return elsewhere goes back to the beginning of the line, as progress bars
// do it: what was before the last one is dropped.
type ScriptLines struct {
	sink    ScriptSink
	options ScriptOptions
	stdout  lineWriter
	stderr  lineWriter
	written atomic.Int64
	over    atomic.Bool
}

// NewScriptLines makes the ScriptLines of one execution.
func NewScriptLines(sink ScriptSink, o ScriptOptions) *ScriptLines {
	if o.Limit <= 0 {
		o.Limit = OutputLimitDefault
	}
	l := &ScriptLines{sink: sink, options: o}
	l.stdout = lineWriter{lines: l, stream: models.Stdout}
	l.stderr = lineWriter{lines: l, stream: models.Stderr}
	return l
}

// Stdout takes standard output. Its Write takes everything and returns no error; it
// may be called while that of Stderr is.
func (l *ScriptLines) Stdout() io.Writer { return &l.stdout }

// Stderr takes standard error, like Stdout.
func (l *ScriptLines) Stderr() io.Writer { return &l.stderr }

// Bytes is how much was written, what was dropped included.
func (l *ScriptLines) Bytes() int64 { return l.written.Load() }

// LimitExceeded says whether more was written than the limit.
func (l *ScriptLines) LimitExceeded() bool { return l.over.Load() }

// Close tells of last lines that no line feed ended. Nothing may be written any more.
func (l *ScriptLines) Close() {
	l.stdout.close()
	l.stderr.close()
}

// admit counts n bytes more and returns how many of them are within the limit.
func (l *ScriptLines) admit(n int) int {
	excess := l.written.Add(int64(n)) - l.options.Limit
	if excess <= 0 {
		return n
	}
	if !l.over.Swap(true) && l.options.OnLimit != nil {
		l.options.OnLimit()
	}
	return int(max(0, int64(n)-excess))
}

// lineWriter splits one stream into lines.
type lineWriter struct {
	lines  *ScriptLines
	stream models.LogStream
	// line is what came of the current line, at most LineLimit bytes; omitted counts the rest.
	line    []byte
	omitted int
	// returned is whether a carriage return came last.
	returned bool
}

// Write implements io.Writer.
func (w *lineWriter) Write(b []byte) (int, error) {
	written := len(b)
	for b = b[:w.lines.admit(written)]; len(b) > 0; {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			w.add(b)
			break
		}
		w.add(b[:end])
		w.end()
		b = b[end+1:]
	}
	return written, nil
}

// add takes a part of a line.
func (w *lineWriter) add(part []byte) {
	if len(part) == 0 {
		return
	}
	if text := bytes.TrimRight(part, "\r"); len(text) > 0 {
		last := bytes.LastIndexByte(text, '\r')
		if last >= 0 || w.returned {
			w.line, w.omitted = w.line[:0], 0
		}
		text = text[last+1:]
		fits := min(len(text), LineLimit-len(w.line))
		w.line = append(w.line, text[:fits]...)
		w.omitted += len(text) - fits
	}
	w.returned = part[len(part)-1] == '\r'
}

// end tells of the line that is complete.
func (w *lineWriter) end() {
	line := w.line
	if w.omitted > 0 {
		line = cut(line, w.omitted)
	}
	w.lines.tell(w.stream, string(line), w.omitted > 0)
	w.line, w.omitted, w.returned = w.line[:0], 0, false
}

func (w *lineWriter) close() {
	if len(w.line) > 0 {
		w.end()
	}
}

// cut shortens a full line to a whole character, to have room to say how much is left out.
func cut(line []byte, omitted int) []byte {
	keep := LineLimit - cutRoom
	for range utf8.UTFMax - 1 {
		if utf8.RuneStart(line[keep]) {
			break
		}
		keep--
	}
	return fmt.Appendf(line[:keep], " … [cut: %d bytes]", len(line)-keep+omitted)
}

// tell passes a line on: as what its marker says, or to the log as it is.
func (l *ScriptLines) tell(stream models.LogStream, line string, isCut bool) {
	if strings.HasPrefix(line, markerPrefix) && l.obey(stream, line, isCut) {
		return
	}
	l.sink.Log(models.Info, stream, line)
}
