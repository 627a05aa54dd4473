package openapi_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/linkis"
	"stepcast/rest/openapi/openapitest"
	"stepcast/rest/resttest"
)

// elsewhere are the answers that are not brought about here, and where they are.
var elsewhere = []string{
	// e2e asks for these.
	"GET /healthz 200", "HEAD /healthz 200", "GET /readyz 200", "GET /readyz 503", "HEAD /readyz 200", "HEAD /readyz 503",
	// So is this; its 500 and 503 app brings about.
	"GET /metrics 200", "HEAD /metrics 200", "GET /metrics 401", "HEAD /metrics 401", "GET /metrics 403", "HEAD /metrics 403",
	"GET /metrics 500", "HEAD /metrics 500", "GET /metrics 503", "HEAD /metrics 503",
	// Only while 64 people wait for their password to be checked: auth tests it.
	"POST /api/rest_j/v1/user/login 503",
	"POST /imanager/cloud/security/tokens 503", "POST /imanager/cloud/security/tokens.json 503",
	"POST /imanager/security/tokens 503", "POST /imanager/security/tokens.json 503",
}

// TestEveryAnswerIsAsDescribed sends what brings about each answer that is described,
// successes and every kind of refusal, and looks for those that never came.
func TestEveryAnswerIsAsDescribed(t *testing.T) {
	t.Parallel()
	checker := openapitest.New(t)
	t.Run("calls", func(t *testing.T) {
		for name, calls := range map[string]func(*testing.T, *world){
			"Linkis reads": readLinkis, "Linkis submissions": submitLinkis, "Linkis controls": controlLinkis, "Linkis kills": killLinkis,
			"Linkis sign-in": signInLinkis, "iManager tasks": readIManager, "iManager sign-in": signInIManager,
			"results": readResults, "logs": readLogs, "description": readDescription, "failures": failAll, "nowhere": nowhere,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				calls(t, setup(t, checker))
			})
		}
	})
	require.ElementsMatch(t, elsewhere, checker.Unseen())
}

func readResults(t *testing.T, w *world) {
	w.ended(t)
	for _, verb := range []string{"GET", "HEAD"} {
		for _, path := range []string{"/results/1-r1", "/results/1-r2"} {
			w.call(t, 200, verb, path, "", w.as(resttest.Member)...)
			w.call(t, 401, verb, path, "")
			w.call(t, 404, verb, path, "", w.as(resttest.Other)...)
		}
		w.call(t, 404, verb, "/results/1-r3", "", w.as(resttest.Member)...)
		w.call(t, 404, verb, "/results/x", "", w.as(resttest.Member)...)
	}
	w.call(t, 405, "POST", "/results/1-r1", "", w.as(resttest.Member)...)
}

func readLogs(t *testing.T, w *world) {
	w.ended(t)
	for _, verb := range []string{"GET", "HEAD"} {
		w.call(t, 200, verb, "/tasks/1/log.txt?after=1&minLevel=INFO", "", w.as(resttest.Member)...)
		w.call(t, 400, verb, "/tasks/1/log.txt?after=x", "", w.as(resttest.Member)...)
		w.call(t, 401, verb, "/tasks/1/log.txt", "")
		w.call(t, 404, verb, "/tasks/1/log.txt", "", w.as(resttest.Other)...)
	}
	w.call(t, 405, "POST", "/tasks/1/log.txt", "", w.as(resttest.Member)...)
}

func readDescription(t *testing.T, w *world) {
	for _, verb := range []string{"GET", "HEAD"} {
		tag := w.call(t, 200, verb, "/openapi.json", "").Get("ETag")
		w.call(t, 304, verb, "/openapi.json", "", "If-None-Match", tag)
	}
	w.call(t, 405, "POST", "/openapi.json", "")
}

// failAll asks servers that are broken: one without its database, and one in which all
// that signs in panics.
func failAll(t *testing.T, w *world) {
	member := w.as(resttest.Member)
	task := w.ended(t)
	w.Tasks.Stop()
	require.NoError(t, w.Store.Close())
	for _, verb := range []string{"GET", "HEAD"} {
		w.call(t, 500, verb, "/results/1-r1", "", member...)
		w.call(t, 500, verb, "/tasks/1/log.txt", "", member...)
	}
	w.url = serve(t, w.Tasks, nil)
	for _, route := range append(linkis.Routes(), imanager.Routes()...) {
		verb, path, _ := strings.Cut(route, " ")
		if verb == "OPTIONS" || strings.HasPrefix(path, "/imanager/cloud/web/tasks") && verb == "POST" {
			continue
		}
		w.call(t, 500, verb, strings.ReplaceAll(path, "{id}", models.TaskID(task.ID)), imanagerPassword, member...)
	}
	for _, end := range []string{"", ".json"} {
		w.call(t, 500, "POST", imanager.Prefix+"/cloud/web/tasks/1"+end+"?_method=GET", "", member...)
	}
}

// nowhere asks for what is not described.
func nowhere(t *testing.T, w *world) {
	for _, prefix := range []string{linkis.Prefix, imanager.Prefix} {
		for _, path := range []string{"", "/", "//", "/nonsense", "/%00", "/entrance/1", "/cloud/web/tasks", "/cloud/web/tasks/1/steps", "/entrance/1/status/"} {
			for _, verb := range []string{"GET", "POST", "OPTIONS"} {
				w.call(t, 404, verb, prefix+path, "", w.as(resttest.Member)...)
			}
		}
	}
}
