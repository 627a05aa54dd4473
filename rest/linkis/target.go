package linkis

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"stepcast/models"
)

// identity names a task in data: the execution id always, the number also when the
// caller asked by number.
type identity struct {
	ExecID string `json:"execID"`
	TaskID int64  `json:"taskID,omitempty"`
}

// target is the task that a call is about.
type target struct {
	*models.Task
	// byNumber: asked for by its number, not by its execution id.
	byNumber bool
	// fallback: the path id named no task, taskID did.
	fallback bool
}

func (t target) identity() identity {
	id := identity{ExecID: t.ExecID()}
	if t.byNumber {
		id.TaskID = t.ID
	}
	return id
}

// question is how an endpoint looks for its task.
type question struct {
	// verb is what the endpoint does to the task, for the refusal of somebody else's.
	verb string
	// unknown is the text for an execution id that names no task.
	unknown string
	// load reads the task: its row alone, or with its steps.
	load func(ctx context.Context, v models.Viewer, id int64) (*models.Task, error)
}

// target finds the task of the path id, or of the query's taskID when that names none.
func (c *call) target(q question) (target, error) {
	return c.lookUp(q, c.id, c.r.URL.Query().Get("taskID"))
}

// lookUp finds a task by an id in either form. A number that stands in for it is tried
// when the id names no task; somebody else's task is not replaced by another.
func (c *call) lookUp(q question, id, standIn string) (target, error) {
	t, byNumber, err := c.byID(q, id)
	if err == nil {
		return target{Task: t, byNumber: byNumber}, nil
	}
	if missing, ok := err.(*refusal); !ok || missing.status == statusForbidden || standIn == "" {
		return target{}, err
	}
	number, parseErr := strconv.ParseInt(standIn, 10, 64)
	if parseErr != nil {
		return target{}, failedf("%s", notANumber(standIn))
	}
	if number <= 0 {
		return target{}, err
	}
	t, err = c.byNumber(q, number, standIn)
	return target{Task: t, byNumber: true, fallback: true}, err
}

// byID finds a task by an id in either form.
func (c *call) byID(q question, id string) (_ *models.Task, byNumber bool, err error) {
	if strings.HasPrefix(id, "exec_id") {
		t, err := c.byExecID(q, id)
		return t, false, err
	}
	number, ok := models.ParseTaskID(id)
	if ok {
		t, err := c.byNumber(q, number, id)
		return t, true, err
	}
	if _, err := strconv.ParseInt(id, 10, 64); err != nil {
		return nil, true, refusef(http.StatusBadRequest, "%s", notANumber(id))
	}
	return nil, true, notExists(id)
}

func (c *call) byNumber(q question, number int64, sent string) (*models.Task, error) {
	t, err := q.load(c.r.Context(), c.viewer, number)
	return t, q.refuse(err, notExists(sent))
}

// byExecID finds the task by the digits at the end; the whole must be its id.
func (c *call) byExecID(q question, id string) (*models.Task, error) {
	number, ok := models.ParseExecID(id)
	if !ok {
		return nil, refusef(http.StatusBadRequest, "%s", q.unknown)
	}
	missing := refusef(http.StatusNotFound, "%s", q.unknown)
	t, err := q.load(c.r.Context(), c.viewer, number)
	if err != nil {
		return nil, q.refuse(err, missing)
	}
	if t.ExecID() != id {
		return nil, missing
	}
	return t, nil
}

// refuse puts the refusal of a look-up into the words of the endpoint.
func (q question) refuse(err error, missing *refusal) error {
	f := models.AsFault(err)
	switch {
	case f == nil || f.Code != models.CodeNotFound:
		return err
	case f.Foreign:
		return noPermission(q.verb, "another user")
	}
	return missing
}

// poll reads the task for who asks again and again what became of it.
func (c *call) poll(ctx context.Context, v models.Viewer, id int64) (*models.Task, error) {
	s, err := c.Tasks.Poll(ctx, v, id)
	if err != nil {
		return nil, err
	}
	return s.Task, nil
}

// row reads the task that is to be changed, of which nothing but its name is told. So a
// token that may change tasks need not be one that may read them; whether it may change
// this one is for the use case to say.
func (c *call) row(ctx context.Context, v models.Viewer, id int64) (*models.Task, error) {
	v.Scopes = nil
	return c.Tasks.Row(ctx, v, id)
}

// forbidden refuses to do something to a task that the caller may see but not change.
func (c *call) forbidden(err error, verb string, t target) error {
	if models.CodeOf(err) == models.CodeForbidden {
		return noPermission(verb, t.Owner)
	}
	return err
}
