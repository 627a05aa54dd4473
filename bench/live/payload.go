package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"stepcast/models"
)

// query is what every subscriber asks for; with the texts below a frame of it has about
// 870 bytes.
const query = `subscription($id: ID!) { taskProgress(id: $id) { id version status progress steps ` +
	`{ id description status progress contents { id message status progress } } } }`

// The shape of every task.
const (
	steps       = 3
	contents    = 2
	description = "Copy layer"
	message     = "Copying tiles"
)

// event is one change of every task of a server.
type event struct {
	// number counts from 1; 0 stands for the task before the first event.
	number int64
	// due is when it should happen, in nanoseconds on the generator's clock.
	due int64
}

// The text of an event has a number and a due time of fixed widths, so that all frames
// are equally long.
const (
	numberMark  = "event "
	dueMark     = " due "
	numberWidth = 9
	dueWidth    = 15
)

// text is the message of the first content, by which a subscriber knows the event.
func (e event) text() string {
	return fmt.Sprintf("%s%0*d%s%0*d", numberMark, numberWidth, e.number, dueMark, dueWidth, e.due)
}

// findEvent finds the text of an event in a message of a server.
func findEvent(payload []byte) (e event, ok bool) {
	at := bytes.Index(payload, []byte(numberMark))
	if at < 0 {
		return event{}, false
	}
	rest := payload[at+len(numberMark):]
	if len(rest) < numberWidth+len(dueMark)+dueWidth {
		return event{}, false
	}
	number, validNumber := digits(rest[:numberWidth])
	due, validDue := digits(rest[numberWidth+len(dueMark):][:dueWidth])
	return event{number, due}, validNumber && validDue
}

func digits(text []byte) (n int64, ok bool) {
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// padding makes the last message longer, for frames that fill buffers.
func padding(bytes int) string { return strings.Repeat("x", bytes) }

// wireTask is a task as the query shows it, for the server that knows no GraphQL.
type wireTask struct {
	ID       string        `json:"id"`
	Version  int64         `json:"version"`
	Status   models.Status `json:"status"`
	Progress float64       `json:"progress"`
	Steps    []wireStep    `json:"steps"`
}

type wireStep struct {
	ID          string        `json:"id"`
	Description string        `json:"description"`
	Status      models.Status `json:"status"`
	Progress    float64       `json:"progress"`
	Contents    []wireContent `json:"contents"`
}

type wireContent struct {
	ID       string        `json:"id"`
	Message  string        `json:"message"`
	Status   models.Status `json:"status"`
	Progress float64       `json:"progress"`
}

// newWireTask gives a task in its first content, as the driver's tasks are.
func newWireTask(id int, extra string) *wireTask {
	t := &wireTask{ID: strconv.Itoa(id), Version: 2, Status: models.Running}
	for s := range steps {
		step := wireStep{ID: fmt.Sprintf("%d-%d", id, s+1), Description: description, Status: models.Waiting}
		for c := range contents {
			step.Contents = append(step.Contents, wireContent{
				ID: fmt.Sprintf("%s-%d", step.ID, c+1), Message: message, Status: models.Waiting,
			})
		}
		t.Steps = append(t.Steps, step)
	}
	t.Steps[0].Status, t.Steps[0].Contents[0].Status = models.Running, models.Running
	t.Steps[steps-1].Contents[contents-1].Message += extra
	t.show(event{})
	return t
}

// show makes an event of the task.
func (t *wireTask) show(e event) {
	t.Version++
	t.Steps[0].Contents[0].Message = e.text()
}
