package e2e

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

var listening = regexp.MustCompile(`(?m)^Stepcast is listening on (https?://\S+)$`)

// addresses are what a server printed that it listens on.
func (s *server) addresses() (urls []string) {
	for _, match := range listening.FindAllStringSubmatch(s.log.String(), -1) {
		urls = append(urls, match[1])
	}
	return urls
}

// TestListensOnEveryAddress gives several addresses, apart and in one flag. Port 0
// prints the port that it became.
func TestListensOnEveryAddress(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker", "--addr", "127.0.0.1:0,localhost:0")
	until(t, "three addresses", func() bool { return len(s.addresses()) == 3 })
	seen := map[string]bool{}
	for _, url := range s.addresses() {
		require.Regexp(t, `^http://127\.0\.0\.1:[1-9]\d*$`, url)
		require.False(t, seen[url], "each its own port")
		seen[url] = true
		c, err := client.New(url, client.WithToken(token))
		require.NoError(t, err)
		viewer, err := c.Viewer(t.Context())
		require.NoError(t, err)
		require.Equal(t, "admin", viewer.Name)
	}
}

// TestNoExecBeyondThisMachine lets other machines reach the server: shell and Python are
// off, and say why and what turns them on; submitting one is refused at once.
func TestNoExecBeyondThisMachine(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--addr", "0.0.0.0:0")
	until(t, "two addresses", func() bool { return len(s.addresses()) == 2 })
	require.Regexp(t, `^http://localhost:[1-9]\d*$`, s.addresses()[1], "where a browser here finds it")
	s.url = s.addresses()[1]
	c := s.client()
	enabled := map[string]bool{}
	types, err := c.RunTypes(t.Context())
	require.NoError(t, err)
	for _, kind := range types {
		enabled[kind.Name] = kind.Enabled
		for _, word := range map[string][]string{
			"shell":  {"0.0.0.0:0, which other machines may reach", "--allow-exec (STEPCAST_ALLOW_EXEC"},
			"python": {"0.0.0.0:0, which other machines may reach", "--allow-exec (STEPCAST_ALLOW_EXEC"},
			"http":   {"0.0.0.0:0, which other machines may reach", "--http-targets (STEPCAST_HTTP_TARGETS"},
			"sql":    {"--data-sources (STEPCAST_DATA_SOURCES"},
		}[kind.Name] {
			require.Contains(t, kind.Reason, word)
		}
	}
	require.Equal(t, map[string]bool{"external": true, "http": false, "python": false, "shell": false, "sql": false}, enabled)
	for _, kind := range []string{"shell", "python"} {
		_, err = c.Submit(t.Context(), single(kind, "exit 0", nil))
		require.Equal(t, client.CodeInvalid, client.CodeOf(err))
		require.ErrorContains(t, err, "--allow-exec")
	}
	body := `{"executionContent": {"code": "exit 0", "runType": "shell"}, "labels": {"engineType": "shell-1"}}`
	status, said := s.callLinkis(http.MethodPost, "entrance/submit", body, asAdminOfLinkis...)
	require.Equal(t, []int{http.StatusBadRequest, 1}, []int{status, said.Status})
	require.Contains(t, said.Message, "--allow-exec")
	page, err := c.TaskPage(t.Context(), client.PageQuery{Count: true})
	require.NoError(t, err)
	require.Zero(t, page.TotalCount, "nothing was accepted")
}

// TestAllowExec turns them on.
func TestAllowExec(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	s := start(t, "--addr", "0.0.0.0:0", "--allow-exec")
	task, err := s.client().Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	ended := awaitEnd(t, s.client(), task.ID)
	require.Equal(t, client.StatusSucceeded, ended.Status)
}

// TestHelp reads the help as a newcomer does.
func TestHelp(t *testing.T) {
	t.Parallel()
	settings := []string{"--addr", "--data", "--database", "--config", "--allow-exec", "127.0.0.1:8080", ".stepcast", "mysql://"}
	sources := []string{"STEPCAST_QUEUE_LIMIT", "STEPCAST_ADMIN_TOKEN", "YAML"}
	for args, words := range map[string][]string{
		"--help":            slices.Concat(settings, sources, []string{"Examples:", "login-link"}),
		"help":              slices.Concat(settings, sources),
		"serve --help":      slices.Concat(settings, sources, []string{"SIGTERM"}),
		"login-link --help": slices.Concat(settings, []string{"--user"}),
	} {
		r := runToEnd(t, command(t, strings.Fields(args)...))
		require.Zero(t, r.exit, r.stderr)
		require.Empty(t, r.stderr)
		for _, word := range words {
			require.Contains(t, r.stdout, word, args)
		}
	}
	r := runToEnd(t, command(t, "version"))
	require.Zero(t, r.exit)
	require.Contains(t, r.stdout, "stepcast ")
}
