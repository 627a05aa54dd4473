package tasks

import (
	"math"

	"stepcast/models"
)

// checkReport refuses what no task could take, and reads the content ids.
func (s *Service) checkReport(lease Lease, in *ReportInput) ([]models.ContentRef, error) {
	var root path
	switch {
	case in.Sequence < 1:
		return nil, root.at("sequence").invalid("sequence counts the reports of a lease from 1, not %d", in.Sequence)
	case len(in.Contents) > MaxReportContents:
		return nil, root.at("contents").invalid("at most %d contents in a report, not %d", MaxReportContents, len(in.Contents))
	case len(in.Log) > MaxReportLines:
		return nil, root.at("log").invalid("at most %d lines in a report, not %d", MaxReportLines, len(in.Log))
	}
	step, _ := outsideStep(lease.Worker)
	refs := make([]models.ContentRef, len(in.Contents))
	for i := range in.Contents {
		ref, err := checkContentReport(root.at("contents", i), lease.Task, step, &in.Contents[i])
		if err != nil {
			return nil, err
		}
		refs[i] = ref
	}
	for i := range in.AddContents {
		at := root.at("addContents", i)
		if in.AddContents[i].RunType != models.RunExternal {
			return nil, at.at("runType").invalid("contents added to an external step are external")
		}
		if err := s.checkContent(at, &in.AddContents[i], map[string]bool{}); err != nil {
			return nil, err
		}
	}
	for i := range in.Log {
		if err := checkLogLine(root.at("log", i), lease.Task, step, &in.Log[i]); err != nil {
			return nil, err
		}
	}
	return refs, nil
}

func checkContentReport(at path, task int64, step int, r *ContentReport) (models.ContentRef, error) {
	id, ref, ok := models.ParseContentID(r.ContentID)
	if !ok || id != task || ref.Step != step {
		return ref, at.at("contentId").invalid("%q is no content of the step that this lease covers", r.ContentID)
	}
	if r.Status != nil && !reportable[*r.Status] {
		return ref, at.at("status").invalid("a worker reports RUNNING, PAUSED, SUCCEEDED, FAILED or CANCELLED, not %s", *r.Status)
	}
	if r.Progress != nil && (math.IsNaN(*r.Progress) || *r.Progress < 0 || *r.Progress > 100) {
		return ref, at.at("progress").invalid("progress is 0 to 100, not %v", *r.Progress)
	}
	if r.Message != nil {
		return ref, checkText(at.at("message"), *r.Message, false)
	}
	return ref, nil
}

func checkLogLine(at path, task int64, step int, l *LogLineInput) error {
	if l.ContentID != "" {
		id, ref, ok := models.ParseContentID(l.ContentID)
		if !ok || id != task || ref.Step != step {
			return at.at("contentId").invalid("%q is no content of the step that this lease covers", l.ContentID)
		}
	}
	if l.Level != "" && l.Level.Bit() == 0 {
		return at.at("level").invalid("there is no level %s", l.Level)
	}
	if l.Stream == models.System {
		return at.at("stream").invalid("SYSTEM lines are the server's own; use STDOUT or STDERR")
	}
	return nil
}

// mayBecome refuses what contradicts what the task is or was asked to do.
func mayBecome(t *models.Task, c *models.Content, status models.Status, at path) error {
	refused := func(why string) error {
		return &models.Fault{Code: models.CodeWrongState, Field: at, Message: "content " + models.ContentID(t.ID, c.Ref()) + " " + why}
	}
	switch {
	case c.Status.Final() && c.Status != status && (status != models.Cancelled || c.Status != t.CancelAs):
		return refused("is " + string(c.Status) + " already")
	case status == models.Cancelled && t.Status != models.Cancelling:
		return refused("cannot be CANCELLED: nobody asked to cancel; report FAILED")
	case status == models.Paused && t.Desired != models.Pausing && t.Desired != models.Cancelling:
		return refused("cannot be PAUSED: nobody asked to pause")
	}
	return nil
}
