package bench

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/app"
	"stepcast/config"
	"stepcast/models"
	"stepcast/tasks"
)

// readWindow is how long reading lasts in a turn; clients is how many read at once.
const (
	readWindow = 300 * time.Millisecond
	clients    = 32
)

// token signs in to the servers that are read from.
const token = "bench-admin-token-0123456789"

// readGraphQL is the read that is no poll: a page that is opened.
const readGraphQL = "GraphQL task"

// read is one thing that clients ask again and again about a running task.
type read struct {
	name    string
	request func(tb testing.TB, url string, t *models.Task) *http.Request
}

var reads = []read{
	{"Linkis status", pollLinkis("status")},
	{"Linkis progress", pollLinkis("progress")},
	{"Linkis log, nothing new", pollLinkis(fmt.Sprintf("log?fromLine=%d", logLines+1))},
	{"Linkis log, 100 lines", pollLinkis(fmt.Sprintf("log?fromLine=%d&size=100", logLines-99))},
	{"iManager task", func(tb testing.TB, url string, t *models.Task) *http.Request {
		return get(tb, url+"/imanager/cloud/web/tasks/"+models.TaskID(t.ID)+".json", "X-Auth-Token", token)
	}},
	{readGraphQL, func(tb testing.TB, url string, t *models.Task) *http.Request {
		query := `{"query":"query($id: ID!) { task(id: $id) { id version status progress steps { description status progress ` +
			`contents { message status progress } } } }","variables":{"id":"` + models.TaskID(t.ID) + `"}}`
		r := get(tb, url+"/graphql", "Authorization", "Bearer "+token, "Content-Type", "application/json")
		r.Method, r.Body, r.ContentLength = http.MethodPost, io.NopCloser(strings.NewReader(query)), int64(len(query))
		return r
	}},
}

// pollLinkis asks for what lies below the task in the entrance of Linkis.
func pollLinkis(what string) func(testing.TB, string, *models.Task) *http.Request {
	return func(tb testing.TB, url string, t *models.Task) *http.Request {
		return get(tb, url+"/api/rest_j/v1/entrance/"+t.ExecID()+"/"+what, "Token-Code", token, "Token-User", "admin")
	}
}

func get(tb testing.TB, url string, headers ...string) *http.Request {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(tb, err)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// logLines is how many lines the log of the running task has.
const logLines = 500

// runningTask leaves a task of three steps with two contents each in the database, in
// the middle of its first content, and no server.
func runningTask(tb testing.TB, db *database) *models.Task {
	tb.Helper()
	s := startServer(tb, db, 0)
	defer s.stop()
	content := tasks.ContentInput{Message: models.Plain("Copying tiles"), RunType: "noop", Code: "nothing"}
	step := tasks.StepInput{Description: models.Plain("Copy a layer"), Contents: []tasks.ContentInput{content, content}}
	in := tasks.SubmitInput{Description: models.Plain("Publish a map"), Steps: []tasks.StepInput{step, step, step}}
	s.submit(tb, 1, in)
	held := s.hold(tb, 1)
	s.tasks.Progress(held[0], firstContent, 42.5, "Copying tile 17 of 40")
	have, err := s.tasks.Task(tb.Context(), owner, held[0].Task)
	require.NoError(tb, err)
	lines := make([]models.LogLine, logLines-have.LogLines)
	for i := range lines {
		lines[i] = models.LogLine{
			Attempt: 1, At: time.Now(), Level: models.Info, Stream: models.Stdout, Step: 1, Content: 1,
			Text: fmt.Sprintf("copied tile %d of layer %q in %d ms", i, "roads & rivers", i%90),
		}
	}
	require.NoError(tb, s.tasks.AppendLog(tb.Context(), held[0], lines))
	t, err := s.tasks.Task(tb.Context(), owner, held[0].Task)
	require.NoError(tb, err)
	return t
}

// serve serves the database as a server does that has just started, except that nothing
// works in its background: all that it asks of the database, it asks for its readers.
func serve(tb testing.TB, db *database) (url string, stop func()) {
	tb.Helper()
	c := config.Default()
	c.Data, c.Database, c.NoWorker, c.AdminToken = tb.TempDir(), db.url, true, token
	a, err := app.New(tb.Context(), c, io.Discard, slog.New(slog.DiscardHandler))
	require.NoError(tb, err)
	require.NoError(tb, a.Bootstrap(tb.Context()))
	listener := httptest.NewServer(a.Handler())
	return listener.URL, func() {
		listener.CloseClientConnections()
		listener.Close()
		a.Close()
	}
}

func (what read) benchmark(b *testing.B, dbs pair) {
	defer dbs.few.deleteAfter(b, dbs.few.last(b))
	defer dbs.many.deleteAfter(b, dbs.many.last(b))
	few, stopFew := serve(b, dbs.few)
	many, stopMany := serve(b, dbs.many)
	fewReaders, answer := what.dial(b, few, runningTask(b, dbs.few))
	manyReaders, _ := what.dial(b, many, runningTask(b, dbs.many))
	bare := httptest.NewServer(replay(b, answer))
	bareReaders, _ := what.dial(b, bare.URL, &models.Task{})
	turns := takeTurns(fewReaders.load(b), manyReaders.load(b), bareReaders.load(b))
	stopFew()
	stopMany()
	bare.Close()
	found := measured{few: turns[0], many: turns[1], limit: turns[2]}
	traced(func() {
		url, stop := serve(b, dbs.few)
		defer stop()
		readers, _ := what.dial(b, url, runningTask(b, dbs.few))
		const requests = 100
		before := statements.now()
		for range requests {
			require.NoError(b, readers[0].ask())
		}
		found.ask(statements.now().minus(before), requests)
	})
	results.add(b, dbs.few.kind, what.name, found.columns()...)
}

// crowd is clients that read at the same time.
type crowd []*reader

// dial connects them, and gives an answer that one of them got.
func (what read) dial(tb testing.TB, url string, t *models.Task) (all crowd, answer *http.Response) {
	tb.Helper()
	for range clients {
		var one *reader
		one, answer = dial(tb, what.request(tb, url, t))
		all = append(all, one)
	}
	return all, answer
}

func (all crowd) load(tb testing.TB) load {
	return load{run: func() int {
		var n atomic.Int64
		until := time.Now().Add(readWindow)
		inParallel(tb, len(all), len(all), func(i int) error {
			for ; time.Now().Before(until); n.Add(1) {
				if err := all[i].ask(); err != nil {
					return err
				}
			}
			return nil
		})
		return int(n.Load())
	}}
}
