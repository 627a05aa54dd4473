package bench

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/lexer"
)

const (
	// attackBytes is how long the attacks are that do not care about limits.
	attackBytes = 100_000
	// fittingBytes and fittingTokens are what a document may have: the attacks that do
	// care stay below, and get further.
	fittingBytes, fittingTokens = 64 << 10, 2000
)

// attack is a kind of hostile document: before, any number of parts, after.
type attack struct {
	name          string
	before, after string
	// part is one of n.
	part func(i, n int) string
	// most bounds the parts of the one that fits: with more it would be refused before
	// it is dear. 0 is no bound.
	most int
	// code and message are how the one that fits is refused. No code: it is not, for
	// there is nothing wrong with it; yet it must be as cheap.
	code, message string
}

const (
	limited = "LIMIT_EXCEEDED"
	invalid = "GRAPHQL_VALIDATION_FAILED"
	unread  = "GRAPHQL_PARSE_FAILED"
)

// same is the same part again and again.
func same(text string) func(int, int) string { return func(int, int) string { return text } }

// numbered is a part with its number, wherever format has one.
func numbered(format string) func(int, int) string {
	return func(i, _ int) string { return strings.ReplaceAll(format, "#", fmt.Sprint(i)) }
}

// nested opens in its first half what it closes in the second.
func nested(open, middle, closing string) func(int, int) string {
	return func(i, n int) string {
		switch half := (n - 1) / 2; {
		case i < half:
			return open
		case i == half:
			return middle
		case i <= 2*half:
			return closing
		}
		return ""
	}
}

// chain is fragments that each spread others, by number.
func chain(format string, next func(i, n int) []int) func(int, int) string {
	return func(i, n int) string {
		var spreads strings.Builder
		for _, k := range next(i, n) {
			fmt.Fprintf(&spreads, " ...f%d", k)
		}
		return fmt.Sprintf(format, i, spreads.String())
	}
}

func theNext(i, n int) []int {
	if i+1 == n {
		return nil
	}
	return []int{i + 1}
}

// chainOf is that many fragments, each with a field of its own.
func chainOf(n int) string {
	var all strings.Builder
	for i := range n {
		fmt.Fprintf(&all, " fragment f%d on Viewer{...f%d n%d}", i, i+1, i)
	}
	return all.String() + fmt.Sprintf(" fragment f%d on Viewer{name}", n)
}

// sideBySide spreads fragments of the selections, then defines them.
func sideBySide(selections string) func(int, int) string {
	return func(i, n int) string {
		spread := fmt.Sprintf(" ...f%d", i)
		if i+1 < n {
			return spread
		}
		return spread + " x}" + numbers(" fragment f# on Query{"+selections+"}", n) + " query q{viewer{name}"
	}
}

func theNextTwice(i, n int) []int { return append(theNext(i, n), theNext(i, n)...) }
func roundAndRound(i, n int) []int {
	return []int{(i + 1) % n, (i + 2) % n, (i + 3) % n}
}

