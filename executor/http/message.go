package http

import (
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// bodyMax is the size in bytes of a body that is sent, variables filled in.
const bodyMax = 16 << 20

// message is a request that is ready to be sent.
type message struct {
	method string
	url    *url.URL
	// shown is the url for the log: its values are not encoded, so that the sink finds the
	// secrets among them.
	shown  string
	header http.Header
	body   string
	expect statuses
	// segment is the last segment of the path, for the name of the result; empty when a
	// variable, which may be a secret, is part of it.
	segment string
}

// newMessage fills the variables into what the params say. Errors name the param, and
// show no value.
func newMessage(p params, code, userAgent string, f *filler) (*message, error) {
	m := &message{method: p.Method, header: http.Header{"User-Agent": {userAgent}}, expect: p.expect}
	if err := m.fillURL(p.URL, f); err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(p.headers)) {
		value, err := f.fill(p.headers[name], plain, headerValueMax)
		if err == nil {
			err = checkHeaderValue(value)
		}
		if err != nil {
			return nil, fmt.Errorf("headers: the value of %s %w", name, err)
		}
		m.header.Set(name, value)
	}
	if err := m.fillBody(p.Body, code, f); err != nil {
		return nil, err
	}
	if m.method == "" {
		m.method = http.MethodGet
		if m.body != "" {
			m.method = http.MethodPost
		}
	}
	return m, nil
}

func (m *message) fillURL(template string, f *filler) error {
	text, err := f.fill(template, percentEncode, urlMax)
	if err != nil {
		return err
	}
	if m.url, err = parseURL(text); err != nil {
		if hasPlaceholder(template) {
			return fmt.Errorf("with its variables filled in: %w", err)
		}
		return err
	}
	template, _, _ = strings.Cut(template, "#")
	// A value is never longer plain than encoded.
	if m.shown, err = f.fill(template, plain, urlMax); err != nil {
		return err
	}
	path, _, _ := strings.Cut(template, "?")
	if _, path, _ = strings.Cut(path, "://"); strings.Contains(path, "/") {
		m.segment = path[strings.LastIndexByte(path, '/')+1:]
	}
	if hasPlaceholder(m.segment) {
		m.segment = ""
	}
	return nil
}

func (m *message) fillBody(body, code string, f *filler) (err error) {
	where := "body"
	if !isBlank(code) {
		if body != "" {
			return fmt.Errorf("code: %w", errTwoBodies)
		}
		where, body = "code", code
	}
	if body == "" {
		return nil
	}
	if m.header.Get("Content-Type") == "" {
		m.header.Set("Content-Type", guessType(body))
	}
	if m.body, err = f.fill(body, bodyEncoder(m.header.Get("Content-Type")), bodyMax); err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

func guessType(body string) string {
	if body = strings.TrimLeft(body, " \t\r\n"); body != "" && (body[0] == '{' || body[0] == '[') {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// bodyEncoder says how values are written in a body of a media type.
func bodyEncoder(contentType string) func(string) string {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	switch {
	case isJSON(mediaType):
		return jsonEscape
	case mediaType == "application/x-www-form-urlencoded":
		return percentEncode
	}
	return plain
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}
