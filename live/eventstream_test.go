package live_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func TestEventStream(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for name, req := range map[string]*http.Request{
		"post": b.postRequest(t, mediaEvents, `subscription { count(to: 3) }`),
		"get":  b.getRequest(t, mediaEvents, `subscription { count(to: 3) }`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := b.ask(t, b.server.Client(), req)
			require.Equal(t, http.StatusOK, r.StatusCode)
			require.Equal(t, mediaEvents+charset, r.Header.Get("Content-Type"))
			require.Equal(t, "no-store", r.Header.Get("Cache-Control"))
			require.Equal(t, "no", r.Header.Get("X-Accel-Buffering"))
			require.Equal(t, "Accept", r.Header.Get("Vary"))
			for n := 1; n <= 3; n++ {
				require.Empty(t, r.next(`{"data":{"count":`+strconv.Itoa(n)+`}}`), "this stream has no cursors")
			}
			r.complete()
		})
	}
}

// The response begins before there is anything to tell.
func TestEventStreamBeginsAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	r := b.events(t, `subscription { every(feed: "quiet") { numbers } }`)
	first, err := r.body.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, ":\n", first)
	require.Equal(t, 1, b.handler.Sockets())
	require.NoError(t, r.Body.Close())
	b.released(t)
}

// Whatever can be asked for has an answer: queries and mutations one event.
func TestEventStreamOfOneAnswer(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for query, payload := range map[string]string{
		`{ hello }`:         `{"data":{"hello":"Hello, world."}}`,
		`mutation { bump }`: `{"data":{"bump":1}}`,
	} {
		r := b.events(t, query)
		r.next(payload)
		r.complete()
	}
	for query, message := range map[string]string{
		`{`:                        "Expected Name",
		`{ helo }`:                 "Cannot query field",
		`subscription { refused }`: "there is no such stream",
		`{ hello fails }`:          "it fails",
		`{ panics }`:               "internal error",
	} {
		r := b.events(t, query)
		require.Equal(t, http.StatusOK, r.StatusCode, "an EventSource tells its page nothing of another status")
		e, err := r.read()
		require.NoError(t, err)
		require.Equal(t, "next", e.name)
		require.Contains(t, e.data, message)
		r.complete()
	}
}

func TestEventStreamBreaks(t *testing.T) {
	t.Parallel()
	r := setup(t, live.Options{}).events(t, `subscription { breaks }`)
	r.next(`{"data":{"breaks":1}}`)
	r.next(`{"errors":[{"message":"the source broke"}]}`)
	r.complete()
}

// What cannot be read as a request has a status: it was no operation at all.
func TestEventStreamRefusesBadRequests(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{MaxBodyBytes: 1000})
	post := func(contentType, body string) answer {
		return b.do(t, http.MethodPost, b.url, body, map[string]string{"Accept": mediaEvents, "Content-Type": contentType})
	}
	for name, test := range map[string]struct {
		got    answer
		status int
	}{
		"not JSON":      {post(mediaJSON, `{`), http.StatusBadRequest},
		"no query":      {post(mediaJSON, `{}`), http.StatusBadRequest},
		"batch":         {post(mediaJSON, `[]`), http.StatusBadRequest},
		"form":          {post("application/x-www-form-urlencoded", `query={hello}`), http.StatusUnsupportedMediaType},
		"large":         {post(mediaJSON, `{"query":"`+string(make([]byte, 2000))+`"}`), http.StatusRequestEntityTooLarge},
		"empty GET":     {b.get(t, mediaEvents, nil), http.StatusBadRequest},
		"mutation, GET": {b.get(t, mediaEvents, map[string][]string{"query": {`mutation { bump }`}}), http.StatusMethodNotAllowed},
		"reservation":   {b.do(t, http.MethodPut, b.url, "", map[string]string{"Accept": mediaEvents}), http.StatusMethodNotAllowed},
	} {
		require.Equal(t, test.status, test.got.status, name)
		require.Equal(t, mediaJSON+charset, test.got.header.Get("Content-Type"), name)
		require.Contains(t, test.got.body, `"errors"`, name)
	}
	require.Contains(t, b.post(t, "", `{"query":"mutation { bump }"}`).body, `{"bump":1}`, "it was not run")
}

