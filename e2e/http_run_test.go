package e2e

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// httpWorld is a server of ours, one that it may send requests to, and one that it may not.
type httpWorld struct {
	*server
	allowed, other *httptest.Server
	// strayed counts the requests that reached the other one.
	strayed atomic.Int64
	// came has each request that reached the allowed one; left is told when the sender of
	// one has gone.
	came chan *http.Request
	left chan struct{}
}

// newHTTPWorld starts them. /report answers with a file, /missing with 404, /away leads
// to the other one, and /endless never answers.
func newHTTPWorld(t *testing.T) *httpWorld {
	t.Helper()
	w := &httpWorld{came: make(chan *http.Request, 8), left: make(chan struct{}, 1)}
	w.other = httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { w.strayed.Add(1) }))
	t.Cleanup(w.other.Close)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /report", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/csv")
		rw.Header().Set("Content-Disposition", `attachment; filename="report.csv"`)
		_, _ = rw.Write([]byte("town,people\r\nOslo,717710\r\nBergen,\r\n"))
	})
	mux.HandleFunc("GET /away", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, w.other.URL, http.StatusFound)
	})
	mux.HandleFunc("GET /endless", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		w.left <- struct{}{}
	})
	w.allowed = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.came <- r.Clone(r.Context())
		mux.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.allowed.Close)
	w.server = start(t, "--http-targets", strings.TrimPrefix(w.allowed.URL, "http://"))
	return w
}

// request submits a task of one request.
func (w *httpWorld) request(t *testing.T, params object, variables map[string]any) *client.Task {
	t.Helper()
	in := single("http", "", params)
	in.Variables = variables
	task, err := w.client().Submit(t.Context(), in)
	require.NoError(t, err)
	return task
}

// end waits for the end of a task.
func (w *httpWorld) end(t *testing.T, task *client.Task) *client.Task {
	t.Helper()
	return awaitEnd(t, w.client(), task.ID)
}

// TestHTTPRun sends requests, and downloads what came.
func TestHTTPRun(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	w := newHTTPWorld(t)
	ended := w.end(t, w.request(t, object{"url": w.allowed.URL + "/report?year=${year}", "method": "POST", "headers": object{"X-Who": "${who}"}},
		map[string]any{"year": "20 26", "who": "me"}))
	require.Equal(t, client.StatusSucceeded, ended.Status, "%+v", ended.Error)
	sent := receive(t, w.came)
	require.Equal(t, []string{"20 26", "me"}, []string{sent.URL.Query().Get("year"), sent.Header.Get("X-Who")})

	require.Len(t, ended.Results, 1)
	result := ended.Results[0]
	require.Equal(t, []any{"report.csv", int64(2)}, []any{result.Name, *result.Rows})
	got := w.caller(t, bearer(token)...).send(http.MethodGet, result.URL, nil, nil)
	require.Equal(t, http.StatusOK, got.status)
	require.Equal(t, "town,people\r\nOslo,717710\r\nBergen,\r\n", string(got.body))
	require.Len(t, got.body, int(result.Bytes))
	nobody := w.caller(t).send(http.MethodGet, result.URL, nil, nil)
	require.Equal(t, http.StatusUnauthorized, nobody.status)
}

// TestHTTPRunFails by a status that was not expected, and by leaving what is allowed.
func TestHTTPRunFails(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	w := newHTTPWorld(t)
	// Where it leads is not known before the variable is filled in.
	away := strings.Replace(w.other.URL, "127.0.0.1", "${host}", 1)
	for name, try := range map[string]struct {
		params object
		word   string
	}{
		"unexpected status":   {object{"url": w.allowed.URL + "/missing"}, "404"},
		"unexpected success":  {object{"url": w.allowed.URL + "/report", "method": "POST", "expectStatus": 201}, "200"},
		"variable to another": {object{"url": away}, "--http-targets"},
		"redirect to another": {object{"url": w.allowed.URL + "/away"}, "--http-targets"},
	} {
		t.Run(name, func(t *testing.T) {
			ended := w.end(t, w.request(t, try.params, map[string]any{"host": "127.0.0.1"}))
			require.Equal(t, client.StatusFailed, ended.Status)
			require.Contains(t, ended.Error.Message, try.word)
			require.Equal(t, ended.Steps[0].Contents[0].ID, ended.Error.ContentID)
		})
	}
	require.Zero(t, w.strayed.Load(), "nothing reached the other server")
}

// TestHTTPRunCancelled: the request is given up, and whoever answers it is told.
func TestHTTPRunCancelled(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	w := newHTTPWorld(t)
	task := w.request(t, object{"url": w.allowed.URL + "/endless"}, nil)
	require.Equal(t, "/endless", receive(t, w.came).URL.Path)
	_, err := w.client().Cancel(t.Context(), task.ID)
	require.NoError(t, err)
	receive(t, w.left)
	ended := w.end(t, task)
	require.Equal(t, client.StatusCancelled, ended.Status)
	require.Equal(t, "admin", ended.EndedBy.By)
	require.Empty(t, ended.Results)
}