var attacks = []attack{
	{name: "equal fields", before: "{", part: same(" viewer{name}"), after: "}", code: limited, message: "fields with one name"},
	{name: "equal fields, deep", before: "{", part: same(" task(id:1){steps{contents{attempts{number}}}}"), most: 28, after: " x}", code: invalid},
	{name: "fields in conflict", before: "{viewer{", part: numbered(" a:name a:role"), after: "}}", code: limited, message: "aliases"},
	{name: "distinct aliases", before: "{viewer{", part: numbered(" a#:name"), after: "}}", code: limited, message: "aliases"},
	{name: "root fields", before: "{", part: numbered(" a#:viewer{name}"), after: "}", code: limited, message: "aliases"},
	{name: "__typename", before: "{", part: same(" __typename"), after: "}", code: limited, message: "fields with one name"},
	{name: "unknown fields", before: "{", part: numbered(" x#"), after: "}", code: limited, message: "fields of the operation"},
	{name: "unknown fields below", before: "{viewer{", part: numbered(" x#"), after: "}}", code: invalid, message: "Cannot query field"},
	{name: "unknown arguments", before: "{viewer{", part: numbered(" name(x#:1)"), most: 50, after: "}}", code: invalid},
	{name: "deep fields", before: "{task(id:1){", part: nested("log{gap{task{", "id", "}}}"), after: "}}", code: limited, message: "depth"},
	{name: "deep inline fragments", before: "{", part: nested("...on Query{", "viewer{name}", "}"), after: "}"},
	{name: "inline fragments side by side", before: "{", part: same(" ...on Query{viewer{name}}"), after: "}", code: limited, message: "fields with one name"},
	{
		name: "fragment chain", before: "{...f0}", code: limited, message: "fragments in the document",
		part: chain(" fragment f%d on Query{viewer{name}%s}", theNext),
	},
	{
		name: "fragment chain that fits", before: "{...f0}", most: 50, code: limited, message: "followed",
		part: chain(" fragment f%d on Query{viewer{name role}nodes(ids:[]){id}tasks{totalCount}runTypes{name enabled}%s}", theNext),
	},
	{
		name: "fragments side by side", before: "{", code: invalid, after: "}", most: 28,
		part: sideBySide("viewer{name role}task(id:1){id}"),
	},
	{
		name: "fragments side by side, of other fields", before: "{", code: invalid, after: "}", most: 50,
		part: sideBySide("viewer{x# y# z#}"),
	},
	{
		name: "fragment bomb", before: "{...f0}", most: 50, code: limited,
		part: chain(" fragment f%d on Query{%s viewer{name}}", theNextTwice),
	},
	{
		name: "circular fragments", before: "{...f0}", most: 50, code: invalid, message: "within itself",
		part: chain(" fragment f%d on Query{%s viewer{name}}", roundAndRound),
	},
	{name: "one fragment again and again", before: "{", part: same(" ...f"), after: "} fragment f on Query{viewer{name} x}", code: limited, message: "spreads"},
	{
		name: "selections that all lead to all fragments", before: "{viewer{", most: 37, code: invalid,
		part: numbered(" x#{...f0}"), after: "}}" + chainOf(30),
	},
	{name: "unknown fragments", before: "{", part: numbered(" ...f#"), most: 200, after: "}", code: invalid, message: "Unknown fragment"},
	{name: "unused fragments", before: "{viewer{name}}", part: numbered(" fragment f# on Nonsense#{x}"), code: limited, message: "fragments in the document"},
	{name: "unknown types", before: "{viewer{name", part: numbered("...on Nonsense#{x#}"), after: "}}", code: invalid, message: "Unknown type"},
	{name: "known directives", before: "{viewer", part: same("@include(if:true)"), after: "{name}}", code: limited, message: "directives"},
	{name: "unknown directives", before: "{viewer", part: numbered("@x#"), after: "{name}}", code: limited, message: "directives"},
	{name: "operations", part: numbered(" query q#{viewer{name}}"), code: invalid, message: "operation"},
	{
		name: "operations that spread all", most: 190, part: numbered(" query q#{...f}"),
		after: " fragment f on Query{" + strings.Repeat("...on Query{viewer{name role}}", 50) + "}", code: limited, message: "followed",
	},
	{name: "variables", before: "query(", part: numbered("$v#:Int"), after: "){viewer{name}}", code: invalid, message: "never used"},
	{name: "one variable", before: "query(", part: same("$v:Int "), after: "){viewer{name}}", code: invalid},
	{name: "undefined variables", before: "{nodes(ids:[", part: numbered("$v#,"), after: "]){id}}", code: invalid, message: "not defined"},
	{name: "variable of nested lists", before: "query($v:", part: nested("[", "ID", "]"), after: "){nodes(ids:$v){id}}", code: limited, message: "nested lists"},
	{name: "nested list", before: "{nodes(ids:", part: nested("[", "1", "]"), after: "){id}}", code: limited, message: "nested lists"},
	{name: "nested object", before: "{tasks(filter:", part: nested("{text:", "1", "}"), after: "){totalCount}}", code: limited, message: "nested lists"},
	{name: "long list", before: "{nodes(ids:[", part: same("1,"), after: "]){id}}", code: limited, message: "items of the argument ids"},
	{name: "list of mistakes", before: "{nodes(ids:[", part: same("1.5,"), after: "]){id}}", code: invalid},
	{name: "one argument", before: "{task(", part: same("id:1,"), after: "){id}}", code: invalid, message: "only one argument"},
	{name: "unknown argument again", before: "{task(", part: numbered("x#:1,"), after: "){id}}", code: invalid, message: "Unknown argument"},
	{name: "one input field", before: "{tasks(filter:{", part: same("text:\"\","), after: "}){totalCount}}", code: invalid, message: "only one input field"},
	{name: "huge string", before: "{task(id:\"", part: same("x"), after: "\"){id}}"},
	{name: "huge name", before: "{", part: same("x"), after: "}", code: limited, message: "bytes in a name"},
	{name: "huge name out of place", before: "{viewer{name}}", part: same("x"), code: unread},
	{name: "huge number", before: "{tasks(first:1", part: same("0"), after: "){totalCount}}", code: invalid},
	{name: "huge comment", before: "{viewer{name}} #", part: same("x")},
	{name: "many comments", before: "{viewer{name}}", part: same("#\n")},
	{name: "blanks", before: "{viewer{name", part: same(" ,\n\ufeff"), after: "}}"},
	{name: "block string without an end", before: `{task(id:"""`, part: same("\" \n"), code: unread},
	{name: "block string of lines", before: `{task(id:"""`, part: same("\n "), after: `"""){id}}`},
	{name: "unicode escapes", before: `{task(id:"`, part: same(`\u0000`), after: `"){id}}`},
	{name: "nested introspection", before: "{__schema{types{", part: nested("fields{type{", "name", "}}"), after: "}}}", code: invalid, message: "introspection depth"},
	{name: "wide introspection", before: "{", part: same(" __schema{types{fields{args{type{name}}}}}"), after: " x}", most: 25, code: invalid},
	{name: "cost", before: "{tasks(first:100){", part: same("nodes{log(first:10000){lines{text}}}"), most: 30, after: "}}", code: limited, message: "cost"},
	{name: "wrong enums", before: "{tasks(filter:{statuses:[", part: numbered("X#,"), after: "]}){totalCount}}", code: invalid},
	{name: "brackets", before: "{viewer", part: same("("), code: unread},
}

