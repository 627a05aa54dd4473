package live

import (
	"context"

	"github.com/99designs/gqlgen/complexity"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// guarded is gqlgen's executor behind our own reading of documents: it gets only those
// that are valid and within the limits, already parsed.
type guarded struct {
	*executor.Executor
	library *library
}

var _ graphql.GraphExecutor = (*guarded)(nil)

// newExecutor makes gqlgen's executor with everything that must hold whatever the
// transport: limits, cache, introspection, error texts.
func newExecutor(es graphql.ExecutableSchema, opts *Options) *guarded {
	exec := executor.New(es)
	exec.SetErrorPresenter(opts.ErrorPresenter)
	exec.SetRecoverFunc(opts.Recover)
	exec.SetQueryCache(handedOver{})
	exec.Use(newOperationMetrics(opts.Metrics))
	if opts.Gate != nil {
		exec.Use(opts.Gate)
	}
	exec.Use(introspectionGate{allowed: opts.Introspection})
	exec.Use(&costGate{limit: opts.Limits.Cost, schema: es})
	exec.Use(errorCap{})
	return &guarded{Executor: exec, library: &library{
		schema: es.Schema(), limits: opts.Limits, cache: newDocuments(),
		trusted: opts.Documents, only: opts.DocumentsOnly,
	}}
}

// CreateOperationContext finds the document of params, then has gqlgen do the rest.
func (g *guarded) CreateOperationContext(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	doc, errs := g.library.find(ctx, params)
	if len(errs) == 0 {
		if err := checkLists(g.library.schema, doc, params.OperationName, params.Variables, g.library.limits.ListItems); err != nil {
			errs = gqlerror.List{err}
		}
	}
	if len(errs) > 0 {
		return &graphql.OperationContext{
			RawQuery: params.Query, OperationName: params.OperationName, DisableIntrospection: true,
		}, errs
	}
	return g.Executor.CreateOperationContext(context.WithValue(ctx, handedOver{}, doc), params)
}

// handedOver is the cache that gqlgen's executor asks for a document before it would
// parse and validate it: it finds the one of the request, always.
type handedOver struct{}

var _ graphql.Cache[*ast.QueryDocument] = handedOver{}

func (handedOver) Get(ctx context.Context, _ string) (*ast.QueryDocument, bool) {
	doc, ok := ctx.Value(handedOver{}).(*ast.QueryDocument)
	return doc, ok
}

func (handedOver) Add(context.Context, string, *ast.QueryDocument) {}

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
