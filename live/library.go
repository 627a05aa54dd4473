package live

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// document is a text that was parsed, and found to be valid and within the limits.
type document struct {
	text   string
	parsed *ast.QueryDocument
}

// library gives the documents that requests ask for, by their text or by an id.
type library struct {
	schema *ast.Schema
	limits Limits
	cache  *documents
	// trusted are those of the operator; nil for none. With only, there are no others.
	trusted *TrustedDocuments
	only    bool
}

// find gives the document of a request, and puts its text into params when they name it
// by an id.
func (l *library) find(ctx context.Context, params *graphql.RawParams) (*ast.QueryDocument, gqlerror.List) {
	id, err := takeID(params)
	if err != nil {
		return nil, gqlerror.List{err}
	}
	if params.Query != "" {
		return l.byText(ctx, params.Query, id)
	}
	found, ok := l.byID(id)
	if !ok {
		return nil, gqlerror.List{id.unknown()}
	}
	params.Query = found.text
	return found.parsed, nil
}

// byID looks among the trusted documents, then among those that were sent before.
func (l *library) byID(id documentID) (document, bool) {
	if found, ok := l.trusted.byID(id); ok || l.only {
		return found, ok
	}
	sum, ok := id.digest()
	if !ok {
		return document{}, false
	}
	return l.cache.find(sum)
}

// byText gives the document that text is. What was not seen before is looked at from the
// cheapest check to the dearest.
func (l *library) byText(ctx context.Context, text string, id documentID) (*ast.QueryDocument, gqlerror.List) {
	if above(len(text), l.limits.Bytes) {
		return nil, gqlerror.List{limitError("bytes in the document", l.limits.Bytes)}
	}
	if err := id.check(text); err != nil {
		return nil, gqlerror.List{err}
	}
	if found, ok := l.trusted.byText(text); ok {
		return found.parsed, nil
	}
	if l.only {
		return nil, gqlerror.List{errNotTrusted()}
	}
	if parsed, ok := l.cache.Get(ctx, text); ok {
		return parsed, nil
	}
	parsed, errs := readDocument(l.schema, l.limits, text)
	if errs == nil {
		l.cache.Add(ctx, text, parsed)
	}
	return parsed, errs
}

// readDocument parses text, and refuses it when it breaks a limit or is not valid. The
// limits come first: they bound what validating takes.
func readDocument(schema *ast.Schema, limits Limits, text string) (*ast.QueryDocument, gqlerror.List) {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, max(limits.Tokens, 0))
	if err != nil {
		return nil, gqlerror.List{syntaxError(err, limits)}
	}
	if len(doc.Operations) == 0 {
		return nil, gqlerror.List{requestError(codeValidationFailed, "the document has no operation")}
	}
	if err := checkDocument(doc, limits); err != nil {
		return nil, gqlerror.List{err}
	}
	if errs := validate(schema, doc); len(errs) > 0 {
		return nil, errs
	}
	return doc, nil
}

// syntaxError words what the parser said, which may repeat the document.
func syntaxError(err error, limits Limits) *gqlerror.Error {
	if strings.Contains(err.Error(), "exceeded token limit") {
		return limitError("tokens in the document", limits.Tokens)
	}
	shown := shorten(asGraphQL(err))
	errcode.Set(shown, errcode.ParseFailed)
	return shown
}
