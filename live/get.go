package live

import (
	"encoding/json"
	"net/http"
	"net/url"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// httpGet answers queries that come in the URL. Links can be followed by anybody's
// browser, so nothing else is run.
type httpGet struct{ *runner }

func (*httpGet) supports(r *http.Request) bool { return r.Method == http.MethodGet }

func (t *httpGet) serve(w http.ResponseWriter, r *http.Request) {
	e := newExchange(t.runner, w, r)
	if e == nil {
		return
	}
	if params := e.linked(); params != nil {
		e.answer(params, func(op *ast.OperationDefinition) bool {
			return e.refuseMutation(op) || e.refuseSubscription(op)
		})
	}
}

// linked reads the request from the URL, unless a page of another site has made a browser
// send it. When it gives nil it has answered.
func (e *exchange) linked() *graphql.RawParams {
	if e.foreign(e.r) {
		e.refuse(http.StatusForbidden, codeBadUserInput, foreignMessage)
		return nil
	}
	params, err := queryParams(e.r.URL)
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, err.Error())
		return nil
	}
	return params
}

func (e *exchange) refuseMutation(op *ast.OperationDefinition) bool {
	if op.Operation != ast.Mutation {
		return false
	}
	e.w.Header().Set("Allow", http.MethodPost)
	e.refuse(http.StatusMethodNotAllowed, codeBadUserInput, "mutations must be sent by POST")
	return true
}

// queryParams reads a request from the URL: variables and extensions are JSON there.
func queryParams(u *url.URL) (*graphql.RawParams, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errNotURLEncoded
	}
	fields := map[string]json.RawMessage{}
	for _, name := range []string{"variables", "extensions"} {
		if value := values.Get(name); value != "" {
			fields[name] = json.RawMessage(value)
		}
	}
	params := graphql.RawParams{Query: values.Get("query"), OperationName: values.Get("operationName")}
	if !utf8.ValidString(params.Query) {
		return nil, errNotURLEncoded
	}
	if err := addObjects(&params, fields); err != nil {
		return nil, err
	}
	if err := addDocumentID(&params, values.Get("documentId"), values.Has("documentId")); err != nil {
		return nil, err
	}
	return &params, nil
}
