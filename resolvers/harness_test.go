package resolvers

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/extension"

	"stepcast/models"
)

// harness runs operations on the schema without a service: what is tested here ends
// before the service is asked.
type harness struct {
	*executor.Executor
	log bytes.Buffer
}

// setup makes a harness for somebody who is signed in; an err is what Viewer says instead.
func setup(t *testing.T, err error) *harness {
	t.Helper()
	h := &harness{}
	h.Executor = executor.New(NewSchema(Options{
		Viewer: func(context.Context) (models.Viewer, error) {
			return models.Viewer{Name: "amy", Role: models.Member}, err
		},
	}))
	h.SetErrorPresenter(NewPresenter(PresenterOptions{
		Logger:    slog.New(slog.NewTextHandler(&h.log, nil)),
		RequestID: func(context.Context) string { return "request-1" },
	}))
	h.SetRecoverFunc(Recover)
	h.Use(Gate{})
	h.Use(extension.FixedComplexityLimit(5000))
	return h
}

// run gives the response as JSON; variables come as a JSON object, or "".
func (h *harness) run(t *testing.T, query, variables string) string {
	t.Helper()
	params := &graphql.RawParams{Query: query}
	if variables != "" {
		decoder := json.NewDecoder(bytes.NewBufferString(variables))
		decoder.UseNumber()
		if err := decoder.Decode(&params.Variables); err != nil {
			t.Fatal(err)
		}
	}
	ctx := graphql.StartOperationTrace(t.Context())
	op, errs := h.CreateOperationContext(ctx, params)
	ctx = graphql.WithOperationContext(ctx, op)
	var response *graphql.Response
	if errs != nil {
		response = h.DispatchError(ctx, errs)
	} else {
		responses, ctx := h.DispatchOperation(ctx, op)
		response = responses(ctx)
	}
	text, err := json.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
