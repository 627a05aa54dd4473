package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// introspection asks for what a survey has to know of the schema.
const introspection = `{ __schema {
  queryType { name } mutationType { name } subscriptionType { name }
  types { kind name
    fields(includeDeprecated: true) { name type { ...Ref } args { name type { ...Ref } } }
    inputFields { name type { ...Ref } } enumValues(includeDeprecated: true) { name } possibleTypes { name }
  } } }
fragment Ref on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`

// schema is what a server says of its own schema.
type schema struct {
	// roots has the three root types by the keyword of their operations.
	roots map[string]string
	types map[string]typeDef
}

type typeDef struct {
	Kind, Name    string
	Fields        []fieldDef
	InputFields   []inputDef
	EnumValues    []struct{ Name string }
	PossibleTypes []struct{ Name string }
}

type fieldDef struct {
	Name string
	Type typeRef
	Args []inputDef
}

type inputDef struct {
	Name string
	Type typeRef
}

// typeRef is a type as introspection writes it: NON_NULL and LIST wrap another.
type typeRef struct {
	Kind, Name string
	OfType     *typeRef
}

// String writes the type as the schema does: [Label!]!
func (r typeRef) String() string {
	switch r.Kind {
	case "NON_NULL":
		return r.OfType.String() + "!"
	case "LIST":
		return "[" + r.OfType.String() + "]"
	}
	return r.Name
}

// bare is the name of the type without its wrappers.
func (r typeRef) bare() string { return strings.Trim(r.String(), "[]!") }

// introspect reads the schema of a server.
func introspect(t *testing.T, s *server) schema {
	t.Helper()
	a := s.graphql(introspection, nil, bearer(token)...)
	require.Empty(t, a.Errors)
	var said struct {
		Schema struct {
			QueryType, MutationType, SubscriptionType struct{ Name string }
			Types                                     []typeDef
		} `json:"__schema"`
	}
	text, err := json.Marshal(a.Data)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &said))
	found := schema{types: map[string]typeDef{}, roots: map[string]string{
		"query": said.Schema.QueryType.Name, "mutation": said.Schema.MutationType.Name, "subscription": said.Schema.SubscriptionType.Name,
	}}
	for _, def := range said.Schema.Types {
		found.types[def.Name] = def
	}
	return found
}

// field finds a field; a schema without it fails the test.
func (s schema) field(t *testing.T, typeName, field string) fieldDef {
	t.Helper()
	fields := s.types[typeName].Fields
	i := slices.IndexFunc(fields, func(f fieldDef) bool { return f.Name == field })
	require.GreaterOrEqual(t, i, 0, "the schema has no %s.%s", typeName, field)
	return fields[i]
}

// isLeaf says whether a type has nothing to select.
func (s schema) isLeaf(name string) bool {
	kind := s.types[name].Kind
	return kind == "SCALAR" || kind == "ENUM"
}

// reachable lists the types that the root types lead to, through fields and arguments.
func (s schema) reachable() []typeDef {
	seen := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		def := s.types[name]
		for _, f := range def.Fields {
			visit(f.Type.bare())
			for _, arg := range f.Args {
				visit(arg.Type.bare())
			}
		}
		for _, f := range def.InputFields {
			visit(f.Type.bare())
		}
		for _, possible := range def.PossibleTypes {
			visit(possible.Name)
		}
	}
	for _, root := range s.roots {
		visit(root)
	}
	var all []typeDef
	for name := range seen {
		all = append(all, s.types[name])
	}
	slices.SortFunc(all, func(a, b typeDef) int { return strings.Compare(a.Name, b.Name) })
	return all
}
