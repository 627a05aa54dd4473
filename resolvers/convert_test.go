package resolvers

import (
	"reflect"
	"testing"
	"time"

	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

func ptr[T any](v T) *T { return &v }

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSubmitInput(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	got, err := submitInputOf(model.SubmitTaskInput{
		Description:      "Copy",
		DescriptionTexts: []*model.LocaleTextInput{{Locale: "zh-TW", Text: "複製"}},
		Variables:        models.JSON(`{"a":1}`),
		Secrets:          []string{"TOKEN"},
		Labels:           []*models.Label{{Key: "k", Value: "v"}},
		Priority:         ptr(7),
		TimeoutSeconds:   ptr(60),
		MaxAttempts:      ptr(3),
		BackoffSeconds:   ptr(0),
		IdempotencyKey:   ptr("once"),
		StartAfter:       &start,
		Steps: []*model.StepInput{{
			Key: ptr("s"), Description: "S", MaxParallel: ptr(2),
			Contents: []*model.ContentInput{{
				Key: ptr("c"), Message: "M", RunType: "shell", Code: ptr("true"), Params: models.JSON(`{}`),
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, tasks.SubmitInput{
		Description:    models.Text{Plain: "Copy", Texts: map[string]string{"zh-tw": "複製"}},
		Variables:      models.JSON(`{"a":1}`),
		Secrets:        []string{"TOKEN"},
		Labels:         []models.Label{{Key: "k", Value: "v"}},
		Priority:       7,
		TimeoutSeconds: 60,
		MaxAttempts:    3,
		BackoffSeconds: ptr(0),
		IdempotencyKey: "once",
		StartAfter:     &start,
		Origin:         tasks.OriginGraphQL,
		Steps: []tasks.StepInput{{
			Key: "s", Description: models.Plain("S"), MaxParallel: 2,
			Contents: []tasks.ContentInput{{
				Key: "c", Message: models.Plain("M"), RunType: "shell", Code: "true", Params: models.JSON(`{}`),
			}},
		}},
	})
}

func TestTextRefusesWhatIsNoLanguage(t *testing.T) {
	t.Parallel()
	for _, locale := range []string{"", "e", "zh_CN", "en-", "-en", "en us"} {
		_, err := textOf("x", []*model.LocaleTextInput{{Locale: locale}}, path{"messageTexts"})
		fault := models.AsFault(err)
		if fault == nil || fault.Code != models.CodeInvalid {
			t.Errorf("%q: got %v", locale, err)
			continue
		}
		equal(t, fault.Field, []string{"messageTexts", "0", "locale"})
	}
}

func TestFilterLeavesOutIDsThatNothingHas(t *testing.T) {
	t.Parallel()
	equal(t, filterOf(nil), models.Filter{})
	equal(t, filterOf(&model.TaskFilter{}).IDs, []int64(nil))
	equal(t, filterOf(&model.TaskFilter{Ids: []string{}}).IDs, []int64{})
	equal(t, filterOf(&model.TaskFilter{Ids: []string{"x", "7", "07"}}).IDs, []int64{7})
	got := filterOf(&model.TaskFilter{Statuses: []models.Status{models.Failed}, Owner: ptr("amy"), Text: ptr("tiles")})
	equal(t, got, models.Filter{Statuses: []models.Status{models.Failed}, Owner: "amy", Text: "tiles", Labels: []models.Label{}})
}

func TestReportInput(t *testing.T) {
	t.Parallel()
	got, err := reportInputOf(model.ReportProgressInput{
		TaskID: "690", LeaseToken: "token", Sequence: 4,
		Contents: []*model.ContentReport{
			{ContentID: "690-1-1", Status: ptr(models.Running), Progress: ptr(12.5)},
			{ContentID: "690-1-2", Message: ptr("")},
		},
		AddContents: []*model.ContentInput{{Message: "more", RunType: "external"}},
		Log: []*model.LogLineInput{
			{Text: "a"},
			{Text: "b", Level: ptr(models.Warn), Stream: ptr(models.Stderr), ContentID: ptr("690-1-1")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, tasks.ReportInput{
		TaskID: 690, LeaseToken: "token", Sequence: 4,
		Contents: []tasks.ContentReport{
			{ContentID: "690-1-1", Status: ptr(models.Running), Progress: ptr(12.5)},
			{ContentID: "690-1-2", Message: &models.Text{}},
		},
		AddContents: []tasks.ContentInput{{Message: models.Plain("more"), RunType: "external"}},
		Log: []tasks.LogLineInput{
			{Text: "a", Level: models.Info, Stream: models.Stdout},
			{Text: "b", Level: models.Warn, Stream: models.Stderr, ContentID: "690-1-1"},
		},
	})
}

func TestClaimShowsWhatTheLeaseCovers(t *testing.T) {
	t.Parallel()
	equal(t, claimOf(tasks.Claim{}, view.Reader{}), &model.ClaimPayload{})
	task := &models.Task{ID: 7, Steps: []*models.Step{
		{Number: 1, Contents: []*models.Content{{StepNumber: 1, Number: 1}}},
		{Number: 2, Contents: []*models.Content{{StepNumber: 2, Number: 1}, {StepNumber: 2, Number: 2}}},
	}}
	got := claimOf(tasks.Claim{Task: task, Step: 2, LeaseToken: "t", LeaseSeconds: 10}, view.Reader{})
	if len(got.Contents) != 2 || got.Contents[1].ID() != "7-2-2" || *got.LeaseToken != "t" || *got.LeaseSeconds != 10 {
		t.Errorf("got %+v", got)
	}
}

func TestRunTypes(t *testing.T) {
	t.Parallel()
	schema := models.JSON(`{"type":"object"}`)
	equal(t, runTypesOf([]tasks.RunType{
		{Name: "shell", Description: "runs", ParamsSchema: schema},
		{Name: "sql", Reason: "no data source", ParamsSchema: schema},
	}), []*model.RunType{
		{Name: "shell", Enabled: true, Description: "runs", ParamsSchema: schema},
		{Name: "sql", Reason: ptr("no data source"), ParamsSchema: schema},
	})
}

func TestAddress(t *testing.T) {
	t.Parallel()
	task := view.NewTask(&models.Task{ID: 7, Steps: []*models.Step{
		{Number: 3, Contents: []*models.Content{{StepNumber: 3, Number: 2}}},
	}}, view.Reader{})
	for id, found := range map[string]bool{
		"7": true, "7-3": true, "7-3-2": true,
		"7-1": false, "7-3-1": false, "7-4-2": false,
	} {
		a, ok := parseAddress(id)
		if !ok || a.task != 7 {
			t.Errorf("%s: got %+v, %v", id, a, ok)
			continue
		}
		node := a.in(task)
		if got, is := node.(interface{ ID() string }); is != found || is && got.ID() != id {
			t.Errorf("%s: got %v", id, node)
		}
	}
	for _, id := range []string{"", "x", "0", "07", "7-", "7-0", "7-3-2-1", "7:1", "task:7", "-7"} {
		if a, ok := parseAddress(id); ok {
			t.Errorf("%q: got %+v", id, a)
		}
	}
}

func TestRefusalsThatNobodyCanMendAreNoUserErrors(t *testing.T) {
	t.Parallel()
	for _, code := range []models.ErrorCode{models.CodeUnauthenticated, models.CodeUnavailable, models.CodeInternal} {
		if got, err := userErrors(models.Faultf(code, "x")); got != nil || models.CodeOf(err) != code {
			t.Errorf("%s: got %v, %v", code, got, err)
		}
	}
	got, err := userErrors(&models.Fault{Code: models.CodeQueueFull, Message: "full", RetryAfter: 30})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, []*model.UserError{{Code: models.CodeQueueFull, Message: "full", RetryAfterSeconds: ptr(30)}})
}
