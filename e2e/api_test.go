package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// linkisWord and imanagerWord are the state mappings of the contract.
var linkisWord = map[client.Status]string{
	client.StatusWaiting: "Scheduled", client.StatusRunning: "Running", client.StatusPausing: "Running", client.StatusPaused: "Running",
	client.StatusCancelling: "Running", client.StatusSucceeded: "Succeed", client.StatusFailed: "Failed",
	client.StatusCancelled: "Cancelled", client.StatusTimedOut: "Timeout",
}

var imanagerWord = map[client.Status]string{
	client.StatusWaiting: "PENDING", client.StatusRunning: "PENDING", client.StatusPausing: "PENDING", client.StatusPaused: "PENDING",
	client.StatusCancelling: "CANCELLING", client.StatusSucceeded: "DONE", client.StatusFailed: "ERROR",
	client.StatusCancelled: "CANCELLED", client.StatusTimedOut: "ERROR",
}

// submitFile submits an example as a GraphQL client would.
func submitFile(t *testing.T, c *client.Client, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var answer struct {
		SubmitTask struct {
			Task       struct{ ID string }
			UserErrors []struct{ Message string }
		}
	}
	err = c.Do(t.Context(), `mutation($input: SubmitTaskInput!) { submitTask(input: $input) { task { id } userErrors { message } } }`,
		map[string]any{"input": json.RawMessage(text)}, &answer)
	require.NoError(t, err)
	require.Empty(t, answer.SubmitTask.UserErrors)
	return answer.SubmitTask.Task.ID
}

// TestExamplesReadTheSameEverywhere runs every example, and compares what the APIs
// say of it at one version, while it runs and after.
func TestExamplesReadTheSameEverywhere(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	files, err := filepath.Glob("../examples/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	each(t, func(t *testing.T, s *server) {
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) {
				t.Parallel()
				if strings.Contains(file, "primes") {
					needsPython(t)
				}
				compareWhileRunning(t, s.with(t), submitFile(t, s.client(), file))
			})
		}
	})
}

func compareWhileRunning(t *testing.T, s *server, id string) {
	t.Helper()
	c := s.client()
	stream := c.WatchProgress(t.Context(), id)
	defer stream.Close()
	seen := map[int64]*client.Task{}
	var last *client.Task
	compared := 0
	for snapshot, err := range stream.All(t.Context()) {
		require.NoError(t, err)
		seen[snapshot.Version], last = snapshot, snapshot
		if compareOnce(t, s, c, id, seen) {
			compared++
		}
	}
	require.NotNil(t, last)
	require.Equal(t, client.StatusSucceeded, last.Status, "%+v", last.Error)
	require.True(t, compareOnce(t, s, c, id, seen), "at rest all APIs agree")
	require.Greater(t, compared, 0, "some comparison found the task standing still for a moment")
}

// compareOnce reads the task through every API between two readings of its version;
// it gives false when the task moved on meanwhile.
func compareOnce(t *testing.T, s *server, c *client.Client, id string, seen map[int64]*client.Task) bool {
	t.Helper()
	before, err := c.Task(t.Context(), id)
	require.NoError(t, err)
	linkisStatus, linkisProgress, succeeded := s.linkis(id)
	imanager, contents := s.imanager(id)
	after, err := c.Task(t.Context(), id)
	require.NoError(t, err)
	if before.Version != after.Version {
		return false
	}
	require.Equal(t, linkisWord[before.Status], linkisStatus)
	require.Equal(t, imanagerWord[before.Status], imanager)
	wanted := min(before.Progress/100, 0.99)
	if before.Status.Final() {
		wanted = 1
	}
	require.InDelta(t, wanted, linkisProgress, 1e-6)
	var progress []float64
	var done []int
	for _, step := range before.Steps {
		n := 0
		for _, content := range step.Contents {
			progress = append(progress, content.Progress)
			if content.Status == client.StatusSucceeded {
				n++
			}
		}
		done = append(done, n)
	}
	require.InDeltaSlice(t, progress, contents, 0.001)
	require.Equal(t, done, succeeded)
	if snapshot := seen[before.Version]; snapshot != nil {
		require.Equal(t, before.Status, snapshot.Status)
		require.InDelta(t, before.Progress, snapshot.Progress, 1e-9)
	}
	return true
}

// linkis reads the state of a task as a Linkis client does: its name, the progress of 0 to 1,
// and how many contents of each step have succeeded.
func (s *server) linkis(id string) (status string, progress float64, succeeded []int) {
	s.t.Helper()
	c := s.caller(s.t, asAdminOfLinkis...)
	status = c.send(http.MethodGet, entrance(id, "status"), nil, nil).success().key("status").text()
	data := c.send(http.MethodGet, entrance(id, "progress"), nil, nil).success()
	for _, row := range data.key("progressInfo").list() {
		succeeded = append(succeeded, int(row.key("succeedTasks").int()))
	}
	return status, data.key("progress").number(), succeeded
}

// imanager reads the state of a task as an iManager client does, with the progress of each
// content, 0 to 100.
func (s *server) imanager(id string) (status string, contents []float64) {
	s.t.Helper()
	answer := s.caller(s.t, "X-Auth-Token", token).send(http.MethodGet, "/imanager/cloud/web/tasks/"+id+".json", nil, nil)
	require.Equal(s.t, http.StatusOK, answer.status, string(answer.body))
	task := answer.json()
	for _, step := range task.key("steps").list() {
		for _, content := range step.key("contents").list() {
			contents = append(contents, content.key("progress").number())
		}
	}
	return task.key("status").text(), contents
}

// single is a submission of one content.
func single(runType, code string, params any) client.SubmitInput {
	return client.SubmitInput{
		Description: "e2e",
		Steps: []client.StepInput{{
			Description: "run", Contents: []client.ContentInput{{Message: "run", RunType: runType, Code: code, Params: params}},
		}},
	}
}

// sh is a submission of one shell content.
func sh(code string) client.SubmitInput { return single("shell", code, nil) }

// await waits until a task is as wanted.
func await(t *testing.T, c *client.Client, id string, wanted func(*client.Task) bool) (task *client.Task) {
	t.Helper()
	until(t, "the task as wanted", func() bool {
		var err error
		task, err = c.Task(t.Context(), id)
		return err == nil && wanted(task)
	})
	return task
}

// awaitEnd waits until a task has ended.
func awaitEnd(t *testing.T, c *client.Client, id string) *client.Task {
	t.Helper()
	return await(t, c, id, func(task *client.Task) bool { return task.Status.Final() })
}

func TestLinkisSubmission(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		body := `{"executionContent":{"code":"echo ${greeting}","runType":"shell"},"labels":{"engineType":"shell-1","userCreator":"admin-IDE"},"params":{"variable":{"greeting":"hello"}}}`
		c := s.caller(t, asAdminOfLinkis...)
		submitted := c.send(http.MethodPost, linkisPrefix+"entrance/submit", nil, json.RawMessage(body)).success()
		task := awaitEnd(t, s.client(), fmt.Sprint(submitted.key("taskID").int()))
		require.Equal(t, client.StatusSucceeded, task.Status)
		require.Equal(t, submitted.key("execID").text(), task.ExecID)
		path := entrance(url.PathEscape(task.ExecID), "log")
		all := c.send(http.MethodGet, path, query("fromLine", "1", "size", "-1"), nil).success().key("log").fourTexts()[3]
		require.Contains(t, all, "hello")
		require.Contains(t, all, "Congratulations. Your job completed with status Success.")
	})
}
