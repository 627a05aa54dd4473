package tasks_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// waitingFor is why one task waits.
func (b *bundle) waitingFor(task *models.Task) (*tasks.WaitingFor, error) {
	all, err := b.WaitingFor(b.ctx, []*models.Task{task})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// TestWaitingForInLists: what a list says of many tasks is what each would say alone.
func TestWaitingForInLists(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		later := time.Now().Add(time.Hour)
		var list []*models.Task
		for _, in := range []tasks.SubmitInput{
			{}, {Priority: 5}, {StartAfter: &later}, {Priority: -5}, {}, {},
		} {
			in.Description, in.Steps = models.Plain("x"), []tasks.StepInput{step("x", "shell")}
			list = append(list, b.submit(t, member, in))
		}
		outside := tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{step("x", models.RunExternal)}}
		list = append(list, b.submit(t, member, outside), b.submit(t, member, outside))
		cancelled, err := b.Cancel(b.ctx, member, tasks.ControlInput{ID: list[5].ID})
		require.NoError(t, err)
		list = append(list, cancelled)

		reasons, err := b.WaitingFor(b.ctx, list)
		require.NoError(t, err)
		require.Len(t, reasons, len(list))
		for i, task := range list {
			alone, err := b.waitingFor(task)
			require.NoError(t, err)
			require.Equal(t, asJSON(t, alone), asJSON(t, reasons[i]))
		}
		for i, want := range map[int]int{0: 1, 1: 0, 3: 3, 4: 2, 6: 0, 7: 1} {
			require.Equal(t, want, *reasons[i].Position, "task %d", i)
		}
		require.Nil(t, reasons[2].Position)
		require.Equal(t, tasks.WaitStartTime, reasons[2].Reason)
		require.Nil(t, reasons[8])
	})
}
