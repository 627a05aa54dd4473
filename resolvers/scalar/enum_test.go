package scalar

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"stepcast/models"
	"stepcast/tasks"
)

// enum is what is tested of an enum, whatever its Go type.
type enum struct {
	values []string
	write  func(v string) graphql.Marshaler
	read   func(v any) (string, error)
}

func enumOf[T ~string](values []T, write func(T) graphql.Marshaler, read func(any) (T, error)) enum {
	e := enum{
		write: func(v string) graphql.Marshaler { return write(T(v)) },
		read:  func(v any) (string, error) { got, err := read(v); return string(got), err },
	}
	for _, v := range values {
		e.values = append(e.values, string(v))
	}
	return e
}

func enums() map[string]enum {
	return map[string]enum{
		"LogLevel":        enumOf(models.LogLevels, MarshalLogLevel, UnmarshalLogLevel),
		"LogStream":       enumOf(models.LogStreams, MarshalLogStream, UnmarshalLogStream),
		"Role":            enumOf(models.Roles, MarshalRole, UnmarshalRole),
		"Status":          enumOf(models.Statuses, MarshalStatus, UnmarshalStatus),
		"StreamGapReason": enumOf(gapReasons, MarshalStreamGapReason, UnmarshalStreamGapReason),
		"TaskErrorCode":   enumOf(models.TaskErrorCodes, MarshalTaskErrorCode, UnmarshalTaskErrorCode),
		"TaskOrder":       enumOf(orders, MarshalTaskOrder, UnmarshalTaskOrder),
		"TokenScope": enumOf(tokenScopes,
			func(v tokenScope) graphql.Marshaler {
				return MarshalTokenScope(models.Scope(strings.ToLower(string(v))))
			},
			func(v any) (tokenScope, error) {
				scope, err := UnmarshalTokenScope(v)
				return tokenScope(strings.ToUpper(string(scope))), err
			}),
		"UserErrorCode": enumOf(userCodes, MarshalUserErrorCode, UnmarshalUserErrorCode),
		"WaitingReason": enumOf(tasks.WaitingReasons, MarshalWaitingReason, UnmarshalWaitingReason),
	}
}

func TestEnumsHaveTheValuesOfTheSchema(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for name, def := range schema.Types {
		// SharedScope is an argument of a directive only and never executed.
		if def.Kind != ast.Enum || def.BuiltIn || name == "SharedScope" {
			continue
		}
		e, ok := enums()[name]
		if !ok {
			t.Errorf("enum %s has no Go type", name)
			continue
		}
		var want []string
		for _, v := range def.EnumValues {
			want = append(want, v.Name)
		}
		slices.Sort(want)
		got := slices.Sorted(slices.Values(e.values))
		if !slices.Equal(got, want) {
			t.Errorf("%s: Go has %v, the schema %v", name, got, want)
		}
	}
}

func TestEnumsAreCheckedBothWays(t *testing.T) {
	t.Parallel()
	for name, e := range enums() {
		for _, v := range e.values {
			if got := written(e.write(v)); got != strconv.Quote(v) {
				t.Errorf("%s: %s is written as %s", name, v, got)
			}
			if got, err := e.read(v); err != nil || got != v {
				t.Errorf("%s: %s is read as %s, %v", name, v, got, err)
			}
			refused(t, name, func() error { _, err := e.read(strings.ToLower(v)); return err })
		}
		if e.write("LATER") != graphql.Null || e.write("") != graphql.Null {
			t.Errorf("%s writes what it does not know", name)
		}
		refused(t, name, func() error { _, err := e.read(nil); return err })
		refused(t, name, func() error { _, err := e.read(1); return err })
	}
}

func TestIsUserCode(t *testing.T) {
	t.Parallel()
	if !IsUserCode(models.CodeInvalid) || IsUserCode(models.CodeUnavailable) {
		t.Error("INVALID is for the payload, UNAVAILABLE is not")
	}
}
