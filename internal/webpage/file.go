package webpage

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"

	"stepcast/internal/httpx"
)

// File is something that does not change while the program runs. It answers GET and
// HEAD, and 304 to who has it. Use it by reference, and do not change it.
type File struct {
	// Type is its Content-Type.
	Type string
	// Body is compressed with gzip when Packed says so.
	Body   []byte
	Packed bool
	// Header is sent besides.
	Header http.Header

	tag sync.Once
	// etag is weak: what is sent may be compressed or not.
	etag string
}

// Pack makes a compressed file of what is not.
func Pack(kind string, body []byte, header http.Header) *File {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	// A buffer takes everything.
	_, _ = writer.Write(body)
	_ = writer.Close()
	return &File{Type: kind, Body: packed.Bytes(), Packed: true, Header: header}
}

// ETag names what the file holds.
func (f *File) ETag() string {
	f.tag.Do(func() {
		sum := sha256.Sum256(f.Body)
		f.etag = `W/"` + hex.EncodeToString(sum[:8]) + `"`
	})
	return f.etag
}

// ServeHTTP sends the file.
func (f *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	header := w.Header()
	maps.Copy(header, f.Header)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "no-cache") // keep, but ask whether it is still current
	header.Set("ETag", f.ETag())
	if f.Packed {
		header.Set("Vary", "Accept-Encoding")
	}
	if httpx.NamesTag(r.Header.Values("If-None-Match"), f.ETag()) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Type", f.Type)
	f.send(w, r)
}

// send writes the body: compressed where it is and the client takes it. A client that
// went away does not matter.
func (f *File) send(w http.ResponseWriter, r *http.Request) {
	if !f.Packed {
		_, _ = w.Write(f.Body)
		return
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(f.Body)
		return
	}
	if plain, err := gzip.NewReader(bytes.NewReader(f.Body)); err == nil {
		_, _ = io.Copy(w, plain)
	}
}
