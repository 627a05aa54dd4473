package live

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzAccept asks for an answer in any words: a stream is given only to who names it, and
// an answer only in a form that is spoken.
func FuzzAccept(f *testing.F) {
	for _, seed := range []string{
		"", "*/*", "text/event-stream", "text/event-stream;q=0", "TEXT/Event-Stream; charset=utf-8;q=0.001",
		`multipart/mixed;boundary="graphql";subscriptionSpec="1.0",application/json`, "multipart/mixed;subscriptionSpec=1.0;subscriptionSpec=2.0",
		"multipart/mixed;deferSpec=20220824,application/json", "text/*;q=2, application/*;q=-1", "application/json;q=NaN, text/event-stream;q=NaN",
		",,;;==", `text/event-stream;a=",application/json`, "text/event-stream\x00", "application/json;q=1e999",
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, accept string, post bool) {
		r := &http.Request{Method: http.MethodGet, Header: http.Header{"Accept": {accept}}}
		if post {
			r.Method = http.MethodPost
		}
		kind, first := acceptedStream(r)
		named := strings.ToLower(accept)
		switch kind {
		case nil:
			require.False(t, Lasting(r))
		case eventStream:
			require.Contains(t, named, mediaEvents)
		case multipartStream:
			require.True(t, post)
			require.Contains(t, named, "subscriptionspec")
		default:
			t.Fatalf("a stream of kind %q", kind.name)
		}
		whole := negotiate(r.Header)
		require.Contains(t, []string{"", mediaJSON, mediaResponse}, whole)
		require.True(t, first || whole != "", "there is nothing else")
	})
}

// Custom scalars may write line ends between tokens; an event has one line of data.
func TestEventDataIsOneLine(t *testing.T) {
	t.Parallel()
	event := nextEvent([]byte("{\"data\":{\"any\":{\"a\":\"\\n\"}\r\n}}\n"), "7")
	require.Equal(t, "event: next\nid: 7\ndata: {\"data\":{\"any\":{\"a\":\"\\n\"}  }} \n\n", string(event))
}
