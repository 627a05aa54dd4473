package openapi

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"stepcast/internal/httpx"
	"stepcast/internal/webpage"
)

//go:embed ui/index.html ui/start.js ui/start.css ui/*.gz ui/LICENSES.txt
var uiFiles embed.FS

// New serves the document, for a program of the given version. It is the same for
// everyone, signed in or not: it tells what the source tells, and nothing of this
// installation but the version; generators and gateways that read it have no sign-in.
// For the same reason pages of other sites may read it.
func New(version string) http.Handler {
	// Few ask for it, and every start would put it together.
	file := sync.OnceValue(func() *webpage.File {
		return webpage.Pack(httpx.TypeJSON, Document(version), http.Header{"Access-Control-Allow-Origin": {"*"}})
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { file().ServeHTTP(w, r) })
}

// Page serves Swagger UI at base (a path without a trailing slash) and its files below
// it, showing the document at a path on the same host. What is tried there goes to this
// server, with the session cookie or with what is typed into "Authorize". Nothing is
// loaded from anywhere else. It panics when base or document is not an absolute path.
func Page(base, document string) http.Handler {
	if !strings.HasPrefix(document, "/") {
		panic("openapi: the page needs an absolute path to the document, got " + document)
	}
	files, err := fs.Sub(uiFiles, "ui")
	if err != nil {
		panic(err)
	}
	return webpage.New(webpage.Options{
		Files: files, Base: base, Policy: webpage.StylingPolicy,
		Data: struct{ Base, Document string }{base, document},
	})
}
