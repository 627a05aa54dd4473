package resolvers

import (
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"

	"stepcast/models"
)

// The values of `extensions.code` of errors that are no userErrors.
const (
	codeUnauthenticated  = "UNAUTHENTICATED"
	codeBadUserInput     = "BAD_USER_INPUT"
	codeLimitExceeded    = "LIMIT_EXCEEDED"
	codeNotFound         = "NOT_FOUND"
	codeUnavailable      = "UNAVAILABLE"
	codeInternal         = "INTERNAL"
	codeParseFailed      = errcode.ParseFailed
	codeValidationFailed = errcode.ValidationFailed
)

// topLevelCodes says how a Fault is answered outside of a mutation's payload. What
// is not here is internal. A query has no refusal FORBIDDEN: what one may not see
// does not exist.
var topLevelCodes = map[models.ErrorCode]string{
	models.CodeConflict:        codeBadUserInput,
	models.CodeForbidden:       codeNotFound,
	models.CodeInvalid:         codeBadUserInput,
	models.CodeLimit:           codeLimitExceeded,
	models.CodeNotFound:        codeNotFound,
	models.CodeQueueFull:       codeLimitExceeded,
	models.CodeStaleLease:      codeBadUserInput,
	models.CodeWrongState:      codeBadUserInput,
	models.CodeUnauthenticated: codeUnauthenticated,
	models.CodeUnavailable:     codeUnavailable,
}

// executorCodes are the codes with which gqlgen and the transports refuse a request;
// their messages are made for clients.
var executorCodes = map[string]string{
	codeUnauthenticated:         codeUnauthenticated,
	codeBadUserInput:            codeBadUserInput,
	codeLimitExceeded:           codeLimitExceeded,
	codeNotFound:                codeNotFound,
	codeUnavailable:             codeUnavailable,
	codeParseFailed:             codeParseFailed,
	codeValidationFailed:        codeValidationFailed,
	"COMPLEXITY_LIMIT_EXCEEDED": codeLimitExceeded,
	// What follows is about documents that are asked for by an id; Apollo's clients look
	// for the first.
	"PERSISTED_QUERY_NOT_FOUND":    "PERSISTED_QUERY_NOT_FOUND",
	"PERSISTED_DOCUMENT_NOT_FOUND": "PERSISTED_DOCUMENT_NOT_FOUND",
}

// introspectionDisabled is what the generated code says, without a code, to whoever
// may not introspect.
const introspectionDisabled = "introspection disabled"

// variableRoot begins the path of an error about a variable.
var variableRoot ast.PathElement = ast.PathName("variable")
