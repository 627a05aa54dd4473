package live

import (
	"cmp"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Limits bounds what one document may ask for. A zero field means its default, a
// negative one no limit. What is above a limit is answered with LIMIT_EXCEEDED. The
// standard introspection query passes the defaults.
type Limits struct {
	// Bytes of the document, comments and blanks included. Default 65,536.
	Bytes int
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
	// Fragments that the document defines: the validator compares each with each.
	// Default 50.
	Fragments int
	// ListItems is how long a list may be that is an argument of a field, written in
	// the document or given by a variable. Default 100.
	ListItems int
	// Cost as gqlgen's complexity counts it: one for each field unless the schema
	// says otherwise. Default 5,000.
	Cost int
}

func (l Limits) withDefaults() Limits {
	l.Bytes = cmp.Or(l.Bytes, 64<<10)
	l.Tokens = cmp.Or(l.Tokens, 2000)
	l.Depth = cmp.Or(l.Depth, 12)
	l.RootFields = cmp.Or(l.RootFields, 20)
	l.Aliases = cmp.Or(l.Aliases, 30)
	l.Directives = cmp.Or(l.Directives, 50)
	l.SameName = cmp.Or(l.SameName, 50)
	l.Fragments = cmp.Or(l.Fragments, 50)
	l.ListItems = cmp.Or(l.ListItems, 100)
	l.Cost = cmp.Or(l.Cost, 5000)
	return l
}

func limitError(what string, limit int) *gqlerror.Error {
	return requestError(codeLimitExceeded, fmt.Sprintf("%s: the limit is %d", what, limit))
}

func above(n, limit int) bool { return limit >= 0 && n > limit }

// checkDocument gives the first limit that doc breaks, or nil. The document may be
// invalid: what is unknown is left to the validator. The checks come in an order in which
// each bounds what the next one takes.
func checkDocument(doc *ast.QueryDocument, limits Limits) *gqlerror.Error {
	if above(len(doc.Fragments), limits.Fragments) {
		return limitError("fragments in the document", limits.Fragments)
	}
	if err := shapeOf(doc).check(limits); err != nil {
		return err
	}
	if err := checkReach(doc); err != nil {
		return err
	}
	merge := merge{limits: limits, fragments: doc.Fragments}
	for _, op := range doc.Operations {
		if err := merge.level([]part{{set: op.SelectionSet}}, 1); err != nil {
			return err
		}
	}
	return nil
}
