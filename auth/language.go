package auth

import (
	"net/http"
	"slices"

	"golang.org/x/text/language"

	"stepcast/models"
)

// What is read of an Accept-Language header: bytes, and languages.
const (
	acceptMax    = 1024
	languagesMax = 10
)

// localeMax is the length of the longest language tag that is stored.
const localeMax = 35

// Localize adds to v the languages that the request asks for, after the one that the
// user prefers, and the server's own last. Adapters that sign in by other means than
// FromRequest call it with their viewer.
func (s *Service) Localize(v models.Viewer, r *http.Request) models.Viewer {
	languages := slices.Clone(v.Languages)
	for _, tag := range append(accepted(r.Header.Get("Accept-Language")), s.locale) {
		if !slices.Contains(languages, tag) {
			languages = append(languages, tag)
		}
	}
	v.Languages = languages
	return v
}

// accepted lists the languages of an Accept-Language header, best first. A header that
// is too long or not well formed asks for none.
func accepted(header string) []string {
	if header == "" || len(header) > acceptMax {
		return nil
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return nil
	}
	var languages []string
	for _, tag := range tags {
		base, _ := tag.Base()
		// "*" is read as "mul", and asks for whatever there is.
		if name := base.String(); name == "und" || name == "mul" {
			continue
		}
		if text := tag.String(); !slices.Contains(languages, text) && len(languages) < languagesMax {
			languages = append(languages, text)
		}
	}
	return languages
}

// validLocale gives the usual form of a BCP 47 tag; "" stays "".
func validLocale(locale string) (string, error) {
	if locale == "" {
		return "", nil
	}
	tag, err := language.Parse(locale)
	if err != nil || len(tag.String()) > localeMax {
		return "", models.Invalid([]string{"locale"}, "write a language tag, for example en or zh-CN")
	}
	return tag.String(), nil
}
