package client

import (
	"fmt"
	"testing"

	"github.com/gorilla/websocket"
)

// events is a batch of the events with these numbers.
func events(numbers ...int) map[string]any {
	list := make([]any, len(numbers))
	cursor := ""
	for i, n := range numbers {
		cursor = fmt.Sprintf("690:%d", n)
		list[i] = map[string]any{
			"__typename": "StepChanged", "id": cursor, "cursor": cursor, "taskId": "690", "version": n, "stepId": "690-1",
		}
	}
	return map[string]any{"events": list, "cursor": cursor, "caughtUp": false, "gap": nil}
}

// lines is a batch of the lines with these numbers.
func lines(numbers ...int) map[string]any {
	list := make([]any, len(numbers))
	cursor := 0
	for i, n := range numbers {
		cursor = n
		list[i] = map[string]any{"number": n, "attempt": 1, "level": "INFO", "stream": "STDOUT", "text": fmt.Sprint("line ", n)}
	}
	return map[string]any{"lines": list, "cursor": cursor, "caughtUp": false, "gap": nil}
}

func with(batch map[string]any, key string, value any) map[string]any {
	batch[key] = value
	return batch
}

func eventNumbers(b EventBatch) (numbers []int64) {
	for _, e := range b.Events {
		numbers = append(numbers, e.Head().Number())
	}
	return numbers
}

func lineNumbers(b LogBatch) (numbers []int64) {
	for _, l := range b.Lines {
		numbers = append(numbers, l.Number)
	}
	return numbers
}

func TestEventsResumeAfterTheLastCursor(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "")
	p, vars := s.open()
	if _, given := vars["after"]; given {
		t.Errorf("the beginning is asked for with %v", vars)
	}
	p.next("taskEvents", events(1, 2, 3))
	if got := mustNext(t, stream); fmt.Sprint(eventNumbers(got)) != "[1 2 3]" {
		t.Errorf("first %v", got)
	}
	p.drop()

	p, vars = s.open()
	if vars["after"] != "690:3" {
		t.Errorf("resumed with %v", vars)
	}
	// A server that repeats itself, within the batch and in a batch of old ones only.
	p.next("taskEvents", events(2, 3))
	p.next("taskEvents", events(3, 4, 4, 5))
	if got := mustNext(t, stream); fmt.Sprint(eventNumbers(got)) != "[4 5]" || got.Cursor != "690:5" {
		t.Errorf("second %+v", got)
	}
	p.next("taskEvents", events(1))
	p.closeWith(websocket.CloseServiceRestart, "restart")

	p, vars = s.open()
	if vars["after"] != "690:5" {
		t.Errorf("old events took the cursor back: %v", vars)
	}
	p.complete()
	if err := mustEnd(t, stream); err != nil {
		t.Error(err)
	}
}

func TestCaughtUpIsToldOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "690:9")
	p, _ := s.open()
	empty := with(with(events(), "caughtUp", true), "cursor", "690:9")
	p.next("taskEvents", empty)
	p.next("taskEvents", empty)
	if got := mustNext(t, stream); !got.CaughtUp || len(got.Events) != 0 || got.Cursor != "690:9" {
		t.Errorf("caught up: %+v", got)
	}
	p.next("taskEvents", events(10))
	if got := mustNext(t, stream); got.CaughtUp || len(got.Events) != 1 {
		t.Errorf("then: %+v", got)
	}
	p.complete()
}

func TestGapIsAValueAndStartsAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchEvents(t.Context(), "690", "690:700")
	p, _ := s.open()
	p.next("taskEvents", events(701))
	mustNext(t, stream)
	gap := map[string]any{"reason": "REPLACED", "task": snapshot(3, StatusRunning)}
	p.next("taskEvents", with(with(events(), "gap", gap), "cursor", "690:3"))
	got := mustNext(t, stream)
	if got.Gap == nil || got.Gap.Reason != GapReplaced || got.Gap.Task.Version != 3 || got.Cursor != "690:3" {
		t.Errorf("gap %+v", got)
	}
	p.drop()
	p, vars := s.open()
	if vars["after"] != "690:3" {
		t.Errorf("resumed after the gap with %v", vars)
	}
	p.next("taskEvents", events(4))
	if got := mustNext(t, stream); fmt.Sprint(eventNumbers(got)) != "[4]" {
		t.Errorf("after the gap %v", got)
	}
	p.complete()

	logs := s.client().WatchLog(t.Context(), "690", 10, "")
	p, _ = s.open()
	gap = map[string]any{"reason": "EXPIRED"}
	p.next("taskLog", with(lines(500, 501), "gap", gap))
	if got := mustNext(t, logs); got.Gap == nil || got.Gap.Reason != GapExpired || fmt.Sprint(lineNumbers(got)) != "[500 501]" {
		t.Errorf("gap of the log %+v", got)
	}
	p.next("taskLog", lines(501, 502))
	if got := mustNext(t, logs); fmt.Sprint(lineNumbers(got)) != "[502]" {
		t.Errorf("after the gap %+v", got)
	}
	p.complete()
}

func TestLogResumesAfterTheLastLineExamined(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchLog(t.Context(), "690", 0, LevelWarn)
	p, vars := s.open()
	if vars["after"] != 0.0 || vars["minLevel"] != "WARN" {
		t.Errorf("subscribed with %v", vars)
	}
	p.next("taskLog", with(lines(3, 9), "cursor", 20))
	if got := mustNext(t, stream); fmt.Sprint(lineNumbers(got)) != "[3 9]" || got.Cursor != 20 {
		t.Errorf("first %+v", got)
	}
	p.next("taskLog", with(lines(), "cursor", 40))
	p.drop()

	p, vars = s.open()
	if vars["after"] != 40.0 {
		t.Errorf("resumed with %v", vars)
	}
	p.next("taskLog", with(lines(9, 33), "cursor", 35))
	p.next("taskLog", with(lines(41), "cursor", 41))
	if got := mustNext(t, stream); fmt.Sprint(lineNumbers(got)) != "[41]" {
		t.Errorf("second %+v", got)
	}
	p.complete()
}

func TestProgressNeverGoesBack(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchProgress(t.Context(), "690")
	p, _ := s.open()
	p.next("taskProgress", snapshot(5, StatusRunning))
	if got := mustNext(t, stream); got.Version != 5 {
		t.Errorf("first %+v", got)
	}
	p.drop()
	p, _ = s.open()
	p.next("taskProgress", snapshot(4, StatusRunning))
	p.next("taskProgress", snapshot(5, StatusRunning))
	p.next("taskProgress", snapshot(6, StatusSucceeded))
	if got := mustNext(t, stream); got.Version != 6 {
		t.Errorf("second %+v", got)
	}
	p.complete()
}

// TestChangesAskToListAgain: first, and after each lost connection, once the server
// has read the subscription.
func TestChangesAskToListAgain(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	stream := s.client().WatchChanges(t.Context(), TaskFilter{Owner: "ann"})
	for range 3 {
		p, vars := s.open()
		if fmt.Sprint(vars) != "map[filter:map[owner:ann]]" {
			t.Errorf("subscribed with %v", vars)
		}
		p.expect("ping")
		p.send(message{Type: "pong"})
		if got := mustNext(t, stream); !got.Resync || got.Task != nil {
			t.Errorf("first %+v", got)
		}
		p.next("taskChanges", map[string]any{"task": snapshot(1, StatusRunning), "matches": true, "resync": false})
		if got := mustNext(t, stream); got.Resync || !got.Matches || got.Task.Version != 1 {
			t.Errorf("change %+v", got)
		}
		p.drop()
	}
	p, _ := s.open()
	p.fail(CodeForbidden, "no")
	if err := mustEnd(t, stream); CodeOf(err) != CodeForbidden {
		t.Errorf("end: %v", err)
	}
}
