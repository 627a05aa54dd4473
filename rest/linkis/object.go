package linkis

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"

	"stepcast/internal/httpx"
)

// bodyLimit is the size of the largest body that is read, in bytes.
const bodyLimit = 2 << 20

// object is a JSON object. Keys that nobody asks for are ignored, as Linkis does.
type object map[string]any

// object reads the body. Numbers stay as they are written.
func (c *call) object() (object, error) {
	if !httpx.SaysJSON(c.r) {
		return nil, refusef(http.StatusUnsupportedMediaType,
			"Content type '%s' not supported, send application/json", c.r.Header.Get("Content-Type"))
	}
	body, err := httpx.ReadBody(c.w, c.r, bodyLimit)
	if errors.Is(err, httpx.ErrTooLarge) {
		return nil, refusef(http.StatusRequestEntityTooLarge, "%s", failed("the body is larger than 2 MB"))
	}
	if err != nil {
		return nil, failedf("HttpMessageNotReadableException: the body could not be read")
	}
	return parseObject(body)
}

func parseObject(body []byte) (object, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var o object
	if err := decoder.Decode(&o); err != nil {
		return nil, unreadable(err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, failedf("HttpMessageNotReadableException: JSON parse error: more than one value")
	}
	if o == nil {
		return nil, failedf("HttpMessageNotReadableException: Required request body is missing")
	}
	return o, nil
}

// unreadable says where the body stops being a JSON object.
func unreadable(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return failedf("HttpMessageNotReadableException: JSON parse error at byte %d: %s", syntax.Offset, syntax.Error())
	case errors.As(err, &kind):
		return failedf("HttpMessageNotReadableException: JSON parse error: the body is a %s, not an object", kind.Value)
	case errors.Is(err, io.EOF):
		return failedf("HttpMessageNotReadableException: Required request body is missing")
	}
	return failedf("HttpMessageNotReadableException: JSON parse error: the body ends too early")
}

// text is a text value; "" when it is missing or null.
func (o object) text(key string) (string, error) {
	switch v := o[key].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", classCast(key, "a text")
}

// object is an object value; nil when it is missing or null.
func (o object) object(key string) (object, error) {
	switch v := o[key].(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return v, nil
	}
	return nil, classCast(key, "an object")
}

// required is an object value of a key that is there: null is what Java trips over.
func (o object) required(key string) (object, error) {
	if v, there := o[key]; there && v == nil {
		return nil, failedf("NullPointerException: %s is null", key)
	}
	return o.object(key)
}

// label is a value that Linkis reads as a text, whatever it is written as; "" when it
// is missing or null.
func (o object) label(key string) (string, error) {
	if n, ok := o[key].(json.Number); ok {
		return n.String(), nil
	}
	return o.text(key)
}

func classCast(key, want string) error {
	return failedf("ClassCastException: %s is not %s", key, want)
}
