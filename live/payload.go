package live

import (
	"encoding/json"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// appendResponse appends resp as JSON. It is the one place that encodes a response:
// `data` is copied as the executor wrote it, neither parsed nor escaped again, and
// there is no `data` key when execution never began (Data is nil).
func appendResponse(dst []byte, resp *graphql.Response) []byte {
	start := len(dst)
	dst = append(dst, '{')
	if len(resp.Errors) > 0 {
		dst = append(dst, `"errors":`...)
		dst = append(dst, encodeErrors(resp.Errors)...)
	}
	if resp.Data != nil {
		dst = separate(dst, start)
		dst = append(dst, `"data":`...)
		dst = append(dst, resp.Data...)
	}
	// What cannot be encoded is left out: an extension is never worth the answer.
	if extensions, err := json.Marshal(resp.Extensions); err == nil && len(resp.Extensions) > 0 {
		dst = separate(dst, start)
		dst = append(dst, `"extensions":`...)
		dst = append(dst, extensions...)
	}
	return append(dst, '}')
}

func separate(dst []byte, start int) []byte {
	if len(dst) > start+1 {
		dst = append(dst, ',')
	}
	return dst
}

// encodeError gives err as a JSON object.
func encodeError(err *gqlerror.Error) []byte {
	list := encodeErrors(gqlerror.List{err})
	return list[1 : len(list)-1]
}

// encodeErrors gives errs as a JSON array.
func encodeErrors(errs gqlerror.List) []byte {
	encoded, err := json.Marshal(errs)
	if err == nil {
		return encoded
	}
	// Extensions may hold what JSON cannot say; messages and paths it always can.
	bare := make(gqlerror.List, len(errs))
	for i, e := range errs {
		bare[i] = &gqlerror.Error{Message: e.Message, Path: e.Path, Locations: e.Locations}
		if code := errorCode(e); code != "" {
			bare[i].Extensions = map[string]any{"code": code}
		}
	}
	encoded, _ = json.Marshal(bare)
	return encoded
}
