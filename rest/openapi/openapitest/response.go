package openapitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	verrors "github.com/pb33f/libopenapi-validator/errors"
	"github.com/pb33f/libopenapi/datamodel/high/base"
	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
	"github.com/pb33f/libopenapi/orderedmap"
)

// everywhere are the headers that any answer may have: those of HTTP itself, and those
// that the server sets on all.
var everywhere = []string{
	"Connection", "Content-Length", "Content-Type", "Date", "Transfer-Encoding", "X-Content-Type-Options", "X-Frame-Options", "X-Request-Id",
}

func (c *Checker) checkResponse(described *v3.Response, r *http.Request, answer *http.Response, body []byte) error {
	return errors.Join(c.checkHeaders(described, answer.Header), c.checkBody(described, r, answer, body))
}

func (c *Checker) checkHeaders(described *v3.Response, got http.Header) (err error) {
	known := map[string]bool{}
	for name, header := range described.Headers.FromOldest() {
		name = http.CanonicalHeaderKey(name)
		known[name] = true
		if header.Required && len(got[name]) == 0 {
			err = errors.Join(err, fmt.Errorf("the header %s is missing", name))
		}
		for _, text := range got[name] {
			if wrong := c.checkValue(header.Schema.Schema(), scalar(header.Schema.Schema(), text)); wrong != nil {
				err = errors.Join(err, fmt.Errorf("the header %s: %s: %w", name, text, wrong))
			}
		}
	}
	for name := range got {
		if !known[name] && !slices.Contains(everywhere, name) {
			err = errors.Join(err, fmt.Errorf("the header %s is not described", name))
		}
	}
	return err
}

// scalar reads a header as a number where its schema wants one.
func scalar(schema *base.Schema, text string) any {
	if number, err := strconv.ParseFloat(text, 64); err == nil &&
		(slices.Contains(schema.Type, "integer") || schema.Const != nil && schema.Const.Tag == "!!int") {
		return number
	}
	return text
}

func (c *Checker) checkBody(described *v3.Response, r *http.Request, answer *http.Response, body []byte) error {
	said := answer.Header.Get("Content-Type")
	if orderedmap.Len(described.Content) == 0 {
		if len(body) > 0 || said != "" {
			return errors.New("no body is described")
		}
		return nil
	}
	kind, _, err := mime.ParseMediaType(said)
	if err != nil {
		return fmt.Errorf("the Content-Type %q: %w", said, err)
	}
	content := described.Content.GetOrZero(kind)
	if content == nil {
		content = described.Content.GetOrZero("*/*")
	}
	if content == nil {
		return fmt.Errorf("the Content-Type %s is not described", said)
	}
	if r.Method == http.MethodHead {
		if len(body) > 0 {
			return errors.New("HEAD has a body")
		}
		return nil
	}
	value := any(string(body))
	if kind == "application/json" {
		if err := json.Unmarshal(body, &value); err != nil {
			return fmt.Errorf("the body is no JSON: %w", err)
		}
	}
	if err := c.checkValue(content.Schema.Schema(), value); err != nil {
		return fmt.Errorf("the body: %w", err)
	}
	return nil
}

func (c *Checker) checkValue(schema *base.Schema, value any) error {
	if ok, problems := c.schemas.ValidateSchemaObject(schema, value); !ok {
		return errors.New(listed(problems))
	}
	return nil
}

// listed puts what the validator found into one text.
func listed(problems []*verrors.ValidationError) string {
	var all []string
	for _, problem := range problems {
		all = append(all, strings.TrimSpace(problem.Message+": "+problem.Reason))
		for _, failure := range problem.SchemaValidationErrors {
			all = append(all, fmt.Sprintf("%s: %s (%s)", failure.FieldPath, failure.Reason, failure.KeywordLocation))
		}
	}
	return strings.Join(all, "; ")
}
