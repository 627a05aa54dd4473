package tasks

import (
	"context"
	"fmt"

	"stepcast/models"
)

// What an execution declares while it runs. Each call names the submitted content
// that is executed and, where it matters, the content that it opened last.

// DeclareContents plans contents of the step, after those it has.
func (s *Service) DeclareContents(ctx context.Context, lease Lease, execution, current models.ContentRef, messages []string) error {
	_, err := s.held(ctx, lease, func(d *draft) error {
		declare(d, execution, current.Step, messages)
		return nil
	})
	return err
}

// declare adds contents to a step and gives their refs; fewer when the task has as
// many as it may have, which the log says.
func declare(d *draft, execution models.ContentRef, stepNumber int, messages []string) (refs []models.ContentRef) {
	step, source := d.t.Step(stepNumber), d.t.Content(execution)
	if step == nil || source == nil {
		return nil
	}
	if room := MaxContents - countContents(d.t); len(messages) > room {
		d.system(models.Warn, fmt.Sprintf("A task has at most %d contents; %d more were not shown", MaxContents, len(messages)-max(0, room)))
		messages = messages[:max(0, room)]
	}
	if len(messages) == 0 {
		return nil
	}
	inputs := make([]ContentInput, len(messages))
	for i, message := range messages {
		inputs[i] = ContentInput{Message: models.Plain(cut(message)), RunType: source.RunType}
	}
	for _, c := range extend(d, step, inputs, &execution) {
		refs = append(refs, c.Ref())
	}
	return refs
}

// extend adds contents to a step, after those it has.
func extend(d *draft, step *models.Step, add []ContentInput, declaredBy *models.ContentRef) []*models.Content {
	header := *step
	header.Contents = nil
	p := models.Plan{Steps: []*models.Step{&header}}
	for i, in := range add {
		c := newContent(step, header.NextContent, len(step.Contents)+i, in)
		c.DeclaredBy = declaredBy
		header.NextContent++
		p.Contents = append(p.Contents, c)
	}
	d.plan(p)
	return p.Contents
}

// OpenContent ends the content opened last as SUCCEEDED and begins the next: the
// first planned one with that message, else the next planned one, else a new one.
// It gives the content that is open now.
func (s *Service) OpenContent(ctx context.Context, lease Lease, execution, current models.ContentRef, message string) (models.ContentRef, error) {
	opened := current
	_, err := s.held(ctx, lease, func(d *draft) error {
		message := cut(message)
		next, ok := planned(d.t, execution, current.Step, message)
		if !ok {
			refs := declare(d, execution, current.Step, []string{message})
			if len(refs) == 0 {
				opened = current
				return nil
			}
			next = refs[0]
		}
		// The next begins first, so that the step is never over in between.
		d.setContent(next, func(c *models.ContentState) {
			become(c, d, models.Running)
			c.Message = models.Plain(message)
		})
		d.setContent(current, func(c *models.ContentState) { become(c, d, models.Succeeded) })
		opened = next
		return nil
	})
	return opened, err
}

// planned finds the content of the step that an execution planned and that is next.
func planned(t *models.Task, execution models.ContentRef, step int, message string) (next models.ContentRef, ok bool) {
	s := t.Step(step)
	if s == nil {
		return next, false
	}
	for _, c := range s.Contents {
		if c.DeclaredBy == nil || *c.DeclaredBy != execution || c.Status != models.Waiting {
			continue
		}
		if c.Message.Plain == message {
			return c.Ref(), true
		}
		if !ok {
			next, ok = c.Ref(), true
		}
	}
	return next, ok
}

// DeclareSteps declares the steps of a task whose one submitted content is being
// executed. The first description replaces that of the submitted step, the first time.
func (s *Service) DeclareSteps(ctx context.Context, lease Lease, execution models.ContentRef, descriptions []string) error {
	_, err := s.held(ctx, lease, func(d *draft) error {
		first := d.t.Step(execution.Step)
		if first == nil || len(descriptions) == 0 {
			return nil
		}
		rest := descriptions
		if first.Submitted == nil && len(d.t.Steps) == 1 {
			header := *first
			header.Contents = nil
			submitted := header.Description
			header.Submitted, header.Description = &submitted, models.Plain(cut(descriptions[0]))
			d.plan(models.Plan{Steps: []*models.Step{&header}})
			rest = descriptions[1:]
		}
		addSteps(d, execution, rest)
		return nil
	})
	return err
}

// addSteps appends declared steps with one content each, and gives the contents.
func addSteps(d *draft, execution models.ContentRef, descriptions []string) (refs []models.ContentRef) {
	room := min(MaxSteps-len(d.t.Steps), MaxContents-countContents(d.t))
	if len(descriptions) > room {
		d.system(models.Warn, fmt.Sprintf("A task has at most %d steps; %d more were not shown", MaxSteps, len(descriptions)-max(0, room)))
		descriptions = descriptions[:max(0, room)]
	}
	source := d.t.Content(execution)
	if len(descriptions) == 0 || source == nil {
		return nil
	}
	var p models.Plan
	next := d.t.NextStep
	for i, description := range descriptions {
		text := models.Plain(cut(description))
		step := &models.Step{
			Number: next, Place: len(d.t.Steps) + i, Description: text,
			Declared: true, Status: models.Waiting, NextContent: 2,
		}
		c := newContent(step, 1, 0, ContentInput{Message: text, RunType: source.RunType})
		c.DeclaredBy = &execution
		p.Steps, p.Contents = append(p.Steps, step), append(p.Contents, c)
		refs = append(refs, c.Ref())
		next++
	}
	d.plan(p)
	d.setTask(func(s *models.TaskState) { s.NextStep = next })
	return refs
}

// OpenStep begins the named step, declared before or not, and ends the one before
// as SUCCEEDED. It gives the content that is open now.
func (s *Service) OpenStep(ctx context.Context, lease Lease, execution, current models.ContentRef, description string) (models.ContentRef, error) {
	opened := current
	_, err := s.held(ctx, lease, func(d *draft) error {
		description := cut(description)
		here := d.t.Step(current.Step)
		if here != nil && here.Description.Plain == description && current == execution {
			opened = current // the first declared step is begun already
			return nil
		}
		next, ok := waitingStep(d.t, description)
		if !ok {
			refs := addSteps(d, execution, []string{description})
			if len(refs) == 0 {
				opened = current
				return nil
			}
			next = refs[0]
		}
		d.setContent(next, func(c *models.ContentState) { become(c, d, models.Running) })
		d.eachContent(func(step *models.Step, c *models.Content) {
			if step.Number == current.Step && !c.Status.Final() {
				d.setContent(c.Ref(), func(state *models.ContentState) {
					endContent(state, d, models.Succeeded, Outcome{}, false)
				})
			}
		})
		opened = next
		return nil
	})
	return opened, err
}

func waitingStep(t *models.Task, description string) (models.ContentRef, bool) {
	for _, s := range t.Steps {
		if s.Declared && s.Status == models.Waiting && s.Description.Plain == description && len(s.Contents) > 0 {
			return s.Contents[0].Ref(), true
		}
	}
	return models.ContentRef{}, false
}
