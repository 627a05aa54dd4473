package executor

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"stepcast/models"
)

// DecodeParams reads params into the struct that into points to; empty params and null
// leave it as it is. Keys are those of its json tags, spelt exactly, and no others.
// Errors are an INVALID *models.Fault whose Field is relative to params.
func DecodeParams(params json.RawMessage, into any) error {
	params = bytes.TrimSpace(params)
	if len(params) == 0 || string(params) == "null" {
		return nil
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(params, &values); err != nil {
		return models.Invalid(nil, "params are one JSON object")
	}
	target := reflect.ValueOf(into).Elem()
	fields := jsonFields(target.Type())
	for _, key := range slices.Sorted(maps.Keys(values)) {
		index, known := fields[key]
		if !known {
			return models.Invalid([]string{key}, "%q is no param; there are: %s", key,
				strings.Join(slices.Sorted(maps.Keys(fields)), ", "))
		}
		if err := json.Unmarshal(values[key], target.Field(index).Addr().Interface()); err != nil {
			return models.Invalid([]string{key}, "%s", explain(err))
		}
	}
	return nil
}

// jsonFields gives the index of each field that has a json name.
func jsonFields(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			fields[name] = i
		}
	}
	return fields
}

// explain says in words of JSON what is wrong with a value.
func explain(err error) string {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return "this is not valid JSON"
	}
	kinds := map[reflect.Kind]string{
		reflect.String: "a string", reflect.Bool: "true or false", reflect.Map: "an object", reflect.Struct: "an object",
		reflect.Slice: "a list", reflect.Int: "a whole number", reflect.Int64: "a whole number", reflect.Float64: "a number",
	}
	return "expected " + kinds[mismatch.Type.Kind()] + ", not a JSON " + mismatch.Value
}
