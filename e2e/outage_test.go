package e2e

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/client"
	"stepcast/store/storetest"
)

// TestDatabaseAway cuts the way to the database while a task runs, for a moment and for
// longer than a lease. The task goes on, and no line of it is lost or doubled.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	at, err := url.Parse(storetest.NewMySQL(t))
	require.NoError(t, err)
	way := startProxy(t, at.Host)
	at.Host = way.addr()
	s := start(t, "--database", at.String())
	c := s.client()
	const lines = 400
	task, err := c.Submit(t.Context(), sh(fmt.Sprintf(
		"i=0; while [ $i -lt %d ]; do i=$((i + 1)); echo \"line $i\"; echo \"::progress $((i * 100 / %d))\"; sleep 0.02; done", lines, lines)))
	require.NoError(t, err)
	requireLine(t, c, task.ID, "line 5")
	for _, away := range []time.Duration{0, 200 * time.Millisecond, 4 * time.Second} {
		way.set(true)
		code, body, _ := s.get("/healthz")
		require.Equal(t, 200, code, body)
		until(t, "not ready without its database", func() bool {
			code, _, _ := s.get("/readyz")
			return code == 503
		})
		wait := time.NewTimer(away)
		<-wait.C
		if away > auth.CacheTTLDefault {
			said := s.graphql(`{ viewer { name } }`, nil, bearer(token)...)
			require.Equal(t, 503, said.status, "nobody is refused because of it")
			code, _, _ := s.get("/graphiql", bearer(token)...)
			require.Equal(t, 500, code, "nor sent to sign in")
		}
		way.set(false)
		until(t, "ready again", func() bool {
			code, _, _ := s.get("/readyz")
			return code == 200
		})
	}
	ended := awaitEnd(t, c, task.ID)
	require.Equal(t, client.StatusSucceeded, ended.Status, "%+v", ended.Error)
	require.EqualValues(t, 1, ended.Attempt, "nobody took it for lost")
	requireWhole(t, s, task.ID)
	var said []string
	stream := c.WatchLog(t.Context(), task.ID, 0, "")
	defer stream.Close()
	for batch, err := range stream.All(t.Context()) {
		require.NoError(t, err)
		for _, line := range batch.Lines {
			if strings.HasPrefix(line.Text, "line ") {
				said = append(said, line.Text)
			}
		}
	}
	require.Len(t, said, lines)
	for i, text := range said {
		require.Equal(t, fmt.Sprint("line ", i+1), text)
	}
}
