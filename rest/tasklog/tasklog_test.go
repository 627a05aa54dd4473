package tasklog_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
	"stepcast/models"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
	"stepcast/rest/tasklog"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

func TestMain(m *testing.M) {
	process.Main()
	os.Exit(m.Run())
}

type bundle struct {
	*resttest.Bundle
	server *httptest.Server
	task   *models.Task
}

// setup gives a task that runs and has two lines of the server's own.
func setup(t *testing.T, s *store.Store) *bundle {
	t.Helper()
	b := &bundle{Bundle: resttest.SetupOn(t, s, func(o *tasks.Options) { o.Lease = time.Hour })}
	mux := http.NewServeMux()
	mux.Handle(tasklog.Pattern, tasklog.New(tasklog.Options{Tasks: b.Tasks, Auth: b.Auth, Logger: slog.New(slog.DiscardHandler)}))
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	b.Submit(resttest.Member)
	b.task = b.Claim()
	return b
}

// write appends lines to the log, and waits until they are stored.
func (b *bundle) write(t *testing.T, level models.LogLevel, texts ...string) {
	t.Helper()
	before := b.Row(b.task.ID).LogLines
	lines := make([]models.LogLine, len(texts))
	for i, text := range texts {
		lines[i] = models.LogLine{Attempt: 1, At: time.Now().UTC(), Level: level, Stream: models.Stdout, Text: text}
	}
	require.NoError(t, b.Tasks.AppendLog(t.Context(), tasks.LeaseOf(b.task), lines))
	require.Eventually(t, func() bool { return b.Row(b.task.ID).LogLines >= before+int64(len(texts)) }, 30*time.Second, 5*time.Millisecond)
}

// get asks for a path with a token.
func (b *bundle) get(t *testing.T, method, path, token string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.server.URL+path, nil)
	require.NoError(t, err)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := openapitest.Shared(t).Transport(t, nil).RoundTrip(r)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

const head = "Accepted from max\nAttempt 1 of 1 started\n"

func TestWholeLogComesAsText(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b := setup(t, s)
		b.write(t, models.Info, "\x1b[31mred\x1b[0m", "", "中文 \u202e", "<script>alert(1)</script>")
		b.write(t, models.Error, "broken")
		token := b.Token(resttest.Member)

		response, body := b.get(t, http.MethodGet, "/tasks/1/log.txt", token)
		require.Equal(t, http.StatusOK, response.StatusCode, body)
		require.Equal(t, head+"\x1b[31mred\x1b[0m\n\n中文 \u202e\n<script>alert(1)</script>\nbroken\n", body)
		require.Equal(t, "text/plain; charset=utf-8", response.Header.Get("Content-Type"))
		require.Equal(t, "attachment; filename=task-1.log.txt", response.Header.Get("Content-Disposition"))
		require.Equal(t, "sandbox; default-src 'none'", response.Header.Get("Content-Security-Policy"))

		for query, want := range map[string]string{
			"?after=2":                "\x1b[31mred\x1b[0m\n\n中文 \u202e\n<script>alert(1)</script>\nbroken\n",
			"?after=6":                "broken\n",
			"?after=7":                "",
			"?after=1000000":          "",
			"?minLevel=WARN":          "broken\n",
			"?minLevel=ERROR&after=7": "",
		} {
			response, body := b.get(t, http.MethodGet, "/tasks/1/log.txt"+query, token)
			require.Equal(t, http.StatusOK, response.StatusCode, query)
			require.Equal(t, want, body, query)
		}
		response, body = b.get(t, http.MethodHead, "/tasks/1/log.txt", token)
		require.Equal(t, http.StatusOK, response.StatusCode)
		require.Empty(t, body)
	})
}

// More lines than are read together, and more bytes: none is left out, and none comes twice.
func TestLongLogComesInOrder(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.OpenSQLite(t))
	want := strings.Builder{}
	want.WriteString(head)
	number := 0
	for range 13 {
		texts := make([]string, 1_000)
		for i := range texts {
			number++
			texts[i] = fmt.Sprintf("line %d %s", number, strings.Repeat("x", number%1_000))
			want.WriteString(texts[i] + "\n")
		}
		b.write(t, models.Info, texts...)
	}
	_, body := b.get(t, http.MethodGet, "/tasks/1/log.txt", b.Token(resttest.Observer))
	require.True(t, want.String() == body, "all lines, in order")
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, storetest.OpenSQLite(t))
	for name, c := range map[string]struct {
		path, token string
		status      int
		says        string
	}{
		"another member":     {"/tasks/1/log.txt", b.Token(resttest.Other), http.StatusNotFound, "NOT_FOUND"},
		"without scope read": {"/tasks/1/log.txt", b.Token(resttest.Member, models.ScopeSubmit), http.StatusNotFound, "NOT_FOUND"},
		"nobody":             {"/tasks/1/log.txt", "", http.StatusUnauthorized, "UNAUTHENTICATED"},
		"bad token":          {"/tasks/1/log.txt", "nonsense", http.StatusUnauthorized, "UNAUTHENTICATED"},
		"unknown task":       {"/tasks/2/log.txt", b.Token(resttest.Member), http.StatusNotFound, "NOT_FOUND"},
		"no task id":         {"/tasks/x/log.txt", b.Token(resttest.Member), http.StatusNotFound, "NOT_FOUND"},
		"after is no number": {"/tasks/1/log.txt?after=x", b.Token(resttest.Member), http.StatusBadRequest, "after is a line number, 0 for the beginning, not"},
		"after is negative":  {"/tasks/1/log.txt?after=-1", b.Token(resttest.Member), http.StatusBadRequest, "after is a line number, 0 for the beginning, not"},
		"unknown level":      {"/tasks/1/log.txt?minLevel=LOUD", b.Token(resttest.Member), http.StatusBadRequest, "minLevel is one of [DEBUG INFO WARN ERROR], not"},
	} {
		t.Run(name, func(t *testing.T) {
			response, body := b.get(t, http.MethodGet, c.path, c.token)
			require.Equal(t, c.status, response.StatusCode, body)
			require.Contains(t, body, c.says)
		})
	}
}
