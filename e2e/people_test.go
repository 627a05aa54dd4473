package e2e

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/models"
)

// TestPeople follows a user through the Go client: created by an admin, signs in, changes
// the password, makes tokens, and is deleted.
func TestPeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		admin := s.client()
		created, err := admin.CreateUser(t.Context(), client.CreateUserInput{Name: "Mia", Role: client.RoleMember, Password: password})
		require.NoError(t, err)
		require.Equal(t, []any{"mia", client.RoleMember, true}, []any{created.Name, created.Role, created.HasPassword})
		cookie, _ := s.signInAt("/login", `{"name": "mia", "password": "`+password+`"}`, webCookie)

		// In a session as the console has one: another password ends the other sessions.
		other, _ := s.signInAt("/login", `{"name": "mia", "password": "`+password+`"}`, webCookie)
		const change = `mutation($in: ChangePasswordInput!) { changePassword(input: $in) { viewer { name expiresAt } userErrors { code field } } }`
		said := s.graphql(change, object{"in": object{"current": password, "password": "battery staple"}}, cookie...)
		require.NotNil(t, at(said.Data, "changePassword", "viewer", "expiresAt"))
		s.requireViewer(cookie, "mia", "MEMBER")
		require.Equal(t, http.StatusUnauthorized, s.graphql(`{ viewer { name } }`, nil, other...).status)

		said = s.graphql(`mutation { createToken(input: {name: "laptop"}) { text token { scopes expiresAt } } }`, nil, cookie...)
		require.Equal(t, object{"scopes": nil, "expiresAt": nil}, at(said.Data, "createToken", "token"))
		mia := s.client(client.WithToken(textAt(said.Data, "createToken", "text")))
		viewer, err := mia.SetLocale(t.Context(), "de")
		require.NoError(t, err)
		require.Equal(t, &client.Viewer{
			Name: "mia", Role: client.RoleMember, Locale: "de", HasPassword: true,
			Scopes: []client.TokenScope{client.ScopeRead, client.ScopeSubmit, client.ScopeControl, client.ScopeWork},
		}, viewer)
		require.NoError(t, mia.ChangePassword(t.Context(), "battery staple", password))
		s.requireNarrowed(t, mia)
		s.requireUserDeleted(t, mia)
	}, "--no-worker")
}

// requireNarrowed makes a narrow token by a wide one, and tries to make it wider.
func (s *server) requireNarrowed(t *testing.T, wide *client.Client) {
	t.Helper()
	soon := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	made, text, err := wide.CreateToken(t.Context(), client.CreateTokenInput{Name: "ci", Scopes: []client.TokenScope{client.ScopeRead}, ExpiresAt: soon})
	require.NoError(t, err)
	narrow := s.client(client.WithToken(text))
	for field, in := range map[string]client.CreateTokenInput{
		"scopes":    {Name: "x", Scopes: []client.TokenScope{client.ScopeRead, client.ScopeSubmit}},
		"expiresAt": {Name: "x", ExpiresAt: soon.Add(time.Hour)},
		"name":      {Name: strings.Repeat("x", 129)},
	} {
		_, _, err = narrow.CreateToken(t.Context(), in)
		refused := new(client.Error)
		require.ErrorAs(t, err, &refused)
		require.Equal(t, []any{client.CodeInvalid, []string{field}}, []any{refused.Code, refused.Field})
	}
	child, _, err := narrow.CreateToken(t.Context(), client.CreateTokenInput{Name: "child"})
	require.NoError(t, err)
	require.Equal(t, []client.TokenScope{client.ScopeRead}, child.Scopes)
	require.True(t, child.ExpiresAt.Equal(soon))

	_, err = narrow.SetLocale(t.Context(), "en")
	require.Equal(t, client.CodeForbidden, client.CodeOf(err), "the account is not in any scope")
	require.Equal(t, client.CodeForbidden, client.CodeOf(narrow.ChangePassword(t.Context(), password, "battery staple")))
	ids := map[string]string{}
	for token, err := range wide.Tokens(t.Context(), "") {
		require.NoError(t, err)
		ids[token.Name] = token.ID
		require.Equal(t, token.Name != "child", token.LastUsedAt != nil, token.Name)
	}
	require.Len(t, ids, 3)
	_, err = narrow.RevokeToken(t.Context(), ids["laptop"])
	require.Equal(t, client.CodeForbidden, client.CodeOf(err), "a leaked token shuts nobody out")
	for _, id := range []string{ids["child"], made.ID} {
		_, err = narrow.RevokeToken(t.Context(), id)
		require.NoError(t, err)
	}
	_, err = narrow.Viewer(t.Context())
	require.Equal(t, client.CodeUnauthenticated, client.CodeOf(err))
}

