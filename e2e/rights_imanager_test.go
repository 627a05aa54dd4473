package e2e

import (
	"net/http"
	"net/url"

	"github.com/stretchr/testify/require"
)

var imanagerWays = []way{
	{"X-Auth-Token", func(_ *rightsWorld, a actor) []string { return []string{"X-Auth-Token", a.token} }, true},
	{"token", func(_ *rightsWorld, a actor) []string { return []string{"token", a.token} }, true},
	{"bearer", func(_ *rightsWorld, a actor) []string { return bearer(a.token) }, true},
	{"session token", func(w *rightsWorld, a actor) []string {
		return []string{"X-Auth-Token", w.sessions[a.name].imanagerToken}
	}, false},
	{"session", func(w *rightsWorld, a actor) []string { return w.sessions[a.name].imanager }, false},
}

// imanagerDoors are the task resource, by all ways to sign in.
func imanagerDoors() []door {
	doors := []door{
		{name: "iManager, ?token=", op: "see", try: func(w *rightsWorld, a actor, id string) verdict {
			return imanagerVerdict(w, http.MethodGet, id, "?token="+url.QueryEscape(a.token), nil)
		}},
	}
	for _, way := range imanagerWays {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			doors = append(doors, door{name: "iManager " + method + ", " + way.name, op: "see", applies: way.applies, try: func(w *rightsWorld, a actor, id string) verdict {
				return imanagerVerdict(w, method, id, "", way.headers(w, a))
			}})
		}
	}
	return doors
}

func imanagerVerdict(w *rightsWorld, method, id, query string, headers []string) verdict {
	w.t.Helper()
	status, body, _ := w.do(method, "/imanager/cloud/web/tasks/"+id+".json"+query, "", headers...)
	if status == http.StatusOK {
		return allowed
	}
	require.Equal(w.t, http.StatusNotFound, status)
	if method == http.MethodGet {
		require.JSONEq(w.t, `{"succeed": false, "error": {"code": 404, "errorMsg": "the resource does not exist"}}`, body)
	}
	return hidden
}
