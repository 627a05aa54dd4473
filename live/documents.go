package live

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxCachedDocuments and maxCachedBytes bound the document cache. Bytes are of
	// the texts; a parsed document takes some fifty times as much.
	maxCachedDocuments = 1000
	maxCachedBytes     = 1 << 20
	// maxCachedQuery is the longest query kept, in bytes: one padded with comments
	// and blanks must not drive out the others.
	maxCachedQuery = 16 << 10
)

// documents keeps validated documents by their text and its digest; the least recently
// used go first.
type documents struct {
	mu       sync.Mutex // guards all below
	byText   map[string]*list.Element
	byDigest map[digest]*list.Element
	recent   *list.List // of cachedDocument, the most recently used in front
	bytes    int
}

// digest is the SHA-256 of a document's text.
type digest = [sha256.Size]byte

var _ graphql.Cache[*ast.QueryDocument] = (*documents)(nil)

type cachedDocument struct {
	text   string
	digest digest
	doc    *ast.QueryDocument
}

func newDocuments() *documents {
	return &documents{byText: map[string]*list.Element{}, byDigest: map[digest]*list.Element{}, recent: list.New()}
}

func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.use(d.byText[text])
	return found.doc, ok
}

// find gives the document whose text has this digest.
func (d *documents) find(sum digest) (document, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.use(d.byDigest[sum])
	return document{text: found.text, parsed: found.doc}, ok
}

// use notes that what element holds was used. It wants d.mu.
func (d *documents) use(element *list.Element) (found cachedDocument, ok bool) {
	if element == nil {
		return cachedDocument{}, false
	}
	d.recent.MoveToFront(element)
	return element.Value.(cachedDocument), true
}

func (d *documents) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) > maxCachedQuery {
		return
	}
	sum := sha256.Sum256([]byte(text))
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.byText[text]; known {
		return
	}
	element := d.recent.PushFront(cachedDocument{text, sum, doc})
	d.byText[text], d.byDigest[sum] = element, element
	d.bytes += len(text)
	for d.recent.Len() > maxCachedDocuments || d.bytes > maxCachedBytes {
		oldest := d.recent.Remove(d.recent.Back()).(cachedDocument)
		delete(d.byText, oldest.text)
		delete(d.byDigest, oldest.digest)
		d.bytes -= len(oldest.text)
	}
}
