package resolvers

import (
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/tasks"
)

func reportInputOf(in model.ReportProgressInput) (tasks.ReportInput, error) {
	task, ok := models.ParseTaskID(in.TaskID)
	if !ok {
		return tasks.ReportInput{}, unknown("task", in.TaskID)
	}
	added, err := contentInputsOf(in.AddContents, path{"addContents"})
	if err != nil {
		return tasks.ReportInput{}, err
	}
	contents := make([]tasks.ContentReport, len(in.Contents))
	for i, c := range in.Contents {
		if contents[i], err = contentReportOf(c, path{"contents"}.index(i)); err != nil {
			return tasks.ReportInput{}, err
		}
	}
	return tasks.ReportInput{
		TaskID:      task,
		LeaseToken:  in.LeaseToken,
		Sequence:    in.Sequence,
		Contents:    contents,
		AddContents: added,
		Log:         logLinesOf(in.Log),
	}, nil
}

func contentReportOf(in *model.ContentReport, at path) (tasks.ContentReport, error) {
	report := tasks.ContentReport{ContentID: in.ContentID, Status: in.Status, Progress: in.Progress}
	if in.Message == nil && len(in.MessageTexts) == 0 {
		return report, nil
	}
	message, err := textOf(orZero(in.Message), in.MessageTexts, at.name("messageTexts"))
	report.Message = &message
	return report, err
}

func logLinesOf(in []*model.LogLineInput) []tasks.LogLineInput {
	lines := make([]tasks.LogLineInput, len(in))
	for i, l := range in {
		lines[i] = tasks.LogLineInput{
			Text:      l.Text,
			Level:     or(l.Level, models.Info),
			Stream:    or(l.Stream, models.Stdout),
			ContentID: orZero(l.ContentID),
		}
	}
	return lines
}