// write is the document of n parts.
func (a attack) write(n int) string {
	var text strings.Builder
	text.WriteString(a.before)
	for i := range n {
		text.WriteString(a.part(i, n))
	}
	return text.String() + a.after
}

// long is the document that is as long as attackBytes.
func (a attack) long() string {
	return a.write(largest(attackBytes, func(n int) bool { return len(a.write(n)) <= attackBytes }) + 1)
}

// fitting is the largest document that is not refused for its length, or its tokens.
func (a attack) fitting() string {
	most := a.most
	if most == 0 {
		most = fittingBytes
	}
	return a.write(largest(most, func(n int) bool {
		text := a.write(n)
		return len(text) <= fittingBytes && countTokens(text) <= fittingTokens
	}))
}

// largest is the greatest number up to most of which holds is true, as it is of all below.
func largest(most int, holds func(n int) bool) int {
	low, high := 1, 2
	for high <= most && holds(high) {
		low, high = high, 2*high
	}
	for high = min(high, most+1); high-low > 1; {
		if middle := (low + high) / 2; holds(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// countTokens is how many there are before the end, or before what is none.
func countTokens(text string) (n int) {
	lex := lexer.New(&ast.Source{Input: text})
	for {
		token, err := lex.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return n
		}
		n++
	}
}

// request is a document as a client sends it.
func request(document string) string {
	body, err := json.Marshal(map[string]string{"query": document})
	if err != nil {
		panic(err) // a string can be encoded
	}
	return string(body)
}

// badRequest is a request that is hostile around its document.
type badRequest struct {
	name, body string
	code       string
	// close is how a socket ends on it; 0: it goes on, and the operation is refused.
	close int
}

// badRequests are as long as attackBytes.
func badRequests() []badRequest {
	const bad = "BAD_USER_INPUT"
	times := func(text string) string { return strings.Repeat(text, attackBytes/len(text)) }
	viewer := `{"query":"{viewer{name}}",`
	return []badRequest{
		{name: "hash of something else", code: limited, body: strings.TrimSuffix(request("{viewer{name}} #"+times("x")), "}") +
			`,"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`},
		{name: "hash of something else, fitting", code: bad, body: strings.TrimSuffix(request("{viewer{name}} #"+strings.Repeat("x", fittingBytes-16)), "}") +
			`,"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`},
		{name: "long documentId", code: bad, body: `{"documentId":"` + times("x") + `"}`, close: 4400},
		{name: "no UTF-8", code: bad, body: `{"query":"{viewer{name}} #` + times("\xff") + `"}`, close: 1007},
		{name: "deep variables", code: bad, body: viewer + `"variables":{"v":` + nest("[", "]", attackBytes/2) + `}}`, close: 4400},
		{name: "deep variables, fitting JSON", code: bad, body: viewer + `"variables":{"v":` + nest("[", "]", 9000) + `}}`, close: 4400},
		{name: "deep extensions", code: bad, body: viewer + `"extensions":` + nest(`{"x":`, "}", 9000) + `}`, close: 4400},
		{name: "a key again and again", code: bad, body: viewer + times(`"variables":{},`) + `"x":1}`, close: 4400},
		{name: "a variable again and again", code: bad, body: viewer + `"variables":{` + times(`"v":1,`) + `"v":1}}`, close: 4400},
		{name: "many variables", code: bad, body: viewer + `"variables":{` + strings.TrimSuffix(numbers(`"v#":#,`, 8000), ",") + `}}`, close: 4400},
		{name: "many keys", code: bad, body: viewer + numbers(`"k#":#,`, 8000) + `"x":1}`, close: 4400},
		{name: "long list in a variable", code: bad, close: 4400, body: `{"query":"query($v:[ID!]!){nodes(ids:$v){id}}","variables":{"v":[` + times("1,") + `1]}}`},
		{
			name: "long list in an input", code: limited,
			body: `{"query":"query($f:TaskFilter){tasks(filter:$f){totalCount}}","variables":{"f":{"labels":[` + times(`{"key":"k","value":"v"},`) + `{"key":"k","value":"v"}]}}}`,
		},
		{name: "long list in a variable, of fewer values", code: limited, body: `{"query":"query($v:[ID!]!){nodes(ids:$v){id}}","variables":{"v":[` + times("12345,") + `1]}}`},
		{
			name: "longest list in an input", code: bad,
			body: `{"query":"query($f:TaskFilter){tasks(filter:$f){totalCount}}","variables":{"f":{"labels":[` +
				strings.TrimSuffix(numbers(`{"key":"k#","value":"v"},`, 1500), ",") + `]}}}`,
		},
		{name: "batch", code: bad, body: "[" + times(`{"query":"{viewer{name}}"},`) + "{}]", close: 4400},
		{name: "no JSON", code: bad, body: times("{"), close: 4400},
		{name: "no object", code: bad, body: `"` + times("x") + `"`, close: 4400},
	}
}

func nest(open, closing string, depth int) string {
	return strings.Repeat(open, depth) + "1" + strings.Repeat(closing, depth)
}

func numbers(format string, n int) string {
	var text strings.Builder
	for i := range n {
		text.WriteString(numbered(format)(i, n))
	}
	return text.String()
}
