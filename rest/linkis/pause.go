package linkis

import (
	"context"
	"net/http"

	"stepcast/models"
	"stepcast/tasks"
)

// pause answers GET entrance/{id}/pause. In Linkis it does nothing; here it pauses.
func pause(c *call) (answer, error) { return c.control("pause", c.Tasks.Pause) }

// resume answers GET entrance/{id}/resume, which Linkis does not have.
func resume(c *call) (answer, error) { return c.control("resume", c.Tasks.Resume) }

// control pauses or resumes, in the words that Linkis has for pause.
func (c *call) control(
	verb string, change func(context.Context, models.Viewer, tasks.ControlInput) (*models.Task, error),
) (answer, error) {
	t, err := c.target(question{verb: verb, unknown: cannotFind(c.id, verb), load: c.row})
	if err != nil {
		return answer{}, err
	}
	_, err = change(c.r.Context(), c.viewer, tasks.ControlInput{ID: t.ID})
	if models.CodeOf(err) == models.CodeWrongState {
		return answer{}, c.wrongState(t, verb)
	}
	if err != nil {
		return answer{}, c.forbidden(err, verb, t)
	}
	return ok("success to "+verb+" job (成功"+verb+"了job)", t.identity()), nil
}

// wrongState tells a task that has ended from one that is ending.
func (c *call) wrongState(t target, verb string) error {
	now, err := c.row(c.r.Context(), c.viewer, t.ID)
	if err != nil {
		return err
	}
	if now.Status.Final() {
		return completed(verb)
	}
	return refusef(http.StatusBadRequest, "%s", textAbnormal[verb])
}
