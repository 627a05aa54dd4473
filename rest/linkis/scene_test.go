package linkis_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/resttest"
	"stepcast/tasks"
)

// scene is the API with a clock of tasks that a test can move on.
type scene struct {
	*bundle
	// ahead is how far the clock is ahead, in nanoseconds.
	ahead *atomic.Int64
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{ahead: &atomic.Int64{}}
	s.bundle = setup(t, func(o *tasks.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }
		o.Lease = time.Hour // the tests send no heartbeats
		o.Zone = zone
	})
	return s
}

// standing is a way to bring a task to where it stands.
type standing struct {
	name string
	// status is the task's, and state its name in Linkis.
	status models.Status
	state  string
	bring  func(*scene) *models.Task
}

// standings are all that a task can have. A task that has started runs one of its two
// contents.
var standings = []standing{
	{"deferred", models.Waiting, "Inited", (*scene).deferred},
	{"running", models.Running, "Running", func(s *scene) *models.Task { return s.running() }},
	{"pausing", models.Pausing, "Running", (*scene).pausing},
	{"paused before the start", models.Paused, "Scheduled", (*scene).pausedBefore},
	{"paused after the start", models.Paused, "Running", (*scene).pausedAfter},
	{"cancelling", models.Cancelling, "Running", (*scene).cancelling},
	{"succeeded", models.Succeeded, "Succeed", (*scene).succeeded},
	{"failed", models.Failed, "Failed", (*scene).failed},
	{"cancelled", models.Cancelled, "Cancelled", (*scene).cancelled},
	{"timed out", models.TimedOut, "Timeout", (*scene).timedOut},
	// The last, because the next to claim is the oldest that waits.
	{"waiting", models.Waiting, "Scheduled", (*scene).waiting},
}

// submitAs stores a Linkis submission whose creator has underscores, as users may write.
func (s *scene) submitAs(owner string, change ...func(*tasks.SubmitInput)) *models.Task {
	return s.Submit(owner, append(change, func(in *tasks.SubmitInput) {
		in.Origin, in.Creator, in.Engine = tasks.OriginLinkis, "my_app", "shell"
	})...)
}

func (s *scene) waiting() *models.Task { return s.submitAs(resttest.Member) }

func (s *scene) deferred() *models.Task {
	// Both the clock of tasks and that of the API are far from it.
	later := time.Now().AddDate(50, 0, 0)
	return s.submitAs(resttest.Member, func(in *tasks.SubmitInput) { in.StartAfter = &later })
}

func (s *scene) running(change ...func(*tasks.SubmitInput)) *models.Task {
	s.submitAs(resttest.Member, change...)
	return s.Claim()
}

func (s *scene) control(id int64, change string) *models.Task {
	s.t.Helper()
	calls := map[string]func() (*models.Task, error){
		"pause": func() (*models.Task, error) {
			return s.Tasks.Pause(s.t.Context(), resttest.Viewer(resttest.Member), tasks.ControlInput{ID: id})
		},
		"cancel": func() (*models.Task, error) {
			return s.Tasks.Cancel(s.t.Context(), resttest.Viewer(resttest.Member), tasks.ControlInput{ID: id})
		},
	}
	task, err := calls[change]()
	require.NoError(s.t, err)
	return task
}

func (s *scene) pausing() *models.Task      { return s.control(s.running().ID, "pause") }
func (s *scene) pausedBefore() *models.Task { return s.control(s.waiting().ID, "pause") }
func (s *scene) cancelling() *models.Task   { return s.control(s.running().ID, "cancel") }
func (s *scene) cancelled() *models.Task    { return s.control(s.waiting().ID, "cancel") }

func (s *scene) pausedAfter() *models.Task {
	task, err := s.Tasks.ConfirmPaused(s.t.Context(), tasks.LeaseOf(s.pausing()), true)
	require.NoError(s.t, err)
	return task
}

func (s *scene) succeeded() *models.Task {
	return s.End(s.running(), resttest.First, tasks.Outcome{Status: models.Succeeded})
}

func (s *scene) failed() *models.Task {
	return s.End(s.running(), resttest.First, tasks.Outcome{
		Status: models.Failed, Failure: &models.TaskError{Code: models.ErrExitCode, Message: models.Message("error.exit", "3")},
	})
}

func (s *scene) timedOut() *models.Task {
	task := s.running(func(in *tasks.SubmitInput) { in.TimeoutSeconds = 3600 })
	s.ahead.Add(int64(2 * time.Hour))
	require.Eventually(s.t, func() bool { return s.Row(task.ID).Status == models.Cancelling }, 30*time.Second, 10*time.Millisecond)
	return s.End(task, resttest.First, tasks.Outcome{Status: models.Cancelled})
}

func TestScenesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, is := range standings {
		t.Run(is.name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			task := is.bring(s)
			require.Equal(t, is.status, s.Row(task.ID).Status)
			require.Equal(t, fmt.Sprintf("my_app_max_shell_%d", task.ID), task.ShortID())
		})
	}
}
