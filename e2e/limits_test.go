package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// TestBadInput sends what no client should send to every door. Each answers with a
// clear error; the server stays up, does its work, and has nothing to complain of.
func TestBadInput(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, s *server) {
		task, err := s.client().Submit(t.Context(), forOutside())
		require.NoError(t, err)
		t.Run("doors", func(t *testing.T) {
			for name, door := range map[string]func(t *testing.T, s *server, task string){
				"GraphQL bodies": badGraphQLBodies, "GraphQL documents": badDocuments, "GraphQL values": badValues,
				"URLs": badURLs, "HTTP": badHTTP, "ids": badIDs, "cursors": badCursors,
				"sockets": badFrames, "frames": brokenFrames, "operations": badOperations,
				"Linkis": badLinkis, "iManager": badIManager, "login": badLogin, "submissions": badSubmissions,
			} {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					door(t, s.with(t), task.ID)
				})
			}
		})
		after, err := s.client().Task(t.Context(), task.ID)
		require.NoError(t, err)
		require.Equal(t, task.Version, after.Version, "nothing was changed")
		page, err := s.client().TaskPage(t.Context(), client.PageQuery{Count: true})
		require.NoError(t, err)
		require.Equal(t, 1, page.TotalCount, "nothing was accepted")
		status, body, _ := s.get("/readyz")
		require.Equal(t, http.StatusOK, status, body)
		for _, complaint := range []string{"panic", "goroutine ", "level=ERROR"} {
			require.NotContains(t, s.log.String(), complaint)
		}
	})
}

// forOutside is a task that waits for an outside worker, and so for ever.
func forOutside() client.SubmitInput { return single("external", "", nil) }

// contractCodes are the codes that the contract has for errors of a whole operation,
// but for INTERNAL, which bad input must never be.
var contractCodes = []string{
	"UNAUTHENTICATED", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "LIMIT_EXCEEDED", "NOT_FOUND",
}

// requireClear checks errors of GraphQL: each says something, and has a code of the contract.
func requireClear(t *testing.T, what string, a answer) {
	t.Helper()
	require.NotEmpty(t, a.Errors, what)
	require.LessOrEqual(t, len(a.Errors), 20, what)
	for _, e := range a.Errors {
		require.NotEmpty(t, e.Message, what)
		require.Contains(t, contractCodes, e.Extensions.Code, "%s: %s", what, e.Message)
	}
}

// shown is the beginning of an input, for a message.
func shown(input string) string {
	const most = 60
	if len(input) > most {
		input = input[:most] + "…"
	}
	return strings.ToValidUTF8(input, "?")
}

// nested repeats an opening and a closing text around a middle.
func nested(open, middle, closing string, depth int) string {
	return strings.Repeat(open, depth) + middle + strings.Repeat(closing, depth)
}
