package imanager_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// Decisions 13 to 25: who asks, and what the fields of a task say.

func provesSignIns(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	session := b.send("POST", "/imanager/security/tokens.json", credentials).body
	for _, token := range []string{session, b.Token(resttest.Member)} {
		for _, way := range []option{
			header("X-Auth-Token", token), header("token", token), header("Authorization", "Bearer "+token),
		} {
			require.Equal(t, 200, b.get(path(task), way).http)
		}
		require.Equal(t, 200, b.get(path(task)+"?token="+token).http)
	}
	cookie := header("Cookie", "JSESSIONID="+session)
	require.Equal(t, 200, b.get(path(task), cookie).http)
	require.Equal(t, 200, b.send("HEAD", path(task), "", cookie).http)
	require.Equal(t, 405, b.send("POST", path(task), "", cookie).http)
	require.Equal(t, 200, b.send("POST", path(task)+"?_method=GET", "", cookie).http, "it stands for a GET")
	// A page of another site may start a GET, and reads no answer.
	r := b.get(path(task), cookie, header("Origin", "https://evil.example"))
	require.Empty(t, r.header.Get("Access-Control-Allow-Credentials"))
}

func provesLanguages(t *testing.T, b *bundle) {
	r := polyglot()
	r.steps[0].contents = append(r.steps[0].contents, models.ContentState{Status: models.Waiting})
	task := importTask(t, b.Store, r)
	for accept, want := range map[string][2]string{"zh-CN": {"复制瓦片", "zh"}, "": {"Copy tiles", "en"}, "xx": {"Copy tiles", "en"}, "\xff;;": {"Copy tiles", "en"}} {
		answer := b.get(path(task), b.as(resttest.Member), header("Accept-Language", accept))
		require.Equal(t, want[1], answer.header.Get("Content-Language"))
		got := b.read(task, header("Accept-Language", accept))
		require.Equal(t, want[0], got.Description)
		require.Empty(t, got.Steps[0].Contents[2].Message)
		require.Contains(t, answer.body, `"message":""`, "an absent one is empty, not left out")
	}
}

func provesZone(t *testing.T, b *bundle) {
	start := time.Date(2026, 2, 28, 23, 59, 59, 999_000_000, time.UTC)
	task := importTask(t, b.Store, record{steps: []recordStep{{contents: []models.ContentState{{StartedAt: &start}}}}})
	inZone := func(zone *time.Location) string {
		o := b.options()
		o.Zone = zone
		b.serve(imanager.New(o))
		_, startTime, _ := strings.Cut(b.get(path(task), b.as(resttest.Member)).body, `"startTime":`)
		return startTime[:strings.IndexByte(startTime, '}')+1]
	}
	require.Equal(t, `{"dayOfWeek":7,"month":2,"hour":23,"year":2026,"day":28,"minute":59,"second":59}`, inZone(time.UTC))
	require.Equal(t, `{"dayOfWeek":1,"month":3,"hour":7,"year":2026,"day":1,"minute":59,"second":59}`, inZone(zone))
	require.Equal(t, inZone(time.Local), inZone(nil), "the server's own when none is named")
}

func provesNoStartTime(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member, twoSteps)
	r := b.get(path(task), b.as(resttest.Member))
	require.NotContains(t, r.body, "startTime")
	require.NotContains(t, r.body, "null")
	b.Claim()
	got := b.read(task)
	require.Len(t, got.Steps[0].StartTime, 7)
	require.Nil(t, got.Steps[1].StartTime)
}

func provesCostTime(t *testing.T, b *bundle) {
	at := func(after time.Duration) *time.Time {
		instant := storetest.Start.Add(after)
		return &instant
	}
	task := importTask(t, b.Store, record{at: *at(time.Hour), steps: []recordStep{
		{contents: []models.ContentState{{Status: models.Succeeded, StartedAt: at(0), FinishedAt: at(260_123 * time.Millisecond)}}},
		{contents: []models.ContentState{ // from the first to begin to the last to end
			{Status: models.Succeeded, StartedAt: at(2 * time.Second), FinishedAt: at(3 * time.Second)},
			{Status: models.Succeeded, StartedAt: at(time.Second), FinishedAt: at(5 * time.Second)},
		}},
		{contents: []models.ContentState{{Status: models.Running, StartedAt: at(59 * time.Minute)}}},
		{contents: []models.ContentState{{Status: models.Running, StartedAt: at(2 * time.Hour)}}}, // its worker's clock is ahead
		{contents: []models.ContentState{{Status: models.Waiting}}},
	}})
	var costs []int64
	for _, step := range b.read(task).Steps {
		costs = append(costs, step.CostTime)
	}
	require.Equal(t, []int64{260_123, 4000, 60_000, 0, 0}, costs)
}

