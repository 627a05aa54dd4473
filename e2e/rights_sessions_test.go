package e2e

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

// The cookies of sessions: our own, and those that the clients of other systems know.
const (
	webCookie      = "stepcast_session"
	linkisCookie   = "linkis_user_session_ticket_id_v1"
	imanagerCookie = "JSESSIONID"
)

// sessions are headers that sign a user in, one session for each API.
type sessions struct {
	web, linkis, imanager []string
	// imanagerToken is what iManager's clients send as X-Auth-Token.
	imanagerToken string
}

// signIn signs a user in by password at each door that there is.
func (s *server) signIn(name string) (all sessions) {
	s.t.Helper()
	all.web, _ = s.signInAt("/login", `{"name": "`+name+`", "password": "`+password+`"}`, webCookie)
	all.linkis, _ = s.signInAt("/api/rest_j/v1/user/login", `{"userName": "`+name+`", "password": "`+password+`"}`, linkisCookie)
	all.imanager, all.imanagerToken = s.signInAt("/imanager/security/tokens.json", `{"username": "`+name+`", "password": "`+password+`"}`, imanagerCookie)
	return all
}

// signInAt posts credentials and gives the cookie that came as a header, and the body.
func (s *server) signInAt(path, credentials, cookie string) (headers []string, body string) {
	s.t.Helper()
	status, body, header := s.do(http.MethodPost, path, credentials, "Content-Type", "application/json")
	require.Equal(s.t, http.StatusOK, status, body)
	for _, set := range (&http.Response{Header: header}).Cookies() {
		if set.Name == cookie {
			require.True(s.t, set.HttpOnly)
			return []string{"Cookie", set.Name + "=" + set.Value}, body
		}
	}
	require.Fail(s.t, "no cookie", "%s sets no %s", path, cookie)
	return nil, ""
}

// sessionDoors are /graphql as a browser asks it: by cookie, with no token.
func sessionDoors() []door {
	unscoped := func(a actor) bool { return a.scope == "" }
	return []door{
		{name: "GET by session", op: "see", applies: unscoped, try: func(w *rightsWorld, a actor, id string) verdict {
			w.t.Helper()
			query := url.Values{"query": {`{ task(id: "` + id + `") { id } }`}}
			status, text, _ := w.get("/graphql?"+query.Encode(), w.sessions[a.name].web...)
			require.Equal(w.t, http.StatusOK, status, text)
			var said answer
			require.NoError(w.t, decode(text, &said))
			if said.Data["task"] == nil {
				return hidden
			}
			return allowed
		}},
		{name: "pauseTask by session", op: "control", applies: unscoped, prepare: unprepared, try: func(w *rightsWorld, a actor, id string) verdict {
			w.t.Helper()
			said := w.graphql(`mutation($id: ID!) { pauseTask(input: {id: $id}) { task { id } userErrors { code } } }`, object{"id": id}, w.sessions[a.name].web...)
			require.Empty(w.t, said.Errors)
			return w.userVerdict(said.Data["pauseTask"])
		}},
		{name: "taskProgress by session", op: "see", applies: unscoped, try: func(w *rightsWorld, a actor, id string) verdict {
			w.t.Helper()
			socket := w.socket(w.t, "", w.sessions[a.name].web...)
			socket.subscribe("1", `subscription($id: ID!) { taskProgress(id: $id) { id } }`, object{"id": id})
			if said, _ := socket.answer(); len(said.Errors) > 0 {
				return hidden
			}
			return allowed
		}},
	}
}

// TestSessionsCountOnTheirOwnPaths carries each session to the paths of the others, and
// lets pages of other sites use it.
func TestSessionsCountOnTheirOwnPaths(t *testing.T) {
	t.Parallel()
	s := start(t, "--no-worker")
	s.office(t).user("mia", models.Member)
	all := s.signIn("mia")
	task, err := s.client().Submit(t.Context(), sh("exit 0"))
	require.NoError(t, err)
	linkis, imanager := "/api/rest_j/v1/user/userInfo", "/imanager/cloud/web/tasks/"+task.ID+".json"
	viewer := "/graphql?query=" + url.QueryEscape("{viewer{name}}")
	for name, try := range map[string]struct {
		path    string
		headers []string
		status  int
	}{
		"web session at /graphql":      {viewer, all.web, http.StatusOK},
		"Linkis session at /graphql":   {viewer, all.linkis, http.StatusUnauthorized},
		"iManager session at /graphql": {viewer, all.imanager, http.StatusUnauthorized},
		"Linkis session at Linkis":     {linkis, all.linkis, http.StatusOK},
		"web session at Linkis":        {linkis, all.web, http.StatusUnauthorized},
		"iManager session at Linkis":   {linkis, all.imanager, http.StatusUnauthorized},
		// The task is admin's: 404 says that the session counts.
		"iManager session at iManager":      {imanager, all.imanager, http.StatusNotFound},
		"web session at iManager":           {imanager, all.web, http.StatusUnauthorized},
		"Linkis session at iManager":        {imanager, all.linkis, http.StatusUnauthorized},
		"iManager's token at /graphql":      {viewer, bearer(all.imanagerToken), http.StatusUnauthorized},
		"kill from a page of another site":  {"/api/rest_j/v1/entrance/1/kill", append([]string{"Sec-Fetch-Site", "cross-site"}, all.linkis...), http.StatusForbidden},
		"pause from a page of another site": {"/api/rest_j/v1/entrance/1/pause", append([]string{"Origin", "http://example.org"}, all.linkis...), http.StatusForbidden},
		"status is read from anywhere":      {"/api/rest_j/v1/user/userInfo", append([]string{"Sec-Fetch-Site", "cross-site"}, all.linkis...), http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			status, body, _ := s.with(t).get(try.path, try.headers...)
			require.Equal(t, try.status, status, body)
		})
	}
}
