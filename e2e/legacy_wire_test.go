package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/rest/openapi/openapitest"
)

// caller is the HTTP side of a client: it sends the client's headers with each request,
// and keeps cookies. What it sends and gets must be as the description of the API says.
type caller struct {
	t      *testing.T
	base   string
	http   *http.Client
	header http.Header
}

// caller makes one, for headers given as name, value, name, value.
func (s *server) caller(t *testing.T, headers ...string) *caller {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	c := &caller{t: t, base: s.url, http: &http.Client{Transport: openapitest.Shared(t).Transport(t, nil), Jar: jar, Timeout: patience}, header: http.Header{}}
	setHeaders(c.header, headers)
	return c
}

// reply is an answer that has been read.
type reply struct {
	t *testing.T
	// asked is the request, for failures.
	asked  string
	status int
	header http.Header
	body   []byte
}

// send asks, with a JSON body unless it is nil.
func (c *caller) send(method, path string, query url.Values, body any) reply {
	c.t.Helper()
	at := c.base + path
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(c.t, err)
		sent = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, at, sent)
	require.NoError(c.t, err)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	answer, err := c.http.Do(r)
	require.NoError(c.t, err)
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	require.NoError(c.t, err)
	return reply{t: c.t, asked: method + " " + at, status: answer.StatusCode, header: answer.Header, body: got}
}

// json reads the body, whatever the status.
func (r reply) json() wire {
	r.t.Helper()
	var value any
	require.NoError(r.t, decode(string(r.body), &value), "%s: %s", r.asked, r.body)
	return wire{t: r.t, path: r.asked, value: value}
}

// linkis reads the envelope, of which clients need each part: the Java SDK fails without
// a Content-Type and without data.
func (r reply) linkis() (status int64, message string, data wire) {
	r.t.Helper()
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	require.NoError(r.t, err, r.asked)
	require.Equal(r.t, "application/json", kind, r.asked)
	body := r.json()
	if method := body.key("method"); !method.null() {
		require.NotEmpty(r.t, method.text(), r.asked)
	}
	data = body.key("data")
	data.object()
	return body.key("status").int(), body.key("message").text(), data
}

// success gives the data of an answer that must be a success.
func (r reply) success() wire {
	r.t.Helper()
	status, message, data := r.linkis()
	require.Equal(r.t, []int64{http.StatusOK, 0}, []int64{int64(r.status), status}, "%s: %s", r.asked, message)
	return data
}

// refused gives the message of an answer that must be a refusal with these statuses.
func (r reply) refused(http int, status int64) (message string) {
	r.t.Helper()
	got, message, _ := r.linkis()
	require.Equal(r.t, []int64{int64(http), status}, []int64{int64(r.status), got}, "%s: %s", r.asked, message)
	return message
}

// wire is a value of an answer, read as Java reads it: a key has its exact case, and a
// value the JSON type that the client's class has, or the test fails.
type wire struct {
	t *testing.T
	// path says where it stands, for failures.
	path  string
	value any
}

// of requires a type of decoded JSON.
func of[T any](w wire) T {
	w.t.Helper()
	value, ok := w.value.(T)
	require.True(w.t, ok, "%s is %#v, not %T", w.path, w.value, value)
	return value
}

func (w wire) object() object { w.t.Helper(); return of[object](w) }
func (w wire) text() string   { w.t.Helper(); return of[string](w) }
func (w wire) bool() bool     { w.t.Helper(); return of[bool](w) }
func (w wire) null() bool     { return w.value == nil }

// key is what an object has under a key, which may be null but not missing.
func (w wire) key(name string) wire {
	w.t.Helper()
	value, there := w.object()[name]
	require.True(w.t, there, "%s has no %s: %v", w.path, name, w.value)
	return wire{t: w.t, path: w.path + " " + name, value: value}
}

// int is a number written without a point.
func (w wire) int() int64 {
	w.t.Helper()
	n, err := strconv.ParseInt(of[json.Number](w).String(), 10, 64)
	require.NoError(w.t, err, "%s is no integer", w.path)
	return n
}

// number is any number.
func (w wire) number() float64 {
	w.t.Helper()
	n, err := of[json.Number](w).Float64()
	require.NoError(w.t, err, w.path)
	return n
}

// instant is a number of milliseconds since 1970. Java casts it to a Long, which it is
// only when it is too large for an Integer.
func (w wire) instant() time.Time {
	w.t.Helper()
	n := w.int()
	require.Greater(w.t, n, int64(1)<<31, "%s is a number that Java reads as an Integer", w.path)
	return time.UnixMilli(n)
}

func (w wire) list() []wire {
	w.t.Helper()
	values := of[[]any](w)
	list := make([]wire, len(values))
	for i, value := range values {
		list[i] = wire{t: w.t, path: w.path + "[" + strconv.Itoa(i) + "]", value: value}
	}
	return list
}

func (w wire) texts() []string {
	w.t.Helper()
	texts := []string{}
	for _, item := range w.list() {
		texts = append(texts, item.text())
	}
	return texts
}

// fourTexts is a log by level: [error, warn, info, all].
func (w wire) fourTexts() []string {
	w.t.Helper()
	four := w.texts()
	require.Len(w.t, four, 4, w.path)
	return four
}
