package live

import (
	"context"
	"errors"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/vektah/gqlparser/v2/ast"
)

// Outcomes of an operation.
const (
	outcomeOK = "ok"
	// outcomeErrors: there are data, and errors with them.
	outcomeErrors = "errors"
	// outcomeFailed: there are errors and no data; it may not have been executed at all.
	outcomeFailed  = "failed"
	outcomeTimeout = "timeout"
	// outcomeGone: whoever asked did not wait for the answer.
	outcomeGone = "gone"
)

// unreadOperation is the type of what could not be read as an operation.
const unreadOperation = ast.Operation("unknown")

// operationMetrics count operations by type, whatever their transport, and how they ended. A
// subscription is one only when it fails: the rest of its life is its stream's.
type operationMetrics struct {
	ended   map[ast.Operation]map[string]prometheus.Counter
	seconds map[ast.Operation]prometheus.Observer
}

var (
	_ graphql.HandlerExtension     = (*operationMetrics)(nil)
	_ graphql.OperationInterceptor = (*operationMetrics)(nil)
	_ graphql.ResponseInterceptor  = (*operationMetrics)(nil)
)

func newOperationMetrics(to prometheus.Registerer) *operationMetrics {
	metrics := promauto.With(to)
	ended := metrics.NewCounterVec(prometheus.CounterOpts{
		Name: "stepcast_graphql_operations_total",
		Help: "GraphQL operations, by type (unknown for what cannot be read) and outcome: ok, errors (beside data), failed, timeout or gone. Subscriptions count when they fail.",
	}, []string{"type", "outcome"})
	seconds := metrics.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "stepcast_graphql_operation_duration_seconds",
		Help:    "Duration of the execution of GraphQL queries and mutations that were answered, by type.",
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
	}, []string{"type"})
	m := &operationMetrics{ended: map[ast.Operation]map[string]prometheus.Counter{}, seconds: map[ast.Operation]prometheus.Observer{}}
	outcomes := []string{outcomeOK, outcomeErrors, outcomeFailed, outcomeTimeout, outcomeGone}
	for kind, of := range map[ast.Operation][]string{
		ast.Query: outcomes, ast.Mutation: outcomes,
		ast.Subscription: {outcomeFailed}, unreadOperation: {outcomeFailed},
	} {
		m.ended[kind] = map[string]prometheus.Counter{}
		for _, outcome := range of {
			m.ended[kind][outcome] = ended.WithLabelValues(string(kind), outcome)
		}
	}
	for _, kind := range []ast.Operation{ast.Query, ast.Mutation} {
		m.seconds[kind] = seconds.WithLabelValues(string(kind))
	}
	return m
}

// ExtensionName implements graphql.HandlerExtension.
func (*operationMetrics) ExtensionName() string { return "OperationMetrics" }

// Validate implements graphql.HandlerExtension.
func (*operationMetrics) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptOperation implements graphql.OperationInterceptor: it sees what InterceptResponse
// does not, operations that end without a response and streams that could not be made.
func (m *operationMetrics) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	kind := graphql.GetOperationContext(ctx).Operation.Operation
	responses := next(ctx)
	asked := false
	return func(ctx context.Context) *graphql.Response {
		resp := responses(ctx)
		if !asked && (resp == nil || kind == ast.Subscription && resp.Data == nil) {
			m.count(kind, outcomeOf(ctx, resp))
		}
		asked = true // what comes after the last response is nil too
		return resp
	}
}

// InterceptResponse implements graphql.ResponseInterceptor: it sees each response, also of
// what was refused before it was executed.
func (m *operationMetrics) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	began := time.Now()
	resp := next(ctx)
	if resp == nil {
		return nil
	}
	kind := typeOf(ctx)
	m.count(kind, outcomeOf(ctx, resp))
	if seconds, measured := m.seconds[kind]; measured && resp.Data != nil {
		seconds.Observe(time.Since(began).Seconds())
	}
	return resp
}

func (m *operationMetrics) count(kind ast.Operation, outcome string) {
	if counter, counted := m.ended[kind][outcome]; counted {
		counter.Inc()
	}
}

// typeOf is the type of the operation that ctx is of.
func typeOf(ctx context.Context) ast.Operation {
	if graphql.HasOperationContext(ctx) {
		if op := graphql.GetOperationContext(ctx).Operation; op != nil {
			return op.Operation
		}
	}
	return unreadOperation
}

// outcomeOf is how an operation ended whose response may be nil.
func outcomeOf(ctx context.Context, resp *graphql.Response) string {
	switch {
	case resp != nil && len(resp.Errors) == 0:
		return outcomeOK
	case errors.Is(context.Cause(ctx), errOperationTimeout):
		return outcomeTimeout
	case resp == nil || ctx.Err() != nil:
		return outcomeGone
	case resp.Data == nil || string(resp.Data) == "null":
		return outcomeFailed
	}
	return outcomeErrors
}
