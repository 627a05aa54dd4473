package openapi_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/internal/httpx"
	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/linkis"
	"stepcast/rest/openapi"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
	"stepcast/rest/results"
	"stepcast/rest/tasklog"
	"stepcast/store/storetest"
	"stepcast/tasks"
)

// world is a server whose answers are checked against the description.
type world struct {
	*resttest.Bundle
	url     string
	checker *openapitest.Checker
}

// setup serves all REST APIs on a service of their own.
func setup(t *testing.T, checker *openapitest.Checker) *world {
	t.Helper()
	// Nobody renews the leases of what the test claims.
	rest := resttest.Setup(t, func(o *tasks.Options) { o.Lease = time.Hour })
	return &world{Bundle: rest, url: serve(t, rest.Tasks, rest.Auth), checker: checker}
}

// serve puts the APIs together as app does. Without auth all that signs in goes wrong.
func serve(t *testing.T, service *tasks.Service, who *auth.Service) string {
	t.Helper()
	logger := slog.New(slog.DiscardHandler)
	mux := http.NewServeMux()
	if who != nil {
		mux.Handle(results.Pattern, results.New(results.Options{Tasks: service, Auth: who, Logger: logger}))
		mux.Handle(tasklog.Pattern, tasklog.New(tasklog.Options{Tasks: service, Auth: who, Logger: logger}))
	}
	mux.Handle("GET /openapi.json", openapi.New("test"))
	forLinkis := linkis.New(linkis.Options{Tasks: service, Auth: who, Logger: logger})
	forIManager := imanager.New(imanager.Options{Tasks: service, Auth: who, Logger: logger})
	server := httptest.NewServer(httpx.Below(linkis.Prefix, forLinkis, httpx.Below(imanager.Prefix, forIManager, mux)))
	t.Cleanup(server.Close)
	return server.URL
}

// call sends a request, with headers given as name, value, and requires a status. That
// the answer is as described is for the transport to check.
func (w *world) call(t *testing.T, status int, verb, path, body string, headers ...string) http.Header {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, w.url+path, strings.NewReader(body))
	require.NoError(t, err)
	if body == "" {
		r.Body = http.NoBody
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := w.checker.Transport(t, nil).RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Equal(t, status, answer.StatusCode, "%s %s: %.500s", verb, path, text)
	return answer.Header
}

// as signs in with a token.
func (w *world) as(user string, scopes ...models.Scope) []string {
	return []string{"Authorization", "Bearer " + w.Token(user, scopes...)}
}

const (
	loginPath = linkis.Prefix + "/user/login"
	tokenPath = imanager.Prefix + "/security/tokens"
)

// cookie signs in by password, and gives the headers of a page of another site that
// makes the browser send the cookie.
func (w *world) cookie(t *testing.T, signInPath, body string) []string {
	t.Helper()
	set := w.call(t, 200, "POST", signInPath, body, "Content-Type", "application/json").Get("Set-Cookie")
	cookie, _, _ := strings.Cut(set, ";")
	return []string{"Cookie", cookie, "Sec-Fetch-Site", "cross-site"}
}

const (
	linkisPassword   = `{"userName":"max","password":"` + resttest.Password + `"}`
	imanagerPassword = `{"username":"max","password":"` + resttest.Password + `"}`
)

// linkisTask stores a task of a Linkis client.
func (w *world) linkisTask() *models.Task {
	return w.Submit(resttest.Member, func(in *tasks.SubmitInput) {
		in.Origin, in.Creator, in.Engine = tasks.OriginLinkis, "my_app", "shell"
	})
}

// ended is a task that left a table, a text and a line in its log.
func (w *world) ended(t *testing.T) *models.Task {
	t.Helper()
	w.linkisTask()
	task := w.Claim()
	into := w.Tasks.NewResults(t.Context(), tasks.LeaseOf(task), task.Attempt, resttest.First)
	table, err := into.Table("people", []models.ResultColumn{{Name: "name", Type: "TEXT"}, {Name: "age", Type: "INT"}})
	require.NoError(t, err)
	ann := "Ann"
	require.NoError(t, table.Row([]*string{&ann, nil}))
	require.NoError(t, table.Close())
	file, err := into.File("notes.txt")
	require.NoError(t, err)
	_, err = io.WriteString(file, "one\ntwo\n")
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return w.End(task, resttest.First, tasks.Outcome{Status: models.Succeeded})
}

// measured is a task whose processes were.
func (w *world) measured(t *testing.T) *models.Task {
	t.Helper()
	task := w.Submit(resttest.Member)
	return storetest.Commit(t, w.Store, storetest.Decide(task, func(state *models.TaskState) {
		state.Usage = &models.ResourceUsage{CPUSeconds: 0.5, MaxRSSBytes: 1 << 30, Processes: 3}
	}))
}

// forms are the ways to name a task in a path.
func forms(task *models.Task) map[string]string {
	return map[string]string{
		"number": models.TaskID(task.ID), "execution id": task.ExecID(), "escaped": strings.ReplaceAll(task.ExecID(), ":", "%3A"),
	}
}
