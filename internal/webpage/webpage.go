// Package webpage serves a page that is embedded in the program, with all it loads, so
// that it needs no internet: files that are stored compressed, with ETags, under a
// content security policy.
package webpage

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// index is the page itself, a template of html/template.
const index = "index.html"

// types is fixed: what a machine's own table says may not run in a browser.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

// StylingPolicy lets a page load nothing but its own files and ask nobody but this
// server. Its scripts may set style attributes and elements, as CodeMirror and Swagger UI do.
const StylingPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Options is what a page is made of. All are required.
type Options struct {
	// Files are index.html and what it loads, without folders; those whose names end in
	// .gz are stored compressed and served under the name without it.
	Files fs.FS
	// Base is the path of the page, without a trailing slash; its files lie below it.
	Base string
	// Data is what the template of the page gets.
	Data any
	// Policy is the Content-Security-Policy of all files.
	Policy string
}

// New makes the handler of a page and its files. It panics for what is settled when the
// program is built: files that cannot be read, and a Base that is no absolute path.
func New(o Options) http.Handler {
	if !strings.HasPrefix(o.Base, "/") {
		panic("webpage: the page needs an absolute path, got " + o.Base)
	}
	files, err := o.load()
	if err != nil {
		panic(fmt.Errorf("webpage: %w", err))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		f.ServeHTTP(w, r)
	})
}

// load reads the files, by the paths they are served at.
func (o Options) load() (map[string]*File, error) {
	entries, err := fs.ReadDir(o.Files, ".")
	if err != nil {
		return nil, err
	}
	files := map[string]*File{}
	for _, entry := range entries {
		body, err := fs.ReadFile(o.Files, entry.Name())
		if err != nil {
			return nil, err
		}
		name, packed := strings.CutSuffix(entry.Name(), ".gz")
		if name == index {
			if body, err = o.render(body); err != nil {
				return nil, err
			}
		}
		kind, known := types[path.Ext(name)]
		if !known {
			return nil, fmt.Errorf("%s has no media type", name)
		}
		files[o.Base+"/"+name] = &File{Type: kind, Body: body, Packed: packed, Header: o.header()}
	}
	page, ok := files[o.Base+"/"+index]
	if !ok {
		return nil, fmt.Errorf("there is no %s", index)
	}
	files[o.Base], files[o.Base+"/"] = page, page
	return files, nil
}

func (o Options) header() http.Header {
	return http.Header{
		"Content-Security-Policy": {o.Policy},
		"Referrer-Policy":         {"no-referrer"},
	}
}

func (o Options) render(page []byte) ([]byte, error) {
	parsed, err := template.New(index).Parse(string(page))
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = parsed.Execute(&out, o.Data)
	return out.Bytes(), err
}
