package resolvers

// or is the value, or the default where there is none.
func or[T any](value *T, otherwise T) T {
	if value == nil {
		return otherwise
	}
	return *value
}

// orZero is the value, or nothing where there is none.
func orZero[T any](value *T) T {
	var zero T
	return or(value, zero)
}
