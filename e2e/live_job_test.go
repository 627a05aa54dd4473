package e2e

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

const (
	// jobContents of messages of jobText bytes make a snapshot of some 50 kB.
	jobContents = 64
	jobText     = 700
	// jobLines of lineText bytes on average are written in each round.
	jobLines = 60
	lineText = 400
	// jobRunning is how many contents run at a time.
	jobRunning = 8
)

// outsideJob is a task of one step that the test works on: in each round a content begins and
// one ends, others progress, and lines are written.
type outsideJob struct {
	t      *testing.T
	random *rand.Rand
	id     string
	lease  *client.Lease
	rounds int
	// contents is what was reported last of each.
	contents []client.ContentReport
}

// bulky is a submission of an outside task whose snapshots are large.
func bulky() client.SubmitInput {
	in := forOutside()
	content := in.Steps[0].Contents[0]
	in.Steps[0].Contents = nil
	for n := range jobContents {
		content.Message = bulk(fmt.Sprint("content ", n), jobText)
		in.Steps[0].Contents = append(in.Steps[0].Contents, content)
	}
	return in
}

// bulk is a text of n bytes.
func bulk(text string, n int) string { return strings.Repeat(text+"; ", n/len(text)+1)[:n] }

func startJob(t *testing.T, c *client.Client, random *rand.Rand) *outsideJob {
	t.Helper()
	task, err := c.Submit(t.Context(), bulky())
	require.NoError(t, err)
	lease, err := c.Lease(t.Context(), client.ClaimInput{ID: task.ID})
	require.NoError(t, err)
	t.Cleanup(lease.Close)
	j := &outsideJob{t: t, random: random, id: task.ID, lease: lease}
	for _, content := range lease.Claim.Contents {
		j.contents = append(j.contents, client.ContentReport{ContentID: content.ID, Status: content.Status, Message: content.Message})
	}
	return j
}

// round reports what has changed.
func (j *outsideJob) round() {
	j.t.Helper()
	var report client.Report
	for n := max(0, j.rounds-jobRunning); n <= j.rounds && n < jobContents; n++ {
		report.Contents = append(report.Contents, j.change(n))
	}
	levels := []client.LogLevel{client.LevelDebug, client.LevelInfo, client.LevelWarn, client.LevelError}
	for n := range jobLines {
		report.Log = append(report.Log, client.LogLineInput{
			Text: bulk(fmt.Sprintf("round %d line %d", j.rounds, n), 1+j.random.IntN(2*lineText)), Level: levels[j.random.IntN(len(levels))],
		})
	}
	j.report(report)
	j.rounds++
}

// change makes a content begin, go on, or end.
func (j *outsideJob) change(n int) client.ContentReport {
	content := &j.contents[n]
	content.Message = bulk(fmt.Sprintf("content %d in round %d", n, j.rounds), jobText)
	switch n {
	case j.rounds - jobRunning:
		content.Status, content.Progress = client.StatusSucceeded, nil
		return *content
	case j.rounds:
		content.Status = client.StatusRunning
	}
	progress := float64((j.rounds-n)*1000+j.random.IntN(1000)) / 100
	content.Progress = &progress
	if n == j.rounds {
		return *content
	}
	going := *content
	going.Status = "" // it has it
	return going
}

// finish ends all contents, and with them the task.
func (j *outsideJob) finish() {
	j.t.Helper()
	var report client.Report
	for n := range j.contents {
		if j.contents[n].Status != client.StatusSucceeded {
			report.Contents = append(report.Contents, client.ContentReport{ContentID: j.contents[n].ContentID, Status: client.StatusSucceeded})
		}
	}
	j.report(report)
}

func (j *outsideJob) report(report client.Report) {
	j.t.Helper()
	_, err := j.lease.Report(j.t.Context(), report)
	require.NoError(j.t, err)
}

// stored says whether all that was reported of a task is in what was read of it.
func (j *outsideJob) stored(task object) bool {
	for n, want := range j.contents {
		content := at(task, "steps", 0, "contents", n)
		if textAt(content, "message") != want.Message || textAt(content, "status") != string(want.Status) ||
			want.Progress != nil && number(at(content, "progress")) != *want.Progress {
			return false
		}
	}
	return true
}
