package tasks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// TestRefusedReportHasNoConsequence reports progress of one content beside what the other
// may not become: what was refused does not show later either, when a report that ends a
// content takes along whatever waits.
func TestRefusedReportHasNoConsequence(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, tasks.SubmitInput{
			Description: models.Plain("x"), Steps: []tasks.StepInput{step("one", "external")},
		})
		claim, err := b.Claim(b.ctx, member, tasks.ClaimInput{ID: &task.ID})
		require.NoError(t, err)
		second := models.ContentRef{Step: 1, Content: 2}
		report := func(sequence int64, in tasks.ReportInput) error {
			in.TaskID, in.LeaseToken, in.Sequence = task.ID, claim.LeaseToken, sequence
			_, err := b.Report(b.ctx, member, in)
			return err
		}
		is := func(ref models.ContentRef, status models.Status) tasks.ContentReport {
			return tasks.ContentReport{ContentID: models.ContentID(task.ID, ref), Status: &status}
		}
		require.NoError(t, report(1, tasks.ReportInput{
			Contents:    []tasks.ContentReport{is(first, models.Running)},
			AddContents: []tasks.ContentInput{{Message: models.Plain("more"), RunType: "external"}},
		}))
		require.NoError(t, report(2, tasks.ReportInput{Contents: []tasks.ContentReport{is(second, models.Running)}}))
		before := b.requireFolded(t, task.ID).Steps[0].Contents[0]

		ahead := tasks.ContentReport{ContentID: models.ContentID(task.ID, first), Progress: ptr(50.0), Message: ptr(models.Plain("refused"))}
		err = report(3, tasks.ReportInput{Contents: []tasks.ContentReport{ahead, is(second, models.Cancelled)}})
		requireFault(t, err, models.CodeWrongState, "contents", "1", "status")

		require.NoError(t, report(3, tasks.ReportInput{Contents: []tasks.ContentReport{is(second, models.Succeeded)}}))
		after := b.requireFolded(t, task.ID).Steps[0].Contents
		require.Equal(t, models.Succeeded, after[1].Status)
		require.Equal(t, before.ContentState, after[0].ContentState)
	})
}

// TestProgressBeginsWhatWaits reports progress without a status: a content that waits has
// begun with it, unless it is none.
func TestProgressBeginsWhatWaits(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		task := b.submit(t, member, tasks.SubmitInput{
			Description: models.Plain("x"), Steps: []tasks.StepInput{step("one", "external")},
		})
		claim, err := b.Claim(b.ctx, member, tasks.ClaimInput{ID: &task.ID})
		require.NoError(t, err)
		report := func(sequence int64, progress float64) models.ContentState {
			_, err := b.Report(b.ctx, member, tasks.ReportInput{
				TaskID: task.ID, LeaseToken: claim.LeaseToken, Sequence: sequence,
				Contents: []tasks.ContentReport{{ContentID: models.ContentID(task.ID, first), Progress: &progress}},
			})
			require.NoError(t, err)
			return b.requireFolded(t, task.ID).Steps[0].Contents[0].ContentState
		}
		require.Equal(t, models.Waiting, report(1, 0).Status)
		begun := report(2, 12.5)
		require.Equal(t, models.Running, begun.Status)
		require.Equal(t, 12.5, begun.Progress)
		require.NotNil(t, begun.StartedAt)
	})
}
