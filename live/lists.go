package live

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxInputItems is how long any list in a variable may be: longer than the longest that
// some operation takes, for that words it better when it is a mistake.
const maxInputItems = 1500

// listGate refuses fields that are given a long list as an argument, in the document or
// by a variable: each item may be a thing to look up. Lists inside of input objects have
// limits of their own, where it is known what they hold.
type listGate struct {
	limit     int
	variables map[string]any // as they came: looking at each item is what is to be spared
	seen      map[string]bool
}

// checkLists looks at the operation of doc that has the name, or at the only one.
func checkLists(schema *ast.Schema, doc *ast.QueryDocument, name string, variables map[string]any, limit int) *gqlerror.Error {
	op := doc.Operations.ForName(name)
	if op == nil || limit < 0 {
		return nil // without an operation the executor says so
	}
	for _, definition := range op.VariableDefinitions {
		if longList(schema, definition.Type, variables[definition.Variable]) {
			return limitError("items of a list in the variable $"+definition.Variable, maxInputItems)
		}
	}
	gate := listGate{limit: limit, variables: variables, seen: map[string]bool{}}
	return gate.set(op.SelectionSet)
}

// longList says whether value, of that type, is or has a list that is too long. What is
// in a scalar is the scalar's business.
func longList(schema *ast.Schema, t *ast.Type, value any) bool {
	switch v := value.(type) {
	case []any:
		return t.Elem != nil && (len(v) > maxInputItems || slices.ContainsFunc(v, func(item any) bool {
			return longList(schema, t.Elem, item)
		}))
	case map[string]any:
		for t.Elem != nil { // a list may be given as its only item
			t = t.Elem
		}
		definition := schema.Types[t.NamedType]
		for name, item := range v {
			if field := definition.Fields.ForName(name); field != nil && longList(schema, field.Type, item) {
				return true
			}
		}
	}
	return false
}

// set looks at all selections, each fragment once.
func (g listGate) set(set ast.SelectionSet) *gqlerror.Error {
	for _, selection := range set {
		var err *gqlerror.Error
		switch s := selection.(type) {
		case *ast.Field:
			if err = g.arguments(s.Arguments); err == nil {
				err = g.set(s.SelectionSet)
			}
		case *ast.InlineFragment:
			err = g.set(s.SelectionSet)
		case *ast.FragmentSpread:
			if !g.seen[s.Name] {
				g.seen[s.Name] = true
				err = g.set(s.Definition.SelectionSet)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (g listGate) arguments(arguments ast.ArgumentList) *gqlerror.Error {
	for _, a := range arguments {
		items := len(a.Value.Children)
		switch a.Value.Kind {
		case ast.Variable:
			list, _ := g.variables[a.Value.Raw].([]any)
			items = len(list)
		case ast.ListValue:
		default:
			continue
		}
		if items > g.limit {
			return limitError("items of the argument "+a.Name, g.limit)
		}
	}
	return nil
}
