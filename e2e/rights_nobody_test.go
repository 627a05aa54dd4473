package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestNobody knocks at every path without a sign-in, and with one that does not count.
// Only health, signing in and the description of the REST APIs are open.
func TestNobody(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	task, err := s.client().Submit(t.Context(), sh("echo secret-code"))
	require.NoError(t, err)
	t.Run("doors", func(t *testing.T) {
		for name, headers := range map[string][]string{
			"nothing": nil, "bad token": bearer("nonsense-nonsense-nonsense"), "other scheme": {"Authorization", "Basic YWRtaW46YWRtaW4="},
			"bad cookies":    {"Cookie", webCookie + "=x; " + linkisCookie + "=x; " + imanagerCookie + "=x"},
			"bad token code": {"Token-Code", "nonsense", "Token-User", "admin"},
			"bad X-Auth":     {"X-Auth-Token", "nonsense", "token", "nonsense"},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := s.with(t)
				requireOpen(t, s, headers)
				requireGraphQLClosed(t, s, task.ID, headers)
				requireLinkisClosed(t, s, task.ID, headers)
				requireIManagerClosed(t, s, task.ID, headers)
				require.Equal(t, "303 /login", s.redirect("/", headers...))
				for _, path := range []string{"/submit", "/account", "/users", "/graphiql", "/graphiql/", "/graphiql/start.js", "/graphiql/index.html", "/openapi", "/openapi/", "/openapi/start.js", "/tasks/" + task.ID} {
					require.Equal(t, "303 /login?next="+url.QueryEscape(path), s.redirect(path, headers...), path)
				}
				status, body, header := s.get("/metrics", headers...)
				require.Equal(t, http.StatusUnauthorized, status, body)
				require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
				require.NotContains(t, body, "stepcast_")
				for _, path := range []string{"/debug/pprof/", "/api", "/login/x", "/.stepcast/address.json"} {
					status, _, _ := s.get(path, headers...)
					require.Equal(t, http.StatusNotFound, status, path)
				}
			})
		}
	})
	after, err := s.client().Task(t.Context(), task.ID)
	require.NoError(t, err)
	require.Equal(t, task.Version, after.Version, "nothing was changed")
}

// redirect reads a path without following where it leads, and gives "status target".
func (s *server) redirect(path string, headers ...string) string {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	require.NoError(s.t, err)
	setHeaders(r.Header, headers)
	answered, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(s.t, err)
	defer answered.Body.Close()
	return fmt.Sprint(answered.StatusCode, " ", answered.Header.Get("Location"))
}

// requireOpen reads what needs no sign-in.
func requireOpen(t *testing.T, s *server, headers []string) {
	t.Helper()
	for _, path := range []string{"/healthz", "/readyz", "/login", "/openapi.json"} {
		status, body, _ := s.get(path, headers...)
		require.Equal(t, http.StatusOK, status, "%s: %s", path, body)
	}
	status, _, _ := s.do(http.MethodPost, "/logout", "", headers...)
	require.Equal(t, http.StatusNoContent, status, "signing out is done as well when nobody was signed in")
}

func requireGraphQLClosed(t *testing.T, s *server, id string, headers []string) {
	t.Helper()
	for _, query := range []string{
		`{ viewer { name } }`, `{ task(id: "` + id + `") { id } }`, `{ __schema { types { name } } }`, `{ runTypes { name } }`,
		`mutation { cancelTask(input: {id: "` + id + `"}) { task { id } } }`, `{ nonsense`,
	} {
		refused := s.graphql(query, nil, headers...)
		require.Equal(t, []any{http.StatusUnauthorized, "UNAUTHENTICATED"}, []any{refused.status, refused.code()}, query)
		require.Nil(t, refused.Data)
	}
	status, body, header := s.get("/graphql?query=%7Bviewer%7Bname%7D%7D", headers...)
	require.Equal(t, http.StatusUnauthorized, status, body)
	require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
	socket := s.dial(t, headers...)
	socket.init("")
	require.Equal(t, 4403, socket.closed())
	socket = s.dial(t, headers...)
	socket.subscribe("1", `subscription { taskProgress(id: "`+id+`") { id } }`, nil)
	require.Equal(t, 4401, socket.closed(), "subscribing comes after the acknowledgement")
}

func requireLinkisClosed(t *testing.T, s *server, id string, headers []string) {
	t.Helper()
	const submission = `{"executionContent": {"code": "exit 0", "runType": "shell"}, "labels": {"engineType": "shell-1"}}`
	for path, body := range map[string]string{
		"execute": submission, "submit": submission, id + "/killJobs": `{"idList": [], "taskIDList": [` + id + `]}`, "0/killJobs": "{",
		id + "/status": "", id + "/progress": "", id + "/progressWithResource": "", id + "/log": "",
		id + "/kill": "", id + "/pause": "", id + "/resume": "", "0/kill?taskID=" + id: "", "x/status": "", "999/status": "",
	} {
		method := http.MethodGet
		if body != "" {
			method = http.MethodPost
		}
		status, said := s.callLinkis(method, "entrance/"+path, body, headers...)
		require.Equal(t, []int{http.StatusUnauthorized, -1}, []int{status, said.Status}, path)
		require.Empty(t, said.Data, path)
	}
	status, said := s.callLinkis(http.MethodGet, "user/userInfo", "", headers...)
	require.Equal(t, []int{http.StatusUnauthorized, -1}, []int{status, said.Status})
	status, said = s.callLinkis(http.MethodPost, "user/login", `{"userName": "`+lastOf(t.Name())+`", "password": "nonsense"}`, headers...)
	require.Equal(t, []int{http.StatusBadRequest, 1}, []int{status, said.Status}, "this one is open, and lets nobody in: %s", said.Message)
}

// lastOf is the name of a subtest without those above it.
func lastOf(name string) string { return name[strings.LastIndex(name, "/")+1:] }

func requireIManagerClosed(t *testing.T, s *server, id string, headers []string) {
	t.Helper()
	for _, name := range []string{id, id + ".json", id + ".xml", "999.json", "x"} {
		status, body, _ := s.get("/imanager/cloud/web/tasks/"+name, headers...)
		require.Equal(t, http.StatusUnauthorized, status, name)
		requireIManagerError(t, body, http.StatusUnauthorized)
		require.NotContains(t, body, "secret")
	}
}
