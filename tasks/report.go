package tasks

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"stepcast/models"
)

// Limits of one report.
const (
	MaxReportContents = 200
	MaxReportLines    = 1000
	MaxLine           = 64 << 10 // bytes of a log line; longer ones are cut
)

// reportable are the statuses that an outside worker may give a content.
var reportable = map[models.Status]bool{
	models.Running: true, models.Paused: true, models.Succeeded: true, models.Failed: true, models.Cancelled: true,
}

// Report takes what an outside worker says about the step it leased, renews its
// lease, and tells it what to do next: RUNNING go on, PAUSING pause, CANCELLING
// stop; after the step's end the status that the task has.
func (s *Service) Report(ctx context.Context, v models.Viewer, in ReportInput) (desired models.Status, err error) {
	row, err := s.Store.Row(ctx, in.TaskID)
	if err != nil {
		return "", err
	}
	if err := authorize(v, opWork, row); err != nil {
		return "", err
	}
	lease, ok := parseLeaseToken(in.TaskID, in.LeaseToken)
	if ok && counted(row, lease, in.Sequence) {
		return row.Status, nil
	}
	if !ok || !lease.holds(row) {
		return "", errStaleLease()
	}
	refs, err := s.checkReport(lease, &in)
	if err != nil {
		return "", err
	}
	if err := s.Store.Heartbeat(ctx, models.Worker{ID: lease.Worker, Name: v.Name}, s.Lease); err != nil {
		return "", err
	}
	if len(in.Contents)+len(in.AddContents)+len(in.Log) == 0 {
		return row.Desired, nil
	}
	change := s.recorder.change
	if !slices.ContainsFunc(in.Contents, ends) {
		change = s.recorder.changeQuietly
	}
	t, err := change(ctx, in.TaskID, func(d *draft) error { return report(d, lease, &in, refs) })
	if err != nil {
		return "", err
	}
	if t.Worker != lease.Worker {
		_ = s.Store.RemoveWorker(context.WithoutCancel(ctx), lease.Worker) // it ends by itself otherwise
		return t.Status, nil
	}
	return t.Desired, nil
}

// counted says whether a report was counted that ended its own lease: its answer may
// have been lost, and it comes again. Nothing is changed by it, so the secret of the
// lease, which is gone with the worker, is not asked for.
func counted(row *models.Task, lease Lease, sequence int64) bool {
	return row.Worker == "" && row.Fencing == lease.Fencing && 0 < sequence && sequence <= row.ReportSequence
}

// report is the decision: it changes the contents and concludes what follows.
func report(d *draft, lease Lease, in *ReportInput, refs []models.ContentRef) error {
	if !lease.holds(d.t) {
		return errStaleLease()
	}
	if in.Sequence <= d.t.ReportSequence {
		return nil // it came twice
	}
	for i, ref := range refs {
		if d.t.Content(ref) == nil {
			return path{"contents"}.at(i, "contentId").invalid("there is no content %s", in.Contents[i].ContentID)
		}
		if err := reportContent(d, lease, ref, &in.Contents[i], path{"contents"}.at(i)); err != nil {
			return err
		}
	}
	if err := addContents(d, lease, in.AddContents); err != nil {
		return err
	}
	for i := range in.Log {
		d.lines = append(d.lines, logLines(d, &in.Log[i])...)
	}
	d.t.ReportSequence = in.Sequence
	d.setTask(func(s *models.TaskState) { s.StalledSince = nil })
	settle(d, endedBy{})
	return nil
}

// ends says whether a report may be the last of its content.
func ends(r ContentReport) bool { return r.Status != nil && *r.Status != models.Running }

