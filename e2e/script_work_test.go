package e2e

import (
	"fmt"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"stepcast/client"
)

// workLines is how many lines workTask writes.
const workLines = 200

// workTask does an external task as an outside worker: workLines lines and as many reports
// of progress. In the middle the server is killed and started again.
func workTask(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: work ID")
	}
	s := scriptServer(ts)
	ctx := s.t.Context()
	again := func(client.Failure) (time.Duration, bool) { return poll, true }
	lease, err := s.client(client.WithBackoff(again)).Lease(ctx, client.ClaimInput{ID: args[0]})
	ts.Check(err)
	defer lease.Close()
	id := lease.Claim.Contents[0].ID
	for n := 1; n <= workLines; n++ {
		if n == workLines/2 {
			restartServer(ts, false, nil)
		}
		progress := 100 * float64(n) / workLines
		_, err := lease.Report(ctx, client.Report{
			Contents: []client.ContentReport{{ContentID: id, Progress: &progress}},
			Log:      []client.LogLineInput{{Text: fmt.Sprintf("line %d", n), ContentID: id}},
		})
		ts.Check(err)
	}
	_, err = lease.Report(ctx, client.Report{Contents: []client.ContentReport{{ContentID: id, Status: client.StatusSucceeded}}})
	ts.Check(err)
}
