// Package web serves the console: a page that shows tasks live. It is built from app
// (TypeScript) into dist, which is committed and embedded: building the server needs no Node.
package web

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"stepcast/internal/webpage"
)

// Prefix is the path of the files that the page loads.
const Prefix = "/console/"

// policy lets the page use what this server serves and nothing else: what a task wrote can
// neither run nor load anything, and no script makes markup of text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

//go:embed dist
var dist embed.FS

// types are the Content-Types of what the build makes.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

// Console is the page and its files.
type Console struct {
	page  *webpage.File
	files map[string]*webpage.File
}

// New packs the console. It fails when the build left something of an unknown kind.
func New() (*Console, error) {
	c := &Console{files: map[string]*webpage.File{}}
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := dist.ReadFile(name)
		if err != nil {
			return err
		}
		kind, known := types[path.Ext(name)]
		if !known {
			return fmt.Errorf("web: %s is of no known type", name)
		}
		header := http.Header{"Content-Security-Policy": {policy}, "Referrer-Policy": {"same-origin"}}
		c.files[strings.TrimPrefix(name, "dist/")] = webpage.Pack(kind, body, header)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if c.page = c.files["index.html"]; c.page == nil {
		return nil, fmt.Errorf("web: the page is missing: make console builds it")
	}
	delete(c.files, "index.html")
	return c, nil
}

// Page serves the page, at whatever address: what it shows there is for its script to know.
func (c *Console) Page() http.Handler { return c.page }

// Files serves what the page loads, below Prefix.
func (c *Console) Files() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if file := c.files[strings.TrimPrefix(r.URL.Path, Prefix)]; file != nil {
			file.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
}
