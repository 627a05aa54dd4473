package results

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/tasks"
)

// Pattern is what the handler is for, as http.ServeMux writes it.
const Pattern = "GET /results/{id}"

// Options is what the downloads need. All are required.
type Options struct {
	Tasks  *tasks.Service
	Auth   *auth.Service
	Logger *slog.Logger
}

// New makes the handler of Pattern.
func New(o Options) http.Handler { return http.HandlerFunc(o.serve) }

func (o Options) serve(w http.ResponseWriter, r *http.Request) {
	viewer, err := o.Auth.FromRequest(r)
	if err != nil {
		o.Auth.Refuse(w, r, err)
		return
	}
	task, number, ok := models.ParseResultID(r.PathValue("id"))
	if !ok {
		o.Auth.Refuse(w, r, models.NotFound("result "+strconv.Quote(r.PathValue("id"))))
		return
	}
	result, err := o.Tasks.OpenResult(r.Context(), viewer, task, number)
	if err != nil {
		o.Auth.Refuse(w, r, err)
		return
	}
	o.send(w, r, result)
}

// send streams a result. Once it has begun, an error can only cut the connection, so
// that the part is not taken for the whole. A reader who leaves, having read enough, is
// no error.
func (o Options) send(w http.ResponseWriter, r *http.Request, result *tasks.ResultReader) {
	h := w.Header()
	h.Set("Content-Type", result.ContentType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(&result.Result)}))
	h.Set("Cache-Control", "private, no-cache")
	// A browser that shows it all the same runs nothing of it.
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	reader := &readerWriter{to: w}
	out := io.Writer(reader)
	if result.Format == models.FormatRows {
		out = newCSV(reader, result.Columns)
	} else {
		h.Set("Content-Length", strconv.FormatInt(result.Bytes, 10))
	}
	if r.Method == http.MethodHead {
		return
	}
	for {
		data, err := result.Next(r.Context())
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			_, err = out.Write(data)
		}
		if err != nil {
			if !reader.left && r.Context().Err() == nil {
				o.Logger.WarnContext(r.Context(), "send a result", "result", result.ID(), "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}
	if table, ok := out.(*csvWriter); ok && table.close() != nil {
		panic(http.ErrAbortHandler)
	}
}

// readerWriter writes to a reader, and tells whether that has left.
type readerWriter struct {
	to   io.Writer
	left bool
}

func (w *readerWriter) Write(p []byte) (int, error) {
	n, err := w.to.Write(p)
	w.left = w.left || err != nil
	return n, err
}

// fileName is what the browser calls it: the last part of its name, with the end that
// says what it is.
func fileName(r *models.Result) string {
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune(`\/:*?"<>|`, c) {
			return '_'
		}
		return c
	}, path.Base(strings.ReplaceAll(r.Name, `\`, "/")))
	if r.Format == models.FormatRows && !strings.EqualFold(path.Ext(name), ".csv") {
		name += ".csv"
	}
	return name
}
