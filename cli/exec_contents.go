package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"stepcast/client"
	"stepcast/models"
)

// plannedContent is one that the program has not come to yet.
type plannedContent struct{ id, message string }

// declare plans contents.
func (r *reporter) declare(ctx context.Context, messages []string) error {
	r.still.Lock()
	defer r.still.Unlock()
	for batch := range slices.Chunk(messages, reportLines/10) {
		inputs := make([]client.ContentInput, len(batch))
		for i, message := range batch {
			inputs[i] = external(message)
		}
		added, err := r.lease.AddContents(ctx, inputs...)
		if client.CodeOf(err) != "" && !errors.Is(err, client.ErrLeaseLost) {
			r.warn("contents are not shown: %v", err)
			return r.note(ctx, models.Warn, fmt.Sprintf("Contents are not shown: %v", err))
		}
		if err != nil {
			return err
		}
		for _, content := range added {
			r.planned = append(r.planned, plannedContent{content.ID, content.Message})
		}
	}
	return nil
}

// open begins the next content: the first planned one with the message, else the next
// planned one, else a new one. The one before ends as SUCCEEDED. When the server takes no
// more contents, the open one goes on with another message.
func (r *reporter) open(ctx context.Context, message string) error {
	r.number++
	if len(r.planned) == 0 {
		if err := r.declare(ctx, []string{message}); err != nil {
			return err
		}
	}
	r.still.Lock()
	defer r.still.Unlock()
	var report client.Report
	if len(r.planned) == 0 {
		report.Contents = []client.ContentReport{{ContentID: r.current, Message: message}}
		return r.send(ctx, &report)
	}
	at := max(0, slices.IndexFunc(r.planned, func(p plannedContent) bool { return p.message == message }))
	next := r.planned[at].id
	r.planned = slices.Delete(r.planned, at, at+1)
	report.Contents = []client.ContentReport{
		// The next begins first, so that the step is never over in between.
		{ContentID: next, Status: client.StatusRunning, Message: message},
		{ContentID: r.current, Status: client.StatusSucceeded},
	}
	r.current = next
	return r.send(ctx, &report)
}

// begin says that the program runs.
func (r *reporter) begin(ctx context.Context) error {
	return r.send(ctx, &client.Report{Contents: []client.ContentReport{{ContentID: r.current, Status: client.StatusRunning}}})
}

// end gives all open contents their last status.
func (r *reporter) end(ctx context.Context, status client.Status) error {
	ids := []string{r.current}
	for _, planned := range r.planned {
		ids = append(ids, planned.id)
	}
	const most = 200 // contents of a report, as the server says
	for batch := range slices.Chunk(ids, most) {
		var report client.Report
		for _, id := range batch {
			report.Contents = append(report.Contents, client.ContentReport{ContentID: id, Status: status})
		}
		if _, err := r.lease.Report(ctx, report); err != nil {
			return fmt.Errorf("report that the task has %s: %w", status, err)
		}
	}
	return nil
}