func reportContent(d *draft, lease Lease, ref models.ContentRef, r *ContentReport, at path) error {
	content := d.t.Content(ref)
	if r.Status != nil {
		if err := mayBecome(d.t, content, *r.Status, at.at("status")); err != nil {
			return err
		}
	}
	// What has progressed has begun; kept for the tick, it would be lost on one that waits.
	if r.Status == nil && content.Status == models.Waiting && deref(r.Progress) > 0 {
		r = &ContentReport{ContentID: r.ContentID, Status: ptr(models.Running), Progress: r.Progress, Message: r.Message}
	}
	if r.Status == nil || stays(d, content, *r.Status) {
		percent := math.NaN()
		if r.Progress != nil {
			percent = *r.Progress
		}
		// Progress alone waits for the tick, as that of our own workers does. A worker
		// may say RUNNING with each report: that changes nothing.
		d.reached = append(d.reached, reached{lease, ref, percent, r.Message})
		return nil
	}
	status := *r.Status
	if status == models.Cancelled {
		d.cancelWaiting(ref.Step)
	}
	d.setContent(ref, func(c *models.ContentState) {
		become(c, d, status)
		advance(c, deref(r.Progress), r.Progress != nil, nil)
		if r.Message != nil {
			c.Message = *r.Message
		}
	})
	return nil
}

// stays says whether a content that has begun keeps its status when its worker reports one.
func stays(d *draft, c *models.Content, status models.Status) bool {
	next := c.ContentState
	become(&next, d, status)
	return c.Status.Active() && next.Status == c.Status
}

// cancelWaiting ends what a worker that was told to stop will not begin any more.
func (d *draft) cancelWaiting(number int) {
	d.eachContent(func(step *models.Step, c *models.Content) {
		if step.Number == number && c.Status == models.Waiting {
			d.setContent(c.Ref(), func(s *models.ContentState) { s.Status = d.t.CancelAs })
		}
	})
}

// become gives a content the status that its worker reports. While the task is asked
// to pause or cancel, what still runs says so.
func become(c *models.ContentState, d *draft, status models.Status) {
	if c.Status.Final() {
		return
	}
	switch status {
	case models.Running:
		c.Status = models.Running
		if d.t.Desired == models.Pausing || d.t.Desired == models.Cancelling {
			c.Status = d.t.Desired
		}
	case models.Paused:
		if d.t.Desired == models.Pausing {
			c.Status = models.Paused
		}
	case models.Cancelled:
		c.Status = d.t.CancelAs
	case models.Failed:
		c.Status = models.Failed
		c.Failure = &models.TaskError{Code: models.ErrReported, Message: models.Message("error.reported")}
	case models.Succeeded:
		c.Status = models.Succeeded
		c.Progress = 100
	}
	if c.StartedAt == nil {
		c.StartedAt = ptr(d.now)
	}
	if c.Status.Final() {
		c.FinishedAt = ptr(d.now)
	}
}

// addContents declares more contents of the leased step.
func addContents(d *draft, lease Lease, add []ContentInput) error {
	if len(add) == 0 {
		return nil
	}
	number, _ := outsideStep(lease.Worker)
	step := d.t.Step(number)
	if step == nil {
		return errStaleLease()
	}
	if countContents(d.t)+len(add) > MaxContents {
		return models.Faultf(models.CodeLimit, "a task has at most %d contents", MaxContents)
	}
	for i, c := range extend(d, step, add, nil) {
		d.sources = append(d.sources, models.ContentSource{
			TaskID: d.t.ID, StepNumber: step.Number, Number: c.Number, Code: add[i].Code, Params: add[i].Params,
		})
	}
	return nil
}

func countContents(t *models.Task) (n int) {
	for _, s := range t.Steps {
		n += len(s.Contents)
	}
	return n
}

// logLines splits a reported text into physical lines.
func logLines(d *draft, in *LogLineInput) (lines []models.LogLine) {
	line := models.LogLine{Attempt: d.t.Attempt, At: d.now, Level: in.Level, Stream: in.Stream}
	line.Level = cmp.Or(line.Level, models.Info)
	line.Stream = cmp.Or(line.Stream, models.Stdout)
	if _, ref, ok := models.ParseContentID(in.ContentID); ok {
		line.Step, line.Content = ref.Step, ref.Content
	}
	for text := range strings.SplitSeq(in.Text, "\n") {
		line.Text = CleanLine(text)
		lines = append(lines, line)
	}
	return lines
}

func deref(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}
