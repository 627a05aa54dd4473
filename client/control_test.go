package client

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestControl(t *testing.T) {
	t.Parallel()
	calls := map[string]func(c *Client) (*Task, error){
		"cancelTask": func(c *Client) (*Task, error) { return c.Cancel(t.Context(), "690", IfVersion(0)) },
		"pauseTask":  func(c *Client) (*Task, error) { return c.Pause(t.Context(), "690", IfVersion(0)) },
		"resumeTask": func(c *Client) (*Task, error) { return c.Resume(t.Context(), "690", IfVersion(0)) },
		"retryTask":  func(c *Client) (*Task, error) { return c.Retry(t.Context(), "690", IfVersion(0)) },
	}
	for field, call := range calls {
		s := newServer(t)
		s.answer = func(r request) any {
			input := r.Variables["input"].(map[string]any)
			if !strings.Contains(r.Query, "payload: "+field+"(") || input["id"] != "690" || input["ifVersion"] != 0.0 {
				t.Errorf("%s sent %+v", field, r)
			}
			return map[string]any{"data": map[string]any{"payload": map[string]any{
				"task": nil, "userErrors": []any{map[string]any{"code": "CONFLICT", "message": "version 7"}},
			}}}
		}
		if _, err := call(s.client()); CodeOf(err) != CodeConflict {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestCancelTasks(t *testing.T) {
	t.Parallel()
	testControlTasks(t, (*Client).CancelTasks)
}

func TestRetryTasks(t *testing.T) {
	t.Parallel()
	testControlTasks(t, (*Client).RetryTasks)
}

func testControlTasks(t *testing.T, control func(c *Client, ctx context.Context, ids ...string) ([]ControlResult, error)) {
	var results []ControlResult
	vars, err := answered(t, `{"payload":{"results":[
		{"task":{"id":"1","status":"CANCELLED"},"userErrors":[]},
		{"task":null,"userErrors":[{"code":"NOT_FOUND","message":"none"}]}]}}`,
		func(c *Client) (err error) { results, err = control(c, within(t), "1", "x"); return err })
	if err != nil || len(results) != 2 {
		t.Fatalf("%+v, %v", results, err)
	}
	if results[0].Err != nil || results[0].Task.Status != StatusCancelled {
		t.Errorf("first: %+v", results[0])
	}
	if results[1].ID != "x" || CodeOf(results[1].Err) != CodeNotFound || results[1].Task != nil {
		t.Errorf("second: %+v", results[1])
	}
	if !reflect.DeepEqual(vars["ids"], []any{"1", "x"}) {
		t.Errorf("sent %v", vars)
	}

	_, err = answered(t, `{"payload":{"results":[]}}`,
		func(c *Client) error { _, err := control(c, within(t), "1"); return err })
	if !errors.Is(err, ErrProtocol) {
		t.Errorf("too few results: %v", err)
	}
}

func TestCancelTasksGoesInBatches(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	var batches []int
	s.answer = func(r request) any {
		ids := r.Variables["ids"].([]any)
		if batches = append(batches, len(ids)); len(batches) == 3 {
			return map[string]any{"errors": []any{map[string]any{"message": "away"}}}
		}
		results := make([]any, len(ids))
		for i, id := range ids {
			results[i] = map[string]any{"task": map[string]any{"id": id}}
		}
		return map[string]any{"data": map[string]any{"payload": map[string]any{"results": results}}}
	}
	ids := make([]string, 2*controlBatch+1)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	results, err := s.client().CancelTasks(within(t), ids...)
	if CodeOf(err) != CodeInternal || len(results) != 2*controlBatch || results[controlBatch].Task.ID != ids[controlBatch] {
		t.Errorf("%d results of batches %v, %v", len(results), batches, err)
	}
}
