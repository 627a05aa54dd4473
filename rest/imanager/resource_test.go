package imanager

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
	"stepcast/models"
)

func TestResource(t *testing.T) {
	t.Parallel()
	// A Sunday at noon in UTC is Monday, one second after the clocks went back.
	start := time.Date(2026, 11, 1, 6, 0, 1, 999_000_000, time.UTC)
	newYork := time.FixedZone("EST", -5*60*60)
	failure := &models.TaskError{Message: models.Message("error.exit", "3")}
	task := &models.Task{
		ID: 9007199254740991, Description: models.Plain(`<&> "中文" 'x'`), UpdatedAt: start.Add(1500 * time.Millisecond),
		TaskState: models.TaskState{Status: models.Running, TimelineID: 7},
		Steps: []*models.Step{
			{Description: models.Text{Texts: map[string]string{"en": "Copy", "zh": "复制"}}, StartedAt: &start, Contents: []*models.Content{
				{ContentState: models.ContentState{Message: models.Plain("a"), Status: models.Running, Measured: true, Progress: 100.0 / 3}},
				{ContentState: models.ContentState{Message: models.Plain("b"), Status: models.Failed, Failure: failure}},
				{ContentState: models.ContentState{Status: models.TimedOut, Failure: failure}},
				{ContentState: models.ContentState{Message: models.Plain("d"), Status: models.Cancelled, Failure: failure}},
				{ContentState: models.ContentState{Message: models.Plain("e"), Status: models.Failed, Failure: &models.TaskError{}}},
				{ContentState: models.ContentState{Status: models.Succeeded}},
				{ContentState: models.ContentState{Status: models.Running, Measured: true, Progress: math.NaN()}},
				{ContentState: models.ContentState{Status: models.Running, Measured: true, Progress: 101}},
				{ContentState: models.ContentState{Status: models.Running, Progress: 50}},
			}},
			{Description: models.Plain("wait")},
		},
	}
	body, err := httpx.JSON(resourceOf(task, []string{"zh-CN", "en"}, newYork))
	require.NoError(t, err)
	require.Equal(t, `{"description":"<&> \"中文\" 'x'","id":"9007199254740991","status":"PENDING","steps":[{"contents":[`+
		`{"isProgressAvailable":true,"message":"a","progress":33.333332,"status":"PENDING"},`+
		`{"isProgressAvailable":false,"message":"b: 退出码 3","progress":0,"status":"ERROR"},`+
		`{"isProgressAvailable":false,"message":"退出码 3","progress":0,"status":"ERROR"},`+
		`{"isProgressAvailable":false,"message":"d","progress":0,"status":"CANCELLED"},`+
		`{"isProgressAvailable":false,"message":"e","progress":0,"status":"ERROR"},`+
		`{"isProgressAvailable":false,"message":"","progress":100,"status":"DONE"},`+
		`{"isProgressAvailable":true,"message":"","progress":0,"status":"PENDING"},`+
		`{"isProgressAvailable":true,"message":"","progress":100,"status":"PENDING"},`+
		`{"isProgressAvailable":false,"message":"","progress":0,"status":"PENDING"}],`+
		`"costTime":1500,"description":"复制","startTime":{"dayOfWeek":1,"month":11,"hour":1,"year":2026,"day":1,"minute":0,"second":1}},`+
		`{"contents":[],"costTime":0,"description":"wait"}],"timelineId":7}`, string(body))

	body, err = httpx.JSON(resourceOf(&models.Task{ID: 1}, nil, time.UTC))
	require.NoError(t, err)
	require.Equal(t, `{"description":"","id":"1","status":"PENDING","steps":[],"timelineId":0}`, string(body))
}

func TestLanguageOf(t *testing.T) {
	t.Parallel()
	written := models.Text{Texts: map[string]string{"en": "x", "zh": "y", "pt-br": "z"}}
	for _, c := range []struct {
		text      models.Text
		languages []string
		want      string
	}{
		{written, []string{"zh-Hans-CN", "en"}, "zh"},
		{written, []string{"fr", "PT-BR", "en"}, "PT-BR"},
		{written, []string{"fr", "de"}, "de"},
		{models.Plain("x"), []string{"fr", "en"}, "en"},
		{models.Message("task.execute"), []string{"zh", "en"}, "zh"},
		{models.Message("task.execute"), []string{"zh-Hans-CN", "en"}, "zh"},
		{models.Message("task.execute"), []string{"EN-gb"}, "EN"},
		{models.Message("task.execute"), []string{"fr", "en-GB", "zh"}, "en"},
		{models.Message("no.such.key"), []string{"fr", "de"}, "de"},
		{models.Plain("x"), nil, "en"},
	} {
		task := &models.Task{Steps: []*models.Step{{Contents: []*models.Content{{ContentState: models.ContentState{Message: c.text}}}}}}
		require.Equal(t, c.want, languageOf(task, c.languages), c)
	}
}
