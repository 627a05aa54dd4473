package client

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Checkpoint is for the worker to call between pieces of work. It returns at once
// while the server wants the work to go on. When the server wants a pause it reports
// the contents at work as PAUSED, waits, and reports them as RUNNING again. It returns
// the cause when ctx or the lease's Context ends.
func (l *Lease) Checkpoint(ctx context.Context) error {
	var paused []string // nil until the pause was confirmed
	for {
		if l.work.Err() != nil {
			return context.Cause(l.work)
		}
		l.mu.Lock()
		hold, changed := holds(l.desired), l.changed
		l.mu.Unlock()

		switch {
		case !hold && paused == nil:
			return nil
		case !hold:
			return l.reportStatus(ctx, StatusRunning, paused)
		case paused == nil:
			var err error
			if paused, err = l.reportPaused(ctx); err != nil {
				return err
			}
			continue // the answer may have changed what is desired
		}
		select {
		case <-changed:
		case <-l.work.Done():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// reportPaused confirms a pause, and gives the contents that it concerns: nil when the
// pause was taken back meanwhile.
func (l *Lease) reportPaused(ctx context.Context) ([]string, error) {
	ids := l.atWork()
	err := l.reportStatus(ctx, StatusPaused, ids)
	if CodeOf(err) != CodeWrongState {
		return ids, err
	}
	// A refusal does not say what is desired now.
	desired, asking := l.Report(ctx, Report{})
	if asking != nil {
		return nil, asking
	}
	if holds(desired) {
		return nil, err
	}
	return nil, nil
}

// holds says whether a desired state asks the worker to hold. PAUSED does not: it is never
// asked for, and comes only as the status of a task of which the step has ended.
func holds(desired Status) bool { return desired == StatusPausing }

// AddContents adds contents to the step that is being worked on and answers them with
// their ids. It takes the right to read the task. What fails and may pass is tried again,
// as by Report; no other goroutine may add contents meanwhile.
func (l *Lease) AddContents(ctx context.Context, contents ...ContentInput) ([]*StepContent, error) {
	before, err := l.stepContents(ctx)
	if err != nil {
		return nil, fmt.Errorf("add contents: %w", err)
	}
	if _, err := l.Report(ctx, Report{AddContents: contents}); err != nil {
		return nil, fmt.Errorf("add contents: %w", err)
	}
	after, err := l.stepContents(ctx)
	if err != nil {
		return nil, fmt.Errorf("add contents: %w", err)
	}
	added := slices.DeleteFunc(after, func(c *StepContent) bool {
		return slices.ContainsFunc(before, func(old *StepContent) bool { return old.ID == c.ID })
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range added {
		l.status[c.ID] = c.Status
	}
	return added, nil
}

// stepContents reads the contents of the step that the lease covers.
func (l *Lease) stepContents(ctx context.Context) ([]*StepContent, error) {
	task, err := l.readTask(ctx)
	if err != nil {
		return nil, err
	}
	// The id of a step is that of its contents without the last part.
	content := l.Claim.Contents[0].ID
	id := content[:max(0, strings.LastIndexByte(content, '-'))]
	for _, step := range task.Steps {
		if step.ID == id {
			return step.Contents, nil
		}
	}
	return nil, fmt.Errorf("%w: task %s has no step %q", ErrProtocol, task.ID, id)
}

// readTask reads the task of the lease, again after an error that may pass.
func (l *Lease) readTask(ctx context.Context) (*Task, error) {
	ctx, leave := l.whileHeld(ctx)
	defer leave()
	for failures := 1; ; failures++ {
		brief, cancel := context.WithTimeout(ctx, l.Claim.Duration/3)
		task, err := l.client.Task(brief, l.Claim.Task.ID)
		cancel()
		if err == nil {
			return task, nil
		}
		if err := l.retry(ctx, err, failures); err != nil {
			return nil, err
		}
	}
}

// open lists the contents that are not final, by id. Without any it is empty, not nil,
// which to Checkpoint means that the pause was not confirmed.
func (l *Lease) open() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := []string{}
	for _, id := range slices.Sorted(maps.Keys(l.status)) {
		if !l.status[id].Final() {
			ids = append(ids, id)
		}
	}
	return ids
}

// atWork lists the open contents that have begun; all open ones when none has, for
// then the worker has not said what it is doing.
func (l *Lease) atWork() []string {
	open := l.open()
	l.mu.Lock()
	defer l.mu.Unlock()
	begun := slices.DeleteFunc(slices.Clone(open), func(id string) bool {
		return l.status[id] == StatusWaiting
	})
	if len(begun) == 0 {
		return open
	}
	return begun
}

// reportStatus reports the same of several contents, if any.
func (l *Lease) reportStatus(ctx context.Context, status Status, ids []string, lines ...LogLineInput) error {
	if len(ids) == 0 {
		return nil
	}
	report := Report{Log: lines}
	for _, id := range ids {
		report.Contents = append(report.Contents, ContentReport{ContentID: id, Status: status})
	}
	_, err := l.Report(ctx, report)
	return err
}
