package resolvers

import (
	"regexp"
	"strconv"
	"strings"

	"stepcast/graph/model"
	"stepcast/models"
)

// languageTag is the form of a BCP 47 tag, in lower case.
var languageTag = regexp.MustCompile(`^[a-z]{2,8}(-[a-z0-9]{1,8})*$`)

// textOf joins a plain text with the same text by language. field is the path of
// the list of those.
func textOf(plain string, texts []*model.LocaleTextInput, field path) (models.Text, error) {
	text := models.Plain(plain)
	for i, in := range texts {
		tag := strings.ToLower(in.Locale)
		if !languageTag.MatchString(tag) {
			return text, models.Invalid(field.index(i).name("locale"), `must be a BCP 47 language tag, like "en" or "zh-TW"`)
		}
		if _, twice := text.Texts[tag]; twice {
			return text, models.Invalid(field.index(i).name("locale"), "there is another text for %s", tag)
		}
		if text.Texts == nil {
			text.Texts = map[string]string{}
		}
		text.Texts[tag] = in.Text
	}
	return text, nil
}

// path names an input value below `input`, outermost first.
type path []string

func (p path) name(name string) path { return append(p[:len(p):len(p)], name) }
func (p path) index(i int) path      { return p.name(strconv.Itoa(i)) }
