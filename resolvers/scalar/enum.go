package scalar

import (
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/models"
	"stepcast/tasks"
)

// The values of the enums that the models do not list themselves.
var (
	orders     = []models.Order{models.Newest, models.Oldest, models.RecentlyChanged}
	gapReasons = []tasks.GapReason{tasks.GapExpired, tasks.GapReplaced}
	userCodes  = []models.ErrorCode{
		models.CodeConflict, models.CodeForbidden, models.CodeInvalid, models.CodeLimit,
		models.CodeNotFound, models.CodeQueueFull, models.CodeStaleLease, models.CodeWrongState,
	}
)

// tokenScope is a scope as the enum TokenScope writes it.
type tokenScope string

// tokenScopes are the values of the enum TokenScope.
var tokenScopes = func() (all []tokenScope) {
	for _, scope := range models.Scopes {
		all = append(all, tokenScope(strings.ToUpper(string(scope))))
	}
	return all
}()

// IsUserCode says whether code is a value of the enum UserErrorCode: a refusal that
// a mutation tells of in its payload.
func IsUserCode(code models.ErrorCode) bool { return slices.Contains(userCodes, code) }

// marshalEnum writes one of values; anything else is null, see the package comment.
func marshalEnum[T ~string](values []T, v T) graphql.Marshaler {
	if !slices.Contains(values, v) {
		return graphql.Null
	}
	return graphql.MarshalString(string(v))
}

// unmarshalEnum reads one of values. gqlgen has checked literals, but lets variables
// pass whatever their case.
func unmarshalEnum[T ~string](name string, values []T, v any) (T, error) {
	text, ok := v.(string)
	if !ok {
		return "", refuse(name, "must be a string, not %s", kind(v))
	}
	if !slices.Contains(values, T(text)) {
		return "", refuse(name, "has no value %s", quote(text))
	}
	return T(text), nil
}
