package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/internal/randomtest"
	"stepcast/models"
)

// eventSource reads event streams as a browser's EventSource does.
type eventSource struct {
	address string // with the query
	headers []string
	http    *http.Client
	last    string // id of the last event
}

// sseEvent is one event of a stream.
type sseEvent struct{ name, data string }

func (s *server) eventSource(query string, variables object, headers ...string) *eventSource {
	s.t.Helper()
	given, err := json.Marshal(variables)
	require.NoError(s.t, err)
	values := url.Values{"query": {query}, "variables": {string(given)}}
	return &eventSource{address: s.url + "/graphql?" + values.Encode(), headers: headers, http: s.httpClient()}
}

// open connects, after the last event that came.
func (e *eventSource) open(ctx context.Context) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, e.address, nil)
	if err != nil {
		return nil, err
	}
	setHeaders(r.Header, e.headers)
	r.Header.Set("Accept", "text/event-stream")
	if e.last != "" {
		r.Header.Set("Last-Event-ID", e.last)
	}
	return e.http.Do(r)
}

// read gives each event of a response to took, until it ends. An event that is not whole
// is none, and leaves no id.
func (e *eventSource) read(body io.Reader, took func(sseEvent)) error {
	lines := bufio.NewReader(body)
	var event sseEvent
	id, hasData := e.last, false
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "\n":
			if e.last = id; hasData {
				took(event)
			}
			event, hasData = sseEvent{}, false
		case name == "event":
			event.name = value
		case name == "id":
			id = value
		case name == "data":
			event.data, hasData = value, true
		}
	}
}

// follow comes back until the stream is complete, and gives what each `next` brought.
func (e *eventSource) follow(ctx context.Context, next func(data string)) (responses int, err error) {
	for complete := false; !complete && ctx.Err() == nil; responses++ {
		response, err := e.open(ctx)
		if err != nil {
			continue
		}
		_ = e.read(response.Body, func(event sseEvent) { // how a connection breaks is not the question
			if event.name == "complete" {
				complete = true
				return
			}
			next(event.data)
		})
		_ = response.Body.Close()
	}
	return responses, ctx.Err()
}

// TestEventStreamsOverFrayedConnections follows a task by server-sent events over
// connections that break at random: an EventSource that sends the id of its last event
// misses nothing and gets nothing twice.
func TestEventStreamsOverFrayedConnections(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--lease", longLease)
	f := flood{contents: 10, changes: 8, lines: 800}
	c := s.client()
	task, err := c.Submit(t.Context(), f.input())
	require.NoError(t, err)
	at, err := url.Parse(s.url)
	require.NoError(t, err)
	way := startFray(t, at.Host, randomtest.New(t))
	frayed := s.with(t)
	frayed.url = "http://" + way.listener.Addr().String()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()

	log := frayed.eventSource(`subscription($id: ID!) { taskLog(id: $id) { lines { number attempt at level stream contentId text } gap { __typename } } }`,
		object{"id": task.ID}, bearer(token)...)
	var lines []client.LogLine
	responses, err := log.follow(ctx, func(data string) {
		var said struct {
			Data struct {
				TaskLog struct {
					Lines []client.LogLine
					Gap   *struct{}
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(data), &said), data)
		require.Nil(t, said.Data.TaskLog.Gap)
		require.NotContains(t, data, `"errors"`)
		lines = append(lines, said.Data.TaskLog.Lines...)
	})
	require.NoError(t, err)
	stored := readStored(t, c, task.ID)
	require.Equal(t, client.StatusSucceeded, stored.last.Status, "%+v", stored.last.Error)
	require.GreaterOrEqual(t, len(stored.lines), f.contents*f.lines)
	requireSame(t, "line", stored.lines, lines)
	require.Greater(t, responses, 1, "connections broke")

	// Who comes back after the end is told to stay away.
	log.address = strings.Replace(log.address, frayed.url, s.url, 1)
	response, err := log.open(ctx)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusNoContent, response.StatusCode)
	t.Logf("%d lines by %d responses", len(lines), responses)
}

// TestEventStreamsOutliveTheServer stops a server: the stream ends, without saying that it
// is complete, and goes on when there is a server again.
func TestEventStreamsOutliveTheServer(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--no-worker")
	task, err := s.client().Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	const watch = `subscription($id: ID!) { taskEvents(id: $id) { events { id } } }`
	source := s.eventSource(watch, object{"id": task.ID}, bearer(token)...)
	response, err := source.open(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	var before, after []string
	require.Equal(t, io.EOF, source.read(response.Body, func(event sseEvent) {
		if len(before) == 0 {
			s.signal(syscall.SIGTERM)
		}
		before = append(before, eventIDs(t, event)...)
	}), "the response ends well")
	require.NotEmpty(t, before)
	require.NotEmpty(t, source.last)
	receive(t, s.exited)
	require.Zero(t, s.cmd.ProcessState.ExitCode())

	s.run()
	again := s.eventSource(watch, object{"id": task.ID}, bearer(token)...)
	again.last = source.last
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = s.client().Cancel(ctx, task.ID)
	require.NoError(t, err)
	_, err = again.follow(ctx, func(data string) { after = append(after, eventIDs(t, sseEvent{"next", data})...) })
	require.NoError(t, err)
	var stored []string
	for _, event := range readStored(t, s.client(), task.ID).events {
		stored = append(stored, event.Head().ID)
	}
	require.Equal(t, stored, append(before, after...))
}

// eventIDs are the events of a task that one event of the stream brought.
func eventIDs(t *testing.T, event sseEvent) (ids []string) {
	t.Helper()
	require.Equal(t, "next", event.name)
	var said struct {
		Data struct {
			TaskEvents struct{ Events []struct{ ID string } }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(event.data), &said), event.data)
	for _, one := range said.Data.TaskEvents.Events {
		ids = append(ids, one.ID)
	}
	return ids
}

// TestEventStreamsOfOtherSites lets a page of another site open an event stream with the
// cookie of this one, which a browser sends along.
func TestEventStreamsOfOtherSites(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	s.office(t).user("anna", models.Member)
	cookie := s.signIn("anna").web
	for name, test := range map[string]struct {
		headers []string
		status  int
	}{
		"this site":                {[]string{"Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		"no browser":               {nil, http.StatusOK},
		"another site":             {[]string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		"a neighbour":              {[]string{"Sec-Fetch-Site", "same-site"}, http.StatusForbidden},
		"another, in old browsers": {[]string{"Origin", "https://evil.example.com"}, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := s.with(t).eventSource(`{ viewer { name } }`, nil, append(test.headers, cookie...)...)
			response, err := source.open(t.Context())
			require.NoError(t, err)
			require.NoError(t, response.Body.Close())
			require.Equal(t, test.status, response.StatusCode)
		})
	}
}

// endOf opens an event stream and tells when it has ended, which must not look as if it
// were complete.
func (s *server) endOf(t *testing.T, headers []string) <-chan time.Time {
	t.Helper()
	source := s.eventSource(`subscription { taskChanges { task { id } } }`, nil, headers...)
	response, err := source.open(t.Context())
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	ended := make(chan time.Time, 1)
	go func() {
		defer close(ended)
		defer response.Body.Close()
		complete := false
		err := source.read(response.Body, func(event sseEvent) { complete = complete || event.name == "complete" })
		if errors.Is(err, io.EOF) && !complete {
			ended <- time.Now()
		}
	}()
	return ended
}
