package live_test

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/live"
)

func TestMultipart(t *testing.T) {
	t.Parallel()
	r := setup(t, live.Options{}).parts(t, `subscription { count(to: 2) }`)
	r.part(`{"payload":{"data":{"count":1}}}`)
	r.part(`{"payload":{"data":{"count":2}}}`)
	r.last()
}

// What comes is MIME to those who know nothing of the protocol.
func TestMultipartIsMIME(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for query, want := range map[string][]string{
		`subscription { count(to: 2) }`: {`{"payload":{"data":{"count":1}}}`, `{"payload":{"data":{"count":2}}}`},
		`subscription { count(to: 0) }`: nil,
	} {
		r := b.ask(t, b.server.Client(), b.postRequest(t, mediaMultipart, query))
		_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		require.NoError(t, err)
		reader := multipart.NewReader(r.body, params["boundary"])
		var got []string
		for {
			part, err := reader.NextPart()
			if err == io.EOF {
				break
			}
			require.NoError(t, err)
			require.Equal(t, mediaJSON, part.Header.Get("Content-Type"))
			body, err := io.ReadAll(part)
			require.NoError(t, err)
			got = append(got, string(body))
		}
		require.Equal(t, want, got)
	}
}

func TestMultipartHeartbeat(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{PingInterval: 100 * time.Millisecond})
	r := b.parts(t, `subscription { once }`)
	r.part(`{"payload":{"data":{"once":1}}}`)
	r.part(`{}`)
	r.part(`{}`)
	require.NoError(t, r.Body.Close())
	b.released(t)
}

func TestMultipartErrors(t *testing.T) {
	t.Parallel()
	b := setup(t, live.Options{})
	for query, parts := range map[string][]string{
		`subscription { refused }`: {`{"payload":null,"errors":[{"message":"there is no such stream",
			"path":["refused"],"locations":[{"line":1,"column":16}]}]}`},
		`subscription { breaks }`: {
			`{"payload":{"data":{"breaks":1}}}`, `{"payload":null,"errors":[{"message":"the source broke"}]}`,
		},
	} {
		r := b.parts(t, query)
		for _, part := range parts {
			r.part(part)
		}
		r.last()
	}
	// Nobody knows what kind of operation a document is that cannot be run.
	r := b.ask(t, b.server.Client(), b.postRequest(t, mediaMultipart, `subscription { helo }`))
	require.Equal(t, http.StatusBadRequest, r.StatusCode)
	require.Equal(t, mediaResponse+charset, r.Header.Get("Content-Type"))
}
