package results_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"log"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/internal/process"
	"stepcast/internal/randomtest"
	"stepcast/models"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
	"stepcast/rest/results"
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
	into   *tasks.ResultStore
}

// setup gives a task that runs.
func setup(t *testing.T) *bundle {
	t.Helper()
	b := &bundle{Bundle: resttest.Setup(t)}
	mux := http.NewServeMux()
	mux.Handle(results.Pattern, results.New(results.Options{Tasks: b.Tasks, Auth: b.Auth, Logger: slog.New(slog.DiscardHandler)}))
	b.server = httptest.NewServer(mux)
	t.Cleanup(b.server.Close)
	b.Submit(resttest.Member)
	b.task = b.Claim()
	b.into = b.Tasks.NewResults(t.Context(), tasks.LeaseOf(b.task), b.task.Attempt, resttest.First)
	return b
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

func text(s string) *string { return &s }

func TestTableComesAsCSV(t *testing.T) {
	t.Parallel()
	b := setup(t)
	table, err := b.into.Table("people", []models.ResultColumn{{Name: "na,me", Type: "TEXT"}, {Name: "age", Type: "INT"}})
	require.NoError(t, err)
	for _, row := range [][]*string{{text("Ann \"A\""), text("7")}, {nil, text("")}, {text("two\nlines"), text(" padded ")}, {text("中文"), nil}} {
		require.NoError(t, table.Row(row))
	}
	require.NoError(t, table.Close())

	response, body := b.get(t, http.MethodGet, "/results/1-r1", b.Token(resttest.Member))
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, "\"na,me\",age\r\n\"Ann \"\"A\"\"\",7\r\n,\"\"\r\n\"two\nlines\",\" padded \"\r\n中文,\r\n", body)
	require.Equal(t, "text/csv; charset=utf-8", response.Header.Get("Content-Type"))
	require.Equal(t, "attachment; filename=people.csv", response.Header.Get("Content-Disposition"))
	require.Equal(t, "sandbox; default-src 'none'", response.Header.Get("Content-Security-Policy"))
	records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"two\nlines", " padded "}, records[3])
}

// The names of the columns alone are more than waits for the first write; net/http has
// nothing to complain of.
func TestTableWithManyColumns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	columns := make([]models.ResultColumn, 500)
	for i := range columns {
		columns[i] = models.ResultColumn{Name: fmt.Sprintf("column_%04d", i), Type: "INT"}
	}
	table, err := b.into.Table("wide", columns)
	require.NoError(t, err)
	require.NoError(t, table.Close())
	var said bytes.Buffer
	b.server = httptest.NewUnstartedServer(b.server.Config.Handler)
	b.server.Config.ErrorLog = log.New(&said, "", 0)
	b.server.Start()
	response, body := b.get(t, http.MethodGet, "/results/1-r1", b.Token(resttest.Member))
	b.server.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Contains(t, body, "column_0000,column_0001,")
	require.Empty(t, said.String())
}

// Many chunks, and bytes that are no text.
func TestFileComesAsItWasLeft(t *testing.T) {
	t.Parallel()
	b := setup(t)
	seed := randomtest.Seed(t)
	random := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
	sent := make([]byte, 700_000)
	_, _ = random.Read(sent)
	copy(sent, "\x89PNG\r\n\x1a\n")
	file, err := b.into.File("maps/../a \"b\"; c.png")
	require.NoError(t, err)
	for rest := sent; len(rest) > 0; {
		n := min(len(rest), 90_001)
		_, err := file.Write(rest[:n])
		require.NoError(t, err)
		rest = rest[n:]
	}
	response, _ := b.get(t, http.MethodGet, "/results/1-r1", b.Token(resttest.Member))
	require.Equal(t, http.StatusNotFound, response.StatusCode, "nobody sees what is not finished")
	require.NoError(t, file.Close())

	response, body := b.get(t, http.MethodGet, "/results/1-r1", b.Token(resttest.Member))
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.True(t, string(sent) == body, "all bytes, in order")
	require.Equal(t, "image/png", response.Header.Get("Content-Type"))
	require.Equal(t, `attachment; filename="a _b_; c.png"`, response.Header.Get("Content-Disposition"))

	response, body = b.get(t, http.MethodHead, "/results/1-r1", b.Token(resttest.Member))
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.EqualValues(t, len(sent), response.ContentLength)
	require.Empty(t, body)
}

// A reader that shows the beginning of a result leaves the rest: nobody is warned of it.
func TestReaderWhoLeaves(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file, err := b.into.File("large.bin")
	require.NoError(t, err)
	for range 32 {
		_, err = file.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	require.NoError(t, file.Close())
	var said bytes.Buffer
	mux := http.NewServeMux()
	left := make(chan any, 1)
	handler := results.New(results.Options{Tasks: b.Tasks, Auth: b.Auth, Logger: slog.New(slog.NewTextHandler(&said, nil))})
	mux.HandleFunc(results.Pattern, func(w http.ResponseWriter, r *http.Request) {
		defer func() { left <- recover() }()
		handler.ServeHTTP(w, r)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/results/1-r1", nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+b.Token(resttest.Member))
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	_, err = io.ReadFull(response.Body, make([]byte, 100))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.ErrAbortHandler, <-left, "it was cut, and not sent to its end")
	require.Empty(t, said.String())
}

func TestWhoMayNotSeeTheTask(t *testing.T) {
	t.Parallel()
	b := setup(t)
	file, err := b.into.File("a.txt")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	for name, c := range map[string]struct {
		path, token string
		status      int
	}{
		"owner":              {"/results/1-r1", b.Token(resttest.Member), http.StatusOK},
		"operator":           {"/results/1-r1", b.Token(resttest.Operator), http.StatusOK},
		"observer":           {"/results/1-r1", b.Token(resttest.Observer), http.StatusOK},
		"another member":     {"/results/1-r1", b.Token(resttest.Other), http.StatusNotFound},
		"without scope read": {"/results/1-r1", b.Token(resttest.Member, models.ScopeSubmit), http.StatusNotFound},
		"nobody":             {"/results/1-r1", "", http.StatusUnauthorized},
		"bad token":          {"/results/1-r1", "nonsense", http.StatusUnauthorized},
		"unknown result":     {"/results/1-r2", b.Token(resttest.Member), http.StatusNotFound},
		"unknown task":       {"/results/2-r1", b.Token(resttest.Member), http.StatusNotFound},
		"no result id":       {"/results/%2e%2e", b.Token(resttest.Member), http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			response, body := b.get(t, http.MethodGet, c.path, c.token)
			require.Equal(t, c.status, response.StatusCode, body)
			if c.status != http.StatusOK {
				require.Contains(t, body, `{"error":{"code":`)
			}
		})
	}
}
