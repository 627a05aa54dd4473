package live

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxVisits bounds the selections that the validator looks at: it follows the spreads of
// each operation, and those of each fragment, anew.
const maxVisits = 5000

// reach counts what the validator visits. Before, it finds fragments that are not there
// or spread themselves: the validator would compare and name them in all combinations,
// and on some circles it recurses until the process ends.
type reach struct {
	fragments map[string]*fragment
	visits    int
}

type fragment struct {
	// selections are those written in it; spreads are the fragments that they name.
	selections int
	spreads    []*ast.FragmentSpread
	// seenBy is the number of the last visit that came here. open says that follow is
	// inside of it, done that it found nothing wrong.
	seenBy     int
	open, done bool
}

// checkReach refuses a document that is dear to follow, or that has no end.
func checkReach(doc *ast.QueryDocument) *gqlerror.Error {
	r := reach{fragments: make(map[string]*fragment, len(doc.Fragments))}
	var roots []*fragment
	for _, op := range doc.Operations {
		roots = append(roots, written(op.SelectionSet))
	}
	for _, definition := range doc.Fragments {
		f := written(definition.SelectionSet)
		roots = append(roots, f)
		// Of two with one name the first counts, as for the validator, which refuses them.
		if r.fragments[definition.Name] == nil {
			r.fragments[definition.Name] = f
		}
	}
	for _, f := range roots {
		if err := r.follow(f); err != nil {
			return err
		}
	}
	for i, f := range roots {
		if r.visit(f, i+1); r.visits > maxVisits {
			return limitError("selections, fragments followed from each operation and each fragment", maxVisits)
		}
	}
	return nil
}

// written says what a selection set has in it, fragments not followed.
func written(set ast.SelectionSet) *fragment {
	f := &fragment{}
	f.add(set)
	return f
}

func (f *fragment) add(set ast.SelectionSet) {
	f.selections += len(set)
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			f.add(s.SelectionSet)
		case *ast.InlineFragment:
			f.add(s.SelectionSet)
		case *ast.FragmentSpread:
			f.spreads = append(f.spreads, s)
		}
	}
}

// visit counts f, and the fragments that it leads to once each. It ends early when there
// are too many.
func (r *reach) visit(f *fragment, walk int) {
	if f.seenBy == walk || r.visits > maxVisits {
		return
	}
	f.seenBy = walk
	r.visits += 1 + f.selections
	for _, spread := range f.spreads {
		r.visit(r.fragments[spread.Name], walk)
	}
}

// follow refuses spreads that lead nowhere, or back to where they come from. What it
// gives names no fragment that is not there as well.
func (r *reach) follow(f *fragment) *gqlerror.Error {
	f.open = true
	for _, spread := range f.spreads {
		next := r.fragments[spread.Name]
		switch {
		case next == nil:
			return invalidAt(spread.Position, fmt.Sprintf("Unknown fragment %q.", spread.Name))
		case next.open:
			return invalidAt(spread.Position, fmt.Sprintf("Cannot spread fragment %q within itself.", spread.Name))
		case next.done:
			continue
		}
		if err := r.follow(next); err != nil {
			return err
		}
	}
	f.open, f.done = false, true
	return nil
}

// invalidAt is the error of a document that is not valid because of what stands there.
func invalidAt(at *ast.Position, message string) *gqlerror.Error {
	err := gqlerror.ErrorLocf("", at.Line, at.Column, "%s", message)
	err.Extensions = map[string]any{"code": codeValidationFailed}
	return err
}
