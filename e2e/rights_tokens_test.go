package e2e

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/models"
)

// TestTokenUser is what a token may do for others: its own user, or whom it names; an
// admin's anyone. The request then has that user's rights.
func TestTokenUser(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		o := s.office(t)
		member := o.user("mia", models.Member)
		o.user("vera", models.Observer)
		operator := o.user("olga", models.Operator)
		forMia, _ := o.token("olga", auth.CreateTokenInput{ActsFor: []string{"mia"}})
		forAll, _ := o.token("olga", auth.CreateTokenInput{ActsFor: []string{"*"}, AllowNewUsers: true})
		reader, _ := o.token("admin", auth.CreateTokenInput{Scopes: []models.Scope{models.ScopeRead}})
		_, err := o.CreateUser(t.Context(), "gone", models.Member, "")
		require.NoError(t, err)
		_, err = o.Disable(t.Context(), "gone", true)
		require.NoError(t, err)
		for name, try := range map[string]struct {
			token, user  string
			http, status int
		}{
			"own":                             {member, "mia", http.StatusOK, 0},
			"own, in other letters":           {member, "MIA", http.StatusOK, 0},
			"a member's for another":          {member, "vera", http.StatusUnauthorized, -1},
			"an operator's for another":       {operator, "mia", http.StatusUnauthorized, -1},
			"an operator's for whom it names": {forMia, "mia", http.StatusOK, 0},
			"and for no other":                {forMia, "vera", http.StatusUnauthorized, -1},
			"an admin's for anyone":           {token, "mia", http.StatusOK, 0},
			"an admin's for nobody":           {token, "nobody", http.StatusUnauthorized, -1},
			"an admin's for who was disabled": {token, "gone", http.StatusUnauthorized, -1},
			"one that may make users":         {forAll, "newcomer", http.StatusOK, 0},
			"with the rights of the user":     {token, "vera", http.StatusForbidden, 3},
			"narrowed to the token's scope":   {reader, "mia", http.StatusForbidden, 3},
			"a token that is none":            {"nonsense-nonsense", "mia", http.StatusUnauthorized, -1},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				body := `{"executionContent": {"code": "exit 0", "runType": "shell"}, "labels": {"engineType": "shell-1"}}`
				status, said := s.with(t).callLinkis(http.MethodPost, "entrance/submit", body, "Token-Code", try.token, "Token-User", try.user)
				require.Equal(t, []int{try.http, try.status}, []int{status, said.Status}, said.Message)
				require.NotContains(t, said.Message, try.token, "a refusal ends in logs")
			})
		}
	}, "--no-worker")
}
