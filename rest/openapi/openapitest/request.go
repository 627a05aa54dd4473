package openapitest

import (
	"net/http"
	"net/url"
	"strings"
)

// asMeant is a request as the server understands it, in what OpenAPI has no words for:
// escapes that are not needed, iManager's ;jsessionid=…, blank parameters, which count
// as missing, and a body without Content-Type, which is taken to be JSON.
func asMeant(r *http.Request) *http.Request {
	meant := r.Clone(r.Context())
	escaped := r.URL.EscapedPath()
	if at := strings.Index(strings.ToLower(escaped), ";jsessionid="); at >= 0 && strings.HasPrefix(escaped, "/imanager/") {
		escaped = escaped[:at]
	}
	segments := decoded(escaped)
	meant.URL.Path = strings.Join(segments, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	meant.URL.RawPath = strings.Join(segments, "/")
	query := r.URL.Query()
	for name := range query {
		if query.Get(name) == "" {
			query.Del(name)
		}
	}
	meant.URL.RawQuery = query.Encode()
	if r.Header.Get("Content-Type") == "" && r.ContentLength != 0 {
		meant.Header.Set("Content-Type", "application/json")
	}
	return meant
}

// withoutAlias is a request for what lies in a folder that x-aliases names, sent to the
// folder it is an alias of; ok is false for all other requests.
func (c *Checker) withoutAlias(r *http.Request) (original *http.Request, ok bool) {
	var aliases map[string]string
	if err := c.model.Extensions.GetOrZero("x-aliases").Decode(&aliases); err != nil {
		return nil, false
	}
	at := strings.LastIndexByte(r.URL.Path, '/')
	folder, ok := aliases[r.URL.Path[:max(at, 0)]]
	if !ok {
		return nil, false
	}
	original = r.Clone(r.Context())
	original.URL.Path, original.URL.RawPath = folder+r.URL.Path[at:], ""
	return original, true
}
