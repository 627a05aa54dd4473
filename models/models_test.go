package models_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

func TestStepStatus(t *testing.T) {
	t.Parallel()
	for want, given := range map[models.Status][]models.Status{
		models.Cancelling: {models.Running, models.Cancelling, models.Pausing},
		models.Pausing:    {models.Running, models.Pausing, models.Paused},
		models.Running:    {models.Succeeded, models.Running, models.Waiting},
		models.Paused:     {models.Paused, models.Waiting},
		models.Waiting:    {models.Waiting, models.Failed},
		models.Failed:     {models.Succeeded, models.Failed, models.Cancelled},
		models.TimedOut:   {models.TimedOut, models.Cancelled},
		models.Cancelled:  {models.Skipped, models.Cancelled},
		models.Skipped:    {models.Succeeded, models.Skipped},
		models.Succeeded:  {models.Succeeded, models.Succeeded},
	} {
		var contents []*models.Content
		for _, s := range given {
			contents = append(contents, &models.Content{ContentState: models.ContentState{Status: s}})
		}
		require.Equal(t, want, models.StepStatus(contents), "%v", given)
	}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	id, ok := models.ParseTaskID("690")
	require.True(t, ok)
	require.Equal(t, "690", models.TaskID(id))
	_, ref, ok := models.ParseContentID("690-1-2")
	require.True(t, ok)
	require.Equal(t, "690-1-2", models.ContentID(690, ref))
	_, number, ok := models.ParseEventID("690:0")
	require.True(t, ok)
	require.Zero(t, number)
	for _, bad := range []string{"", "0", "-1", "+1", "01", "1.0", " 1", "1 ", "9007199254740993", "99999999999999999999", "1e3", "x", "１"} {
		_, ok := models.ParseTaskID(bad)
		require.False(t, ok, bad)
		_, _, ok = models.ParseStepID("1-" + bad)
		require.False(t, ok, bad)
		_, _, ok = models.ParseContentID("1-1-" + bad)
		require.False(t, ok, bad)
	}
}

func TestExecID(t *testing.T) {
	t.Parallel()
	task := &models.Task{ID: 7, Creator: "IDE", Owner: "alice", Engine: "spark", Instance: "127.0.0.1:9104"}
	require.Equal(t, "exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_alice_spark_7", task.ExecID())
	id, ok := models.ParseExecID(task.ExecID())
	require.True(t, ok)
	require.EqualValues(t, 7, id)
}

// FuzzIDs: what is read is written the same, and nothing panics.
func FuzzIDs(f *testing.F) {
	for _, s := range []string{"690", "690-1", "690-1-2", "690:17", "exec_id018014linkis-cg-entrance127.0.0.1:9104IDE_a_b_7", "", "-", "1-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if id, ok := models.ParseTaskID(s); ok && models.TaskID(id) != s {
			t.Errorf("%q became %d", s, id)
		}
		if id, step, ok := models.ParseStepID(s); ok && models.StepID(id, step) != s {
			t.Errorf("%q became %d-%d", s, id, step)
		}
		if id, ref, ok := models.ParseContentID(s); ok && models.ContentID(id, ref) != s {
			t.Errorf("%q became %d %v", s, id, ref)
		}
		if id, n, ok := models.ParseEventID(s); ok && models.EventID(id, n) != s {
			t.Errorf("%q became %d:%d", s, id, n)
		}
		if id, ok := models.ParseExecID(s); ok && (id < 1 || !strings.HasPrefix(s, "exec_id")) {
			t.Errorf("%q became %d", s, id)
		}
	})
}

func TestText(t *testing.T) {
	t.Parallel()
	key := models.Message("error.exit", "3 {0}")
	require.Equal(t, "Exited with code 3 {0}", key.In("fr", "en"), "an argument is not read for placeholders")
	require.Equal(t, "退出码 3 {0}", key.In("zh-CN"))
	require.Equal(t, "no.such.key a", models.Message("no.such.key", "a").In("en"))
	texts := models.Text{Plain: "plain", Texts: map[string]string{"en": "english", "zh-tw": "繁體"}}
	require.Equal(t, "english", texts.In("EN-us"))
	require.Equal(t, "繁體", texts.In("zh-TW", "en"))
	require.Equal(t, "plain", texts.In("fr"))
	texts.Plain = ""
	require.Equal(t, "english", texts.In("fr"))
	require.Equal(t, "x", models.Text{Texts: map[string]string{"nl": "x"}}.In("fr"))
	require.Equal(t, "plain", models.Plain("plain").In())
	var back models.Text
	v, err := texts.Value()
	require.NoError(t, err)
	require.NoError(t, back.Scan(v))
	require.Equal(t, texts, back)
}

