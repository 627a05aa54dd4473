package store

import (
	"reflect"
	"time"

	"stepcast/models"
)

// taskRow is a row of tasks: the task, and columns that exist to find it by.
type taskRow struct {
	models.Task `gorm:"embedded"`

	Queue models.Queue
	// QueueRank sorts ascending, like the id that follows it in the index.
	QueueRank int
	// QueueLater is the queue that a deferred task joins when its time has come.
	QueueLater models.Queue
	// SearchText is the description in all its languages, lower case.
	SearchText string
}

func (taskRow) TableName() string { return "tasks" }

// originRow is the row of a task that is about to be submitted. No queue has it yet.
func originRow(t *models.Task) *taskRow {
	return &taskRow{Task: *t, QueueRank: -t.Priority, SearchText: t.Description.SearchText()}
}

// stateRow is the row with which an update changes a task, whose steps are loaded.
func stateRow(t *models.Task, now time.Time) *taskRow {
	row := &taskRow{Task: *t, Queue: t.Queue(now)}
	row.QueueLater = row.Queue
	if row.Queue == models.QueueDeferred {
		row.QueueLater = t.Queue(*t.NotBefore)
	}
	return row
}

// The fields of taskRow that are written: logFields change without an event,
// progressFields with one that changes no more of the state than the progress, as
// most do, stateFields with any. What was submitted is never written again.
var (
	logFields      = []string{"LogLines", "LogBytes", "LastOutputAt", "ReportSequence"}
	progressFields = append([]string{"Progress", "Version", "UpdatedAt", "Queue", "QueueLater"}, logFields...)
	stateFields    = append(taskStateFields(), progressFields...)
)

// changedFields are those of the above that the change has to write.
func changedFields(c *Change) []string {
	if len(c.Events) == 0 {
		return logFields
	}
	before, after := c.Before.TaskState, c.After.TaskState
	before.Progress, after.Progress = 0, 0
	if reflect.DeepEqual(before, after) {
		return progressFields
	}
	return stateFields
}

func taskStateFields() (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[models.TaskState]()) {
		names = append(names, field.Name)
	}
	return names
}

// labelRow is a row of task_labels: a label of a task, once.
type labelRow struct {
	TaskID int64
	Key    string `gorm:"column:label_key"`
	Value  string `gorm:"column:label_value"`
}

func (labelRow) TableName() string { return "task_labels" }

func labelRows(task int64, labels models.Labels) []labelRow {
	rows := make([]labelRow, 0, len(labels))
	seen := map[models.Label]bool{}
	for _, l := range labels {
		if !seen[l] {
			seen[l] = true
			rows = append(rows, labelRow{TaskID: task, Key: l.Key, Value: l.Value})
		}
	}
	return rows
}

// chunkRow is a row of log_chunks.
type chunkRow struct {
	models.LogChunk `gorm:"embedded"`
	// Size is the length of Data in bytes, to be read without it.
	Size int
}

func (chunkRow) TableName() string { return "log_chunks" }
