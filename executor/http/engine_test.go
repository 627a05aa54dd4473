package http_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/bus/memory"
	"stepcast/engine"
	"stepcast/executor"
	"stepcast/executor/executortest"
	stepcasthttp "stepcast/executor/http"
	"stepcast/models"
	"stepcast/store/storetest"
	"stepcast/tasks"
	"stepcast/watch"
)

var owner = models.Viewer{Name: "max", Role: models.Member}

// newService runs tasks of the run type http.
func newService(t *testing.T, secrets map[string]string) *tasks.Service {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	s, b := storetest.OpenSQLite(t), memory.New()
	hub, unsubscribe := watch.New(watch.Options{Store: s, Bus: b, Logger: quiet})
	registry := executor.NewRegistry(stepcasthttp.New(options()))
	service := tasks.New(tasks.Options{Store: s, Bus: b, Hub: hub, Registry: registry, Secrets: secrets, Lease: time.Hour, Logger: quiet})
	service.Start()
	e := engine.New(engine.Options{Tasks: service, Registry: registry, Bus: b, ID: "w", Slots: 1, Secrets: secrets, Logger: quiet})
	require.NoError(t, e.Start(t.Context()))
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		e.Stop(now)
		service.Stop()
		unsubscribe()
	})
	return service
}

func step(description, params string) tasks.StepInput {
	return tasks.StepInput{Description: models.Plain(description), Contents: []tasks.ContentInput{
		{Message: models.Plain(description), RunType: "http", Params: models.JSON(params)},
	}}
}

// await waits until the task has the status.
func await(t *testing.T, s *tasks.Service, id int64, status models.Status) (task *models.Task) {
	t.Helper()
	require.Eventually(t, func() bool {
		var err error
		task, err = s.Task(t.Context(), owner, id)
		return err == nil && task.Status == status
	}, executortest.Patience, 5*time.Millisecond, "task %d is %s", id, status)
	return task
}

func TestTaskIsPausedAfterTheRequest(t *testing.T) {
	t.Parallel()
	arrived, finish := make(chan string, 2), make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- r.URL.Path
		if r.URL.Path == "/1" {
			<-finish
		}
		w.WriteHeader(http.StatusNoContent)
	})
	s := newService(t, nil)
	task, err := s.Submit(t.Context(), owner, tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{
		step("first", `{"url": "`+server.URL+`/1"}`), step("second", `{"url": "`+server.URL+`/2"}`),
	}})
	require.NoError(t, err)
	require.Equal(t, "/1", <-arrived)
	paused, err := s.Pause(t.Context(), owner, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	require.Equal(t, models.Pausing, paused.Status, "until the request has ended")
	close(finish)
	paused = await(t, s, task.ID, models.Paused)
	require.Equal(t, models.Succeeded, paused.Steps[0].Contents[0].Status, "what was done is kept")
	require.Equal(t, models.Waiting, paused.Steps[1].Contents[0].Status)
	require.Empty(t, arrived)
	_, err = s.Resume(t.Context(), owner, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	await(t, s, task.ID, models.Succeeded)
	require.Equal(t, "/2", <-arrived)
}

func TestCancelOfATask(t *testing.T) {
	t.Parallel()
	slow := newSlow(t)
	s := newService(t, nil)
	task, err := s.Submit(t.Context(), owner, tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{
		step("first", `{"url": "`+slow.URL+`"}`),
	}})
	require.NoError(t, err)
	wait(t, "the request", slow.arrived)
	_, err = s.Cancel(t.Context(), owner, tasks.ControlInput{ID: task.ID})
	require.NoError(t, err)
	await(t, s, task.ID, models.Cancelled)
	wait(t, "that the server learns of it", slow.gone)
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	const secret = "p@ss/word?"
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next?"+r.URL.RawQuery, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, "%s and %s are wrong", r.URL.Query().Get("t"), r.RequestURI)
	})
	s := newService(t, map[string]string{"TOKEN": secret})
	task, err := s.Submit(t.Context(), owner, tasks.SubmitInput{
		Description: models.Plain("x"), Secrets: []string{"TOKEN"}, Variables: models.JSON(`{"who": "max"}`),
		Steps: []tasks.StepInput{step("first", `{"url": "`+server.URL+`/?t=${TOKEN}&who=${who}"}`)},
	})
	require.NoError(t, err)
	failed := await(t, s, task.ID, models.Failed)
	require.Equal(t, "The response is 403 Forbidden; expected 2xx", failed.Failure.Message.In("en"))
	log, err := s.Log(t.Context(), owner, task.ID, tasks.LogQuery{First: 100})
	require.NoError(t, err)
	var lines strings.Builder
	for _, line := range log.Lines {
		lines.WriteString(line.Text + "\n")
	}
	require.Contains(t, lines.String(), "GET "+server.URL+"/?t=***&who=max\n")
	require.Contains(t, lines.String(), "redirected: GET "+server.URL+"/next?t=***&who=max\n")
	require.Contains(t, lines.String(), "*** and /next?t=***&who=max are wrong\n")
	require.NotContains(t, lines.String(), "p%40ss")
}

func TestResponseIsAResultOfTheTask(t *testing.T) {
	t.Parallel()
	url := respond(t, http.StatusOK, "id,name\n1,max\n", "Content-Type", "text/csv")
	s := newService(t, nil)
	task, err := s.Submit(t.Context(), owner, tasks.SubmitInput{Description: models.Plain("x"), Steps: []tasks.StepInput{
		step("first", `{"url": "`+url+`/people"}`),
	}})
	require.NoError(t, err)
	await(t, s, task.ID, models.Succeeded)
	results, err := s.Results(t.Context(), owner, task.ID)
	require.NoError(t, err)
	require.Len(t, results, 1)
	require.Equal(t, "people.csv", results[0].Name)
	require.False(t, results[0].Cut)
	page, err := s.ResultRows(t.Context(), owner, task.ID, results[0].Number, 0, 10)
	require.NoError(t, err)
	require.Len(t, page.Rows, 1)
	require.Equal(t, "max", *page.Rows[0][1])
}
