package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/models"
)

// stranger owns what is not the actors' own.
const stranger = "stranger"

// rightsWorld is a server on which nothing runs, with users of each role.
type rightsWorld struct {
	*server
	actors []actor
	// tokens has an unrestricted token of each user who may submit.
	tokens map[string]string
	// standing has a task of each user that must never change, and whether it is external.
	standing map[string]map[bool]string
	versions map[string]string
	// watched has a task of each user that changes all the time.
	watched map[string]string
	// sessions has the sessions of each user.
	sessions map[string]sessions
}

func newRightsWorld(t *testing.T, s *server) *rightsWorld {
	t.Helper()
	w := &rightsWorld{
		server: s, tokens: map[string]string{}, standing: map[string]map[bool]string{}, versions: map[string]string{},
		watched: map[string]string{}, sessions: map[string]sessions{},
	}
	o := s.office(t)
	w.tokens[stranger] = o.user(stranger, models.Member)
	w.stand(stranger)
	for _, role := range models.Roles {
		name := "the-" + strings.ToLower(string(role))
		// Whoever is to be VIEWER owns tasks from the time before.
		w.tokens[name] = o.user(name, models.Member)
		w.stand(name)
		_, err := o.SetRole(t.Context(), name, role)
		require.NoError(t, err)
		w.actors = append(w.actors, actor{name: name, role: role, token: w.tokens[name]})
		w.sessions[name] = s.signIn(name)
	}
	for _, scope := range models.Scopes {
		narrow, _ := o.token("the-operator", auth.CreateTokenInput{Scopes: []models.Scope{scope}})
		w.actors = append(w.actors, actor{name: "the-operator", role: models.Operator, scope: scope, token: narrow})
	}
	w.untilRoles()
	return w
}

// with is the world for a subtest.
func (w *rightsWorld) with(t *testing.T) *rightsWorld {
	mine := *w
	mine.server = w.server.with(t)
	return &mine
}

// stand makes the tasks of a user that must never change.
func (w *rightsWorld) stand(owner string) {
	w.t.Helper()
	w.standing[owner] = map[bool]string{}
	for _, outside := range []bool{false, true} {
		id := w.fresh(owner, outside)
		w.standing[owner][outside] = id
		w.versions[id] = w.look(id, "version")
	}
	w.watched[owner] = w.fresh(owner, false)
}

// fresh submits a task as its owner.
func (w *rightsWorld) fresh(owner string, outside bool) (id string) {
	w.t.Helper()
	in := sh("exit 0")
	if outside {
		in = forOutside()
	}
	task, err := w.client(client.WithToken(w.tokens[owner])).Submit(w.t.Context(), in)
	require.NoError(w.t, err)
	return task.ID
}

// look reads a field of a task as admin.
func (w *rightsWorld) look(id, field string) string {
	w.t.Helper()
	said := w.graphql(`query($id: ID!) { task(id: $id) { `+field+` } }`, object{"id": id}, bearer(token)...)
	require.Empty(w.t, said.Errors)
	return fmt.Sprint(at(said.Data, "task", field))
}

// untilRoles waits until the server has heard of the users' roles.
func (w *rightsWorld) untilRoles() {
	w.t.Helper()
	for _, a := range w.actors {
		until(w.t, "the role of "+a.name, func() bool {
			viewer := w.graphql(`{ viewer { role } }`, nil, bearer(a.token)...)
			return textAt(viewer.Data, "viewer", "role") == string(a.role)
		})
	}
}

// requireUntouched checks that no refusal changed anything.
func (w *rightsWorld) requireUntouched(t *testing.T) {
	t.Helper()
	for id, version := range w.versions {
		require.Equal(t, version, w.with(t).look(id, "version"), "task %s was changed by who may not", id)
	}
}

// asAdmin prepares a task by a change that admin makes.
func asAdmin(change func(c *client.Client, w *rightsWorld, id string) error) func(*rightsWorld, string) {
	return func(w *rightsWorld, id string) {
		w.t.Helper()
		require.NoError(w.t, change(w.client(), w, id))
	}
}

// unprepared is for doors that take a task as it was submitted.
func unprepared(*rightsWorld, string) {}

func paused(c *client.Client, w *rightsWorld, id string) error {
	_, err := c.Pause(w.t.Context(), id)
	return err
}

func cancelled(c *client.Client, w *rightsWorld, id string) error {
	_, err := c.Cancel(w.t.Context(), id)
	return err
}
