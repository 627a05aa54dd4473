package e2e

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// linkisBody is what every answer of the Linkis API is.
type linkisBody struct {
	Data    object
	Message string
	Method  string
	Status  int
}

// linkis calls an endpoint below /api/rest_j/v1.
func (s *server) callLinkis(method, path, body string, headers ...string) (status int, said linkisBody) {
	s.t.Helper()
	if body != "" {
		headers = append(headers, "Content-Type", "application/json")
	}
	status, text, _ := s.do(method, "/api/rest_j/v1/"+path, body, headers...)
	require.NoError(s.t, decode(text, &said), "%s %s: %s", method, path, text)
	return status, said
}

// way is a way to sign in to an API.
type way struct {
	name    string
	headers func(w *rightsWorld, a actor) []string
	// narrow is whether the scope of the actor's token counts; one that does not carry
	// it is for actors without a scope.
	narrow bool
}

// applies says whether an actor can sign in this way.
func (y way) applies(a actor) bool { return y.narrow || a.scope == "" }

var linkisWays = []way{
	{"own token", func(_ *rightsWorld, a actor) []string { return []string{"Token-Code", a.token, "Token-User", a.name} }, true},
	{"bearer", func(_ *rightsWorld, a actor) []string { return bearer(a.token) }, true},
	{"admin's token", func(_ *rightsWorld, a actor) []string { return []string{"Token-Code", token, "Token-User", a.name} }, false},
	{"session", func(w *rightsWorld, a actor) []string { return w.sessions[a.name].linkis }, false},
}

// linkisDoors are all endpoints by all ways to sign in. Each endpoint comes with both
// forms of an id, and each way too; all three together would tell nothing more.
func linkisDoors() (doors []door) {
	for i, way := range linkisWays {
		form := func(verb int) string { return []string{"number", "exec id"}[(i+verb)%2] }
		for n, verb := range []string{"status", "progress", "progressWithResource", "log"} {
			doors = append(doors, linkisDoor(way, form(n), verb, "see", nil, ""))
		}
		doors = append(doors,
			linkisDoor(way, form(0), "kill", "control", unprepared, client.StatusCancelled),
			linkisDoor(way, form(1), "killJobs", "control", unprepared, client.StatusCancelled),
			linkisDoor(way, form(0), "pause", "control", unprepared, client.StatusPaused),
			linkisDoor(way, form(1), "resume", "control", asAdmin(paused), client.StatusWaiting),
		)
		doors = append(doors, linkisSubmit(way, "submit"), linkisSubmit(way, "execute"))
	}
	return doors
}

// linkisDoor is an endpoint of a task; after is the status of one for which it was open.
func linkisDoor(way way, form, verb, op string, prepare func(*rightsWorld, string), after client.Status) door {
	name := "Linkis " + verb + " by " + form + ", " + way.name
	return door{name: name, op: op, linkis: true, applies: way.applies, prepare: prepare, try: func(w *rightsWorld, a actor, id string) verdict {
		w.t.Helper()
		named := id
		if form == "exec id" {
			named = w.look(id, "execId")
		}
		method, body := http.MethodGet, ""
		if verb == "killJobs" {
			method, body = http.MethodPost, "{}"
		}
		status, said := w.callLinkis(method, "entrance/"+url.PathEscape(named)+"/"+verb, body, way.headers(w, a)...)
		if verb == "killJobs" {
			// The call succeeds as a whole; each task has an answer of its own.
			require.Equal(w.t, http.StatusOK, status, said.Message)
			said.Status = int(number(at(said.Data, "messages", 0, "status")))
			status = map[int]int{0: http.StatusOK, 3: http.StatusForbidden}[said.Status]
		}
		v := linkisVerdict(w, status, said)
		if v == allowed && after != "" {
			require.Equal(w.t, string(after), w.look(id, "status"))
		}
		return v
	}}
}

// linkisSubmit submits in the new style. The task is the actor's, whoever's token it was.
func linkisSubmit(way way, verb string) door {
	return door{name: "Linkis " + verb + ", " + way.name, op: "submit", linkis: true, applies: way.applies, try: func(w *rightsWorld, a actor, _ string) verdict {
		w.t.Helper()
		body := `{"executionContent": {"code": "exit 0", "runType": "shell"}, "labels": {"engineType": "shell-1", "userCreator": "` + a.name + `-IDE"}}`
		status, said := w.callLinkis(http.MethodPost, "entrance/"+verb, body, way.headers(w, a)...)
		v := linkisVerdict(w, status, said)
		if v == allowed {
			require.Equal(w.t, a.name, w.look(fmt.Sprint(at(said.Data, "taskID")), "owner"))
		}
		return v
	}}
}

func linkisVerdict(w *rightsWorld, status int, said linkisBody) verdict {
	w.t.Helper()
	if status == http.StatusOK && said.Status == 0 {
		return allowed
	}
	require.Equal(w.t, []int{http.StatusForbidden, 3}, []int{status, said.Status}, said.Message)
	return forbidden
}
