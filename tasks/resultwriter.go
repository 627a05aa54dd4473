package tasks

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"stepcast/executor"
	"stepcast/models"
	"stepcast/store"
)

// Bounds of what one execution may produce.
const (
	// ResultLimitDefault bounds the bytes of all its results.
	ResultLimitDefault = 64 << 20
	// MaxResults bounds their number.
	MaxResults = 1000
	// MaxColumns bounds the columns of a table.
	MaxColumns = 4096
	// MaxRow bounds a row of a table, in bytes as it is stored.
	MaxRow = 4 << 20
	// maxResultName bounds the name of a result, in characters.
	maxResultName = 255
)

const (
	// chunkBytes are written at a time; a longer line goes on in the next chunk.
	chunkBytes = 256 << 10
	// sniffBytes are what the media type of a file is told from.
	sniffBytes = 512
)

// ResultStore takes the results of one execution. Its methods may be called from
// several goroutines, those of one writer from one.
type ResultStore struct {
	service *Service
	ctx     context.Context
	holder  store.Holder
	attempt int
	content models.ContentRef

	mu    sync.Mutex // guards what follows
	left  int64
	count int
}

var _ executor.Results = (*ResultStore)(nil)

// NewResults lets an execution under a lease store results, while ctx lasts.
func (s *Service) NewResults(ctx context.Context, lease Lease, attempt int, content models.ContentRef) *ResultStore {
	return &ResultStore{
		service: s, ctx: ctx, attempt: attempt, content: content, left: s.ResultLimit,
		holder: store.Holder(lease),
	}
}

// Table implements executor.Results.
func (s *ResultStore) Table(name string, columns []models.ResultColumn) (executor.TableWriter, error) {
	if len(columns) == 0 || len(columns) > MaxColumns {
		return nil, fmt.Errorf("a table has 1 to %d columns, not %d", MaxColumns, len(columns))
	}
	w, err := s.begin(name, models.FormatRows)
	if err != nil {
		return nil, err
	}
	w.result.Columns, w.result.ContentType = columns, "text/csv; charset=utf-8"
	return &tableWriter{*w}, nil
}

// File implements executor.Results.
func (s *ResultStore) File(name string) (executor.FileWriter, error) { return s.begin(name, "") }

func (s *ResultStore) begin(name string, format models.ResultFormat) (*resultWriter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count == MaxResults {
		return nil, executor.ErrResultsFull
	}
	s.count++
	if name = cleanName(name); name == "" {
		name = fmt.Sprintf("result %d", s.count)
	}
	return &resultWriter{store: s, result: models.Result{
		TaskID: s.holder.Task, Attempt: s.attempt, StepNumber: s.content.Step, ContentNumber: s.content.Content,
		Name: name, Format: format,
	}}, nil
}

// cleanName makes one line of a name and bounds it.
func cleanName(name string) string {
	runes := []rune(strings.ReplaceAll(CleanLine(name), "\t", " "))
	return string(runes[:min(len(runes), maxResultName)])
}

// take asks for n bytes and gives how many there are, at least the least that is of use.
func (s *ResultStore) take(n, least int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := min(int64(n), s.left)
	if taken < int64(least) {
		return 0
	}
	s.left -= taken
	return int(taken)
}

// persist writes, again and again while the database is away: what runs waits
// meanwhile, and its lease ends the wait when that takes too long.
func (s *ResultStore) persist(write func() error) error {
	for wait := retryFirst; ; wait = min(2*wait, retryLongest) {
		err := write()
		if err == nil {
			return nil
		}
		if errors.Is(err, store.ErrStale) {
			return errStaleLease()
		}
		s.service.Logger.Warn("store a result", "task", s.holder.Task, "error", err)
		select {
		case <-s.ctx.Done():
			return fmt.Errorf("store a result: %w", context.Cause(s.ctx))
		case <-time.After(wait):
		}
	}
}

// resultWriter takes the bytes of one result. Nothing of it is in the database before
// there are enough for a chunk, or it is closed.
type resultWriter struct {
	store  *ResultStore
	result models.Result
	// pending are the bytes that are not stored yet.
	pending []byte
	// lines counts the lines that are stored.
	lines  int64
	closed bool
}

// Write takes bytes of a file.
func (w *resultWriter) Write(b []byte) (int, error) {
	n := w.store.take(len(b), 0)
	if err := w.add(b[:n]); err != nil {
		return 0, err
	}
	if n < len(b) {
		w.result.Cut = true
		return n, executor.ErrResultsFull
	}
	return n, nil
}

// add stores as many whole chunks as there are.
func (w *resultWriter) add(b []byte) error {
	if w.closed {
		return errors.New("write to a result that is closed")
	}
	w.pending = append(w.pending, b...)
	for len(w.pending) >= chunkBytes {
		if err := w.flush(w.boundary()); err != nil {
			return err
		}
	}
	return nil
}

// boundary is where the next chunk ends: after its last whole line, and for a table never
// within one.
func (w *resultWriter) boundary() int {
	size := min(len(w.pending), chunkBytes)
	if w.format() == models.FormatBinary {
		return size
	}
	if end := bytes.LastIndexByte(w.pending[:size], '\n'); end >= 0 {
		return end + 1
	}
	if end := bytes.IndexByte(w.pending[size:], '\n'); end >= 0 && w.result.Format == models.FormatRows {
		return size + end + 1
	}
	return size
}

