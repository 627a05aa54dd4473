package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// call is one operation of a survey: a field of a root type, with all that can be
// selected below it.
type call struct {
	// kind is query, mutation or subscription.
	kind, field string
	// args are the arguments of fields, by "Type.field".
	args map[string]object
}

// streamless are the fields that a subscription refuses, by contract.
var streamless = map[string]bool{"Task.log": true, "Task.events": true, "Task.results": true, "Task.resourceSamples": true}

// writer writes the text of one call.
type writer struct {
	schema    schema
	call      call
	declared  []string
	variables object
}

// write gives the operation and its variables.
func (s schema) write(t *testing.T, c call) (text string, variables object) {
	t.Helper()
	w := &writer{schema: s, call: c, variables: object{}}
	root := s.roots[c.kind]
	f := s.field(t, root, c.field)
	body := w.field(root, f, nil)
	header := ""
	if len(w.declared) > 0 {
		slices.Sort(w.declared)
		header = "(" + strings.Join(slices.Compact(w.declared), ", ") + ")"
	}
	return fmt.Sprintf("%s%s { %s }", c.kind, header, body), w.variables
}

// field writes a field with its arguments, as variables, and all that is below it.
func (w *writer) field(owner string, f fieldDef, above []string) string {
	var args []string
	given := w.call.args[owner+"."+f.Name]
	for _, arg := range f.Args {
		value, ok := given[arg.Name]
		if !ok {
			continue
		}
		variable := owner + "_" + f.Name + "_" + arg.Name
		w.declared = append(w.declared, "$"+variable+": "+arg.Type.String())
		w.variables[variable] = value
		args = append(args, arg.Name+": $"+variable)
	}
	text := f.Name
	if len(args) > 0 {
		text += "(" + strings.Join(args, ", ") + ")"
	}
	if name := f.Type.bare(); !w.schema.isLeaf(name) {
		text += " { " + w.selection(name, above) + " }"
	}
	return text
}

// selection writes all fields of a type. Of a type that is being selected further up
// only the leaves are, so that it ends.
func (w *writer) selection(name string, above []string) string {
	def := w.schema.types[name]
	if len(def.PossibleTypes) > 0 {
		parts := []string{"__typename"}
		for _, possible := range def.PossibleTypes {
			parts = append(parts, "... on "+possible.Name+" { "+w.selection(possible.Name, above)+" }")
		}
		return strings.Join(parts, " ")
	}
	again := slices.Contains(above, name)
	above = append(slices.Clone(above), name)
	var parts []string
	for _, f := range def.Fields {
		skipped := w.call.kind == "subscription" && streamless[name+"."+f.Name]
		if skipped || again && !w.schema.isLeaf(f.Type.bare()) {
			continue
		}
		parts = append(parts, w.field(name, f, above))
	}
	return strings.Join(parts, " ")
}
