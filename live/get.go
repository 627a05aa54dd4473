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
type httpGet struct{ runner }

var _ graphql.Transport = (*httpGet)(nil)

func (*httpGet) Supports(r *http.Request) bool { return r.Method == http.MethodGet }

func (t *httpGet) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	e := newExchange(t.runner, w, r, exec)
	if e == nil {
		return
	}
	params, err := queryParams(r.URL)
	if err != nil {
		e.refuse(http.StatusBadRequest, codeBadUserInput, err.Error())
		return
	}
	e.answer(params, func(op *ast.OperationDefinition) bool {
		return e.refuseMutation(op) || e.refuseSubscription(op)
	})
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
	if params.Query == "" {
		return nil, errMissingQuery
	}
	if err := addObjects(&params, fields); err != nil {
		return nil, err
	}
	return &params, nil
}