// FuzzText: rendering never fails, whatever the key, arguments and languages.
func FuzzText(f *testing.F) {
	f.Add("error.exit", "1", "en")
	f.Add("{0}{", "}", "zh-")
	f.Fuzz(func(t *testing.T, key, arg, language string) {
		_ = models.Message(key, arg).In(language)
		_ = models.Message("error.exit", arg).In(language, key)
		_ = models.Text{Texts: map[string]string{key: arg}}.In(language)
	})
}

func TestTimes(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	at := func(seconds int) *time.Time {
		when := start.Add(time.Duration(seconds) * time.Second)
		return &when
	}
	task := &models.Task{UpdatedAt: *at(30), TimeoutSeconds: 60}
	require.Zero(t, task.CostTime())
	require.Nil(t, task.EtaSeconds())
	require.Nil(t, task.Deadline())
	task.Status, task.StartedAt, task.ClockSince, task.RanMillis, task.Progress = models.Running, at(0), at(20), 5000, 25
	require.EqualValues(t, 30_000, task.CostTime(), "to this version")
	require.InDelta(t, 45, *task.EtaSeconds(), 1e-9, "15 s for a quarter")
	require.Equal(t, *at(75), *task.Deadline(), "the clock ran 5 s before, and stood between")
	task.FinishedAt = at(40)
	require.EqualValues(t, 40_000, task.CostTime())
}

func TestProgressFloors(t *testing.T) {
	t.Parallel()
	task := models.Origin(&models.Task{ID: 1})
	number := int64(0)
	apply := func(kind models.EventKind, data models.EventData) {
		number++
		task = models.Fold(task, models.Event{TaskID: 1, Number: number, Kind: kind, Data: data})
	}
	content := func(number int, progress float64) *models.Content {
		return &models.Content{StepNumber: 1, Number: number, Place: number, ContentState: models.ContentState{Status: models.Running, Progress: progress}}
	}
	state := &models.TaskState{Status: models.Running, Attempt: 1}
	apply(models.PlanChanged, models.EventData{Task: state, Plan: &models.Plan{
		Steps: []*models.Step{{Number: 1}}, Contents: []*models.Content{content(1, 80)},
	}})
	require.EqualValues(t, 80, task.Progress)
	apply(models.PlanChanged, models.EventData{Plan: &models.Plan{Contents: []*models.Content{content(2, 0)}}})
	require.EqualValues(t, 80, task.Progress, "contents declared later do not lower it")
	apply(models.PlanChanged, models.EventData{Plan: &models.Plan{Contents: []*models.Content{content(1, 100), content(2, 100)}}})
	require.EqualValues(t, 99.9, task.Progress, "100 only with success")
	apply(models.TaskStatusChanged, models.EventData{Task: &models.TaskState{Status: models.Waiting, Attempt: 2}})
	require.Zero(t, task.Progress, "a new attempt begins anew")
}

func TestSnapshotsAreImmutable(t *testing.T) {
	t.Parallel()
	before := &models.Task{ID: 1, Steps: []*models.Step{{Number: 1, Contents: []*models.Content{{StepNumber: 1, Number: 1, ContentState: models.ContentState{Status: models.Running}}}}}}
	text, err := json.Marshal(before)
	require.NoError(t, err)
	after := models.Fold(before, models.Event{Number: 1, Kind: models.ContentChanged, Data: models.EventData{
		Content: &models.ContentChange{Ref: models.ContentRef{Step: 1, Content: 1}, ContentState: models.ContentState{Status: models.Succeeded, Progress: 100}},
	}})
	require.Equal(t, models.Succeeded, after.Steps[0].Status)
	again, err := json.Marshal(before)
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
}
