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
type httpPost struct{ runner }

var _ graphql.Transport = (*httpPost)(nil)

func (*httpPost) Supports(r *http.Request) bool { return r.Method == http.MethodPost }

func (t *httpPost) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	e := newExchange(t.runner, w, r, exec)
	if e == nil {
		return
	}
	if !isJSONRequest(r.Header) {
		e.refuse(http.StatusUnsupportedMediaType, codeBadUserInput, "the request must have Content-Type "+mediaJSON)
		return
	}
	body, err := httpx.ReadBody(w, r, t.opts.MaxBodyBytes)
	if errors.Is(err, httpx.ErrTooLarge) {
		e.refuse(http.StatusRequestEntityTooLarge, codeLimitExceeded,
			fmt.Sprintf("the request is larger than %d bytes", t.opts.MaxBodyBytes))
		return
	}
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, "the request ended before its body was complete")
		return
	}
	if !utf8.Valid(body) {
		e.refuse(http.StatusBadRequest, codeBadUserInput, "the request is not valid UTF-8")
		return
	}
	params, err := decodeParams(body)
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, err.Error())
		return
	}
	e.answer(params, e.refuseSubscription)
}