func provesProgress(t *testing.T, b *bundle) {
	content := func(status models.Status, measured bool, progress float64) models.ContentState {
		return models.ContentState{Status: status, Measured: measured, Progress: progress}
	}
	task := importTask(t, b.Store, record{steps: []recordStep{{contents: []models.ContentState{
		content(models.Running, true, 0), content(models.Running, true, 100.0/3), content(models.Running, true, 66.67),
		content(models.Running, true, 0.1), content(models.Running, true, 99.5), content(models.Failed, true, 42),
		content(models.Succeeded, true, 100), content(models.Succeeded, false, 0), content(models.Running, false, 0),
		content(models.Running, true, 101), content(models.Running, true, -1), content(models.Running, true, math.MaxFloat64),
	}}}})
	var got struct {
		Steps []struct {
			Contents []struct {
				IsProgressAvailable json.RawMessage
				Progress            json.RawMessage
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(b.get(path(task), b.as(resttest.Member)).body), &got))
	var written []string
	for _, c := range got.Steps[0].Contents {
		written = append(written, string(c.Progress)+" "+string(c.IsProgressAvailable))
	}
	require.Equal(t, []string{
		"0 true", "33.333332 true", "66.67 true", "0.1 true", "99.5 true", "42 true",
		"100 true", "100 false", "0 false", "100 true", "0 true", "100 true",
	}, written)
}

func provesMixedStatuses(t *testing.T, b *bundle) {
	for _, c := range []struct {
		task     models.Status
		contents [][]models.Status
		want     []string
	}{
		{models.Running, [][]models.Status{{models.Failed, models.Running}, {models.Waiting}}, []string{"PENDING", "ERROR", "PENDING", "WAITING"}},
		{models.Failed, [][]models.Status{{models.Failed, models.Succeeded}, {models.Skipped}}, []string{"ERROR", "ERROR", "DONE", "WAITING"}},
		{models.TimedOut, [][]models.Status{{models.TimedOut, models.Succeeded}, {models.Skipped}}, []string{"ERROR", "ERROR", "DONE", "WAITING"}},
		{models.Cancelling, [][]models.Status{{models.Cancelling, models.Succeeded, models.Cancelled}, {models.Waiting}}, []string{"CANCELLING", "CANCELLING", "DONE", "CANCELLED", "WAITING"}},
		{models.Cancelled, [][]models.Status{{models.Cancelled, models.Succeeded}, {models.Skipped, models.Skipped}}, []string{"CANCELLED", "CANCELLED", "DONE", "CANCELLED", "CANCELLED"}},
	} {
		r := record{state: models.TaskState{Status: c.task}}
		for _, statuses := range c.contents {
			var contents []models.ContentState
			for _, status := range statuses {
				contents = append(contents, models.ContentState{Status: status})
			}
			r.steps = append(r.steps, recordStep{contents: contents})
		}
		require.Equal(t, c.want, b.read(importTask(t, b.Store, r)).words(), c.task)
	}
}

func provesClosedEnums(t *testing.T, b *bundle) {
	// TestEveryStatusHasAWord goes through all of them. Here: the reason of what did not
	// succeed is after its message, for there is no other place.
	failure := &models.TaskError{Code: models.ErrTimedOut, Message: models.Message("error.timeout", "60")}
	task := importTask(t, b.Store, record{state: models.TaskState{Status: models.TimedOut}, steps: []recordStep{{contents: []models.ContentState{
		{Status: models.TimedOut, Message: models.Plain("Copying"), Failure: failure},
		{Status: models.Failed, Message: models.Plain("Packing"), Failure: failure},
		{Status: models.Failed, Failure: failure},
		{Status: models.Failed, Message: models.Plain("No reason")},
		{Status: models.Cancelled, Message: models.Plain("Cancelled"), Failure: failure},
	}}}})
	var messages []string
	for _, c := range b.read(task).Steps[0].Contents {
		messages = append(messages, c.Message)
	}
	const reason = "Ran past its time limit of 60 s"
	require.Equal(t, []string{"Copying: " + reason, "Packing: " + reason, reason, "No reason", "Cancelled"}, messages)
}

func provesTimeline(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	first := b.read(task).TimelineID
	require.Positive(t, first)
	b.End(b.Claim(), resttest.First, tasks.Outcome{Status: models.Failed})
	require.Equal(t, first, b.read(task).TimelineID, "the attempt is the same")
	_, err := b.Tasks.Retry(t.Context(), resttest.Viewer(resttest.Member), tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	again := b.read(task).TimelineID
	require.NotEqual(t, first, again)
	require.Contains(t, b.get(path(task), b.as(resttest.Member)).body, `"timelineId":`+jsonText(t, again)+`}`)

	largest := importTask(t, b.Store, record{state: models.TaskState{TimelineID: 1<<53 - 1}})
	require.Contains(t, b.get(path(largest), b.as(resttest.Member)).body, `"timelineId":9007199254740991}`)
}

func provesID(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	require.Contains(t, b.get(path(task), b.as(resttest.Member)).body, `"id":"`+models.TaskID(task.ID)+`"`)
	require.Regexp(t, `^[1-9][0-9]*$`, models.TaskID(task.ID))
}

func provesRetention(t *testing.T, _ *bundle) {
	require.Equal(t, 30*24*time.Hour, tasks.RetentionDefault)
	b := setupOn(t, resttest.Setup(t, func(o *tasks.Options) { o.Retention = 0 })) // the default
	finished := func(ago time.Duration) *models.Task {
		at := time.Now().UTC().Add(-ago).Truncate(time.Millisecond)
		return importTask(t, b.Store, record{at: at, state: models.TaskState{Status: models.Succeeded, FinishedAt: &at}})
	}
	old, young := finished(31*24*time.Hour), finished(29*24*time.Hour)
	require.Eventually(t, func() bool { return b.get(path(old), b.as(resttest.Member)).http == 404 }, time.Minute*2, 10*time.Millisecond)
	requireRefused(t, b.get(path(old), b.as(resttest.Member)), 404)
	require.Equal(t, "DONE", b.read(young).Status)
}

func provesFreshTask(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member, twoSteps)
	waiting := `{"contents":[{"isProgressAvailable":false,"message":"Copying","progress":0,"status":"WAITING"}],"costTime":0,"description":"Copy"}`
	require.Equal(t, `{"description":"Copy tiles","id":"`+models.TaskID(task.ID)+`","status":"PENDING","steps":[`+waiting+`,`+waiting+
		`],"timelineId":`+jsonText(t, task.TimelineID)+`}`, b.get(path(task), b.as(resttest.Member)).body)
	empty := importTask(t, b.Store, record{steps: []recordStep{{}}})
	require.Contains(t, b.get(path(empty), b.as(resttest.Member)).body, `"steps":[{"contents":[],"costTime":0,"description":""}]`)
	none := importTask(t, b.Store, record{})
	require.Contains(t, b.get(path(none), b.as(resttest.Member)).body, `"steps":[]`)
}

func provesOddAddresses(t *testing.T, b *bundle) {
	importExample(t, b.Store)
	for _, address := range []string{
		".json?_t=1700000000", ".json?_t=1&_t=2&id=1&id=2&status=ERROR&token=", ".json?", "?a=b;c", "?%zz", "?=", "?_method=DELETE",
		".json;jsessionid=0123ABC", ";JSessionID=x", ".json;jsessionid=", ".json;jsessionid=0.node1?_t=1", "%2Ejson",
	} {
		r := b.get(examplePath+address, b.as(resttest.Member))
		require.Equal(t, []any{200, golden(t, "compact")}, []any{r.http, r.body}, address)
	}
	session := b.send("POST", "/imanager/security/tokens", credentials).body
	requireRefused(t, b.get(examplePath+".json;jsessionid="+session), 401) // it does not sign in
	for _, slash := range []string{"/", ".json/", ".json/;jsessionid=1", "/.json", "//"} {
		requireRefused(t, b.get(examplePath+slash, b.as(resttest.Member)), 404)
	}
}
