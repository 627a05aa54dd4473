package client

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// office plays the server's side of outside work, without a network, so that it can be
// used in a synctest bubble.
type office struct {
	t *testing.T

	mu sync.Mutex
	// offers are the tasks to claim, each with one step of two contents.
	offers  []string
	claims  int
	desired Status
	// counted are the reports by sequence; arrivals has every one that came.
	counted  map[int64]ReportInput
	arrivals []time.Time
	added    int
	// fault is asked before and after a report counts, with the number of its arrival.
	fault func(arrival int, counted bool) error
	// readFault is asked before each reading of a task.
	readFault func() error
	// refuse, unless empty, answers reports and claims.
	refuse ErrorCode
}

const officeLease = 9 * time.Second

var errNetwork = errors.New("network is down")

func newOffice(t *testing.T, offers ...string) *office {
	return &office{
		t: t, offers: offers, desired: StatusRunning, counted: map[int64]ReportInput{},
		fault: func(int, bool) error { return nil }, readFault: func() error { return nil },
	}
}

func (o *office) client(opts ...Option) *Client {
	o.t.Helper()
	soon := func(Failure) (time.Duration, bool) { return time.Second, true }
	base := []Option{WithHTTPClient(&http.Client{Transport: o}), WithBackoff(soon)}
	c, err := New("http://office.test", append(base, opts...)...)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) RoundTrip(r *http.Request) (*http.Response, error) {
	var req struct {
		Query     string
		Variables json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	var data map[string]any
	var err error
	switch {
	case strings.Contains(req.Query, "claimTask"):
		data = o.claim()
	case strings.Contains(req.Query, "reportProgress"):
		data, err = o.report(req.Variables)
	default:
		data = map[string]any{"task": o.task("690")}
		err = o.readFault()
	}
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"data": data})
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader(string(body)))}, err
}

func (o *office) refusal(code ErrorCode) map[string]any {
	return map[string]any{"payload": map[string]any{
		"userErrors": []any{map[string]any{"code": code, "message": "refused"}},
	}}
}

func (o *office) claim() map[string]any {
	o.claims++
	if o.refuse != "" {
		return o.refusal(o.refuse)
	}
	if len(o.offers) == 0 {
		return map[string]any{"payload": map[string]any{"userErrors": []any{}}}
	}
	id := o.offers[0]
	o.offers = o.offers[1:]
	o.counted = map[int64]ReportInput{}
	task := o.task(id)
	return map[string]any{"payload": map[string]any{
		"task": task, "contents": task["steps"].([]any)[0].(map[string]any)["contents"],
		"leaseToken": "token of " + id, "leaseSeconds": int(officeLease / time.Second), "userErrors": []any{},
	}}
}

func (o *office) task(id string) map[string]any {
	contents := []any{
		map[string]any{"id": id + "-1-1", "status": "WAITING"},
		map[string]any{"id": id + "-1-2", "status": "WAITING"},
	}
	for i := range o.added {
		contents = append(contents, map[string]any{"id": id + "-1-" + string(rune('3'+i)), "status": "WAITING"})
	}
	return map[string]any{"id": id, "steps": []any{map[string]any{"id": id + "-1", "contents": contents}}}
}

func (o *office) report(variables json.RawMessage) (map[string]any, error) {
	var in struct{ Input ReportInput }
	if err := json.Unmarshal(variables, &in); err != nil {
		return nil, err
	}
	o.arrivals = append(o.arrivals, time.Now())
	n := len(o.arrivals)
	if err := o.fault(n, false); err != nil {
		return nil, err
	}
	if o.refuse != "" {
		return o.refusal(o.refuse), nil
	}
	for _, c := range in.Input.Contents {
		if c.Status == StatusPaused && o.desired != StatusPausing {
			return o.refusal(CodeWrongState), nil
		}
	}
	if _, twice := o.counted[in.Input.Sequence]; !twice {
		o.counted[in.Input.Sequence] = in.Input
		o.added += len(in.Input.AddContents)
	}
	if err := o.fault(n, true); err != nil {
		return nil, err
	}
	return map[string]any{"payload": map[string]any{"desired": o.desired, "userErrors": []any{}}}, nil
}

// change changes how it answers, while it may be answering.
func (o *office) change(f func(o *office)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f(o)
}

func (o *office) want(desired Status) { o.change(func(o *office) { o.desired = desired }) }

func (o *office) refuseWith(code ErrorCode) { o.change(func(o *office) { o.refuse = code }) }

func (o *office) breakBy(fault func(arrival int, counted bool) error) {
	o.change(func(o *office) { o.fault = fault })
}

func (o *office) arrived() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.arrivals)
}

// said lists, in order, what was reported: "690-1-1 PAUSED", or a line of the log.
func (o *office) said() (all []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(o.counted)) {
		in := o.counted[n]
		for _, c := range in.Contents {
			all = append(all, c.ContentID+" "+string(c.Status))
		}
		for _, l := range in.Log {
			all = append(all, string(l.Level)+" "+l.Text)
		}
	}
	return all
}

// elapse lets the time of a synctest bubble pass; the test does not wait for it.
func elapse(d time.Duration) { time.Sleep(d) }
