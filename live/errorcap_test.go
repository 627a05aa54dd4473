package live_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"stepcast/internal/httpx"
	"stepcast/live"
	"stepcast/live/internal/testschema"
)

// noisy has each field cause that many errors.
type noisy int

func (noisy) ExtensionName() string                   { return "noisy" }
func (noisy) Validate(graphql.ExecutableSchema) error { return nil }

func (n noisy) InterceptField(ctx context.Context, next graphql.Resolver) (any, error) {
	for range n {
		graphql.AddErrorf(ctx, "one of many")
	}
	return next(ctx)
}

// An answer with a thousand errors tells a hundred, and how many there were.
func TestErrorsOfExecutionAreBounded(t *testing.T) {
	t.Parallel()
	for errors, want := range map[int]int{99: 99, 100: 100, 101: 101, 1000: 101} {
		b := setup(t, live.Options{Gate: noisy(errors)})
		for way, ask := range b.ways(t) {
			var got struct {
				Data   map[string]string
				Errors []struct{ Message string }
			}
			require.NoError(t, json.Unmarshal([]byte(ask(`{"query":"{ hello }"}`)), &got))
			require.Len(t, got.Errors, want, way)
			require.Equal(t, "Hello, world.", got.Data["hello"])
			last := got.Errors[want-1].Message
			switch errors {
			case 101:
				require.Equal(t, "1 more errors were left out", last)
			case 1000:
				require.Equal(t, "900 more errors were left out", last)
			default:
				require.Equal(t, "one of many", last)
			}
		}
	}
}

// A masked error has the id of its request, over each transport: what the client sent,
// and what the server's log says.
func TestErrorsCarryTheRequestID(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	b := &bundle{Resolver: &testschema.Resolver{}}
	b.handler = live.New(testschema.New(b.Resolver), live.Options{Logger: log.logger()})
	b.server = httptest.NewServer(httpx.WithRequestID(b.handler))
	t.Cleanup(b.server.Close)
	b.url = b.server.URL
	header := map[string]string{"X-Request-Id": "trace-1", "Content-Type": mediaJSON}
	got := b.do(t, http.MethodPost, b.url, `{"query":"{ panics }"}`, header)
	require.Equal(t, "trace-1", got.header.Get("X-Request-Id"))
	require.Contains(t, got.body, `"requestId":"trace-1"`)
	require.Contains(t, got.body, `"code":"INTERNAL"`)
	require.Contains(t, log.String(), "request=trace-1")

	c := b.dial(t, http.Header{"X-Request-Id": {"trace-2"}})
	c.init()
	c.subscribe("1", "{ panics }")
	require.Contains(t, c.receive(), `"requestId":"trace-2"`)
	require.Contains(t, log.String(), "request=trace-2")
	require.NoError(t, b.handler.Shutdown(t.Context()))
	require.Equal(t, 2, strings.Count(log.String(), "level=ERROR"))
}
