package view

import "stepcast/models"

// LogLine shows a line of a task's log.
type LogLine struct {
	*models.LogLine
	task int64
}

// NewLogLines shows lines of a task.
func NewLogLines(task int64, lines []models.LogLine) []*LogLine {
	all := make([]LogLine, len(lines))
	shown := make([]*LogLine, len(lines))
	for i := range lines {
		all[i] = LogLine{LogLine: &lines[i], task: task}
		shown[i] = &all[i]
	}
	return shown
}

// ContentID is the content that wrote the line; nil when it is of the whole task.
func (l *LogLine) ContentID() *string {
	if l.Step == 0 || l.Content == 0 {
		return nil
	}
	id := models.ContentID(l.task, models.ContentRef{Step: l.Step, Content: l.Content})
	return &id
}