// requireUserDeleted deletes a user who has a task: the sign-ins end, the task stays.
func (s *server) requireUserDeleted(t *testing.T, mia *client.Client) {
	t.Helper()
	task, err := mia.Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	gone, err := s.client().DeleteUser(t.Context(), "mia")
	require.NoError(t, err)
	require.Equal(t, "de", gone.Locale)
	_, err = mia.Viewer(t.Context())
	require.Equal(t, client.CodeUnauthenticated, client.CodeOf(err))
	kept, err := s.client().Task(t.Context(), task.ID)
	require.NoError(t, err)
	require.Equal(t, []any{"mia", client.StatusWaiting}, []any{kept.Owner, kept.Status}, "an admin may cancel it")
	results, err := s.client().CancelTasks(t.Context(), task.ID)
	require.NoError(t, err)
	require.Equal(t, client.StatusCancelled, results[0].Task.Status)
	results, err = s.client().RetryTasks(t.Context(), task.ID, "x")
	require.NoError(t, err)
	require.Equal(t, client.StatusWaiting, results[0].Task.Status)
	require.Equal(t, client.CodeNotFound, client.CodeOf(results[1].Err))
	server, err := s.client().Server(t.Context())
	require.NoError(t, err)
	require.NotEmpty(t, server.Database)
}

// TestLastAdmin tries to be left without one, one after the other and at once.
func TestLastAdmin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		c := s.client()
		const admins = 4
		names := []string{"admin"}
		for i := range admins - 1 {
			names = append(names, "root-"+strconv.Itoa(i))
			_, err := c.CreateUser(t.Context(), client.CreateUserInput{Name: names[i+1], Role: client.RoleAdmin})
			require.NoError(t, err)
		}
		role, disabled := client.RoleOperator, true
		ways := []func(name string) error{
			func(name string) error { _, err := c.DeleteUser(t.Context(), name); return err },
			func(name string) error {
				_, err := c.UpdateUser(t.Context(), client.UpdateUserInput{Name: name, Disabled: &disabled})
				return err
			},
			func(name string) error {
				_, err := c.UpdateUser(t.Context(), client.UpdateUserInput{Name: name, Role: &role})
				return err
			},
		}
		done := make(chan error, admins)
		for i, name := range names[1:] {
			go func() { done <- ways[i](name) }()
		}
		for range names[1:] {
			require.NoError(t, receive(t, done), "there is one left: admin, who asks")
		}
		for _, way := range ways {
			require.Equal(t, client.CodeWrongState, client.CodeOf(way("admin")))
		}
		s.requireViewer(bearer(token), "admin", "ADMIN")
	}, "--no-worker")
}

// TestLastUseOfATokenOutlivesTheServer uses a token and stops the server.
func TestLastUseOfATokenOutlivesTheServer(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		o := s.office(t)
		o.user("mia", models.Member)
		text, id := o.token("mia", auth.CreateTokenInput{})
		before := time.Now().Truncate(time.Millisecond)
		s.requireViewer(bearer(text), "mia", "MEMBER")
		require.Zero(t, s.stop())
		stored, err := o.Token(t.Context(), id)
		require.NoError(t, err)
		require.WithinRange(t, *stored.LastUsedAt, before, time.Now())
		s.run()
	}, "--no-worker")
}

