package linkis

import (
	"net/http"

	"stepcast/models"
	"stepcast/tasks"
)

// kill answers GET entrance/{id}/kill: it cancels the task. Rights are checked on each
// way there, the taskID of the query included.
func kill(c *call) (answer, error) {
	return c.killOne(c.id, c.r.URL.Query().Get("taskID"))
}

// killOne cancels the task of an id, or of a number that stands in for it.
func (c *call) killOne(id, standIn string) (answer, error) {
	t, err := c.lookUp(question{verb: "kill", unknown: textKillUnknown, load: c.row}, id, standIn)
	if err != nil {
		return answer{}, err
	}
	if err := c.cancel(t); err != nil {
		return answer{}, err
	}
	if t.fallback {
		return ok(textForced, nil), nil
	}
	return ok(textKilled, t.identity()), nil
}

// cancel is done as well when the task was cancelled before. It asks for the change
// first and looks at the state afterwards, so that rights come before everything else.
func (c *call) cancel(t target) error {
	_, err := c.Tasks.Cancel(c.r.Context(), c.viewer, tasks.ControlInput{ID: t.ID})
	if models.CodeOf(err) != models.CodeWrongState {
		return c.forbidden(err, "kill", t)
	}
	now, err := c.row(c.r.Context(), c.viewer, t.ID)
	if err != nil {
		return err
	}
	if now.Status == models.Cancelled {
		return nil
	}
	return completed("kill")
}

// completed refuses to change a task that has ended.
func completed(verb string) *refusal {
	return refusef(http.StatusBadRequest, textCompleted, verb)
}
