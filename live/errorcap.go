package live

import (
	"context"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxResponseErrors bounds the errors of one response that was executed: a list of a
// thousand things may have one for each.
const maxResponseErrors = 100

// errorCap leaves out the errors of a response beyond maxResponseErrors, and says how
// many in one more. All of them were logged, where they are logged at all.
type errorCap struct{}

var _ graphql.ResponseInterceptor = errorCap{}

func (errorCap) ExtensionName() string                   { return "ErrorCap" }
func (errorCap) Validate(graphql.ExecutableSchema) error { return nil }

func (errorCap) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	resp := next(ctx)
	if resp == nil || len(resp.Errors) <= maxResponseErrors {
		return resp
	}
	left := len(resp.Errors) - maxResponseErrors
	more := requestError(codeLimitExceeded, fmt.Sprintf("%d more errors were left out", left))
	kept := resp.Errors[:maxResponseErrors:maxResponseErrors]
	resp.Errors = append(append(gqlerror.List{}, kept...), more)
	return resp
}
