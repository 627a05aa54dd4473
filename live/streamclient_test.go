package live_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	mediaEvents = "text/event-stream"
	// mediaMultipart is what Apollo Client sends.
	mediaMultipart = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9"
)

// response is an answer that goes on.
type response struct {
	*http.Response
	t    *testing.T
	body *bufio.Reader
}

// ask sends a request whose answer may go on. The test ends it.
func (b *bundle) ask(t *testing.T, client *http.Client, req *http.Request) *response {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	resp, err := client.Do(req.WithContext(ctx))
	require.NoError(t, err)
	t.Cleanup(func() { _ = resp.Body.Close() })
	return &response{resp, t, bufio.NewReader(resp.Body)}
}

func (b *bundle) postRequest(t *testing.T, accept, query string) *http.Request {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(t, err)
	req, err := http.NewRequest(http.MethodPost, b.url, strings.NewReader(string(body)))
	require.NoError(t, err)
	req.Header.Set("Content-Type", mediaJSON)
	req.Header.Set("Accept", accept)
	return req
}

func (b *bundle) getRequest(t *testing.T, accept, query string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, b.url+"?"+url.Values{"query": {query}}.Encode(), nil)
	require.NoError(t, err)
	req.Header.Set("Accept", accept)
	return req
}

// events asks by POST for an event stream.
func (b *bundle) events(t *testing.T, query string) *response {
	t.Helper()
	return b.ask(t, b.server.Client(), b.postRequest(t, mediaEvents, query))
}

// event is one of an event stream.
type event struct{ name, id, data string }

// read gives the next event as an EventSource would: one without a data line is none.
// io.EOF is a response that ended well.
func (r *response) read() (e event, err error) {
	hasData := false
	for {
		line, err := r.body.ReadString('\n')
		if err != nil {
			return e, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n" && hasData:
			return e, nil
		case line == "\n":
			e = event{}
		case name == "event":
			e.name = value
		case name == "id":
			e.id = value
		case name == "data":
			e.data, hasData = e.data+value, true
		}
	}
}

// next checks that the next event is `next` with that payload, and gives its id.
func (r *response) next(payload string) (id string) {
	r.t.Helper()
	e, err := r.read()
	require.NoError(r.t, err)
	require.Equal(r.t, "next", e.name)
	require.JSONEq(r.t, payload, e.data)
	return e.id
}

// complete checks that the stream ends well.
func (r *response) complete() {
	r.t.Helper()
	e, err := r.read()
	require.NoError(r.t, err)
	require.Equal(r.t, event{name: "complete", id: "complete"}, e)
	r.ends()
}

// ends checks that nothing more comes.
func (r *response) ends() {
	r.t.Helper()
	rest, err := io.ReadAll(r.body)
	require.NoError(r.t, err)
	require.Empty(r.t, string(rest))
}

// narrowClient has a small receive buffer, so that a reader that stops is noticed soon.
func narrowClient(t *testing.T, base *http.Transport) *http.Client {
	t.Helper()
	transport := base.Clone()
	transport.DialContext = narrow().NetDialContext
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// parts asks for a subscription in parts, as Apollo Client does.
func (b *bundle) parts(t *testing.T, query string) *response {
	t.Helper()
	r := b.ask(t, b.server.Client(), b.postRequest(t, mediaMultipart, query))
	require.Equal(t, `multipart/mixed;boundary="graphql";subscriptionSpec="1.0"`, r.Header.Get("Content-Type"))
	require.Empty(t, r.until(), "the first boundary comes first")
	return r
}

// until gives what comes before the next boundary, which a client must have seen before it
// handles a part.
func (r *response) until() string {
	r.t.Helper()
	const boundary = "\r\n--graphql"
	var text strings.Builder
	for !strings.HasSuffix(text.String(), boundary) {
		c, err := r.body.ReadByte()
		require.NoError(r.t, err, "after %q", text.String())
		text.WriteByte(c)
	}
	return strings.TrimSuffix(text.String(), boundary)
}

// part checks that the next part is that JSON.
func (r *response) part(payload string) {
	r.t.Helper()
	body, ok := strings.CutPrefix(r.until(), "\r\nContent-Type: application/json\r\n\r\n")
	require.True(r.t, ok)
	require.JSONEq(r.t, payload, body)
}

// last checks that the boundary just seen was the last one.
func (r *response) last() {
	r.t.Helper()
	rest, err := io.ReadAll(r.body)
	require.NoError(r.t, err)
	require.Equal(r.t, "--\r\n", string(rest))
}
