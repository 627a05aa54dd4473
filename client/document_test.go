package client

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func loadSchema(t *testing.T) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestDocumentsAreValid(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	documents := []string{
		taskDocument, logDocument, eventsDocument, tasksDocument, countsDocument, throughputDocument, samplesDocument, viewerDocument, runTypesDocument,
		tasksMutation("cancelTasks"), tasksMutation("retryTasks"), claimDocument, reportDocument,
		usersDocument, userDocument, tokensDocument, serverDocument, deleteUserDocument, changePasswordDocument,
		setLocaleDocument, createTokenDocument, revokeTokenDocument,
		userMutation("createUser", "CreateUserInput"), userMutation("updateUser", "UpdateUserInput"),
		taskMutation("submitTask", "SubmitTaskInput"),
		taskMutation("cancelTask", "ControlTaskInput"), taskMutation("pauseTask", "ControlTaskInput"),
		taskMutation("resumeTask", "ControlTaskInput"), taskMutation("retryTask", "ControlTaskInput"),
		progressSubscription, eventsSubscription, logSubscription, changesSubscription,
	}
	for _, document := range documents {
		if _, errs := gqlparser.LoadQueryWithRules(schema, document, nil); len(errs) > 0 {
			t.Errorf("%v in\n%s", errs, document)
		}
	}
}

// TestTypesMirrorTheSchema: each field of a struct is one of the schema's type, and the
// other way round but for what is left out on purpose.
func TestTypesMirrorTheSchema(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	cases := []struct {
		name    string
		value   any
		without []string
	}{
		{"Task", Task{}, []string{"log", "events", "resourceSamples"}}, // read by methods of their own
		{"Step", Step{}, nil},
		{"StepContent", StepContent{}, nil},
		{"Attempt", Attempt{}, nil},
		{"Label", Label{}, nil},
		{"TaskError", TaskError{}, nil},
		{"WaitingFor", WaitingFor{}, nil},
		{"Ending", Ending{}, nil},
		{"ResourceUsage", ResourceUsage{}, nil},
		{"ResourceSample", ResourceSample{}, nil},
		{"StatusCount", StatusCount{}, nil},
		{"ThroughputBucket", ThroughputBucket{}, nil},
		{"TaskResult", TaskResult{}, nil},
		{"LogLine", LogLine{}, nil},
		{"LogBatch", LogBatch{}, nil},
		{"StreamGap", Gap{}, nil},
		{"TaskStatusChanged", TaskStatusChanged{}, nil},
		{"TaskUpdated", TaskUpdated{}, nil},
		{"StepChanged", StepChanged{}, nil},
		{"ContentChanged", ContentChanged{}, nil},
		{"PlanChanged", PlanChanged{}, nil},
		{"TaskChange", TaskChange{}, nil},
		{"Viewer", Viewer{}, nil},
		{"RunType", RunType{}, nil},
		{"User", User{}, nil},
		{"Token", Token{}, nil},
		{"Server", Server{}, nil},
		{"TaskLimits", TaskLimits{}, nil},
		{"CreateUserInput", CreateUserInput{}, nil},
		{"UpdateUserInput", UpdateUserInput{}, nil},
		{"CreateTokenInput", CreateTokenInput{}, nil},
		{"UserError", userError{}, nil},
		{"TaskPayload", taskPayload{}, nil},
		{"TaskFilter", TaskFilter{}, nil},
		{"LabelInput", Label{}, nil},
		{"LocaleTextInput", LocaleText{}, nil},
		{"SubmitTaskInput", SubmitInput{}, nil},
		{"StepInput", StepInput{}, nil},
		{"ContentInput", ContentInput{}, nil},
		{"ControlTaskInput", controlInput{}, nil},
		{"ContentReport", ContentReport{}, nil},
		{"LogLineInput", LogLineInput{}, nil},
		{"ReportProgressInput", ReportInput{}, nil},
	}
	for _, tc := range cases {
		definition := schema.Types[tc.name]
		if definition == nil {
			t.Errorf("the schema has no %s", tc.name)
			continue
		}
		want := slices.Clone(tc.without)
		for _, f := range definition.Fields {
			want = append(want, f.Name)
		}
		got := append(jsonFields(reflect.TypeOf(tc.value)), tc.without...)
		slices.Sort(want)
		slices.Sort(got)
		if want, got = slices.Compact(want), slices.Compact(got); !slices.Equal(want, got) {
			t.Errorf("%s has the fields\n%v, here\n%v", tc.name, want, got)
		}
	}
}

// TestEventTypesAreKnown: an event type that is added to the schema is added here.
func TestEventTypesAreKnown(t *testing.T) {
	t.Parallel()
	for _, possible := range loadSchema(t).GetPossibleTypes(loadSchema(t).Types["TaskEvent"]) {
		e, err := decodeEvent([]byte(`{"__typename":"` + possible.Name + `"}`))
		if _, other := e.(OtherEvent); err != nil || other {
			t.Errorf("%s decodes as %T, %v", possible.Name, e, err)
		}
	}
}

func TestEnumsMirrorTheSchema(t *testing.T) {
	t.Parallel()
	schema := loadSchema(t)
	enums := map[string][]string{
		"Status": texts(StatusWaiting, StatusRunning, StatusPausing, StatusPaused, StatusCancelling,
			StatusCancelled, StatusSucceeded, StatusFailed, StatusTimedOut, StatusSkipped),
		"UserErrorCode": texts(CodeConflict, CodeForbidden, CodeInvalid, CodeLimit, CodeNotFound,
			CodeQueueFull, CodeStaleLease, CodeWrongState),
		"TaskErrorCode": texts(TaskErrorExitCode, TaskErrorKilled, TaskErrorLeaseLost, TaskErrorOutOfMemory,
			TaskErrorOutputLimit, TaskErrorReported, TaskErrorStartFailed, TaskErrorTimedOut),
		"WaitingReason":   texts(WaitingBackoff, WaitingExternalWorker, WaitingLimit, WaitingQueue, WaitingStartTime),
		"LogLevel":        texts(LevelDebug, LevelInfo, LevelWarn, LevelError),
		"LogStream":       texts(StreamStdout, StreamStderr, StreamSystem),
		"StreamGapReason": texts(GapExpired, GapReplaced),
		"TaskOrder":       texts(OrderNewest, OrderOldest, OrderRecentlyChanged),
		"Role":            texts(RoleAdmin, RoleOperator, RoleMember, RoleViewer),
		"TokenScope":      texts(ScopeRead, ScopeSubmit, ScopeControl, ScopeWork),
	}
	for name, got := range enums {
		var want []string
		for _, v := range schema.Types[name].EnumValues {
			want = append(want, v.Name)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s has the values\n%v, here\n%v", name, want, got)
		}
	}
	for _, s := range schema.Types["Status"].EnumValues {
		says := strings.Contains("CANCELLED FAILED SKIPPED SUCCEEDED TIMED_OUT", s.Name)
		if Status(s.Name).Final() != says {
			t.Errorf("%s final: %v", s.Name, !says)
		}
	}
}

func texts[S ~string](values ...S) []string {
	list := make([]string, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return list
}

func jsonFields(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, jsonFields(f.Type)...)
		case name != "" && name != "__typename":
			names = append(names, name)
		}
	}
	return names
}
