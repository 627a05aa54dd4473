package resolvers

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// loadSchema reads a schema file. What is built into GraphQL is in it as well.
func loadSchema(t *testing.T, file string) *ast.Schema {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: file, Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestEverythingInTheSchemaIsDescribed(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Options{}).Schema()
	described := func(where, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", where)
		}
	}
	arguments := func(where string, list ast.ArgumentDefinitionList) {
		for _, a := range list {
			described(where+"("+a.Name+")", a.Description)
		}
	}
	for name, def := range schema.Types {
		if def.BuiltIn {
			continue
		}
		described(name, def.Description)
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			described(name+"."+f.Name, f.Description)
			arguments(name+"."+f.Name, f.Arguments)
		}
		for _, v := range def.EnumValues {
			described(name+"."+v.Name, v.Description)
		}
	}
	for name, d := range schema.Directives {
		if d.Position != nil && d.Position.Src.BuiltIn {
			continue
		}
		described("@"+name, d.Description)
		arguments("@"+name, d.Arguments)
	}
}

func TestGeneratedSchemaIsTheFile(t *testing.T) {
	t.Parallel()
	file := loadSchema(t, "../schema.graphqls")
	generated := NewSchema(Options{}).Schema()
	containsSchema(t, generated, file)
	containsSchema(t, file, generated)
}

func TestSchemaContainsTheContract(t *testing.T) {
	t.Parallel()
	containsSchema(t, loadSchema(t, "../schema.graphqls"), loadSchema(t, "testdata/contract.graphqls"))
}

// containsSchema fails unless everything in contract is in schema, and what was
// added there asks nothing of clients who know the contract only.
func containsSchema(t *testing.T, schema, contract *ast.Schema) {
	t.Helper()
	for name, want := range contract.Types {
		got := schema.Types[name]
		if got == nil || got.Kind != want.Kind {
			t.Errorf("type %s is missing or of another kind", name)
			continue
		}
		containsType(t, got, want)
	}
	for name, want := range contract.Directives {
		got := schema.Directives[name]
		if got == nil {
			t.Errorf("directive @%s is missing", name)
			continue
		}
		containsArguments(t, "@"+name, got.Arguments, want.Arguments)
	}
}

func containsType(t *testing.T, got, want *ast.Definition) {
	t.Helper()
	for _, name := range want.Interfaces {
		if !slices.Contains(got.Interfaces, name) {
			t.Errorf("%s does not implement %s", want.Name, name)
		}
	}
	for _, v := range want.EnumValues {
		if got.EnumValues.ForName(v.Name) == nil {
			t.Errorf("%s.%s is missing", want.Name, v.Name)
		}
	}
	for _, f := range want.Fields {
		where := want.Name + "." + f.Name
		have := got.Fields.ForName(f.Name)
		if have == nil {
			t.Errorf("%s is missing", where)
			continue
		}
		sameValue(t, where, have.Type, f.Type, have.DefaultValue, f.DefaultValue)
		sameDirectives(t, where, have.Directives, f.Directives)
		containsArguments(t, where, have.Arguments, f.Arguments)
	}
	for _, f := range got.Fields {
		if got.Kind == ast.InputObject && want.Fields.ForName(f.Name) == nil && f.Type.NonNull && f.DefaultValue == nil {
			t.Errorf("%s.%s was added and must not be required", got.Name, f.Name)
		}
	}
}

func containsArguments(t *testing.T, where string, got, want ast.ArgumentDefinitionList) {
	t.Helper()
	for _, a := range want {
		have := got.ForName(a.Name)
		if have == nil {
			t.Errorf("%s(%s) is missing", where, a.Name)
			continue
		}
		sameValue(t, where+"("+a.Name+")", have.Type, a.Type, have.DefaultValue, a.DefaultValue)
	}
	for _, a := range got {
		if want.ForName(a.Name) == nil && a.Type.NonNull && a.DefaultValue == nil {
			t.Errorf("%s(%s) was added and must not be required", where, a.Name)
		}
	}
}

func sameValue(t *testing.T, where string, got, want *ast.Type, gotDefault, wantDefault *ast.Value) {
	t.Helper()
	if got.String() != want.String() {
		t.Errorf("%s is %s, the contract says %s", where, got, want)
	}
	if gotDefault.String() != wantDefault.String() {
		t.Errorf("%s is %s by default, the contract says %s", where, gotDefault, wantDefault)
	}
}

func sameDirectives(t *testing.T, where string, got, want ast.DirectiveList) {
	t.Helper()
	for _, d := range want {
		have := got.ForName(d.Name)
		if have == nil {
			t.Errorf("%s has no @%s", where, d.Name)
			continue
		}
		for _, a := range d.Arguments {
			if found := have.Arguments.ForName(a.Name); found == nil || found.Value.String() != a.Value.String() {
				t.Errorf("%s has another @%s(%s)", where, d.Name, a.Name)
			}
		}
	}
}
