package tasks

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"stepcast/models"
)

// MaxResultPage bounds the rows of one answer.
const MaxResultPage = 10_000

// Results lists what a task produced, in order.
func (s *Service) Results(ctx context.Context, v models.Viewer, task int64) ([]models.Result, error) {
	if _, err := s.Row(ctx, v, task); err != nil {
		return nil, err
	}
	return s.Store.Results(ctx, []int64{task})
}

// ResultsOf lists what several tasks produced, in order. Tasks that v may not see have
// nothing.
func (s *Service) ResultsOf(ctx context.Context, v models.Viewer, tasks []*models.Task) (map[int64][]models.Result, error) {
	var ids []int64
	for _, t := range tasks {
		if authorize(v, opRead, t) == nil {
			ids = append(ids, t.ID)
		}
	}
	results, err := s.Store.Results(ctx, ids)
	if err != nil {
		return nil, err
	}
	byTask := make(map[int64][]models.Result, len(ids))
	for _, r := range results {
		byTask[r.TaskID] = append(byTask[r.TaskID], r)
	}
	return byTask, nil
}

// ResultReader reads the bytes of one result from its beginning.
type ResultReader struct {
	models.Result
	service *Service
	next    int64
}

// OpenResult finds a result to read; NOT_FOUND when there is none or v may not see its task.
func (s *Service) OpenResult(ctx context.Context, v models.Viewer, task int64, number int) (*ResultReader, error) {
	if _, err := s.Row(ctx, v, task); err != nil {
		return nil, err
	}
	r, err := s.Store.Result(ctx, task, number)
	if err != nil {
		return nil, err
	}
	return &ResultReader{Result: *r, service: s}, nil
}

// Next gives the next bytes as they are stored: whole lines, but for binary files and
// for lines longer than a chunk.
// io.EOF is the end.
func (r *ResultReader) Next(ctx context.Context) ([]byte, error) {
	if r.next >= r.Bytes {
		return nil, io.EOF
	}
	c, err := r.chunk(ctx)
	if err != nil {
		return nil, err
	}
	return c.Data, nil
}

func (r *ResultReader) chunk(ctx context.Context) (*models.ResultChunk, error) {
	c, err := r.service.Store.ResultChunk(ctx, r.TaskID, r.Number, r.next)
	if err != nil {
		return nil, err
	}
	r.next += int64(len(c.Data))
	return c, nil
}

// ResultPage is a run of rows of a table, or of lines of a text: then a row has one value.
// nil is NULL.
type ResultPage struct {
	Result models.Result
	Rows   [][]*string
}

// ResultRows reads up to limit rows from the one that is numbered from, counted from 0.
// Results that are neither table nor text are INVALID.
func (s *Service) ResultRows(ctx context.Context, v models.Viewer, task int64, number int, from int64, limit int) (ResultPage, error) {
	r, err := s.OpenResult(ctx, v, task, number)
	if err != nil {
		return ResultPage{}, err
	}
	page := ResultPage{Result: r.Result}
	switch {
	case r.Format == models.FormatBinary:
		return page, models.Invalid([]string{"id"}, "%s is neither a table nor a text; download it", r.Name)
	case limit < 0 || limit > MaxResultPage:
		return page, models.Invalid([]string{"limit"}, "limit is 0 to %d, not %d", MaxResultPage, limit)
	case from < 0:
		return page, models.Invalid([]string{"from"}, "from is a row number, 0 for the first, not %d", from)
	case from >= r.Units || limit == 0:
		return page, nil
	}
	page.Rows, err = r.rows(ctx, from, limit)
	if err != nil {
		return page, fmt.Errorf("read rows of result %s: %w", r.ID(), err)
	}
	return page, nil
}

// rows reads up to limit rows from the one numbered from.
func (r *ResultReader) rows(ctx context.Context, from int64, limit int) ([][]*string, error) {
	if r.Format == models.FormatCSV || r.Format == models.FormatTSV {
		return r.records(ctx, from, limit)
	}
	var err error
	if r.next, err = r.service.Store.ResultChunkAt(ctx, r.TaskID, r.Number, from); err != nil {
		return nil, err
	}
	var rows [][]*string
	for len(rows) < limit && r.next < r.Bytes {
		c, err := r.chunk(ctx)
		if err != nil {
			return nil, err
		}
		number := c.FirstUnit
		for line := range strings.Lines(string(c.Data)) {
			if number >= from && len(rows) < limit {
				row, err := r.unpack(line)
				if err != nil {
					return nil, err
				}
				rows = append(rows, row)
			}
			number++
		}
	}
	return rows, nil
}

// unpack reads one line: a row as a TableWriter wrote it, or a text.
func (r *ResultReader) unpack(line string) (row []*string, err error) {
	if r.Format == models.FormatRows {
		err = json.Unmarshal([]byte(line), &row)
		return row, err
	}
	line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
	return []*string{&line}, nil
}

// records reads a CSV file from its beginning: only its parser knows where a record ends.
func (r *ResultReader) records(ctx context.Context, from int64, limit int) (rows [][]*string, err error) {
	reader := newCSVReader(&chunkReader{ctx: ctx, result: r}, r.Format)
	for number := int64(-1); len(rows) < limit; number++ { // -1 is the heading
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if number < from {
			continue
		}
		row := make([]*string, len(record))
		for i := range record {
			row[i] = &record[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// newCSVReader is strict: what it cannot read to the end is no CSV file, but a text.
func newCSVReader(from io.Reader, f models.ResultFormat) *csv.Reader {
	reader := csv.NewReader(from)
	reader.Comma = f.Separator()
	return reader
}

// chunkReader reads a result as one stream.
type chunkReader struct {
	ctx    context.Context
	result *ResultReader
	rest   []byte
}

// Read implements io.Reader. A chunk is read whole.
func (c *chunkReader) Read(b []byte) (int, error) {
	if len(c.rest) == 0 {
		data, err := c.result.Next(c.ctx)
		if err != nil {
			return 0, err
		}
		c.rest = data
	}
	n := copy(b, c.rest)
	c.rest = c.rest[n:]
	return n, nil
}
