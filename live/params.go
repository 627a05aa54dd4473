package live

import (
	"bytes"
	"cmp"
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
	errMissingQuery  = errors.New("the request has no query, and no documentId")
	errTwoDocuments  = errors.New("the request has both a query and a documentId: send one of them")
	errNoID          = fmt.Errorf("documentId must be a text of 1 to %d bytes", maxDocumentID)
	errNotURLEncoded = errors.New("the URL is not percent-encoded UTF-8")
	errTwice         = errors.New("the request has a key twice")
	errManyKeys      = errors.New("the request has too many keys")
)

const (
	// maxJSONDepth is how deep variables and extensions may be nested, and maxJSONValues
	// how many values they may have, a large submission and a large report allowed for.
	maxJSONDepth  = 64
	maxJSONValues = 20_000
	// maxKeys bounds the keys of a request, and its variables: a document has room for
	// fewer.
	maxKeys = 1000
)

// decodeParams reads a GraphQL request: a JSON object with query, operationName,
// variables and extensions. Other keys are ignored, as the specification says.
func decodeParams(data []byte) (*graphql.RawParams, error) {
	fields, err := decodeFields(data, maxKeys)
	if err != nil {
		return nil, err
	}
	var params graphql.RawParams
	var id string
	err = cmp.Or(
		stringField(fields, "query", &params.Query),
		stringField(fields, "operationName", &params.OperationName),
		stringField(fields, "documentId", &id),
		addObjects(&params, fields),
	)
	if err != nil {
		return nil, err
	}
	raw, given := fields["documentId"]
	if err := addDocumentID(&params, id, given && !isNull(raw)); err != nil {
		return nil, err
	}
	return &params, nil
}

// decodeFields reads a JSON object of at most that many keys, each of which must be there
// once: of two, the next one who looks at the request may take the other.
func decodeFields(data []byte, most int) (map[string]json.RawMessage, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if first, err := decoder.Token(); err != nil || first != json.Delim('{') {
		return nil, objectError(data)
	}
	fields := map[string]json.RawMessage{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, errNotJSON
		}
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return nil, errNotJSON
		}
		key, _ := name.(string)
		if _, twice := fields[key]; twice {
			return nil, errTwice
		}
		if fields[key] = raw; len(fields) > most {
			return nil, fmt.Errorf("%w: %d are the most", errManyKeys, most)
		}
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errNotJSON
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return fields, nil
}

// addDocumentID leaves the id of a document among the extensions. A request has one
// document, in one way.
func addDocumentID(params *graphql.RawParams, id string, given bool) error {
	switch {
	case given && (id == "" || len(id) > maxDocumentID):
		return errNoID
	case given && params.Query != "":
		return errTwoDocuments
	case given:
		if params.Extensions == nil {
			params.Extensions = map[string]any{}
		}
		params.Extensions[documentIDKey] = givenID(id)
	case params.Query == "" && params.Extensions[persistedKey] == nil:
		return errMissingQuery
	}
	return nil
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
	switch depth, values := extent(raw); {
	case depth > maxJSONDepth:
		return nil, fmt.Errorf("%s must not be nested deeper than %d levels", name, maxJSONDepth)
	case values > maxJSONValues:
		return nil, fmt.Errorf("%s must not have more than %d values", name, maxJSONValues)
	}
	fields, err := decodeFields(raw, maxKeys)
	switch {
	case errors.Is(err, errTwice):
		return nil, fmt.Errorf("%s must not have a key twice", name)
	case errors.Is(err, errManyKeys):
		return nil, fmt.Errorf("%s must not have more than %d keys", name, maxKeys)
	case err != nil:
		return nil, fmt.Errorf("%s must be an object", name)
	}
	object := make(map[string]any, len(fields))
	for key, raw := range fields {
		if object[key], err = decodeValue(raw); err != nil {
			return nil, fmt.Errorf("%s must be an object", name)
		}
	}
	return object, nil
}

// decodeValue reads JSON that was found to be valid.
func decodeValue(raw json.RawMessage) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}

// extent is how deep objects and lists are in each other, and about how many values there
// are. It is for looking before decoding, and says something about valid JSON only.
func extent(raw []byte) (deepest, values int) {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '{' || c == '[':
			depth++
			values++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		case c == ',':
			values++
		}
	}
	return deepest, values
}

func isNull(raw json.RawMessage) bool { return string(raw) == "null" }
