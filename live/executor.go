package live

import (
	"context"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// newExecutor makes gqlgen's executor with everything that must hold whatever the
// transport: limits, cache, introspection, error texts.
func newExecutor(es graphql.ExecutableSchema, opts *Options) *executor.Executor {
	cache := newDocuments()
	exec := executor.New(es)
	exec.SetErrorPresenter(opts.ErrorPresenter)
	exec.SetRecoverFunc(opts.Recover)
	exec.SetQueryCache(cache)
	exec.SetParserTokenLimit(max(opts.Limits.Tokens, 0))
	// Suggestions would tell the schema to those who may not introspect it.
	exec.SetDisableSuggestion(true)
	if opts.Gate != nil {
		exec.Use(opts.Gate)
	}
	exec.Use(&documentGate{limits: opts.Limits, cache: cache})
	exec.Use(introspectionGate{allowed: opts.Introspection})
	exec.Use(&costGate{limit: opts.Limits.Cost, schema: es})
	return exec
}

// introspectionGate answers __schema and __type only to those who may ask.
type introspectionGate struct {
	allowed func(ctx context.Context) bool
}

func (introspectionGate) ExtensionName() string                   { return "IntrospectionGate" }
func (introspectionGate) Validate(graphql.ExecutableSchema) error { return nil }

func (g introspectionGate) MutateOperationContext(ctx context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	oc.DisableIntrospection = !g.allowed(ctx)
	return nil
}

// costGate refuses operations whose complexity is above the limit.
type costGate struct {
	limit  int
	schema graphql.ExecutableSchema
}

func (*costGate) ExtensionName() string                   { return "CostGate" }
func (*costGate) Validate(graphql.ExecutableSchema) error { return nil }

func (g *costGate) MutateOperationContext(ctx context.Context, oc *graphql.OperationContext) *gqlerror.Error {
	if g.limit < 0 {
		return nil
	}
	cost := complexity.Calculate(ctx, g.schema, oc.Operation, oc.Variables)
	if cost > g.limit {
		return limitError("cost of the operation", g.limit)
	}
	return nil
}
