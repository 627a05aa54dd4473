package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"stepcast/executor"
	"stepcast/models"
)

const (
	headersMax     = 64
	headerNameMax  = 128
	headerValueMax = 8 << 10
	methodMax      = 32
)

// params are those of a content. Its keys are those of paramsSchema.
type params struct {
	URL          string          `json:"url"`
	Method       string          `json:"method"`
	Headers      map[string]any  `json:"headers"`
	Body         string          `json:"body"`
	ExpectStatus json.RawMessage `json:"expectStatus"`

	// expect is what ExpectStatus says; headers are Headers as texts.
	expect  statuses
	headers map[string]string
}

// CheckParams implements executor.ParamsChecker. An address without variables is also
// asked whether it is allowed, on the server that takes the submission.
func (e *Executor) CheckParams(raw json.RawMessage) error {
	p, err := readParams(raw)
	if err != nil || hasPlaceholder(p.URL) {
		return err
	}
	if u, err := parseURL(p.URL); err == nil && !e.targets.allow(u) {
		return models.Invalid([]string{"url"}, "%s", notAllowed(u).Message.In("en"))
	}
	return nil
}

// CheckCode implements executor.CodeChecker: the code may be missing.
func (e *Executor) CheckCode(code string, raw json.RawMessage) error {
	if p, err := readParams(raw); err == nil && p.Body != "" && !isBlank(code) {
		return models.Invalid([]string{"code"}, "%s", errTwoBodies)
	}
	return nil
}

var errTwoBodies = errors.New("the body is given twice, as the code and as the param body; leave one of them out")

func isBlank(code string) bool { return strings.TrimSpace(code) == "" }

func readParams(raw json.RawMessage) (params, error) {
	var p params
	err := executor.DecodeParams(raw, &p)
	if err != nil {
		return p, err
	}
	if p.URL == "" {
		return p, models.Invalid([]string{"url"}, "url is missing: it says where the request goes")
	}
	if _, err := parseURL(sample(p.URL)); err != nil {
		return p, models.Invalid([]string{"url"}, "this is no address of a web server: %s", err)
	}
	if p.Method, err = checkMethod(p.Method); err != nil {
		return p, models.Invalid([]string{"method"}, "%s", err)
	}
	if p.headers, err = readHeaders(p.Headers); err != nil {
		return p, err
	}
	if p.expect, err = parseStatuses(p.ExpectStatus); err != nil {
		return p, models.Invalid([]string{"expectStatus"}, "%s", err)
	}
	return p, nil
}

var token = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_|~`-]+$")

// checkMethod gives the method in capitals; empty stays empty.
func checkMethod(method string) (string, error) {
	if method == "" {
		return "", nil
	}
	if len(method) > methodMax || !token.MatchString(method) {
		return "", fmt.Errorf("%.40q is no HTTP method, such as GET, POST, PUT, PATCH or DELETE", method)
	}
	method = strings.ToUpper(method)
	if method == "CONNECT" || method == "TRACE" {
		return "", fmt.Errorf("the method %s is not sent: it is for proxies and for finding their faults", method)
	}
	return method, nil
}

// connectionHeaders belong to the connection, or say what the url and the body say.
var connectionHeaders = map[string]string{
	"host": "the url names the host", "content-length": "the body has its length",
	"transfer-encoding": "", "connection": "", "keep-alive": "", "proxy-connection": "", "proxy-authenticate": "",
	"proxy-authorization": "", "te": "", "trailer": "", "upgrade": "", "expect": "", "http2-settings": "",
}

func readHeaders(values map[string]any) (map[string]string, error) {
	if len(values) > headersMax {
		return nil, models.Invalid([]string{"headers"}, "there are at most %d headers, not %d", headersMax, len(values))
	}
	texts, seen := make(map[string]string, len(values)), map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		refuse := func(format string, args ...any) error {
			return models.Invalid([]string{"headers", name}, format, args...)
		}
		if len(name) > headerNameMax || !token.MatchString(name) {
			return nil, refuse("%.40q is no name of a header: up to %d letters, digits and -", name, headerNameMax)
		}
		lower := strings.ToLower(name)
		if why, refused := connectionHeaders[lower]; refused {
			if why == "" {
				why = "it belongs to the connection, which the server makes"
			}
			return nil, refuse("the header %s cannot be set: %s", name, why)
		}
		if seen[lower] {
			return nil, refuse("the header %s is given twice; separate several values by commas", name)
		}
		seen[lower] = true
		text, ok := values[name].(string)
		if !ok {
			return nil, refuse("the value of %s is a string", name)
		}
		if err := checkHeaderValue(text); err != nil {
			return nil, refuse("the value of %s %s", name, err)
		}
		texts[name] = text
	}
	return texts, nil
}

// checkHeaderValue refuses what would end the header, and shows nothing of it.
func checkHeaderValue(text string) error {
	if len(text) > headerValueMax {
		return fmt.Errorf("is longer than %d bytes", headerValueMax)
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return errors.New("has a line break or another control character")
		}
	}
	return nil
}
