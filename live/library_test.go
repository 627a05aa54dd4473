package live

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"stepcast/internal/randomtest"
	"stepcast/live/internal/testschema"
)

// judge is what gqlparser says of a document by itself: the reference for ours. On what
// spreads itself some of its rules never end, and a stack that overflows ends the process.
func judge(schema *ast.Schema, text string, spreads bool) (parsed bool, errs gqlerror.List) {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return false, nil
	}
	chosen := rules.NewDefaultRules()
	if spreads {
		chosen = rules.NewRules(rules.NoFragmentCyclesRule, rules.KnownFragmentNamesRule)
	}
	return true, validator.ValidateWithRules(schema, doc, chosen)
}

// checkVerdict reads a document as the server does. What it takes, gqlparser takes; what it
// finds wrong, gqlparser finds wrong; unless it breaks a limit, about which that knows nothing.
func checkVerdict(t *testing.T, schema *ast.Schema, text string) (code string) {
	t.Helper()
	doc, errs := readDocument(schema, Limits{}.withDefaults(), text)
	require.LessOrEqual(t, len(errs), maxRequestErrors)
	for _, err := range errs {
		require.LessOrEqual(t, len(err.Message), maxMessage+len("…"))
		require.True(t, utf8.ValidString(err.Message))
	}
	if len(errs) > 0 {
		require.Nil(t, doc)
		if code = errorCode(errs[0]); code == codeLimitExceeded || strings.Contains(errs[0].Message, "@defer") {
			return code
		}
	}
	spreads := len(errs) == 1 && (strings.HasPrefix(errs[0].Message, "Unknown fragment") || strings.HasPrefix(errs[0].Message, "Cannot spread"))
	parsed, found := judge(schema, text, spreads)
	switch code {
	case "":
		require.True(t, parsed)
		require.Empty(t, found)
		require.NotEmpty(t, doc.Operations)
	case codeValidationFailed:
		require.True(t, parsed)
		require.True(t, len(found) > 0 || strings.Contains(errs[0].Message, "no operation"), "%v", errs)
	default:
		require.Equal(t, "GRAPHQL_PARSE_FAILED", code)
		require.False(t, parsed)
	}
	return code
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{
		"{ hello }", "{", "{ helo }", "{ ...f } fragment f on Query { ...f }", "{ ...f } fragment f on Query { hello ...g }",
		"query ($n: [[Int!]]) { sum(values: $n) }", "{ sum(values: [[[1]]]) }", `{ hello(name: """x\"""y""") }`, "{ node { ... @defer { id } } }",
		"query a { hello } query a { hello }", "fragment f on Query { hello }", "{ hello @include(if: true) @include(if: true) }", "{ a: hello a: viewer }",
		"subscription { once count(to: 1) }", "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }", "{ hello(name: {a: $b}) }",
	} {
		f.Add(seed)
	}
	schema := testschema.New(&testschema.Resolver{}).Schema()
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			return // the reference has no limits
		}
		checkVerdict(t, schema, text)
	})
}

// Random documents with fragments every which way: circles, unknown ones, the same ones
// again; fields that cannot be merged; and now and then one that is right.
func TestVerdictsOnFragments(t *testing.T) {
	t.Parallel()
	random := randomtest.New(t)
	schema := testschema.New(&testschema.Resolver{}).Schema()
	seen := map[string]int{}
	for range 5000 {
		var text strings.Builder
		fragments := 1 + random.IntN(5)
		selections := func() string {
			var set strings.Builder
			for range 1 + random.IntN(3) {
				switch random.IntN(6) {
				case 0, 1:
					fmt.Fprintf(&set, " ...f%d", random.IntN(fragments+1)%max(1, fragments+random.IntN(2)))
				case 2:
					set.WriteString(" child { id }")
				case 3:
					fmt.Fprintf(&set, " child { ...f%d }", random.IntN(fragments))
				case 4:
					set.WriteString(" id")
				default:
					set.WriteString(" a: id")
				}
			}
			return set.String()
		}
		fmt.Fprintf(&text, "{ node {%s } }", selections())
		for i := range fragments {
			fmt.Fprintf(&text, " fragment f%d on Node {%s }", i, selections())
		}
		code := checkVerdict(t, schema, text.String())
		if t.Failed() {
			t.Fatal(text.String())
		}
		seen[code]++
	}
	require.Greater(t, seen[""], 50, "some are right")
	require.Greater(t, seen[codeValidationFailed], 50, "some are wrong")
}

// extent agrees with the decoder about what is nested.
func FuzzExtent(f *testing.F) {
	for _, seed := range []string{`{}`, `[[1],[2,[3]]]`, `{"a":"[\\\"]{","b":[{}]}`, `"\\"`, `["\\",[]]`, `7`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		value, err := decodeValue(raw)
		if err != nil || !json.Valid(raw) {
			return
		}
		depth, values := extent(raw)
		wantDepth, wantValues := measured(value)
		// Of a key that is there twice, decoding leaves one.
		require.GreaterOrEqual(t, depth, wantDepth)
		require.GreaterOrEqual(t, 2*values+1, wantValues)
	})
}

// measured is what extent estimates, from the decoded value.
func measured(value any) (depth, values int) {
	inner := func(item any) {
		d, n := measured(item)
		depth, values = max(depth, d), values+n
	}
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			inner(item)
		}
		return depth + 1, values + 1
	case map[string]any:
		for _, item := range v {
			inner(item)
		}
		return depth + 1, values + 1
	}
	return 0, 1
}
