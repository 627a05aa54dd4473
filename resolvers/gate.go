package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Gate is the extension that refuses documents which are valid and yet cannot be
// executed. It must come before whatever computes the cost of an operation.
type Gate struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = Gate{}

// ExtensionName names it in gqlgen's own errors.
func (Gate) ExtensionName() string { return "StepcastGate" }

// Validate takes any schema.
func (Gate) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext refuses a subscription that selects what only a query can
// give, or nothing at all, and numbers that no variable could hold.
func (Gate) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	walk := walker{op: op, subscription: op.Operation.Operation == ast.Subscription, seen: map[string]bool{}}
	if err := walk.set(op.Operation.SelectionSet); err != nil {
		return err
	}
	if !walk.subscription {
		return nil
	}
	// Validation has counted the fields as they are written, @skip and @include aside.
	if fields := graphql.CollectFields(op, op.Operation.SelectionSet, nil); len(fields) != 1 {
		return refusal(op.Operation.Position, "a subscription must select exactly one field, and this one selects none")
	}
	return nil
}

// walker looks at all selections of an operation, each fragment once.
type walker struct {
	op           *graphql.OperationContext
	subscription bool
	seen         map[string]bool
}

func (w walker) set(set ast.SelectionSet) *gqlerror.Error {
	for _, selection := range set {
		var err *gqlerror.Error
		switch s := selection.(type) {
		case *ast.Field:
			err = w.field(s)
		case *ast.InlineFragment:
			err = w.set(s.SelectionSet)
		case *ast.FragmentSpread:
			if !w.seen[s.Name] {
				w.seen[s.Name] = true
				err = w.set(s.Definition.SelectionSet)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w walker) field(f *ast.Field) *gqlerror.Error {
	if instead := queriedOnly[f.Name]; w.subscription && instead != "" && f.ObjectDefinition.Name == "Task" {
		return refusal(f.Position, "Task.%s cannot be selected in a subscription: %s", f.Name, instead)
	}
	for _, argument := range f.Arguments {
		// gqlgen panics on a number that strconv does not take. Validation has looked
		// at those of the built-in scalars only.
		if _, err := argument.Value.Value(w.op.Variables); err != nil {
			return refusal(argument.Position, "%s has a number that is out of range; send it in a variable", argument.Name)
		}
	}
	return w.set(f.SelectionSet)
}

// queriedOnly are the fields of a task that a stream does not carry, and what to do
// instead: they are loaded at each change, for everyone who watches.
var queriedOnly = map[string]string{
	"log":     "subscribe to taskLog",
	"events":  "subscribe to taskEvents",
	"results": "query them when taskProgress has ended",

	"resourceSamples": "query it from time to time",
}

func refusal(at *ast.Position, format string, args ...any) *gqlerror.Error {
	err := gqlerror.ErrorPosf(at, format, args...)
	err.Extensions = map[string]any{"code": codeValidationFailed}
	return err
}
