package bench

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/tasks"
)

// readsParts finds the statements that read what a task consists of. Those that look after
// tasks in the background read none of it.
var readsParts = regexp.MustCompile(`(?is)^select\b.*\bfrom\W+(steps|contents|task_events|log_chunks)\b`)

// partsRead counts the readings of parts of tasks while f runs.
func partsRead(f func()) (texts []string) {
	for _, text := range statements.during(f) {
		if readsParts.MatchString(text) {
			texts = append(texts, text)
		}
	}
	return texts
}

// follower reads one stream until it has come to a version and to a number of lines.
type follower func(version, lines int64)

// followTo makes a follower of a stream whose marks tell how far it is.
func followTo[T any](tb testing.TB, stream *tasks.Stream[T], err error, target func(version, lines int64) int64) follower {
	tb.Helper()
	require.NoError(tb, err)
	tb.Cleanup(stream.Close)
	return func(version, lines int64) {
		for stream.Mark().To < target(version, lines) {
			_, err := stream.Next(tb.Context())
			require.NoError(tb, err)
		}
	}
}

func toVersion(version, _ int64) int64 { return version }

func toLine(_, lines int64) int64 { return lines }

// followAll opens n streams of each kind about a task.
func (s *server) followAll(tb testing.TB, task *models.Task, n int) (all []follower) {
	tb.Helper()
	ctx := tb.Context()
	for range n {
		states, err := s.tasks.Watch(ctx, owner, task.ID)
		all = append(all, followTo(tb, states, err, toVersion))
		events, err := s.tasks.WatchEvents(ctx, owner, task.ID, tasks.EventRange{After: models.EventID(task.ID, task.Version)})
		all = append(all, followTo(tb, events, err, toVersion))
		log, err := s.tasks.WatchLog(ctx, owner, task.ID, tasks.LogRange{After: task.LogLines})
		all = append(all, followTo(tb, log, err, toLine))
		all = append(all, s.followList(tb))
	}
	return all
}

// followList opens a stream of all changed tasks.
func (s *server) followList(tb testing.TB) follower {
	tb.Helper()
	list, err := s.tasks.WatchTasks(tb.Context(), owner, models.Filter{}, nil)
	return followTo(tb, list, err, toVersion)
}

// step makes some changes of a task at once: a line, a content, and an intent.
func (s *server) step(tb testing.TB, lease tasks.Lease, i int) *models.Task {
	tb.Helper()
	ctx := tb.Context()
	line := models.LogLine{Attempt: 1, At: time.Now(), Level: models.Info, Stream: models.Stdout, Text: fmt.Sprint("line ", i)}
	require.NoError(tb, s.tasks.AppendLog(ctx, lease, []models.LogLine{line}))
	_, err := s.tasks.OpenContent(ctx, lease, firstContent, firstContent, fmt.Sprint("content ", i))
	require.NoError(tb, err)
	return s.control(tb, lease.Task, i)
}

// control pauses and resumes a task in turn.
func (s *server) control(tb testing.TB, id int64, i int) *models.Task {
	tb.Helper()
	turn := s.tasks.Pause
	if i%2 == 1 {
		turn = s.tasks.Resume
	}
	after, err := turn(tb.Context(), owner, tasks.ControlInput{ID: id})
	require.NoError(tb, err)
	return after
}

// TestFollowersReadMemory: however many follow a task, its log, its events or the list
// that it is in, what this process commits they have without asking the database.
func TestFollowersReadMemory(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			s := startServer(t, kind.make(t), 0)
			s.submit(t, 1, oneContent("noop", "nothing"))
			lease := s.hold(t, 1)[0]
			turn, all := 0, []follower(nil)
			round := func() {
				after := s.step(t, lease, turn)
				turn++
				for _, follow := range all {
					follow(after.Version, after.LogLines)
				}
			}
			rounds := func() {
				for range 10 {
					round()
				}
			}
			alone := partsRead(rounds)
			task, err := s.tasks.Task(t.Context(), owner, lease.Task)
			require.NoError(t, err)
			all = s.followAll(t, task, 20)
			round() // each has come to the end now
			followed := partsRead(rounds)
			require.Len(t, followed, len(alone), strings.Join(followed, "\n"))
		})
	}
}

// TestListsShareReadings: a change that another process made is read once, however many
// lists tell of it.
func TestListsShareReadings(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			db := kind.make(t)
			here, there := startServer(t, db, 0), startServer(t, db, 0)
			here.submit(t, 1, oneContent("noop", "nothing"))
			id := here.hold(t, 1)[0].Task
			turn, all := 0, []follower{there.followList(t)}
			round := func() {
				after := here.control(t, id, turn)
				turn++
				for _, follow := range all {
					follow(after.Version, 0)
				}
			}
			round() // what was before is told of, too
			one := partsRead(round)
			require.NotEmpty(t, one, "memory knows nothing of it")
			for len(all) < 200 {
				all = append(all, there.followList(t))
			}
			many := partsRead(round)
			require.Len(t, many, len(one), strings.Join(many, "\n"))
		})
	}
}
