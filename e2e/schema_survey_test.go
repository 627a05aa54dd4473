package e2e

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// survey notes what of a schema was exercised, and checks the type of every value on
// the way. It is safe for concurrent use.
type survey struct {
	schema schema

	// mu guards the rest.
	mu sync.Mutex
	// filled has the fields that gave something, as "Type.field": neither null nor [].
	filled map[string]bool
	// given has the arguments and input fields that were sent, as "Type.field(arg)" and
	// "Input.field".
	given map[string]bool
	// values has the enum values that came or were sent, as "Enum.VALUE".
	values map[string]bool
}

func newSurvey(t *testing.T, s *server) *survey {
	t.Helper()
	return &survey{schema: introspect(t, s), filled: map[string]bool{}, given: map[string]bool{}, values: map[string]bool{}}
}

// ask runs a query or mutation as the owner of a token, with everything selected, and
// gives the value of its root field. Any error fails the test.
func (v *survey) ask(s *server, token string, c call, headers ...string) any {
	s.t.Helper()
	text, variables := v.schema.write(s.t, c)
	a := s.graphql(text, variables, append(bearer(token), headers...)...)
	require.Empty(s.t, a.Errors, text)
	v.sent(s.t, c)
	return v.take(s.t, c, a)
}

// watch starts a subscription with everything selected; next gives its values, and
// ended in place of the one after the last.
func (v *survey) watch(s *server, token string, c call) (next func() (value any, ended bool)) {
	s.t.Helper()
	text, variables := v.schema.write(s.t, c)
	w := s.socket(s.t, token)
	w.subscribe("1", text, variables)
	v.sent(s.t, c)
	return func() (any, bool) {
		s.t.Helper()
		a, ended := w.answer()
		require.Empty(s.t, a.Errors, text)
		if ended {
			return nil, true
		}
		return v.take(s.t, c, a), false
	}
}

// take checks an answer and notes what is in it.
func (v *survey) take(t *testing.T, c call, a answer) any {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	root := v.schema.roots[c.kind]
	value := a.Data[c.field]
	v.value(t, v.schema.field(t, root, c.field).Type, value, root+"."+c.field)
	v.fill(root, c.field, value)
	return value
}

func (v *survey) fill(owner, field string, value any) {
	if list, ok := value.([]any); value != nil && (!ok || len(list) > 0) {
		v.filled[owner+"."+field] = true
	}
}

// value checks a value against its type.
func (v *survey) value(t *testing.T, ref typeRef, value any, where string) {
	t.Helper()
	switch ref.Kind {
	case "NON_NULL":
		require.NotNil(t, value, where)
		v.value(t, *ref.OfType, value, where)
		return
	case "LIST":
		if value != nil {
			require.IsType(t, []any{}, value, where)
			for i, element := range value.([]any) {
				v.value(t, *ref.OfType, element, where+"["+strconv.Itoa(i)+"]")
			}
		}
		return
	}
	if value == nil {
		return
	}
	switch def := v.schema.types[ref.Name]; def.Kind {
	case "SCALAR":
		checkScalar(t, ref.Name, value, where)
	case "ENUM":
		v.enum(t, def, value, where)
	default:
		require.IsType(t, object{}, value, where)
		v.object(t, def, value.(object), where)
	}
}

func (v *survey) enum(t *testing.T, def typeDef, value any, where string) {
	t.Helper()
	for _, known := range def.EnumValues {
		if value == known.Name {
			v.values[def.Name+"."+known.Name] = true
			return
		}
	}
	require.Fail(t, "no value of the enum", "%s: %s has no %v", where, def.Name, value)
}

// object checks the fields that are there: all that were selected, for GraphQL leaves
// out none.
func (v *survey) object(t *testing.T, def typeDef, value object, where string) {
	t.Helper()
	abstract := def
	if name, ok := value["__typename"].(string); ok && len(def.PossibleTypes) > 0 {
		def = v.schema.types[name]
	}
	for _, f := range def.Fields {
		got, selected := value[f.Name]
		if !selected {
			continue
		}
		v.value(t, f.Type, got, where+"."+f.Name)
		v.fill(def.Name, f.Name, got)
		v.fill(abstract.Name, f.Name, got)
	}
}

// sent notes what a call gives to the server.
func (v *survey) sent(t *testing.T, c call) {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	for owner, args := range c.args {
		for _, def := range v.schema.reachable() {
			for _, f := range def.Fields {
				if len(args) > 0 && def.Name+"."+f.Name == owner {
					v.inputs(f.Args, plain(args).(object), func(arg string) string { return owner + "(" + arg + ")" })
				}
			}
		}
	}
}

func (v *survey) inputs(defs []inputDef, values object, name func(field string) string) {
	for _, def := range defs {
		value := values[def.Name]
		if value == nil {
			continue
		}
		v.given[name(def.Name)] = true
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		inner := v.schema.types[def.Type.bare()]
		for _, element := range list {
			switch element := element.(type) {
			case object:
				v.inputs(inner.InputFields, element, func(field string) string { return inner.Name + "." + field })
			case string:
				if inner.Kind == "ENUM" {
					v.values[inner.Name+"."+element] = true
				}
			}
		}
	}
}

var instant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)

// checkScalar checks how a scalar is written.
func checkScalar(t *testing.T, name string, value any, where string) {
	t.Helper()
	const safe = 1<<53 - 1
	switch name {
	case "ID", "String":
		require.IsType(t, "", value, where)
	case "Boolean":
		require.IsType(t, true, value, where)
	case "Int", "Long":
		require.IsType(t, json.Number(""), value, where)
		n, err := value.(json.Number).Int64()
		require.NoError(t, err, where)
		limit := map[string]int64{"Int": math.MaxInt32, "Long": safe}[name]
		require.True(t, n >= -limit && n <= limit, "%s: %d", where, n)
	case "Float":
		require.IsType(t, json.Number(""), value, where)
		_, err := value.(json.Number).Float64()
		require.NoError(t, err, where)
	case "DateTime":
		require.Regexp(t, instant, value, where)
		_, err := time.Parse(time.RFC3339, value.(string))
		require.NoError(t, err, where)
	case "JSON":
	default:
		require.Fail(t, "a scalar that this test does not know", "%s: %s", where, name)
	}
}
