package live

import (
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/internal/httpx"
)

// httpPost answers queries and mutations that come as a JSON body.
type httpPost struct{ *runner }

func (*httpPost) supports(r *http.Request) bool { return r.Method == http.MethodPost }

func (t *httpPost) serve(w http.ResponseWriter, r *http.Request) {
	e := newExchange(t.runner, w, r)
	if e == nil {
		return
	}
	if params := e.posted(); params != nil {
		e.answer(params, e.refuseSubscription)
	}
}

// posted reads the request from the body. When that fails it has answered, and gives nil.
func (e *exchange) posted() *graphql.RawParams {
	if !isJSONRequest(e.r.Header) {
		e.refuse(http.StatusUnsupportedMediaType, codeBadUserInput, "the request must have Content-Type "+mediaJSON)
		return nil
	}
	body, err := httpx.ReadBody(e.w, e.r, e.opts.MaxBodyBytes)
	if errors.Is(err, httpx.ErrTooLarge) {
		e.refuse(http.StatusRequestEntityTooLarge, codeLimitExceeded,
			fmt.Sprintf("the request is larger than %d bytes", e.opts.MaxBodyBytes))
		return nil
	}
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, "the request ended before its body was complete")
		return nil
	}
	if !utf8.Valid(body) {
		e.refuse(http.StatusBadRequest, codeBadUserInput, "the request is not valid UTF-8")
		return nil
	}
	params, err := decodeParams(body)
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, err.Error())
		return nil
	}
	return params
}
