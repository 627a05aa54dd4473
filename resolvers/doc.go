// Package resolvers is the GraphQL adapter: it translates between the schema and
// tasks.Service and holds no rules of its own.
//
// schema.resolvers.go has one line per field; what a line calls is in the file that
// is named after what it does. The convert_*.go files turn inputs into what the
// service takes, view has what the service gives as the schema shows it, and scalar
// the leaves. Whoever serves the schema also takes from here the error presenter
// (NewPresenter, Recover), the checks of a document that validation does not make
// (Gate), and the reason why a stream broke (StreamError).
package resolvers
