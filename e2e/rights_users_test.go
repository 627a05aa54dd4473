package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/models"
)

// usersRow is the last row of the table of rights: ADMIN, and no token scope.
var usersRow = right{all: []models.Role{models.Admin}}

// userDoor is one way to see or change users, or the tokens of others.
type userDoor struct {
	name string
	// query has the variables $user, a user who is not the actor, and $token, a token of it.
	query string
	// path leads to what is null, or empty, where nothing is seen.
	path []any
	// refused is what a mutation says where nothing may be done; "" for a query.
	refused string
}

var userDoors = []userDoor{
	{"users", `{ users(first: 100) { name } }`, []any{"users", 0}, ""},
	{"user", `query($user: String!) { user(name: $user) { name } }`, []any{"user"}, ""},
	{"tokens of others", `query($user: String) { tokens(user: $user) { id } }`, []any{"tokens", 0}, ""},
	{"server", `{ server { database version } }`, []any{"server", "database"}, ""},
	{"createUser", `mutation($new: String!) { m: createUser(input: {name: $new, role: VIEWER}) { user { name } userErrors { code } } }`, nil, "FORBIDDEN"},
	{"updateUser", `mutation($user: String!) { m: updateUser(input: {name: $user, role: VIEWER, disabled: false, locale: "en"}) { user { name } userErrors { code } } }`, nil, "FORBIDDEN"},
	{"createToken of others", `mutation($user: String!) { m: createToken(input: {name: "x", user: $user}) { token { id } text userErrors { code } } }`, nil, "FORBIDDEN"},
	{"revokeToken of others", `mutation($token: ID!) { m: revokeToken(id: $token) { token { id } userErrors { code } } }`, nil, "NOT_FOUND"},
	{"deleteUser", `mutation($user: String!) { m: deleteUser(name: $user) { user { name } userErrors { code } } }`, nil, "FORBIDDEN"},
}

// userActor is somebody who knocks at these doors, by a token or a session.
type userActor struct {
	name     string
	headers  []string
	role     models.Role
	narrowed bool
}

func (a userActor) may() bool { return usersRow.permits(actor{role: a.role}, false) && !a.narrowed }

// userActors are all roles by token and by session, and narrowed tokens of an ADMIN.
func userActors(t *testing.T, s *server, o office) (all []userActor) {
	t.Helper()
	for _, role := range models.Roles {
		name := "the-" + strings.ToLower(string(role))
		all = append(all,
			userActor{name + " by token", bearer(o.user(name, role)), role, false},
			userActor{name + " by session", s.signIn(name).web, role, false})
	}
	for _, scopes := range [][]models.Scope{models.Scopes, {models.ScopeRead}, {models.ScopeControl}, {models.ScopeSubmit}, {models.ScopeWork}} {
		narrow, _ := o.token("the-admin", auth.CreateTokenInput{Scopes: scopes})
		all = append(all, userActor{"the-admin narrowed to " + string(scopes[0]), bearer(narrow), models.Admin, true})
	}
	return all
}

// TestUserRights walks the row of users and tokens of others over every door, for every
// role, by token and by session, and for narrowed tokens. What was refused has changed
// nothing.
func TestUserRights(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		o := s.office(t)
		for i, a := range userActors(t, s, o) {
			user := "victim-" + string(rune('a'+i))
			text := o.user(user, models.Member)
			tokens, err := o.ListTokens(t.Context(), user, 0, 1)
			require.NoError(t, err)
			before, err := o.User(t.Context(), user)
			require.NoError(t, err)
			for _, d := range userDoors {
				requireDoor(t, s, a, d, object{"user": user, "new": user + "-2", "token": strconv.FormatInt(tokens[0].ID, 10)})
			}
			if a.may() {
				continue // all was done, and the user is gone
			}
			require.Equal(t, http.StatusOK, s.graphql(`{ viewer { name } }`, nil, bearer(text)...).status, "the token counts on")
			after, err := s.office(t).User(t.Context(), user)
			require.NoError(t, err)
			require.Equal(t, before, after, a.name)
			_, err = s.client().User(t.Context(), user+"-2")
			require.Equal(t, client.CodeNotFound, client.CodeOf(err), a.name)
		}
	}, "--no-worker")
}

// requireDoor knocks at a door.
func requireDoor(t *testing.T, s *server, a userActor, d userDoor, variables object) {
	t.Helper()
	said := s.graphql(d.query, variables, a.headers...)
	require.Empty(t, said.Errors, "%s: %s", a.name, d.name)
	if d.refused == "" {
		seen := at(said.Data, d.path...)
		require.Equal(t, a.may(), seen != nil, "%s: %s", a.name, d.name)
		return
	}
	want := any(d.refused)
	if a.may() {
		want = nil
	}
	require.Equal(t, want, at(said.Data, "m", "userErrors", 0, "code"), "%s: %s", a.name, d.name)
	if !a.may() {
		for _, field := range []string{"user", "token", "text"} {
			require.Nil(t, at(said.Data, "m", field), "%s: %s", a.name, d.name)
		}
	}
}
