package e2e

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
)

// mutate runs a mutation as the owner of a token, with everything selected.
func (w *world) mutate(as, mutation string, args object) any {
	w.server.t.Helper()
	return w.ask(w.server, as, call{kind: "mutation", field: mutation, args: map[string]object{"Mutation." + mutation: args}})
}

// people exercises users, tokens, the own account, and what the server says of itself.
func (w *world) people(t *testing.T) {
	t.Helper()
	w.users(t)
	w.tokensOfUsers(t)
	w.account(t)
	w.about(t)
}

// users creates, reads, changes and deletes a user.
func (w *world) users(t *testing.T) {
	t.Helper()
	made := at(w.mutate(token, "createUser", object{"input": object{"name": "Newcomer", "role": "MEMBER", "password": password}}), "user")
	want := object{"name": "newcomer", "role": "MEMBER", "disabled": false, "locale": nil, "hasPassword": true, "createdAt": at(made, "createdAt")}
	require.Equal(t, want, made)
	require.Equal(t, want, w.query("user", object{"name": "NEWCOMER"}))
	require.Nil(t, w.query("user", object{"name": "nobody"}))

	changed := w.mutate(token, "updateUser", object{"input": object{
		"name": "newcomer", "role": "OPERATOR", "disabled": true, "locale": "zh-cn", "password": "another " + password,
	}})
	want = maps.Clone(want)
	maps.Copy(want, object{"role": "OPERATOR", "disabled": true, "locale": "zh-CN"})
	require.Equal(t, want, at(changed, "user"))
	page := w.query("users", object{"after": "new", "first": 1})
	require.Equal(t, []any{want}, page)
	require.Equal(t, "admin", textAt(w.query("users", nil), 0, "name"))

	require.Equal(t, "CONFLICT", w.refused(w.server, token, "createUser", object{"input": object{"name": "newcomer", "role": "MEMBER"}}))
	require.Empty(t, w.refused(w.server, token, "updateUser", object{"input": object{"name": "user-of-admin", "role": "OPERATOR"}}))
	require.Equal(t, "WRONG_STATE", w.refused(w.server, token, "updateUser", object{"input": object{"name": "admin", "disabled": true}}))
	require.Equal(t, want, at(w.mutate(token, "deleteUser", object{"name": "newcomer"}), "user"))
	require.Equal(t, "NOT_FOUND", w.refused(w.server, token, "deleteUser", object{"name": "newcomer"}))
}

// tokensOfUsers makes, reads, uses and revokes tokens.
func (w *world) tokensOfUsers(t *testing.T) {
	t.Helper()
	member := w.tokens[models.Member]
	ends := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	made := w.mutate(token, "createToken", object{"input": object{
		"name": "ci", "user": "User-Of-Member", "scopes": []any{"READ", "SUBMIT"}, "expiresAt": ends,
	}})
	text, shown := textAt(made, "text"), at(made, "token")
	require.True(t, strings.HasPrefix(text, "sct_"))
	require.Equal(t, object{
		"id": at(shown, "id"), "name": "ci", "user": "user-of-member", "scopes": []any{"READ", "SUBMIT"}, "actsFor": []any{},
		"allowNewUsers": false, "createdAt": at(shown, "createdAt"), "expiresAt": ends, "lastUsedAt": nil, "revokedAt": nil,
	}, shown)
	viewer := w.ask(w.server, text, call{kind: "query", field: "viewer"})
	require.Equal(t, []any{[]any{"READ", "SUBMIT"}, ends, false}, []any{at(viewer, "scopes"), at(viewer, "expiresAt"), at(viewer, "mayManageUsers")})

	own := w.ask(w.server, member, call{kind: "query", field: "tokens"}).([]any)
	require.Len(t, own, 2)
	require.NotNil(t, at(own, 0, "lastUsedAt"), "it asks")
	require.NotNil(t, at(own, 1, "lastUsedAt"), "it was used above")
	page := w.query("tokens", object{"user": "user-of-member", "after": at(own, 0, "id"), "first": 1})
	require.Equal(t, []any{at(shown, "id")}, []any{at(page, 0, "id")})
	require.Empty(t, w.query("tokens", object{"user": "nobody"}))

	w.server.office(t).token("user-of-member", auth.CreateTokenInput{ActsFor: []string{"user-of-viewer"}, AllowNewUsers: true})
	acting := at(w.query("tokens", object{"user": "user-of-member"}), 2)
	require.Equal(t, []any{[]any{"user-of-viewer"}, true, nil}, []any{at(acting, "actsFor"), at(acting, "allowNewUsers"), at(acting, "scopes")})

	require.Equal(t, "INVALID", w.refused(w.server, text, "createToken", object{"input": object{"name": "x", "scopes": []any{"CONTROL", "WORK"}}}))
	require.Equal(t, "NOT_FOUND", w.refused(w.server, member, "revokeToken", object{"id": "999999"}))
	revoked := w.mutate(member, "revokeToken", object{"id": at(shown, "id")})
	require.NotNil(t, at(revoked, "token", "revokedAt"))
	require.Len(t, w.ask(w.server, member, call{kind: "query", field: "tokens"}), 2, "what was revoked is not listed")
}

// account changes the viewer's own language and password.
func (w *world) account(t *testing.T) {
	t.Helper()
	observer := w.tokens[models.Observer]
	changed := w.mutate(observer, "setLocale", object{"locale": "ZH-tw"})
	require.Equal(t, "zh-TW", textAt(changed, "viewer", "locale"))
	require.Equal(t, "zh-TW", textAt(w.ask(w.server, observer, call{kind: "query", field: "viewer"}), "locale"))
	require.Nil(t, at(w.mutate(observer, "setLocale", nil), "viewer", "locale"))
	require.Equal(t, "INVALID", w.refused(w.server, observer, "setLocale", object{"locale": "no language"}))

	change := func(current, password string) object {
		return object{"input": object{"current": current, "password": password}}
	}
	require.Equal(t, "INVALID", w.refused(w.server, observer, "changePassword", change("wrong", "battery staple")))
	require.Equal(t, true, at(w.mutate(observer, "changePassword", change(password, "battery staple")), "viewer", "hasPassword"))
	require.Equal(t, "INVALID", w.refused(w.server, observer, "changePassword", change(password, "battery staple")))
}

// about reads what the server says of itself, and holds it to a limit that it gives.
func (w *world) about(t *testing.T) {
	t.Helper()
	said := w.query("server", nil)
	kind := "sqlite"
	if strings.HasPrefix(w.server.database(), "mysql") {
		kind = "mysql"
	}
	require.Equal(t, kind, at(said, "database"))
	require.NotEmpty(t, at(said, "version"))
	require.Less(t, textAt(said, "startedAt"), textAt(said, "time"), "instants of one form sort as texts")
	require.Nil(t, at(w.ask(w.server, w.tokens[models.Member], call{kind: "query", field: "server"}), "database"))
	labels := func(n float64) object {
		var all []any
		for i := range int(n) {
			all = append(all, object{"key": "k" + strings.Repeat("x", i), "value": "v"})
		}
		return object{"input": external(object{"labels": all})}
	}
	most := number(at(said, "limits", "labels"))
	require.Empty(t, w.refused(w.server, token, "submitTask", labels(most)))
	require.Equal(t, "INVALID", w.refused(w.server, token, "submitTask", labels(most+1)))
}
