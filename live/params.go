package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// Errors of decodeParams. Their texts are shown to clients and never repeat the input.
var (
	errNotJSON       = errors.New("the request is not valid JSON")
	errBatch         = errors.New("batched requests are not supported: send one operation at a time")
	errNotObject     = errors.New("the request must be a JSON object")
	errMissingQuery  = errors.New("the request has no query")
	errNotURLEncoded = errors.New("the URL is not percent-encoded UTF-8")
)

// decodeParams reads a GraphQL request: a JSON object with query, operationName,
// variables and extensions. Other keys are ignored, as the specification says.
func decodeParams(data []byte) (*graphql.RawParams, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return nil, objectError(data)
	}
	var params graphql.RawParams
	if err := stringField(fields, "query", &params.Query); err != nil {
		return nil, err
	}
	if params.Query == "" {
		return nil, errMissingQuery
	}
	if err := stringField(fields, "operationName", &params.OperationName); err != nil {
		return nil, err
	}
	if err := addObjects(&params, fields); err != nil {
		return nil, err
	}
	return &params, nil
}

// addObjects reads variables and extensions, which are JSON however a request comes.
func addObjects(params *graphql.RawParams, fields map[string]json.RawMessage) (err error) {
	if params.Variables, err = objectField(fields, "variables"); err != nil {
		return err
	}
	params.Extensions, err = objectField(fields, "extensions")
	return err
}

// objectError says why data is not a JSON object.
func objectError(data []byte) error {
	switch {
	case !json.Valid(data):
		return errNotJSON
	case bytes.HasPrefix(bytes.TrimSpace(data), []byte{'['}):
		return errBatch
	default:
		return errNotObject
	}
}

func stringField(fields map[string]json.RawMessage, name string, into *string) error {
	raw, ok := fields[name]
	if !ok || isNull(raw) {
		return nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s must be a string", name)
	}
	return nil
}

// objectField keeps numbers as they were written: a float64 cannot hold every id.
func objectField(fields map[string]json.RawMessage, name string) (map[string]any, error) {
	raw, ok := fields[name]
	if !ok || isNull(raw) {
		return nil, nil
	}
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("%s must be an object", name)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("%s must be an object and nothing else", name)
	}
	return object, nil
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }
