package cli

import (
	"io"

	"stepcast/client"
)

// jsonl tells in values of JSON, one a line. The names within are those of the schema.
type jsonl struct {
	out io.Writer
	env *env
}

// message is one value: Type says which of the others it has.
type message struct {
	// Type is task, event, log or gap.
	Type   string          `json:"type"`
	TaskID string          `json:"taskId"`
	Task   *client.Task    `json:"task,omitempty"`
	Event  client.Event    `json:"event,omitempty"`
	Line   *client.LogLine `json:"line,omitempty"`
	Gap    *client.Gap     `json:"gap,omitempty"`
}

func (*jsonl) events() bool { return true }

func (j *jsonl) lost(err error) { j.env.noteLink(err) }

func (j *jsonl) task(task *client.Task) error {
	return writeJSON(j.out, message{Type: "task", TaskID: task.ID, Task: task})
}

func (j *jsonl) event(event client.Event) error {
	return writeJSON(j.out, message{Type: "event", TaskID: event.Head().TaskID, Event: event})
}

func (j *jsonl) lines(id string, lines []client.LogLine) error {
	for _, line := range lines {
		if err := writeJSON(j.out, message{Type: "log", TaskID: id, Line: &line}); err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonl) gap(id string, gap *client.Gap) error {
	return writeJSON(j.out, message{Type: "gap", TaskID: id, Gap: gap})
}
