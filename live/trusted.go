package live

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// maxDocumentID is the longest id of a document, in bytes.
const maxDocumentID = 256

// idSyntax is that of the appendix: a plain id, or one with a prefix, of which sha256
// means what it says and others begin with x-.
var idSyntax = regexp.MustCompile(`^((sha256|x-[A-Za-z0-9._~-]+):)?[A-Za-z0-9._~-]+$`)

// TrustedDocuments are documents that the operator has listed. Each is known by its ids,
// by the SHA-256 of its text, and by the text. They do not change: all may read them.
type TrustedDocuments struct {
	ids     map[string]document
	digests map[digest]document
}

// LoadDocuments reads the documents at path: a folder of files that end in .graphql or
// .gql, each known by its name without that end; or a JSON file, {"<id>": "<document>"}
// as Relay writes it, or Apollo's manifest. Each must be valid for the schema and within
// the limits. An error says which file or id is wrong, and how.
func LoadDocuments(es graphql.ExecutableSchema, limits Limits, path string) (*TrustedDocuments, error) {
	texts, err := readTexts(path)
	if err != nil {
		return nil, err
	}
	if len(texts) > maxTrusted {
		return nil, fmt.Errorf("%s has %d documents, and %d are the most", path, len(texts), maxTrusted)
	}
	limits = limits.withDefaults()
	t := &TrustedDocuments{ids: map[string]document{}, digests: map[digest]document{}}
	for _, id := range slices.Sorted(maps.Keys(texts)) {
		d, err := trust(es.Schema(), limits, id, texts[id].body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", texts[id].where, err)
		}
		t.add(id, d)
	}
	return t, nil
}

// trust checks one document that the operator lists.
func trust(schema *ast.Schema, limits Limits, id, text string) (document, error) {
	if len(id) > maxDocumentID || !idSyntax.MatchString(id) {
		return document{}, fmt.Errorf("the id is none: it has letters, digits and -._~ only, at most %d bytes", maxDocumentID)
	}
	if sum, is := (documentID{name: id}).digest(); strings.HasPrefix(id, sha256Prefix) && (!is || sum != sha256.Sum256([]byte(text))) {
		return document{}, errors.New("the id is not the SHA-256 of the document")
	}
	if !utf8.ValidString(text) {
		return document{}, errors.New("the document is not valid UTF-8")
	}
	if above(len(text), limits.Bytes) {
		return document{}, located(limitError("bytes in the document", limits.Bytes))
	}
	parsed, errs := readDocument(schema, limits, text)
	if len(errs) > 0 {
		return document{}, located(errs[0])
	}
	return document{text: text, parsed: parsed}, nil
}

// located words an error of a document for who reads a log.
func located(err *gqlerror.Error) error {
	if len(err.Locations) == 0 {
		return errors.New(err.Message)
	}
	return fmt.Errorf("line %d, column %d: %s", err.Locations[0].Line, err.Locations[0].Column, err.Message)
}

// Len is how many there are.
func (t *TrustedDocuments) Len() int { return len(t.ids) }

// add makes a document known. Clients print their documents without the line break that
// ends a file, so it is known without the blanks around it, too.
func (t *TrustedDocuments) add(id string, d document) {
	t.ids[id] = d
	for _, text := range []string{d.text, strings.TrimSpace(d.text)} {
		t.digests[sha256.Sum256([]byte(text))] = d
	}
}

func (t *TrustedDocuments) byID(id documentID) (document, bool) {
	if t == nil {
		return document{}, false
	}
	if found, ok := t.ids[id.name]; ok {
		return found, true
	}
	sum, ok := id.digest()
	if !ok {
		return document{}, false
	}
	found, ok := t.digests[sum]
	return found, ok
}

func (t *TrustedDocuments) byText(text string) (document, bool) {
	if t == nil {
		return document{}, false
	}
	found, ok := t.digests[sha256.Sum256([]byte(text))]
	return found, ok
}
