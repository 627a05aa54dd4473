package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// TestUsageOfSeveralLeases adds up what the executions of an attempt used, before and
// after a step of an outside worker.
func TestUsageOfSeveralLeases(t *testing.T) {
	t.Parallel()
	b := setup(t)
	step := func(runType string, codes ...string) (in tasks.StepInput) {
		in.Description = models.Plain("x")
		for _, code := range codes {
			in.Contents = append(in.Contents, tasks.ContentInput{Message: models.Plain("x"), RunType: runType, Code: code})
		}
		return in
	}
	worker := models.Viewer{Name: "worker", Role: models.Operator}
	first := step("shell", "use", "use")
	first.MaxParallel = 1 // so that the most held at once is known
	task, err := b.Submit(t.Context(), owner, tasks.SubmitInput{
		Description: models.Plain("x"),
		Steps:       []tasks.StepInput{first, step(models.RunExternal, ""), step("shell", "use")},
	})
	require.NoError(t, err)
	var claim tasks.Claim
	require.Eventually(t, func() bool {
		claim, err = b.Claim(t.Context(), worker, tasks.ClaimInput{ID: &task.ID})
		return err == nil && claim.Task != nil
	}, 20*time.Second, 5*time.Millisecond, "the outside step is claimed")
	requireUsed(t, 2, b.await(t, task.ID, models.Running))

	succeeded := models.Succeeded
	_, err = b.Report(t.Context(), worker, tasks.ReportInput{
		TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: 1,
		Contents: []tasks.ContentReport{{ContentID: models.ContentID(task.ID, models.ContentRef{Step: 2, Content: 1}), Status: &succeeded}},
	})
	require.NoError(t, err)
	requireUsed(t, 3, b.await(t, task.ID, models.Succeeded))
}

// requireUsed expects what n executions that "use" come to, when none of them holds
// anything any more.
func requireUsed(t *testing.T, n int, task *models.Task) {
	t.Helper()
	require.NotNil(t, task.Usage)
	require.WithinRange(t, task.Usage.At, *task.StartedAt, time.Now())
	require.Equal(t, models.ResourceUsage{
		At: task.Usage.At, CPUSeconds: 1.5 * float64(n), MaxRSSBytes: 300, OutputBytes: 10 * int64(n), Containment: "none",
	}, *task.Usage)
}
