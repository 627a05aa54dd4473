package scalar

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/models"
	"stepcast/tasks"
)

// Each enum has the pair of functions by which gqlgen finds its Go type.

// MarshalLogLevel writes the enum LogLevel.
func MarshalLogLevel(v models.LogLevel) graphql.Marshaler { return marshalEnum(models.LogLevels, v) }

// UnmarshalLogLevel reads the enum LogLevel.
func UnmarshalLogLevel(v any) (models.LogLevel, error) {
	return unmarshalEnum("LogLevel", models.LogLevels, v)
}

// MarshalLogStream writes the enum LogStream.
func MarshalLogStream(v models.LogStream) graphql.Marshaler { return marshalEnum(models.LogStreams, v) }

// UnmarshalLogStream reads the enum LogStream.
func UnmarshalLogStream(v any) (models.LogStream, error) {
	return unmarshalEnum("LogStream", models.LogStreams, v)
}

// MarshalRole writes the enum Role.
func MarshalRole(v models.Role) graphql.Marshaler { return marshalEnum(models.Roles, v) }

// UnmarshalRole reads the enum Role.
func UnmarshalRole(v any) (models.Role, error) {
	return unmarshalEnum("Role", models.Roles, v)
}

// MarshalStatus writes the enum Status.
func MarshalStatus(v models.Status) graphql.Marshaler { return marshalEnum(models.Statuses, v) }

// UnmarshalStatus reads the enum Status.
func UnmarshalStatus(v any) (models.Status, error) {
	return unmarshalEnum("Status", models.Statuses, v)
}

// MarshalStreamGapReason writes the enum StreamGapReason.
func MarshalStreamGapReason(v tasks.GapReason) graphql.Marshaler { return marshalEnum(gapReasons, v) }

// UnmarshalStreamGapReason reads the enum StreamGapReason.
func UnmarshalStreamGapReason(v any) (tasks.GapReason, error) {
	return unmarshalEnum("StreamGapReason", gapReasons, v)
}

// MarshalTaskErrorCode writes the enum TaskErrorCode.
func MarshalTaskErrorCode(v models.TaskErrorCode) graphql.Marshaler {
	return marshalEnum(models.TaskErrorCodes, v)
}

// UnmarshalTaskErrorCode reads the enum TaskErrorCode.
func UnmarshalTaskErrorCode(v any) (models.TaskErrorCode, error) {
	return unmarshalEnum("TaskErrorCode", models.TaskErrorCodes, v)
}

// MarshalTaskOrder writes the enum TaskOrder.
func MarshalTaskOrder(v models.Order) graphql.Marshaler { return marshalEnum(orders, v) }

// UnmarshalTaskOrder reads the enum TaskOrder.
func UnmarshalTaskOrder(v any) (models.Order, error) {
	return unmarshalEnum("TaskOrder", orders, v)
}

// MarshalTokenScope writes the enum TokenScope, whose values are scopes in capitals.
func MarshalTokenScope(v models.Scope) graphql.Marshaler {
	return marshalEnum(tokenScopes, tokenScope(strings.ToUpper(string(v))))
}

// UnmarshalTokenScope reads the enum TokenScope.
func UnmarshalTokenScope(v any) (models.Scope, error) {
	scope, err := unmarshalEnum("TokenScope", tokenScopes, v)
	return models.Scope(strings.ToLower(string(scope))), err
}

// MarshalUserErrorCode writes the enum UserErrorCode.
func MarshalUserErrorCode(v models.ErrorCode) graphql.Marshaler { return marshalEnum(userCodes, v) }

// UnmarshalUserErrorCode reads the enum UserErrorCode.
func UnmarshalUserErrorCode(v any) (models.ErrorCode, error) {
	return unmarshalEnum("UserErrorCode", userCodes, v)
}

// MarshalWaitingReason writes the enum WaitingReason.
func MarshalWaitingReason(v tasks.WaitingReason) graphql.Marshaler {
	return marshalEnum(tasks.WaitingReasons, v)
}

// UnmarshalWaitingReason reads the enum WaitingReason.
func UnmarshalWaitingReason(v any) (tasks.WaitingReason, error) {
	return unmarshalEnum("WaitingReason", tasks.WaitingReasons, v)
}
