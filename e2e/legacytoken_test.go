package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// whoIs asks Linkis who a token code signs in when it is used for a user.
func (s *server) whoIs(code, user string) (status int, said linkisBody) {
	s.t.Helper()
	return s.callLinkis(http.MethodGet, "user/userInfo", "", "Token-Code", code, "Token-User", user)
}

// TestLegacyTokens uses token codes of an older system as its clients do, on each
// database, until the configuration names them no more.
func TestLegacyTokens(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		s.office(t).user("alice", models.Member)
		require.Zero(t, s.stop())
		s.env = []string{`STEPCAST_LEGACY_TOKENS=[
			{"code": "BML-AUTH", "user": "hadoop", "acts-for": "*", "allow-new-users": true},
			{"code": "QML-AUTH-narrow-and-long", "user": "alice", "acts-for": ["bob"], "scopes": ["read"]},
			{"code": "late", "user": "nobody"}]`}
		s.run()

		for _, user := range []string{"alice", "Carol", "hadoop", "admin"} {
			status, said := s.whoIs("BML-AUTH", user)
			require.Equal(t, []any{http.StatusOK, strings.ToLower(user)}, []any{status, said.Data["userName"]}, said.Message)
		}
		narrow := "QML-AUTH-narrow-and-long"
		status, said := s.whoIs(narrow, "alice")
		require.Equal(t, []any{http.StatusOK, "alice"}, []any{status, said.Data["userName"]})
		for _, refused := range [][2]string{{narrow, "bob"}, {narrow, "carol"}, {"bml-auth", "alice"}, {"late", "nobody"}} {
			status, said = s.whoIs(refused[0], refused[1])
			require.Equal(t, []int{http.StatusUnauthorized, -1}, []int{status, said.Status}, refused)
			require.NotContains(t, said.Message, refused[0])
		}

		body := `{"executionContent": {"code": "exit 0", "runType": "shell"}, "labels": {"engineType": "shell-1", "userCreator": "alice-IDE"}}`
		status, said = s.callLinkis(http.MethodPost, "entrance/submit", body, "Token-Code", "BML-AUTH", "Token-User", "alice")
		require.Equal(t, http.StatusOK, status, said.Message)
		submitted := said.Data["taskID"]
		status, said = s.callLinkis(http.MethodPost, "entrance/submit", body, "Token-Code", narrow, "Token-User", "alice")
		require.Equal(t, []int{http.StatusForbidden, 3}, []int{status, said.Status}, "it may read only: "+said.Message)
		page := s.graphql(`{ tasks(first: 5) { nodes { owner } } }`, nil, bearer(token)...)
		require.Equal(t, object{"nodes": []any{object{"owner": "alice"}}}, page.Data["tasks"], "the task is the user's")

		for code, want := range map[string]int{"BML-AUTH": http.StatusNotFound, narrow: http.StatusOK, "late": http.StatusUnauthorized} {
			status, text, _ := s.get(fmt.Sprintf("/imanager/cloud/web/tasks/%v", submitted), "X-Auth-Token", code)
			require.Equal(t, want, status, "without a user to act for it is its own user's: %s %s", code, text)
		}

		log := s.log.String()
		require.Equal(t, 1, strings.Count(log, "can be guessed"), log)
		require.Contains(t, log, "there is no such user")
		for _, code := range []string{"BML-AUTH", narrow} {
			require.NotContains(t, log, code)
		}

		require.Zero(t, s.stop())
		s.env = nil
		s.run()
		status, said = s.whoIs("BML-AUTH", "alice")
		require.Equal(t, []int{http.StatusUnauthorized, -1}, []int{status, said.Status}, "removed is revoked")
	}, "--no-worker")
}

// TestLegacyTokensRefused starts with entries that cannot be; no code is told.
func TestLegacyTokensRefused(t *testing.T) {
	t.Parallel()
	for entry, words := range map[string][]string{
		`{"code": "hunter2"}`:                                                  {"entry 1 has no user"},
		`{"code": "hunter2", "user": "Max Mustermann"}`:                        {"entry 1, user: a user name is"},
		`{"code": "hunter2", "user": "max", "acts-for": ["a b"]}`:              {"entry 1, acts-for: write *"},
		`{"code": "hunter2", "user": "max", "scopes": ["all"]}`:                {"entry 1, scopes: a scope is one of read"},
		`{"code": "hunter2", "user": "max", "allow-new-users": true}`:          {"entry 1, allow-new-users: ", "must say in acts-for"},
		`{"code": "hunter2", "user": "max"}, {"code": "hunter2", "user": "x"}`: {"entry 2 has the code of entry 1"},
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			cmd := command(t, "--addr", "127.0.0.1:0")
			cmd.Env = append(cmd.Env, "STEPCAST_LEGACY_TOKENS=["+entry+"]")
			r := runToEnd(t, cmd)
			requireRefused(t, r, append(words, "STEPCAST_LEGACY_TOKENS (legacy-tokens in stepcast.yaml)")...)
			require.NotContains(t, r.stderr, "hunter2")
		})
	}
}
