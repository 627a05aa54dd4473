package live

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"stepcast/internal/webpage"
)

//go:embed graphiql/index.html graphiql/start.js graphiql/start.css graphiql/*.gz graphiql/LICENSES.txt
var graphiqlFiles embed.FS

// GraphiQL serves the GraphQL IDE at base (a path without a trailing slash) and its
// files below it. It asks endpoint, a path on the same host, with the session cookie
// or with an Authorization header typed into its headers editor. Nothing is loaded
// from anywhere else. It panics when base or endpoint is not an absolute path.
func GraphiQL(base, endpoint string) http.Handler {
	if !strings.HasPrefix(endpoint, "/") {
		panic("live: GraphiQL needs an absolute path to ask, got " + endpoint)
	}
	files, err := fs.Sub(graphiqlFiles, "graphiql")
	if err != nil {
		panic(err)
	}
	return webpage.New(webpage.Options{
		Files: files, Base: base, Policy: webpage.StylingPolicy,
		Data: struct{ Base, Endpoint string }{base, endpoint},
	})
}
