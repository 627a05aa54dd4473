package resolvers

//go:generate go tool gqlgen generate

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"stepcast/auth"
	"stepcast/graph"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// Options are what the resolvers need.
type Options struct {
	// Service has the use cases.
	Service *tasks.Service
	// Auth has the users and their tokens.
	Auth *auth.Service
	// Server is what the server says of itself.
	Server ServerInfo
	// Viewer says who asks. An UNAUTHENTICATED Fault refuses; it is called once for
	// each field that asks the service.
	Viewer func(ctx context.Context) (models.Viewer, error)
	// Fallback is a BCP 47 language for viewers without a text in their own; "" is none.
	Fallback string
}

// ServerInfo is what the server says of itself.
type ServerInfo struct {
	Version   string
	StartedAt time.Time
	// Database is the kind of database: "sqlite" or "mysql".
	Database string
}

// Resolver is the root of the resolvers; gqlgen finds the others through it.
type Resolver struct {
	service  *tasks.Service
	auth     *auth.Service
	server   ServerInfo
	viewer   func(ctx context.Context) (models.Viewer, error)
	fallback string
}

func newResolver(o Options) *Resolver {
	return &Resolver{service: o.Service, auth: o.Auth, server: o.Server, viewer: o.Viewer, fallback: o.Fallback}
}

// NewSchema makes the schema that can be executed.
func NewSchema(o Options) graphql.ExecutableSchema {
	return graph.NewExecutableSchema(graph.Config{
		Resolvers:  newResolver(o),
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
func unknown(kind, id string) error {
	const most = 40
	if len(id) > most {
		id = id[:most] + "…"
	}
	return models.NotFound(kind + " " + id)
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
