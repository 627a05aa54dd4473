package live

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// persistedKey is where Apollo's clients put the id of a document in the extensions.
// https://www.apollographql.com/docs/apollo-server/performance/apq
const persistedKey = "persistedQuery"

// documentIDKey is where decoding leaves documentId among the extensions, for params have
// no field for it. Its type there is givenID, which no JSON becomes.
const documentIDKey = "documentId"

// sha256Prefix begins an id that is the digest of the text.
// https://github.com/graphql/graphql-over-http, appendix on persisted documents
const sha256Prefix = "sha256:"

// givenID is a documentId as the client wrote it.
type givenID string

// documentID names a document instead of its text. The zero value names none.
type documentID struct {
	name string
	// apollo says that it came in extensions.persistedQuery: its name is a digest or what
	// the operator's manifest says, and a text that comes with it is to be remembered.
	apollo bool
}

// takeID gives the id in params. It does not stay there: what runs the request has no use for it.
func takeID(params *graphql.RawParams) (documentID, *gqlerror.Error) {
	given, isGiven := params.Extensions[documentIDKey].(givenID)
	persisted := params.Extensions[persistedKey]
	if isGiven {
		delete(params.Extensions, documentIDKey)
	}
	switch {
	case isGiven && persisted != nil:
		return documentID{}, requestError(codeBadUserInput, "the request has both documentId and extensions.persistedQuery: send one of them")
	case isGiven:
		return documentID{name: string(given)}, nil
	case persisted != nil:
		return apolloID(persisted)
	}
	return documentID{}, nil
}

// apolloID reads extensions.persistedQuery: {"version": 1, "sha256Hash": "…"}.
func apolloID(extension any) (documentID, *gqlerror.Error) {
	fields, _ := extension.(map[string]any)
	version, _ := fields["version"].(json.Number)
	if version != "1" {
		return documentID{}, requestError(codeBadUserInput, "extensions.persistedQuery.version must be 1")
	}
	hash, _ := fields["sha256Hash"].(string)
	if hash == "" || len(hash) > maxDocumentID {
		return documentID{}, requestError(codeBadUserInput,
			"extensions.persistedQuery.sha256Hash must be the SHA-256 of the query as 64 hexadecimal digits")
	}
	return documentID{name: hash, apollo: true}, nil
}

// digest reads an id that is one.
func (id documentID) digest() (sum digest, ok bool) {
	text := id.name
	if !id.apollo {
		if text, ok = strings.CutPrefix(text, sha256Prefix); !ok {
			return sum, false
		}
	}
	return parseDigest(text)
}

func parseDigest(text string) (sum digest, ok bool) {
	if len(text) != hex.EncodedLen(len(sum)) {
		return sum, false
	}
	_, err := hex.Decode(sum[:], []byte(text))
	return sum, err == nil
}

// check refuses a text that is not the one that Apollo's id names. Nobody may put a text
// under the name of another.
func (id documentID) check(text string) *gqlerror.Error {
	if !id.apollo {
		return nil
	}
	if sum, ok := id.digest(); !ok || sum != sha256.Sum256([]byte(text)) {
		return requestError(codeBadUserInput,
			"extensions.persistedQuery.sha256Hash is not the SHA-256 of the query: hash the text that is sent, in UTF-8, byte by byte")
	}
	return nil
}

// unknown is the refusal of an id that names nothing here. Apollo's clients send the text
// when they are told so in these very words.
func (id documentID) unknown() *gqlerror.Error {
	if id.apollo {
		return requestError(codePersistedQueryNotFound, "PersistedQueryNotFound")
	}
	return requestError(codeDocumentNotFound,
		"there is no document with this documentId: send the document itself as query, or have it added to the server's documents")
}

// errNotTrusted is the refusal of a text that the operator has not listed.
func errNotTrusted() *gqlerror.Error {
	return requestError(codeDocumentNotFound,
		"this server runs only the documents that it was started with: send one of them by its documentId, or exactly as it is there")
}
