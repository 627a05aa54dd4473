package live

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Limits bounds what one document may ask for. A zero field means its default, a
// negative one no limit. What is above a limit is answered with LIMIT_EXCEEDED. The
// standard introspection query passes the defaults.
type Limits struct {
	// Tokens of the document. Default 2,000.
	Tokens int
	// Depth of nested fields; what is under __schema and __type does not count.
	// Default 12.
	Depth int
	// RootFields of one operation. Default 20.
	RootFields int
	// Aliases in the document. Default 30.
	Aliases int
	// Directives in the document. Default 50.
	Directives int
	// SameName is how many fields may be merged into one entry of the result: the
	// validator compares each with each, and all that is below them. Default 50.
	SameName int
	// Cost as gqlgen's complexity counts it: one for each field unless the schema
	// says otherwise. Default 5,000.
	Cost int
}

func (l Limits) withDefaults() Limits {
	l.Tokens = cmp.Or(l.Tokens, 2000)
	l.Depth = cmp.Or(l.Depth, 12)
	l.RootFields = cmp.Or(l.RootFields, 20)
	l.Aliases = cmp.Or(l.Aliases, 30)
	l.Directives = cmp.Or(l.Directives, 50)
	l.SameName = cmp.Or(l.SameName, 50)
	l.Cost = cmp.Or(l.Cost, 5000)
	return l
}

func limitError(what string, limit int) *gqlerror.Error {
	return requestError(codeLimitExceeded, fmt.Sprintf("%s: the limit is %d", what, limit))
}

func above(n, limit int) bool { return limit >= 0 && n > limit }

// documentGate refuses documents that are cheap to send and dear to validate, before
// they are validated. Documents in the cache have passed already.
type documentGate struct {
	limits Limits
	cache  *documents
}

func (*documentGate) ExtensionName() string                   { return "DocumentGate" }
func (*documentGate) Validate(graphql.ExecutableSchema) error { return nil }

func (g *documentGate) MutateOperationParameters(ctx context.Context, params *graphql.RawParams) *gqlerror.Error {
	if _, known := g.cache.Get(ctx, params.Query); known {
		return nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: params.Query}, max(g.limits.Tokens, 0))
	if err != nil {
		if strings.Contains(err.Error(), "exceeded token limit") {
			return limitError("tokens in the document", g.limits.Tokens)
		}
		// The executor parses again and words the syntax error.
		return nil
	}
	return checkDocument(doc, g.limits)
}

// checkDocument gives the first limit that doc breaks, or nil. The document may be
// invalid: unknown and recursive fragments are left to the validator.
func checkDocument(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	var counted counts
	for _, op := range doc.Operations {
		counted.directives += len(op.Directives)
		counted.add(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		counted.directives += len(fragment.Directives)
		counted.add(fragment.SelectionSet)
	}
	switch {
	case counted.defers:
		return requestError(codeValidationFailed, "@defer is not supported")
	case above(counted.aliases, limits.Aliases):
		return limitError("aliases in the document", limits.Aliases)
	case above(counted.directives, limits.Directives):
		return limitError("directives in the document", limits.Directives)
	}
	merge := merge{limits: limits, fragments: doc.Fragments}
	for _, op := range doc.Operations {
		if err := merge.level([]part{{set: op.SelectionSet}}, 1); err != nil {
			return err
		}
	}
	return nil
}

// counts is what a document contains as it is written.
type counts struct {
	aliases, directives int
	defers              bool
}

func (c *counts) add(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.Alias != s.Name {
				c.aliases++
			}
			c.directives += len(s.Directives)
			c.add(s.SelectionSet)
		case *ast.InlineFragment:
			c.fragment(s.Directives)
			c.add(s.SelectionSet)
		case *ast.FragmentSpread:
			c.fragment(s.Directives)
		}
	}
}

func (c *counts) fragment(directives ast.DirectiveList) {
	c.directives += len(directives)
	// gqlgen would answer in several parts, which none of the transports carries.
	c.defers = c.defers || directives.ForName("defer") != nil
}
