package view

import "stepcast/models"

// Task shows a snapshot. Whatever it does not override is read from the snapshot.
type Task struct {
	*models.Task
	reader Reader
}

// Reader is for whom views are made.
type Reader struct {
	// Languages are those of the viewer, best first.
	Languages []string
	// Sources has what the contents of a task run. Views of several snapshots of one
	// task may share it; nil makes one for each view.
	Sources *Sources
}

// NewTask shows t to r; nil when t is nil.
func NewTask(t *models.Task, r Reader) *Task {
	if t == nil {
		return nil
	}
	if r.Sources == nil {
		r.Sources = &Sources{}
	}
	return &Task{Task: t, reader: r}
}

// IsNode makes it a Node.
func (*Task) IsNode() {}

// ID is the decimal task id.
func (t *Task) ID() string { return models.TaskID(t.Task.ID) }

// Description is what the task does.
func (t *Task) Description() string { return t.in(t.Task.Description) }

// Attempts are all attempts, oldest first.
func (t *Task) Attempts() []*Attempt {
	all := t.AllAttempts()
	shown := make([]*Attempt, len(all))
	for i := range all {
		shown[i] = &Attempt{Attempt: &all[i], task: t}
	}
	return shown
}

// Labels are the task's labels.
func (t *Task) Labels() []models.Label { return t.Task.Labels }

// TimeoutSeconds is nil without a limit.
func (t *Task) TimeoutSeconds() *int {
	if t.Task.TimeoutSeconds == 0 {
		return nil
	}
	return &t.Task.TimeoutSeconds
}

// Failure is why it did not succeed.
func (t *Task) Failure() *TaskError { return t.failure(t.Task.Failure, models.ContentRef{}) }

// EventCursor is the cursor of the newest event: events are numbered like versions.
func (t *Task) EventCursor() string { return models.EventID(t.Task.ID, t.Version) }

// Loaded says whether the snapshot has its steps; a task has at least one.
func (t *Task) Loaded() bool { return len(t.Task.Steps) > 0 }

// AllSteps are the steps of a loaded snapshot.
func (t *Task) AllSteps() []*Step {
	shown := make([]*Step, len(t.Task.Steps))
	for i, s := range t.Task.Steps {
		shown[i] = &Step{Step: s, task: t}
	}
	return shown
}

// Find gives a step by its number; nil when there is none.
func (t *Task) Find(number int) *Step {
	if s := t.Step(number); s != nil {
		return &Step{Step: s, task: t}
	}
	return nil
}

// in renders a message for the reader.
func (t *Task) in(message models.Text) string { return message.In(t.reader.Languages...) }
