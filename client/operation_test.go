package client

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// answered runs call against a server that answers data, and gives the variables it got.
func answered(t *testing.T, data string, call func(c *Client) error) (map[string]any, error) {
	t.Helper()
	s := newServer(t)
	var got request
	s.answer = func(r request) any {
		got = r
		return map[string]any{"data": json.RawMessage(data)}
	}
	err := call(s.client())
	return got.Variables, err
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	zero := 0
	in := SubmitInput{
		Description: "Build", Variables: map[string]any{"region": "eu"}, BackoffSeconds: &zero,
		StartAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
		Steps: []StepInput{{
			Description: "Compile",
			Contents:    []ContentInput{{Message: "go build", RunType: "shell", Code: "go build", Params: map[string]any{"cwd": "/src"}}},
		}},
	}
	var task *Task
	vars, err := answered(t, `{"payload":{"task":{"id":"690","status":"WAITING","version":1},"userErrors":[]}}`,
		func(c *Client) (err error) { task, err = c.Submit(within(t), in); return err })
	if err != nil || task.ID != "690" || task.Status != StatusWaiting {
		t.Fatalf("Submit = %+v, %v", task, err)
	}
	want := map[string]any{"input": map[string]any{
		"description": "Build", "variables": map[string]any{"region": "eu"}, "backoffSeconds": 0.0,
		"startAfter": "2030-01-02T03:04:05Z",
		"steps": []any{map[string]any{
			"description": "Compile",
			"contents": []any{map[string]any{
				"message": "go build", "runType": "shell", "code": "go build", "params": map[string]any{"cwd": "/src"},
			}},
		}},
	}}
	if !reflect.DeepEqual(vars, want) {
		t.Errorf("sent %v\nwant %v", vars, want)
	}
}

// TestSubmitOfNothingIsTheServersToRefuse: required lists are never null.
func TestSubmitOfNothingIsTheServersToRefuse(t *testing.T) {
	t.Parallel()
	for _, in := range []SubmitInput{{}, {Steps: []StepInput{{}}}} {
		vars, _ := answered(t, `{"payload":{}}`, func(c *Client) error { _, err := c.Submit(within(t), in); return err })
		if sent := string(asJSON(t, vars)); strings.Contains(sent, "null") {
			t.Errorf("sent %s", sent)
		}
	}
}

func TestUserErrors(t *testing.T) {
	t.Parallel()
	_, err := answered(t, `{"payload":{"task":null,"userErrors":[
		{"code":"INVALID","field":["steps","0"],"message":"no contents","retryAfterSeconds":null},
		{"code":"QUEUE_FULL","field":null,"message":"full","retryAfterSeconds":5}]}}`,
		func(c *Client) error { _, err := c.Submit(within(t), SubmitInput{}); return err })
	var first *Error
	if !errors.As(err, &first) || first.Code != CodeInvalid || !slices.Equal(first.Field, []string{"steps", "0"}) {
		t.Errorf("first of %v: %+v", err, first)
	}
	if !strings.Contains(err.Error(), "QUEUE_FULL: full") {
		t.Errorf("the second is missing in %v", err)
	}

	_, err = answered(t, `{"payload":{"task":null,"userErrors":[]}}`,
		func(c *Client) error { _, err := c.Cancel(within(t), "1"); return err })
	if !errors.Is(err, ErrProtocol) {
		t.Errorf("a payload of nothing: %v", err)
	}
}

func TestReads(t *testing.T) {
	t.Parallel()
	missing := `{"task":null}`
	calls := map[string]func(c *Client) error{
		"Task":   func(c *Client) error { _, err := c.Task(t.Context(), "7"); return err },
		"TaskAt": func(c *Client) error { _, err := c.TaskAt(t.Context(), "7", "7:3"); return err },
		"Log":    func(c *Client) error { _, err := c.Log(t.Context(), "7", LogQuery{}); return err },
		"Events": func(c *Client) error { _, err := c.Events(t.Context(), "7", EventQuery{}); return err },
		"ResourceSamples": func(c *Client) error {
			_, err := c.ResourceSamples(t.Context(), "7", SampleQuery{})
			return err
		},
	}
	for name, call := range calls {
		if _, err := answered(t, missing, call); CodeOf(err) != CodeNotFound {
			t.Errorf("%s of a missing task: %v", name, err)
		}
	}

	var lines LogBatch
	vars, err := answered(t, `{"task":{"log":{"lines":[{"number":4,"level":"WARN","stream":"STDERR","text":"x"}],"cursor":9,"caughtUp":true}}}`,
		func(c *Client) (err error) {
			lines, err = c.Log(within(t), "7", LogQuery{After: 3, First: 50, MinLevel: LevelWarn, Contains: "x"})
			return err
		})
	if err != nil || len(lines.Lines) != 1 || lines.Cursor != 9 || !lines.CaughtUp {
		t.Errorf("Log = %+v, %v", lines, err)
	}
	if want := map[string]any{"id": "7", "after": 3.0, "first": 50.0, "minLevel": "WARN", "contains": "x"}; !reflect.DeepEqual(vars, want) {
		t.Errorf("sent %v", vars)
	}

	if _, err := answered(t, `{"viewer":null}`,
		func(c *Client) error { _, err := c.Viewer(within(t)); return err }); CodeOf(err) != CodeUnauthenticated {
		t.Errorf("nobody: %v", err)
	}
}

