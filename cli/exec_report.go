package cli

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"stepcast/client"
	"stepcast/models"
)

const (
	// reportEvery is the time between two reports that are not full.
	reportEvery = 200 * time.Millisecond
	// progressEvery is the time between two reports of progress: twice a second.
	progressEvery = 500 * time.Millisecond
	// reportLines is how many lines a report may have, as the server says.
	reportLines = 1000
	// reportBytes bounds a report as it goes over the wire; the server takes 1 MiB. The
	// longest line, all of it escaped, is less.
	reportBytes = 512 << 10
)

// reporter tells the server what is in the queue, and how far the program has come. Only
// its run reports contents, so that what it knows of them is true.
type reporter struct {
	lease    *client.Lease
	queue    *queue
	progress *latest
	// warn tells the person at the terminal.
	warn func(format string, args ...any)

	// current is the id of the content that is open, and number counts them as latest does.
	current string
	number  int
	// planned are the contents to come.
	planned []plannedContent
	plan    []string // what came so far of a plan
	// progressAt is when progress was reported last.
	progressAt time.Time

	// still is held while the program stands still: no content begins then.
	still sync.Mutex
}

// newReporter makes the reporter of a claim: of its open contents the first is the one
// that the program works on, and the others are planned.
func newReporter(lease *client.Lease, q *queue, progress *latest, warn func(string, ...any)) *reporter {
	r := &reporter{lease: lease, queue: q, progress: progress, warn: warn}
	for _, content := range lease.Claim.Contents {
		switch {
		case content.Status.Final():
		case r.current == "":
			r.current = content.ID
		default:
			r.planned = append(r.planned, plannedContent{content.ID, content.Message})
		}
	}
	return r
}

// run reports until the queue has ended, and returns why it could not go on.
func (r *reporter) run(ctx context.Context) error {
	for {
		if err := r.wait(ctx); err != nil {
			return err
		}
		full, err := r.once(ctx)
		if err != nil {
			return err
		}
		if r.queue.ended() {
			return r.lastProgress(ctx)
		}
		if !full {
			r.rest(ctx)
		}
	}
}

// wait returns when there is something to report, or nothing will come.
func (r *reporter) wait(ctx context.Context) error {
	due := time.NewTimer(math.MaxInt64)
	defer due.Stop()
	if r.progress.waiting(r.number) {
		due.Reset(time.Until(r.progressAt.Add(progressEvery)))
	}
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-r.queue.ready:
			return nil
		case <-r.progress.ready:
			due.Reset(time.Until(r.progressAt.Add(progressEvery)))
		case <-due.C:
			return nil
		}
	}
}

// rest keeps reports that are not full apart.
func (r *reporter) rest(ctx context.Context) {
	timer := time.NewTimer(reportEvery)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// once reports what fits in a report; full says that there may be more.
func (r *reporter) once(ctx context.Context) (full bool, err error) {
	lines, size := 0, 0
	entries, err := r.queue.take(func(e *entry) bool {
		lines++
		size += wireSize(e.text)
		full = lines > 1 && (lines > reportLines || size > reportBytes)
		return !full
	})
	if err != nil {
		r.warn("%v", err)
	}
	var report client.Report
	for i := range entries {
		if err := r.add(ctx, &report, &entries[i]); err != nil {
			return full, err
		}
	}
	if full {
		r.queue.wake() // there is more
	}
	if time.Since(r.progressAt) >= progressEvery {
		r.addProgress(&report)
	}
	return full, r.send(ctx, &report)
}

// lastProgress reports what the rate of progress held back.
func (r *reporter) lastProgress(ctx context.Context) error {
	var report client.Report
	r.addProgress(&report)
	return r.send(ctx, &report)
}

// add adds an entry to a report. What begins a content sends the report first.
func (r *reporter) add(ctx context.Context, report *client.Report, e *entry) error {
	switch e.kind {
	case contentEntry:
		if err := r.send(ctx, report); err != nil {
			return err
		}
		return r.open(ctx, e.text)
	case planEntry:
		r.plan = append(r.plan, e.text)
		if e.more {
			return nil
		}
		plan := r.plan
		r.plan = nil
		if err := r.send(ctx, report); err != nil {
			return err
		}
		return r.declare(ctx, plan)
	}
	report.Log = append(report.Log, client.LogLineInput{
		Text: e.text, Level: client.LogLevel(e.level), Stream: client.LogStream(e.stream), ContentID: r.current,
	})
	return nil
}

// addProgress adds how far the open content has come, if that has changed.
func (r *reporter) addProgress(report *client.Report) {
	now, changed := r.progress.take(r.number)
	if !changed {
		return
	}
	r.progressAt = time.Now()
	content := client.ContentReport{ContentID: r.current, Message: now.message}
	if !math.IsNaN(now.percent) {
		content.Progress = &now.percent
	}
	if content.Progress != nil || content.Message != "" {
		report.Contents = append(report.Contents, content)
	}
}

// send sends a report, unless it is empty, and empties it. What the server refuses of it
// is told and left out: the next one may be better.
func (r *reporter) send(ctx context.Context, report *client.Report) error {
	if len(report.Log)+len(report.Contents) == 0 {
		return nil
	}
	_, err := r.lease.Report(ctx, *report)
	var refusal *client.Error
	if errors.As(err, &refusal) && !errors.Is(err, client.ErrLeaseLost) {
		r.warn("the server refused a report with %d lines: %v", len(report.Log), err)
		err = nil
	}
	*report = client.Report{}
	return err
}

// note adds a line of exec's own to the log.
func (r *reporter) note(ctx context.Context, level models.LogLevel, text string) error {
	return r.send(ctx, &client.Report{Log: []client.LogLineInput{{
		Text: text, Level: client.LogLevel(level), Stream: client.StreamStderr, ContentID: r.current,
	}}})
}

// wireSize is the length of a line in a report, which is JSON.
func wireSize(text string) int {
	const around = 128 // level, stream, content and their names
	size := around
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ', c == '<', c == '>', c == '&', c >= 0xe2:
			size += 6
		case c == '"', c == '\\':
			size += 2
		default:
			size++
		}
	}
	return size
}
