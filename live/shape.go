package live

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// maxName is the longest name in a document, in bytes: errors repeat names.
	maxName = 256
	// maxNesting is how deep lists, input objects and types of lists may be nested.
	// Looking at one, or wording an error about it, looks at all that is inside.
	maxNesting = 32
	// maxSpreads bounds the spreads of fragments: those side by side are compared, each
	// with each.
	maxSpreads = 200
)

// shape is what a document contains as it is written, fragments counted once.
type shape struct {
	aliases, directives, spreads int
	// name is the length of the longest name, in bytes.
	name int
	// nesting is the depth of the deepest value or type.
	nesting int
	defers  bool
}

func shapeOf(doc *ast.QueryDocument) *shape {
	var s shape
	for _, op := range doc.Operations {
		s.named(op.Name)
		s.variables(op.VariableDefinitions)
		s.decorated(op.Directives)
		s.set(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		s.named(f.Name)
		s.named(f.TypeCondition)
		s.variables(f.VariableDefinition)
		s.decorated(f.Directives)
		s.set(f.SelectionSet)
	}
	return &s
}

// check gives the first limit that the shape breaks, or nil.
func (s *shape) check(limits Limits) *gqlerror.Error {
	switch {
	case s.defers:
		return requestError(codeValidationFailed, "@defer is not supported")
	case s.name > maxName:
		return limitError("bytes in a name", maxName)
	case s.nesting > maxNesting:
		return limitError("nested lists and objects in a value or a type", maxNesting)
	case s.spreads > maxSpreads:
		return limitError("spreads of fragments in the document", maxSpreads)
	case above(s.aliases, limits.Aliases):
		return limitError("aliases in the document", limits.Aliases)
	case above(s.directives, limits.Directives):
		return limitError("directives in the document", limits.Directives)
	}
	return nil
}

func (s *shape) named(name string) { s.name = max(s.name, len(name)) }

func (s *shape) set(set ast.SelectionSet) {
	for _, selection := range set {
		switch x := selection.(type) {
		case *ast.Field:
			s.field(x)
		case *ast.InlineFragment:
			s.named(x.TypeCondition)
			s.fragment(x.Directives)
			s.set(x.SelectionSet)
		case *ast.FragmentSpread:
			s.spreads++
			s.named(x.Name)
			s.fragment(x.Directives)
		}
	}
}

func (s *shape) field(f *ast.Field) {
	s.named(f.Name)
	if f.Alias != f.Name {
		s.named(f.Alias)
		s.aliases++
	}
	s.arguments(f.Arguments)
	s.decorated(f.Directives)
	s.set(f.SelectionSet)
}

func (s *shape) fragment(directives ast.DirectiveList) {
	s.decorated(directives)
	// gqlgen would answer in several parts, which none of the transports carries.
	s.defers = s.defers || directives.ForName("defer") != nil
}

func (s *shape) decorated(directives ast.DirectiveList) {
	s.directives += len(directives)
	for _, d := range directives {
		s.named(d.Name)
		s.arguments(d.Arguments)
	}
}

func (s *shape) arguments(arguments ast.ArgumentList) {
	for _, a := range arguments {
		s.named(a.Name)
		s.value(a.Value, 0)
	}
}

func (s *shape) variables(definitions ast.VariableDefinitionList) {
	for _, d := range definitions {
		s.named(d.Variable)
		s.decorated(d.Directives)
		s.value(d.DefaultValue, 0)
		depth := 0
		for t := d.Type; t != nil; t = t.Elem {
			s.named(t.NamedType)
			depth++
		}
		s.nesting = max(s.nesting, depth)
	}
}

// value looks at a value that is inside depth others.
func (s *shape) value(v *ast.Value, depth int) {
	if v == nil {
		return
	}
	s.nesting = max(s.nesting, depth)
	if v.Kind == ast.EnumValue || v.Kind == ast.Variable {
		s.named(v.Raw)
	}
	for _, child := range v.Children {
		s.named(child.Name)
		s.value(child.Value, depth+1)
	}
}