// format is what the file is by its first bytes, which are the first to be stored.
func (w *resultWriter) format() models.ResultFormat {
	if w.result.Format == "" {
		w.result.Format, w.result.ContentType = sniff(w.result.Name, w.pending)
	}
	return w.result.Format
}

// flush stores the first n pending bytes.
func (w *resultWriter) flush(n int) error {
	s := w.store
	w.format()
	if w.result.Number == 0 {
		err := s.persist(func() error { return s.service.Store.CreateResult(s.ctx, s.holder, &w.result) })
		if err != nil {
			return err
		}
	}
	if n == 0 {
		return nil
	}
	c := models.ResultChunk{ResultNumber: w.result.Number, FirstByte: w.result.Bytes, Data: w.pending[:n]}
	if w.result.Format != models.FormatBinary {
		c.FirstUnit = w.lines
		w.lines += countLines(c.Data)
	}
	if err := s.persist(func() error { return s.service.Store.AppendResult(s.ctx, s.holder, c) }); err != nil {
		return err
	}
	w.result.Bytes += int64(n)
	w.pending = append(w.pending[:0], w.pending[n:]...)
	return nil
}

// countLines counts the last line too when no line break ends it.
func countLines(b []byte) int64 {
	n := int64(bytes.Count(b, []byte("\n")))
	if len(b) > 0 && b[len(b)-1] != '\n' {
		n++
	}
	return n
}

// Close stores what is left and makes the result visible.
func (w *resultWriter) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	if err := w.flush(len(w.pending)); err != nil { // add left less than a chunk
		return err
	}
	s := w.store
	w.result.Units = w.lines
	if err := s.persist(w.readTable); err != nil {
		return err
	}
	return s.persist(func() error { return s.service.Store.FinishResult(s.ctx, s.holder, &w.result) })
}

// readTable finds out whether a file that is named like a table is one, and then what
// its columns are and how many rows it has.
func (w *resultWriter) readTable() error {
	format, named := tableFormats[strings.ToLower(filepath.Ext(w.result.Name))]
	if !named || w.result.Format != models.FormatText || w.result.Cut {
		return nil
	}
	r := &ResultReader{Result: w.result, service: w.store.service}
	reader := newCSVReader(&chunkReader{ctx: w.store.ctx, result: r}, format)
	reader.ReuseRecord = true
	var columns []models.ResultColumn
	rows := int64(-1)
	for ; ; rows++ {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := new(csv.ParseError); errors.As(err, &bad) {
			return nil // it is a text
		}
		if err != nil {
			return err
		}
		if rows < 0 {
			columns = headings(record)
		}
	}
	if len(columns) > 0 && len(columns) <= MaxColumns {
		w.result.Format, w.result.Columns, w.result.Units = format, columns, rows
	}
	return nil
}

// tableFormats are the tables among files, by the end of their names.
var tableFormats = map[string]models.ResultFormat{".csv": models.FormatCSV, ".tsv": models.FormatTSV}

// headings are columns by the first record. What writes a byte order mark for
// spreadsheets does not mean it as a part of the name.
func headings(record []string) []models.ResultColumn {
	columns := make([]models.ResultColumn, len(record))
	for i, name := range record {
		columns[i] = models.ResultColumn{Name: CleanLine(strings.TrimPrefix(name, "\ufeff")), Type: "string"}
	}
	return columns
}

// mediaTypes are those that cannot be told from the first bytes.
var mediaTypes = map[string]string{
	".csv": "text/csv; charset=utf-8", ".tsv": "text/tab-separated-values; charset=utf-8",
	".json": "application/json", ".ndjson": "application/x-ndjson", ".geojson": "application/geo+json",
	".md": "text/markdown; charset=utf-8", ".svg": "image/svg+xml", ".xml": "application/xml",
}

// sniff tells text from binary, and the media type, by the name and the first bytes.
func sniff(name string, first []byte) (models.ResultFormat, string) {
	first = first[:min(len(first), sniffBytes)]
	mediaType := http.DetectContentType(first)
	format := models.FormatBinary
	if strings.HasPrefix(mediaType, "text/") && readable(first) {
		format = models.FormatText
	}
	if known, ok := mediaTypes[strings.ToLower(filepath.Ext(name))]; ok && format == models.FormatText {
		mediaType = known
	}
	return format, mediaType
}

// readable says whether the bytes are UTF-8, but for a character that is cut at the end.
func readable(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(b)
		}
		b = b[size:]
	}
	return true
}

// tableWriter takes rows.
type tableWriter struct{ resultWriter }

var (
	_ executor.TableWriter = (*tableWriter)(nil)
	_ executor.FileWriter  = (*resultWriter)(nil)
)

// Row implements executor.TableWriter. A row is there whole, or not.
func (w *tableWriter) Row(values []*string) error {
	if len(values) != len(w.result.Columns) {
		return fmt.Errorf("a row of %d values for %d columns", len(values), len(w.result.Columns))
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line) // ends with a line break
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(values); err != nil {
		return fmt.Errorf("encode a row: %w", err)
	}
	if line.Len() > MaxRow {
		return fmt.Errorf("a row has %d bytes; %d are allowed", line.Len(), MaxRow)
	}
	if w.store.take(line.Len(), line.Len()) == 0 {
		w.result.Cut = true
		return executor.ErrResultsFull
	}
	return w.add(line.Bytes())
}

// Cut implements executor.TableWriter.
func (w *tableWriter) Cut() { w.result.Cut = true }
