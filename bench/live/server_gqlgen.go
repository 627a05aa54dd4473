package main

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"
)

// cachedDocuments is how many validated documents are kept, as gqlgen recommends.
const cachedDocuments = 1000

// newGQLGen serves the house with gqlgen's own WebSocket transport as it comes.
func newGQLGen(h *house) http.Handler {
	server := handler.New(h.schema)
	server.AddTransport(transport.Websocket{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](cachedDocuments))
	return server
}
