package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
	"stepcast/models"
)

// world is a server with tasks of every kind, and the survey that made them.
type world struct {
	*survey
	server *server
	// ids has the tasks by what the tests call them.
	ids map[string]string
	// tokens has a token of a user of each role, by role.
	tokens map[models.Role]string
}

// worldArgs gives the flags of the server: one that soon calls a task stalled, has a
// secret, bounds output, and finds no Python.
func worldArgs(t *testing.T) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stepcast.yaml")
	settings := "secrets: {PASSWORD: hunter2}\npython: no-such-python\nstall-after: 1s\noutput-limit: 64KiB\nmax-tasks: 20\n"
	require.NoError(t, os.WriteFile(file, []byte(settings), 0o600))
	return []string{"--config", file}
}

func newWorld(t *testing.T, s *server) *world {
	t.Helper()
	w := &world{survey: newSurvey(t, s), server: s, ids: map[string]string{}, tokens: map[models.Role]string{}}
	o := s.office(t)
	for _, role := range models.Roles {
		w.tokens[role] = o.user("user-of-"+string(role), role)
	}
	return w
}

// submit submits a task and remembers it by a name.
func (w *world) submit(name string, input object) (id string) {
	t := w.server.t
	t.Helper()
	payload := w.ask(w.server, token, call{kind: "mutation", field: "submitTask", args: map[string]object{"Mutation.submitTask": {"input": input}}})
	require.Empty(t, at(payload, "userErrors"), name)
	w.ids[name] = textAt(payload, "task", "id")
	return w.ids[name]
}

// read reads a task with everything that it has.
func (w *world) read(name string, headers ...string) any {
	w.server.t.Helper()
	return w.ask(w.server, token, call{kind: "query", field: "task", args: map[string]object{
		"Query.task": {"id": w.ids[name]}, "Task.log": {"first": 1000, "after": 0}, "Task.events": {"first": 500},
	}}, headers...)
}

// control changes a task by the mutation of that name, which must not refuse.
func (w *world) control(mutation, name string) {
	w.server.t.Helper()
	require.Empty(w.server.t, w.refused(w.server, token, mutation, object{"input": object{"id": w.ids[name]}}))
}

// refused sends a mutation and gives the code of the first of its user errors, "" for none.
func (w *world) refused(s *server, as, mutation string, args object) string {
	s.t.Helper()
	payload := w.ask(s, as, call{kind: "mutation", field: mutation, args: map[string]object{"Mutation." + mutation: args}})
	return textAt(payload, "userErrors", 0, "code")
}

// until waits until a task is as wanted.
func (w *world) until(name string, wanted func(*client.Task) bool) {
	w.server.t.Helper()
	await(w.server.t, w.server.client(), w.ids[name], wanted)
}

func (w *world) untilStatus(name string, status client.Status) {
	w.server.t.Helper()
	w.until(name, func(t *client.Task) bool { return t.Status == status })
}

// one is a submission of one shell content, with more input fields.
func one(code string, more object) object {
	input := object{
		"description": "one",
		"steps":       []any{object{"description": "step", "contents": []any{object{"message": "content", "runType": "shell", "code": code}}}},
	}
	maps.Copy(input, more)
	return input
}

// external is a submission of one step that an outside worker reports.
func external(more object) object {
	input := one("", more)
	input["steps"] = []any{object{"description": "outside", "contents": []any{object{"message": "work", "runType": "external"}}}}
	return input
}
