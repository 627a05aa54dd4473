package e2e

import (
	"encoding/json"
	"fmt"

	"stepcast/client"
)

// Selections of what is compared with what the store gives.
const (
	taskSelection = `{ id version status progress costTime updatedAt finishedAt
  steps { id status progress contents { id status progress message startTime finishTime } } }`
	eventsSelection = `{ cursor caughtUp gap { reason } events { __typename id cursor at attempt version
  ... on TaskStatusChanged { from to } ... on TaskUpdated { taskProgress: progress }
  ... on StepChanged { stepId status progress } ... on ContentChanged { contentId status progress message } } }`
	logSelection = `{ cursor caughtUp gap { reason } lines { number attempt at level stream contentId text } }`
)

// progressFeed takes snapshots of a task: their versions never go back.
type progressFeed struct {
	id      string
	version int64
	last    object
}

func (f *progressFeed) request() (query string, variables object) {
	return `subscription($id: ID!) { taskProgress(id: $id) ` + taskSelection + ` }`, object{"id": f.id}
}

func (f *progressFeed) accept(data object, first bool) error {
	task, _ := data["taskProgress"].(object)
	version := versionOf(task)
	// Who subscribes again may be told again what it has.
	if version < f.version || version == f.version && !first {
		return fmt.Errorf("version %d came after %d", version, f.version)
	}
	f.version, f.last = version, task
	return nil
}

func (f *progressFeed) complete() error {
	if status := client.Status(textAt(f.last, "status")); !status.Final() {
		return fmt.Errorf("the stream is complete at %s", status)
	}
	return nil
}

// versionOf is the version of a task that was selected; 0 when there is none.
func versionOf(task object) int64 {
	n, _ := task["version"].(json.Number)
	version, _ := n.Int64()
	return version
}

// stream is one of which nothing may be left out.
type stream struct {
	id string
	// field is what is subscribed to, and list what a batch holds; document asks for it.
	field, list, document string
	level                 client.LogLevel // of taskLog; "" is all
}

func eventsOf(id string) stream {
	return stream{
		id: id, field: "taskEvents", list: "events",
		document: `subscription($id: ID!, $after: String) { taskEvents(id: $id, after: $after) ` + eventsSelection + ` }`,
	}
}

// logOf follows a log from a level on; "" is all of it.
func logOf(id string, level client.LogLevel) stream {
	return stream{
		id: id, field: "taskLog", list: "lines", level: level,
		document: `subscription($id: ID!, $after: Long, $level: LogLevel) { taskLog(id: $id, after: $after, minLevel: $level) ` + logSelection + ` }`,
	}
}

// everyFeed takes the elements of a stream, and resumes after the last batch that it was
// given.
type everyFeed struct {
	stream
	cursor   any
	elements []any
}

func (f *everyFeed) variables() object {
	variables := object{"id": f.id}
	if f.cursor != nil {
		variables["after"] = f.cursor
	}
	if f.level != "" {
		variables["level"] = f.level
	}
	return variables
}

func (f *everyFeed) request() (query string, variables object) { return f.document, f.variables() }

func (f *everyFeed) accept(data object, _ bool) error { return f.take(data[f.field]) }

// take adds a batch, of the stream or of a page of what is stored.
func (f *everyFeed) take(batch any) error {
	if gap := at(batch, "gap"); gap != nil {
		return fmt.Errorf("gap %v after %v", gap, f.cursor)
	}
	elements, ok := at(batch, f.list).([]any)
	if !ok {
		return fmt.Errorf("no %s in %v", f.list, batch)
	}
	f.cursor = at(batch, "cursor")
	f.elements = append(f.elements, elements...)
	return nil
}

func (*everyFeed) complete() error { return nil }
