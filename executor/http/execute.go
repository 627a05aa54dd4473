package http

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"stepcast/executor"
	"stepcast/models"
)

// Execute implements executor.Executor. A ctx that is done ends the request at once.
func (e *Executor) Execute(ctx context.Context, req executor.Request, sink executor.Sink) (executor.Result, error) {
	if e.reason != "" {
		return executor.StartFailed(e.reason), nil
	}
	p, err := readParams(req.Params)
	if err != nil {
		return executor.Refused(err), nil
	}
	f := newFiller(req.Env)
	m, err := newMessage(p, req.Code, e.options.UserAgent, f)
	if err != nil {
		return executor.StartFailed(err.Error()), nil
	}
	x := &execution{
		executor: e, task: req.Task, sink: sink, message: m, progress: progress{sink: sink}, legible: f.legible(),
	}
	if !e.targets.allow(m.url) {
		return notStarted(x.refuse(notAllowed(m.url))), nil
	}
	control := executor.NewControl(req, sink)
	if !control.Hold(ctx) {
		return notStarted(failure("error.http.ended")), nil
	}
	x.warn(f)
	defer control.Attend(nil, nil)() // it is never held: it goes on to its end
	return x.run(ctx)
}

// execution is one request that is sent.
type execution struct {
	executor *Executor
	task     int64
	sink     executor.Sink
	message  *message
	progress progress
	legible  *strings.Replacer
	// asked is the origin that is asked now: that of the message, or of a redirect.
	asked string
	// reached is whether there was a connection to it, sent whether there was any at all.
	reached, sent atomic.Bool
}

// say appends a line of the log.
func (x *execution) say(stream models.LogStream, text string) {
	x.sink.Log(models.Info, stream, x.legible.Replace(text))
}

// warn tells of names that are no variables.
func (x *execution) warn(f *filler) {
	if len(f.unknown) > 0 {
		names := strings.Join(slices.Sorted(maps.Keys(f.unknown)), ", ")
		x.sink.Log(models.Warn, models.System, "These names are no variables of the task and stay as they are: "+names)
	}
}

// refuse tells the operator of a target that is not allowed.
func (x *execution) refuse(f *models.TaskError) *models.TaskError {
	x.executor.options.Logger.Warn("http target refused", "task", x.task, "reason", f.Message.In("en"))
	return f
}

func (x *execution) run(ctx context.Context) (executor.Result, error) {
	transport := x.executor.transport()
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: x.redirect}
	x.asked = origin(x.message.url)
	request, err := x.request(ctx)
	if err != nil {
		return executor.Result{}, fmt.Errorf("make request: %w", err)
	}
	x.say(models.System, x.message.method+" "+x.message.shown)
	began := time.Now()
	response, err := client.Do(request)
	x.progress.response()
	if err != nil {
		return x.broken(ctx, err), nil
	}
	defer func() { _ = response.Body.Close() }()
	x.say(models.System, statusLine(response))
	if !x.message.expect.has(response.StatusCode) {
		x.showRefusal(response)
		return executor.Result{Failure: failure("error.http.status", statusText(response.StatusCode), x.message.expect.String())}, nil
	}
	result, received, err := x.keep(ctx, response)
	if err == nil && result.Failure == nil {
		x.say(models.System, fmt.Sprintf("Received %s in %s", size(received), time.Since(began).Round(time.Millisecond)))
	}
	return result, err
}

func (x *execution) request(ctx context.Context) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		x.reached.Store(true)
		x.sent.Store(true)
	}})
	m := x.message
	request, err := http.NewRequestWithContext(ctx, m.method, m.url.String(), strings.NewReader(m.body))
	if err != nil {
		return nil, err
	}
	request.Header = m.header
	if len(m.body) >= largeFrom {
		request.GetBody = func() (io.ReadCloser, error) {
			return &meter{Reader: strings.NewReader(m.body), total: int64(len(m.body)), tell: x.progress.sent}, nil
		}
		request.Body, err = request.GetBody()
	}
	return request, err
}

// broken is the failure of a request that got no response.
func (x *execution) broken(ctx context.Context, err error) executor.Result {
	f := x.explain(ctx, err)
	if !x.sent.Load() {
		return notStarted(f)
	}
	return executor.Result{Failure: f}
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// statusLine is the status line of a response, with the type and size of its body.
func statusLine(r *http.Response) string {
	about := []string{}
	if mediaType := r.Header.Get("Content-Type"); mediaType != "" {
		about = append(about, mediaType)
	}
	if r.ContentLength > 0 {
		about = append(about, size(r.ContentLength))
	}
	return strings.Join(append([]string{r.Proto + " " + r.Status}, about...), ", ")
}