// What is answered by a stream, and what in one piece.
func TestStreamNegotiation(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	const query, subscription = `{ hello }`, `subscription { count(to: 1) }`
	const parts = `multipart/mixed;boundary="graphql";subscriptionSpec="1.0"`
	for _, test := range []struct{ method, accept, query, want string }{
		{http.MethodPost, mediaEvents, query, mediaEvents + charset},
		{http.MethodPost, "application/json, " + mediaEvents, query, mediaJSON + charset},
		{http.MethodPost, "application/json;q=0.5, Text/Event-Stream;q=0.6", query, mediaEvents + charset},
		{http.MethodPost, mediaEvents + ", */*", query, mediaEvents + charset},
		{http.MethodPost, "application/json, " + mediaEvents + ";q=0.1", subscription, mediaEvents + charset},
		{http.MethodPost, mediaEvents + ", multipart/mixed", subscription, mediaEvents + charset},
		{http.MethodPost, mediaEvents + ";q=0, application/json", subscription, mediaJSON + charset},
		{http.MethodPost, "text/*, application/json", subscription, mediaJSON + charset},
		{http.MethodPost, mediaMultipart, subscription, parts},
		{http.MethodPost, `multipart/mixed; subscriptionSpec="1.0"; boundary="graphql"`, subscription, parts},
		{http.MethodPost, `application/json,multipart/mixed;boundary=other;subscriptionSpec=1.0`, subscription, parts},
		{http.MethodPost, mediaMultipart + "," + mediaEvents, subscription, parts},
		{http.MethodPost, mediaMultipart, query, mediaResponse + charset},
		{http.MethodPost, `multipart/mixed;subscriptionSpec=1.0`, query, mediaJSON + charset},
		{http.MethodPost, `multipart/mixed;deferSpec=20220824,application/json`, subscription, mediaJSON + charset},
		{http.MethodPost, `multipart/mixed;subscriptionSpec=2.0,application/json`, subscription, mediaJSON + charset},
		{http.MethodPost, `multipart/mixed;boundary="graphql",application/json`, subscription, mediaJSON + charset},
		{http.MethodGet, mediaEvents, query, mediaEvents + charset},
		{http.MethodGet, mediaMultipart, subscription, mediaResponse + charset},
		{http.MethodGet, mediaMultipart + "," + mediaEvents, subscription, mediaEvents + charset},
	} {
		t.Run(test.method+" "+test.accept+" "+test.query, func(t *testing.T) {
			t.Parallel()
			req := b.postRequest(t, test.accept, test.query)
			if test.method == http.MethodGet {
				req = b.getRequest(t, test.accept, test.query)
			}
			require.Equal(t, test.want, b.ask(t, b.server.Client(), req).Header.Get("Content-Type"))
		})
	}
	refused := b.post(t, mediaJSON, `{"query":"subscription { once }"}`).body
	for _, way := range []string{mediaEvents, "multipart/mixed", "subscriptionSpec", "graphql-transport-ws"} {
		require.Contains(t, refused, way, "the refusal names the ways that there are")
	}
	require.Equal(t, http.StatusNotAcceptable, b.get(t, "multipart/mixed;subscriptionSpec=1.0", nil).status)
}

// A reader that comes back with the id of its last event misses nothing and gets nothing
// twice, wherever it lost its connection.
func TestEventStreamResumes(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	const numbers = 25
	feed := b.Feed("resumed")
	for range numbers {
		feed.Append(1)
	}
	feed.End(nil)
	var got []string
	last, responses := "", 0
	for ; last != "complete"; responses++ {
		req := b.getRequest(t, mediaEvents, `subscription { every(feed: "resumed") { numbers } }`)
		if last != "" {
			req.Header.Set("Last-Event-ID", last)
		}
		r := b.ask(t, b.server.Client(), req)
		e, err := r.read()
		require.NoError(t, err)
		require.NotEmpty(t, e.id)
		last = e.id
		if e.name == "next" {
			got = append(got, e.data)
		}
		require.NoError(t, r.Body.Close())
	}
	require.Equal(t, []string{
		`{"data":{"every":{"numbers":[1,2,3,4,5,6,7,8,9,10]}}}`,
		`{"data":{"every":{"numbers":[11,12,13,14,15,16,17,18,19,20]}}}`,
		`{"data":{"every":{"numbers":[21,22,23,24,25]}}}`,
	}, got)
	require.Equal(t, 4, responses)

	// 204 is what keeps an EventSource from coming back for ever.
	req := b.getRequest(t, mediaEvents, `subscription { every(feed: "resumed") { numbers } }`)
	req.Header.Set("Last-Event-ID", last)
	require.Equal(t, http.StatusNoContent, b.ask(t, b.server.Client(), req).StatusCode)
}

// A stream outlives the limits that the server sets for ordinary requests, and its client
// hears of it while there is nothing to tell.
func TestEventStreamOutlivesItsRequest(t *testing.T) {
	t.Parallel()
	const limit = 100 * time.Millisecond
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setupServer(t, live.Options{PingInterval: limit}, func(s *httptest.Server) {
				s.EnableHTTP2 = http2
				s.Config.ReadTimeout, s.Config.WriteTimeout, s.Config.IdleTimeout = limit, limit, limit
				s.StartTLS()
			})
			r := b.events(t, `subscription { once }`)
			require.Equal(t, http2, r.ProtoMajor == 2)
			r.next(`{"data":{"once":1}}`)
			for range 6 {
				line, err := r.body.ReadString('\n')
				require.NoError(t, err)
				require.Equal(t, ":\n", line)
				_, err = r.body.ReadString('\n')
				require.NoError(t, err)
			}
			require.EqualValues(t, 1, b.Streams.Load())
			require.NoError(t, r.Body.Close())
			b.released(t)
		})
	}
}

// Many streams share one connection of HTTP/2, and end one by one.
func TestEventStreamsOverHTTP2(t *testing.T) {
	t.Parallel()
	b := setupServer(t, live.Options{}, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.StartTLS()
	})
	var open []*response
	for range 20 {
		r := b.events(t, `subscription { once }`)
		require.Equal(t, 2, r.ProtoMajor)
		r.next(`{"data":{"once":1}}`)
		open = append(open, r)
	}
	counted := b.events(t, `subscription { count(to: 1000) }`)
	for n := 1; n <= 1000; n++ {
		counted.next(`{"data":{"count":` + strconv.Itoa(n) + `}}`)
	}
	counted.complete()
	for left := len(open); left > 0; left-- {
		require.Eventually(t, func() bool { return b.handler.Sockets() == left }, patience, time.Millisecond)
		require.NoError(t, open[left-1].Body.Close())
	}
	b.released(t)
}
