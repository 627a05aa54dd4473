package resolvers

//go:generate go tool gqlgen generate

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/graph"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// Options are what the resolvers need.
type Options struct {
	// Service has the use cases.
	Service *tasks.Service
	// Viewer says who asks. An UNAUTHENTICATED Fault refuses; it is called once for
	// each field that asks the service.
	Viewer func(ctx context.Context) (models.Viewer, error)
	// Fallback is a BCP 47 language for viewers without a text in their own; "" is none.
	Fallback string
}

// Resolver is the root of the resolvers; gqlgen finds the others through it.
type Resolver struct {
	service  *tasks.Service
	viewer   func(ctx context.Context) (models.Viewer, error)
	fallback string
}

// NewSchema makes the schema that can be executed.
func NewSchema(o Options) graphql.ExecutableSchema {
	return graph.NewExecutableSchema(graph.Config{
		Resolvers:  &Resolver{service: o.Service, viewer: o.Viewer, fallback: o.Fallback},
		Complexity: costs(),
	})
}

// caller is who asks, and for whom views are made.
func (r *Resolver) caller(ctx context.Context) (models.Viewer, view.Reader, error) {
	v, err := r.viewer(ctx)
	if err != nil {
		return models.Viewer{}, view.Reader{}, err
	}
	languages := v.Languages
	if r.fallback != "" {
		languages = append(languages[:len(languages):len(languages)], r.fallback)
	}
	return v, view.Reader{Languages: languages}, nil
}

// unknown is the refusal of an id that cannot be parsed: it is as one that nothing has.
func unknown(id string) error {
	const most = 40
	if len(id) > most {
		id = id[:most] + "…"
	}
	return models.NotFound("task " + id)
}

// absent turns NOT_FOUND into null, which is what a query of one thing answers.
func absent(err error) error {
	if models.CodeOf(err) == models.CodeNotFound {
		return nil
	}
	return err
}

// maxIDs bounds the ids of one list argument.
const maxIDs = tasks.MaxPage

func checkIDs(field string, ids []string) error {
	if len(ids) > maxIDs {
		return models.Invalid([]string{field}, "%s takes at most %d ids, not %d", field, maxIDs, len(ids))
	}
	return nil
}
