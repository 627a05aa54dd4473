package tasklog

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/tasks"
)

// Pattern is what the handler is for, as http.ServeMux writes it.
const Pattern = "GET /tasks/{id}/log.txt"

// linesAtOnce is how many lines are read together; how many bytes, the store bounds.
const linesAtOnce = 5_000

// Options is what the downloads need. All are required.
type Options struct {
	Tasks  *tasks.Service
	Auth   *auth.Service
	Logger *slog.Logger
}

// New makes the handler of Pattern.
func New(o Options) http.Handler { return http.HandlerFunc(o.serve) }

// download is one that was asked for.
type download struct {
	Options
	viewer models.Viewer
	task   int64
	query  tasks.LogQuery
	// last is the number of the last line there was when it began.
	last int64
}

func (o Options) serve(w http.ResponseWriter, r *http.Request) {
	d, err := o.prepare(r)
	if err != nil {
		o.Auth.Refuse(w, r, err)
		return
	}
	first, err := d.read(r.Context())
	if err != nil {
		o.Auth.Refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": "task-" + models.TaskID(d.task) + ".log.txt"}))
	h.Set("Cache-Control", "private, no-cache")
	// A browser that shows it all the same runs nothing of it.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if r.Method == http.MethodHead {
		return
	}
	// Once it has begun, an error can only cut the connection, so that the part is not
	// taken for the whole.
	if err := d.send(r.Context(), w, first); err != nil {
		o.Logger.WarnContext(r.Context(), "send a log", "task", d.task, "error", err)
		panic(http.ErrAbortHandler)
	}
}

// prepare reads what is asked for, and who asks.
func (o Options) prepare(r *http.Request) (*download, error) {
	viewer, err := o.Auth.FromRequest(r)
	if err != nil {
		return nil, err
	}
	task, ok := models.ParseTaskID(r.PathValue("id"))
	if !ok {
		return nil, models.NotFound("task " + strconv.Quote(r.PathValue("id")))
	}
	query, err := parseQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	now, err := o.Tasks.Poll(r.Context(), viewer, task)
	if err != nil {
		return nil, err
	}
	return &download{Options: o, viewer: viewer, task: task, query: query, last: now.LogLines}, nil
}

func parseQuery(values url.Values) (tasks.LogQuery, error) {
	q := tasks.LogQuery{First: linesAtOnce, MinLevel: models.LogLevel(values.Get("minLevel"))}
	if q.MinLevel != "" && !slices.Contains(models.LogLevels, q.MinLevel) {
		return q, models.Invalid([]string{"minLevel"}, "minLevel is one of %v, not %.50q; leave it out for all lines", models.LogLevels, q.MinLevel)
	}
	after := values.Get("after")
	if after == "" {
		return q, nil
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil || n < 0 {
		return q, models.Invalid([]string{"after"}, "after is a line number, 0 for the beginning, not %.50q", after)
	}
	q.After = n
	return q, nil
}

// read gives the next lines, of those that there were when it began. The rights are
// looked at each time.
func (d *download) read(ctx context.Context) ([]models.LogLine, error) {
	if d.query.After >= d.last {
		return nil, nil
	}
	batch, err := d.Tasks.Log(ctx, d.viewer, d.task, d.query)
	if err != nil {
		return nil, err
	}
	if batch.Gap != nil || batch.Cursor <= d.query.After {
		return nil, models.NotFound("the rest of the log of task " + models.TaskID(d.task))
	}
	d.query.After = batch.Cursor
	end, _ := slices.BinarySearchFunc(batch.Lines, d.last+1, func(line models.LogLine, number int64) int { return int(line.Number - number) })
	return batch.Lines[:end], nil
}

func (d *download) send(ctx context.Context, w io.Writer, lines []models.LogLine) error {
	out := bufio.NewWriterSize(w, 64<<10)
	for {
		for i := range lines {
			// What it says of an error, Flush says again.
			_, _ = out.WriteString(lines[i].Text)
			_ = out.WriteByte('\n')
		}
		if err := out.Flush(); err != nil || d.query.After >= d.last {
			return err
		}
		var err error
		if lines, err = d.read(ctx); err != nil {
			return err
		}
	}
}