func TestEventsDecodeByType(t *testing.T) {
	t.Parallel()
	var batch EventBatch
	_, err := answered(t, `{"task":{"events":{"cursor":"7:6","caughtUp":false,"gap":null,"events":[
		{"__typename":"TaskStatusChanged","id":"7:1","from":"WAITING","to":"RUNNING"},
		{"__typename":"TaskUpdated","id":"7:2","progress":1.5},
		{"__typename":"StepChanged","id":"7:3","stepId":"7-1","status":"RUNNING","progress":5},
		{"__typename":"ContentChanged","id":"7:4","contentId":"7-1-1","message":"m","status":"RUNNING","progress":5},
		{"__typename":"PlanChanged","id":"7:5","steps":[{"id":"7-2"}]},
		{"__typename":"FromTheFuture","id":"7:6","cursor":"7:6","version":6}]}}}`,
		func(c *Client) (err error) {
			batch, err = c.Events(within(t), "7", EventQuery{After: "7:0"})
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	wantTypes := []Event{TaskStatusChanged{}, TaskUpdated{}, StepChanged{}, ContentChanged{}, PlanChanged{}, OtherEvent{}}
	for i, e := range batch.Events {
		if reflect.TypeOf(e) != reflect.TypeOf(wantTypes[i]) || e.Head().Number() != int64(i+1) {
			t.Errorf("event %d is %T %+v", i, e, e)
		}
	}
	if to := batch.Events[0].(TaskStatusChanged).To; to != StatusRunning {
		t.Errorf("to %s", to)
	}
	if other := batch.Events[5].Head(); other.Typename != "FromTheFuture" || other.Version != 6 {
		t.Errorf("unknown event %+v", other)
	}
}

func TestTasksGoesThroughAllPages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.answer = func(r request) any {
		after, _ := r.Variables["after"].(string)
		page := map[string]string{
			"":  `{"nodes":[{"id":"1"},{"id":"2"}],"pageInfo":{"endCursor":"b","hasNextPage":true}}`,
			"b": `{"nodes":[{"id":"3"}],"pageInfo":{"endCursor":"c","hasNextPage":false}}`,
		}[after]
		return map[string]any{"data": map[string]any{"tasks": json.RawMessage(page)}}
	}
	var ids []string
	for task, err := range s.client().Tasks(within(t), TaskFilter{Owner: "ann"}, "") {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, task.ID)
	}
	if !slices.Equal(ids, []string{"1", "2", "3"}) {
		t.Errorf("ids %v", ids)
	}
	for range s.client().Tasks(within(t), TaskFilter{}, OrderOldest) {
		break
	}

	s.answer = func(request) any {
		return map[string]any{"errors": []any{map[string]any{"message": "no", "extensions": map[string]any{"code": "LIMIT_EXCEEDED"}}}}
	}
	n := 0
	for task, err := range s.client().Tasks(within(t), TaskFilter{}, "") {
		if n++; task != nil || CodeOf(err) != CodeLimitExceeded {
			t.Errorf("%+v, %v", task, err)
		}
	}
	if n != 1 {
		t.Errorf("%d values", n)
	}
}

func TestClaimAndReport(t *testing.T) {
	t.Parallel()
	claim := func(c *Client) error {
		_, err := c.Claim(t.Context(), ClaimInput{Labels: []Label{{"os", "linux"}}})
		return err
	}
	vars, err := answered(t, `{"payload":{"task":null,"contents":null,"leaseToken":null,"leaseSeconds":null,"userErrors":[]}}`, claim)
	if !errors.Is(err, ErrNothingToClaim) {
		t.Errorf("nothing: %v", err)
	}
	if want := map[string]any{"labels": []any{map[string]any{"key": "os", "value": "linux"}}}; !reflect.DeepEqual(vars, want) {
		t.Errorf("sent %v", vars)
	}
	if _, err := answered(t, `{"payload":{"task":{"id":"1"},"contents":[],"leaseToken":"x","leaseSeconds":9}}`, claim); !errors.Is(err, ErrProtocol) {
		t.Errorf("a claim of nothing: %v", err)
	}

	half, desired := 50.0, Status("")
	vars, err = answered(t, `{"payload":{"desired":"PAUSING","userErrors":[]}}`, func(c *Client) (err error) {
		desired, err = c.Report(within(t), ReportInput{
			TaskID: "690", LeaseToken: "x", Sequence: 2,
			Report: Report{Contents: []ContentReport{{ContentID: "690-1-1", Progress: &half}}, Log: []LogLineInput{{Text: "hi"}}},
		})
		return err
	})
	if err != nil || desired != StatusPausing {
		t.Errorf("Report = %s, %v", desired, err)
	}
	want := map[string]any{"input": map[string]any{
		"taskId": "690", "leaseToken": "x", "sequence": 2.0,
		"contents": []any{map[string]any{"contentId": "690-1-1", "progress": 50.0}},
		"log":      []any{map[string]any{"text": "hi"}},
	}}
	if !reflect.DeepEqual(vars, want) {
		t.Errorf("sent %v\nwant %v", vars, want)
	}
}
