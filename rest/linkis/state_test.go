package linkis

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// wanted is the state of each status, of a task that has started.
var wanted = map[models.Status]string{
	models.Waiting:    "Scheduled",
	models.Running:    "Running",
	models.Pausing:    "Running",
	models.Paused:     "Running",
	models.Cancelling: "Running",
	models.Cancelled:  "Cancelled",
	models.Succeeded:  "Succeed",
	models.Failed:     "Failed",
	models.TimedOut:   "Timeout",
	models.Skipped:    "Running", // no task is ever SKIPPED
}

func TestEveryStatusHasAState(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, status := range models.Statuses {
		task := &models.Task{TaskState: models.TaskState{Status: status, StartedAt: &now}}
		require.Equal(t, wanted[status], stateOf(task, now), status)
	}
}

func TestStateBeforeTheStart(t *testing.T) {
	t.Parallel()
	now := time.Now()
	later := now.Add(time.Hour)
	require.Equal(t, "Scheduled", stateOf(&models.Task{TaskState: models.TaskState{Status: models.Paused}}, now))
	task := &models.Task{StartAfter: &later, TaskState: models.TaskState{Status: models.Waiting}}
	require.Equal(t, "Inited", stateOf(task, now))
	require.Equal(t, "Scheduled", stateOf(task, later))
	task = &models.Task{TaskState: models.TaskState{Status: models.Waiting, NotBefore: &later, Attempt: 2}}
	require.Equal(t, "Scheduled", stateOf(task, now), "a backoff is no WaitForRetry")
}

func TestProgressIsOneOnlyAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, status := range models.Statuses {
		for percent, want := range map[float64]string{0: "0.0", 42.5: "0.425", 99.9: "0.99", 33.333333333: "0.33333334"} {
			got, err := fraction(&models.Task{TaskState: models.TaskState{Status: status, Progress: percent}}).MarshalJSON()
			require.NoError(t, err)
			if status.Final() {
				want = "1.0"
			}
			require.Equal(t, want, string(got), status)
		}
	}
}

func TestProgressInfoCountsContents(t *testing.T) {
	t.Parallel()
	step := &models.Step{Number: 3}
	for _, status := range models.Statuses {
		step.Contents = append(step.Contents, &models.Content{ContentState: models.ContentState{Status: status}})
	}
	require.Equal(t, progressInfo{ID: "690-3", SucceedTasks: 1, FailedTasks: 2, RunningTasks: 4, TotalTasks: 10}, infoOf(690, step))
	got := progressOf(target{Task: &models.Task{ID: 690, Steps: []*models.Step{{Number: 1}, step}}})
	require.Len(t, got.ProgressInfo, 1, "a step without contents is left out")
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	task := &models.Task{
		ID: 690, Creator: "IDE", Owner: "max", Engine: "shell", UpdatedAt: start.Add(10 * time.Second),
		TaskState: models.TaskState{
			Status: models.Running, StartedAt: &start,
			Usage: &models.ResourceUsage{CPUSeconds: 15, MaxRSSBytes: 600 << 30, Processes: 3},
		},
	}
	want := yarnMetrics{
		YarnResource: []yarnRow{{
			QueueMemory: 600 << 30, QueueCores: 2, QueueInstances: 3,
			JobStatus: "RUNNING", ApplicationID: "IDE_max_shell_690", Queue: "default",
		}},
		CorePercent: 2.0 / 300, MemoryPercent: 0.6, CoreRGB: "green", MemoryRGB: "yellow",
	}
	require.Equal(t, want, metricsOf(task))
	task.Status, task.Usage.MaxRSSBytes, task.Usage.CPUSeconds = models.Succeeded, 900<<30, 0
	got := metricsOf(task)
	require.Equal(t, "COMPLETED", got.YarnResource[0].JobStatus)
	require.Equal(t, "red", got.MemoryRGB)
	require.Zero(t, got.YarnResource[0].QueueCores)
}
