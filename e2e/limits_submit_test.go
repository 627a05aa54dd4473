package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// times repeats a value.
func times(n int, v any) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = v
	}
	return all
}

// badSubmissions submits what cannot be run: the refusal names the field.
func badSubmissions(t *testing.T, s *server, _ string) {
	content := object{"message": "m", "runType": "shell", "code": "exit 0"}
	step := object{"description": "s", "contents": []any{content}}
	with := func(base object, name string, value any) object {
		changed := object{name: value}
		for key, v := range base {
			if key != name {
				changed[key] = v
			}
		}
		return changed
	}
	task := object{"description": "t", "steps": []any{step}}
	in := func(name string, value any) object { return with(task, name, value) }
	inStep := func(name string, value any) object { return with(task, "steps", []any{with(step, name, value)}) }
	inContent := func(name string, value any) object { return inStep("contents", []any{with(content, name, value)}) }
	const submission = `mutation($input: SubmitTaskInput!) { submitTask(input: $input) { task { id } userErrors { code field message } } }`
	long := strings.Repeat("x", 1001)
	for field, inputs := range map[string][]object{
		"description":                 {in("description", ""), in("description", " \t"), in("description", long), in("description", "a\x00b")},
		"descriptionTexts.0.locale":   {in("descriptionTexts", []any{object{"locale": "", "text": "x"}})},
		"steps":                       {in("steps", []any{}), in("steps", times(201, step)), inStep("contents", times(1001, content))},
		"steps.0.description":         {inStep("description", ""), inStep("description", long)},
		"steps.0.maxParallel":         {inStep("maxParallel", -1)},
		"steps.0.contents":            {inStep("contents", []any{})},
		"steps.0.contents.0.message":  {inContent("message", "")},
		"steps.0.contents.0.runType":  {inContent("runType", ""), inContent("runType", "cobol"), inContent("runType", "\x00")},
		"steps.0.contents.0.code":     {inContent("code", ""), inContent("code", "a\x00b")},
		"steps.0.contents.1.runType":  {inStep("contents", []any{content, object{"message": "m", "runType": "external"}})},
		"steps.0.contents.1.key":      {inStep("contents", []any{with(content, "key", "k"), with(content, "key", "k")})},
		"steps.0.contents.0.params":   {inContent("params", []any{}), inContent("params", "x"), inContent("params", object{"env": long + strings.Repeat("x", 65_000)})},
		"steps.0.contents.0.params.x": {inContent("params", object{"x": 1})},
		"steps.0.contents.0.params.env.PATH": {
			inContent("params", object{"env": object{"PATH": "/tmp"}}),
		},
		"steps.0.contents.0.params.cwd":         {inContent("params", object{"cwd": "nowhere"}), inContent("params", object{"cwd": 1})},
		"steps.0.contents.0.params.interpreter": {inContent("params", object{"interpreter": "no-such-program"})},
		"variables":                             {in("variables", []any{1}), in("variables", "x"), in("variables", object{"A": strings.Repeat("x", 70_000)})},
		"variables.LD_PRELOAD":                  {in("variables", object{"LD_PRELOAD": "x"})},
		"variables.not a name":                  {in("variables", object{"not a name": "x"})},
		"variables.A":                           {in("variables", object{"A": []any{}}), in("variables", object{"A": nil}), in("variables", object{"A": "\x00"})},
		"secrets.0":                             {in("secrets", []any{"NONE"})},
		"secrets":                               {in("secrets", times(33, "NONE"))},
		"labels":                                {in("labels", times(33, object{"key": "k", "value": "v"}))},
		"labels.0.key":                          {in("labels", []any{object{"key": "", "value": "v"}}), in("labels", []any{object{"key": "a\nb", "value": "v"}})},
		"labels.1.key":                          {in("labels", times(2, object{"key": "k", "value": "v"}))},
		"labels.0.value":                        {in("labels", []any{object{"key": "k", "value": strings.Repeat("v", 256)}})},
		"priority":                              {in("priority", 101), in("priority", -101)},
		"timeoutSeconds":                        {in("timeoutSeconds", -1), in("timeoutSeconds", 1<<31-1)},
		"maxAttempts":                           {in("maxAttempts", -1), in("maxAttempts", 101)},
		"backoffSeconds":                        {in("backoffSeconds", -1), in("backoffSeconds", 3601)},
		"idempotencyKey":                        {in("idempotencyKey", strings.Repeat("x", 256)), in("idempotencyKey", "a\nb")},
	} {
		for _, input := range inputs {
			a := s.graphql(submission, object{"input": input}, bearer(token)...)
			what := field + ": " + shown(fmt.Sprint(input))
			require.Empty(t, a.Errors, what)
			refused := at(a.Data, "submitTask", "userErrors", 0)
			require.Equal(t, "INVALID", textAt(refused, "code"), what)
			require.NotEmpty(t, textAt(refused, "message"), what)
			var named []string
			for i := range at(refused, "field").([]any) {
				named = append(named, textAt(refused, "field", i))
			}
			require.Equal(t, field, strings.Join(named, "."), what)
		}
	}
}
