package live

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// validationRules are all that gqlparser has, by name, so that errors come in one order.
// Suggestions would tell the schema to those who may not introspect it, and compare each
// unknown name with all that is known.
var validationRules = func() []validator.Rule {
	quiet := map[string]validator.Rule{
		rules.FieldsOnCorrectTypeRule.Name: rules.FieldsOnCorrectTypeRuleWithoutSuggestions,
		rules.KnownArgumentNamesRule.Name:  rules.KnownArgumentNamesRuleWithoutSuggestions,
		rules.KnownTypeNamesRule.Name:      rules.KnownTypeNamesRuleWithoutSuggestions,
		rules.ScalarLeafsRule.Name:         rules.ScalarLeafsRuleWithoutSuggestions,
		rules.ValuesOfCorrectTypeRule.Name: rules.ValuesOfCorrectTypeRuleWithoutSuggestions,
	}
	var all []validator.Rule
	for name, check := range rules.NewDefaultRules().GetInner() {
		if rule, ok := quiet[name]; ok {
			check = rule.RuleFunc
		}
		all = append(all, validator.Rule{Name: name, RuleFunc: check})
	}
	slices.SortFunc(all, func(a, b validator.Rule) int { return cmp.Compare(a.Name, b.Name) })
	return all
}()

// validate gives what is wrong with doc, maxRequestErrors at most: further ones are not
// even worded, for a document can have one for each of its tokens.
func validate(schema *ast.Schema, doc *ast.QueryDocument) gqlerror.List {
	var errs gqlerror.List
	var events validator.Events
	for _, rule := range validationRules {
		rule.RuleFunc(&events, func(options ...validator.ErrorOption) {
			if len(errs) == maxRequestErrors {
				return
			}
			err := &gqlerror.Error{Rule: rule.Name}
			for _, option := range options {
				option(err)
			}
			errcode.Set(err, errcode.ValidationFailed)
			errs = append(errs, shorten(err))
		})
	}
	validator.Walk(schema, doc, &events)
	return errs
}

// maxMessage is how much of a message is shown, in bytes: it may repeat the document.
const maxMessage = 500

// shorten cuts the message of err, and takes care that it can be encoded.
func shorten(err *gqlerror.Error) *gqlerror.Error {
	if len(err.Message) > maxMessage {
		end := maxMessage
		for !utf8.RuneStart(err.Message[end]) {
			end--
		}
		err.Message = err.Message[:end] + "…"
	}
	err.Message = strings.ToValidUTF8(err.Message, "\uFFFD")
	return err
}
