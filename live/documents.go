package live

import (
	"container/list"
	"context"
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

// documents keeps validated documents by their text; the least recently used go first.
type documents struct {
	mu     sync.Mutex // guards all below
	byText map[string]*list.Element
	recent *list.List // of cachedDocument, the most recently used in front
	bytes  int
}

var _ graphql.Cache[*ast.QueryDocument] = (*documents)(nil)

type cachedDocument struct {
	text string
	doc  *ast.QueryDocument
}

func newDocuments() *documents {
	return &documents{byText: map[string]*list.Element{}, recent: list.New()}
}

func (d *documents) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	element, ok := d.byText[text]
	if !ok {
		return nil, false
	}
	d.recent.MoveToFront(element)
	return element.Value.(cachedDocument).doc, true
}

func (d *documents) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) > maxCachedQuery {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.byText[text]; known {
		return
	}
	d.byText[text] = d.recent.PushFront(cachedDocument{text, doc})
	d.bytes += len(text)
	for d.recent.Len() > maxCachedDocuments || d.bytes > maxCachedBytes {
		oldest := d.recent.Remove(d.recent.Back()).(cachedDocument)
		delete(d.byText, oldest.text)
		d.bytes -= len(oldest.text)
	}
}
