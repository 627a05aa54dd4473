package resolvers

import (
	"stepcast/graph/model"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

func logBatchOf(task int64, b tasks.LogBatch, r view.Reader) *model.LogBatch {
	return &model.LogBatch{
		Lines:    view.NewLogLines(task, b.Lines),
		Cursor:   b.Cursor,
		CaughtUp: b.CaughtUp,
		Gap:      gapOf(b.Gap, r),
	}
}

func eventBatchOf(b tasks.EventBatch, r view.Reader) *model.TaskEventBatch {
	// All events of the batch are of one task, so what its contents run is loaded once.
	r.Sources = &view.Sources{}
	shown := &model.TaskEventBatch{
		Events:   make([]view.TaskEvent, len(b.Events)),
		Cursor:   b.Cursor,
		CaughtUp: b.CaughtUp,
		Gap:      gapOf(b.Gap, r),
	}
	for i, e := range b.Events {
		shown.Events[i] = view.NewEvent(e, r)
	}
	return shown
}

func gapOf(g *tasks.Gap, r view.Reader) *model.StreamGap {
	if g == nil {
		return nil
	}
	return &model.StreamGap{Reason: g.Reason, Task: view.NewTask(g.Task, r)}
}
