package openapitest

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"go.yaml.in/yaml/v4"
)

// template is a path of the description.
type template struct {
	text string
	item *v3.PathItem
	// segments match those of a path, percent-decoded.
	segments []*regexp.Regexp
	// literal is how many characters are no parameter: of two that match the one with
	// more counts.
	literal int
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

func newTemplate(path string, item *v3.PathItem) template {
	p := template{text: path, item: item, literal: len(parameter.ReplaceAllString(path, ""))}
	for segment := range strings.SplitSeq(path, "/") {
		var pattern strings.Builder
		end := 0
		for _, at := range parameter.FindAllStringIndex(segment, -1) {
			pattern.WriteString(regexp.QuoteMeta(segment[end:at[0]]) + "(?s:.+)")
			end = at[1]
		}
		p.segments = append(p.segments, regexp.MustCompile("^"+pattern.String()+regexp.QuoteMeta(segment[end:])+"$"))
	}
	return p
}

func (p template) matches(segments []string) bool {
	if len(segments) != len(p.segments) {
		return false
	}
	for i, pattern := range p.segments {
		if !pattern.MatchString(segments[i]) {
			return false
		}
	}
	return true
}

// find gives the path of the description that a request is for; nil without one.
func (c *Checker) find(r *http.Request) (best *template) {
	segments := decoded(r.URL.EscapedPath())
	for i := range c.paths {
		if p := &c.paths[i]; p.matches(segments) && (best == nil || p.literal > best.literal) {
			best = p
		}
	}
	return best
}

// decoded splits an escaped path and decodes each part.
func decoded(escaped string) []string {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		if text, err := url.PathUnescape(segment); err == nil {
			segments[i] = text
		}
	}
	return segments
}

// checkOtherPath checks what answers where nothing is described.
func (c *Checker) checkOtherPath(r *http.Request, answer *http.Response, body []byte) error {
	var others map[string]yaml.Node
	if err := c.model.Extensions.GetOrZero("x-other-paths").Decode(&others); err != nil {
		return fmt.Errorf("read x-other-paths: %w", err)
	}
	for prefix, refused := range others {
		if rest, below := strings.CutPrefix(r.URL.Path, prefix); below && (rest == "" || rest[0] == '/') {
			return c.checkRefused(&refused, http.StatusNotFound, r, answer, body)
		}
	}
	return nil
}

// checkRefused checks an answer against what an extension refers to.
func (c *Checker) checkRefused(reference *yaml.Node, status int, r *http.Request, answer *http.Response, body []byte) error {
	var to struct {
		Ref string `yaml:"$ref"`
	}
	if reference == nil || reference.Decode(&to) != nil {
		return errors.New("it is not described what answers here")
	}
	response := c.model.Components.Responses.GetOrZero(strings.TrimPrefix(to.Ref, "#/components/responses/"))
	if response == nil {
		return fmt.Errorf("%s does not exist", to.Ref)
	}
	if answer.StatusCode != status {
		return fmt.Errorf("nothing is described here, so the status should be %d", status)
	}
	return c.checkResponse(response, r, answer, body)
}
