package http

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileNameMax is the length in bytes of the name of a result.
const fileNameMax = 120

// extensions are those of names that have none.
var extensions = map[string]string{
	"application/gzip": ".gz", "application/json": ".json", "application/pdf": ".pdf", "application/xml": ".xml",
	"application/yaml": ".yaml", "application/zip": ".zip", "application/x-ndjson": ".ndjson",
	"image/gif": ".gif", "image/jpeg": ".jpg", "image/png": ".png", "image/svg+xml": ".svg", "image/webp": ".webp",
	"text/csv": ".csv", "text/html": ".html", "text/markdown": ".md", "text/tab-separated-values": ".tsv", "text/xml": ".xml",
}

var hasExtension = regexp.MustCompile(`^.+\.[0-9]{0,4}[A-Za-z][A-Za-z0-9]{0,7}$`)

// fileName names the result: as the response says, else as the last segment of the path,
// else "response".
func fileName(header http.Header, segment, kind string) string {
	_, about, _ := mime.ParseMediaType(header.Get("Content-Disposition"))
	name := cleanFileName(about["filename"])
	if name == "" {
		if decoded, err := url.PathUnescape(segment); err == nil {
			name = cleanFileName(decoded)
		}
	}
	if name == "" {
		name = "response"
	}
	if !hasExtension.MatchString(name) {
		name += extensionOf(kind)
	}
	return name
}

func extensionOf(kind string) string {
	if extension, known := extensions[kind]; known {
		return extension
	}
	switch {
	case isJSON(kind):
		return ".json"
	case strings.HasSuffix(kind, "+xml"):
		return ".xml"
	case isText(kind):
		return ".txt"
	}
	return ".bin"
}

// cleanFileName makes a name that is one on every system: no folder, nothing that a
// shell or a file system reads otherwise, and no hidden file. It may be empty.
func cleanFileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsGraphic(r) || strings.ContainsRune("<>:\"|?*$`'&;", r) {
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if len(name) > fileNameMax {
		// The end has the extension.
		begin := len(name) - fileNameMax
		for !utf8.RuneStart(name[begin]) {
			begin++
		}
		name = strings.TrimLeft(name[begin:], " .")
	}
	return name
}