// TestHostilePeople sends what no form would.
func TestHostilePeople(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		refusal := func(field, input string, variables object) (code, blamed string) {
			t.Helper()
			said := s.graphql(`mutation($in: `+input+`!) { m: `+field+`(input: $in) { userErrors { code field message } } }`, object{"in": variables}, bearer(token)...)
			require.Empty(t, said.Errors, "%s %.100v", field, variables)
			require.NotEmpty(t, textAt(said.Data, "m", "userErrors", 0, "message"), "%s %.100v", field, variables)
			return textAt(said.Data, "m", "userErrors", 0, "code"), textAt(said.Data, "m", "userErrors", 0, "field", 0)
		}
		for _, name := range append([]string{"server", "task", "a b", "a\nb", "-a", "äöü", "a/b", "a:b", strings.Repeat("a", 65), strings.Repeat("a", 100_000)}, "' OR 1=1 --", "", "\x00") {
			code, field := refusal("createUser", "CreateUserInput", object{"name": name, "role": "ADMIN"})
			require.Equal(t, []string{"INVALID", "name"}, []string{code, field}, "%.100q", name)
			code, _ = refusal("updateUser", "UpdateUserInput", object{"name": name, "role": "ADMIN"})
			require.Equal(t, "NOT_FOUND", code, "%.100q", name)
			code, _ = refusal("createToken", "CreateTokenInput", object{"name": "x", "user": name})
			require.Equal(t, "NOT_FOUND", code, "%.100q", name)
		}
		for _, try := range []struct {
			field, input string
			variables    object
			blamed       string
		}{
			{"createUser", "CreateUserInput", object{"name": "a", "role": "MEMBER", "password": ""}, "password"},
			{"createUser", "CreateUserInput", object{"name": "a", "role": "MEMBER", "password": "1234567"}, "password"},
			{"createUser", "CreateUserInput", object{"name": "a", "role": "MEMBER", "password": strings.Repeat("x", 100_000)}, "password"},
			{"updateUser", "UpdateUserInput", object{"name": "admin", "password": ""}, "password"},
			{"updateUser", "UpdateUserInput", object{"name": "admin", "locale": strings.Repeat("en-", 10_000)}, "locale"},
			{"changePassword", "ChangePasswordInput", object{"password": "short"}, "password"},
			{"createToken", "CreateTokenInput", object{"name": ""}, "name"},
			{"createToken", "CreateTokenInput", object{"name": "STEPCAST_ADMIN_TOKEN"}, "name"},
			{"createToken", "CreateTokenInput", object{"name": "a\x1b[31m"}, "name"},
			{"createToken", "CreateTokenInput", object{"name": "a", "scopes": []any{}}, "scopes"},
			{"createToken", "CreateTokenInput", object{"name": "a", "expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"},
		} {
			code, blamed := refusal(try.field, try.input, try.variables)
			require.Equal(t, []string{"INVALID", try.blamed}, []string{code, blamed}, "%s %.100v", try.field, try.variables)
		}
		for _, query := range []string{
			`{ users(first: -1) { name } }`, `{ users(first: 101) { name } }`, `{ tokens(first: 101) { id } }`, `{ tokens(after: "x") { id } }`,
			`mutation { createUser(input: {name: "a", role: "KING"}) { user { name } } }`,
			`mutation { createToken(input: {name: "a", scopes: [ADMIN]}) { text } }`,
			`mutation { createToken(input: {name: "a", scopes: [null]}) { text } }`,
		} {
			requireClear(t, query, s.graphql(query, nil, bearer(token)...))
		}
		guesses := "mutation { " + manyAliases(`changePassword(input: {current: "guess", password: "12345678"}) { userErrors { code } }`, 20) + "}"
		require.Equal(t, "LIMIT_EXCEEDED", s.graphql(guesses, nil, bearer(token)...).code(), "one request is no way to guess a thousand times")
	}, "--no-worker")
}

// manyAliases is a field under many names.
func manyAliases(field string, n int) string {
	var text strings.Builder
	for i := range n {
		text.WriteString("f" + strconv.Itoa(i) + ": " + field + " ")
	}
	return text.String()
}

// TestSignInLeadsBack goes to a page without a sign-in, and gets there by signing in.
func TestSignInLeadsBack(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	s.office(t).user("mia", models.Member)
	const wanted = "/tasks/7?tab=log&x=%2F"
	asked := s.redirect(wanted)
	require.Equal(t, "303 /login?next="+url.QueryEscape(wanted), asked)
	status, page, header := s.get(strings.TrimPrefix(asked, "303 "), "Accept", "text/html", "Accept-Language", "zh-CN")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "zh-CN", header.Get("Content-Language"))
	require.Contains(t, page, `name="next" value="/tasks/7?tab=log&amp;x=%2F"`)
	for next, want := range map[string]string{wanted: wanted, "//evil.example": "/", `/\evil.example`: "/"} {
		form := url.Values{"name": {"mia"}, "password": {password}, "next": {next}}.Encode()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/login", strings.NewReader(form))
		require.NoError(t, err)
		setHeaders(r.Header, []string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Origin", s.url})
		answered, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, answered.Body.Close())
		require.Equal(t, []any{http.StatusSeeOther, want}, []any{answered.StatusCode, answered.Header.Get("Location")})
	}
}
