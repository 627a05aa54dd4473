package live

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// maxSelections bounds how many selections of one document are looked at, fragments
	// counted as often as they are spread: a few nested ones can stand for billions.
	maxSelections = 2500
	// maxPairs bounds how often two fields with one name are compared, on all levels.
	maxPairs = 2000
)

// merge walks a document the way its result is built: fields with one name on one
// level are one entry, wherever they are written.
type merge struct {
	limits    Limits
	fragments ast.FragmentDefinitionList
	seen      int
	pairs     int
}

// part is a selection set and the fragments that led to it, innermost first.
type part struct {
	set ast.SelectionSet
	via *spread
}

type spread struct {
	name  string
	outer *spread
}

func (s *spread) contains(name string) bool {
	for ; s != nil; s = s.outer {
		if s.name == name {
			return true
		}
	}
	return false
}

// entry is one name on one level.
type entry struct {
	fields int
	below  []part
	// introspects: one of its fields is __schema or __type, by name, not by alias.
	introspects bool
}

// level checks the entries that parts give, and the levels below. A negative depth
// is inside introspection, which has a limit of its own in the validator.
func (m *merge) level(parts []part, depth int) *gqlerror.Error {
	entries := map[string]*entry{}
	for _, p := range parts {
		if !m.collect(p, entries) {
			return limitError("selections, fragments spread out", maxSelections)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	if above(depth, m.limits.Depth) {
		return limitError("depth of the document", m.limits.Depth)
	}
	if depth == 1 && above(len(entries), m.limits.RootFields) {
		return limitError("fields of the operation", m.limits.RootFields)
	}
	for _, e := range entries {
		if above(e.fields, m.limits.SameName) {
			return limitError("fields with one name", m.limits.SameName)
		}
		if m.pairs += e.fields * (e.fields - 1) / 2; m.limits.SameName >= 0 && m.pairs > maxPairs {
			return limitError("pairs of fields with one name", maxPairs)
		}
		below := depth + 1
		if depth < 0 || e.introspects {
			below = -1
		}
		if err := m.level(e.below, below); err != nil {
			return err
		}
	}
	return nil
}

// collect adds the fields of p to entries; false when the document is too large.
func (m *merge) collect(p part, entries map[string]*entry) bool {
	for _, selection := range p.set {
		if m.seen++; m.seen > maxSelections {
			return false
		}
		switch s := selection.(type) {
		case *ast.Field:
			e := entries[s.Alias]
			if e == nil {
				e = &entry{}
				entries[s.Alias] = e
			}
			e.fields++
			e.introspects = e.introspects || s.Name == "__schema" || s.Name == "__type"
			if len(s.SelectionSet) > 0 {
				e.below = append(e.below, part{s.SelectionSet, p.via})
			}
		case *ast.InlineFragment:
			if !m.collect(part{s.SelectionSet, p.via}, entries) {
				return false
			}
		case *ast.FragmentSpread:
			fragment := m.fragments.ForName(s.Name)
			if fragment == nil || p.via.contains(s.Name) {
				continue
			}
			if !m.collect(part{fragment.SelectionSet, &spread{s.Name, p.via}}, entries) {
				return false
			}
		}
	}
	return true
}
