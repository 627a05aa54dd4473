package imanager_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

// Decisions 1 to 12: paths, verbs, and the form of an answer.

func provesCompact(t *testing.T, b *bundle) {
	importExample(t, b.Store)
	r := b.get(examplePath+".json", b.as(resttest.Member))
	require.Equal(t, golden(t, "compact"), r.body)
	require.Len(t, r.body, 913)
	require.JSONEq(t, golden(t, "as-documented"), r.body)
}

func provesKeyOrder(t *testing.T, b *bundle) {
	importExample(t, b.Store)
	documented := keys(t, golden(t, "as-documented"))
	require.Equal(t, []string{"description", "id", "status", "steps"}, documented[:4])
	require.Equal(t, documented, keys(t, b.get(examplePath, b.as(resttest.Member)).body))
}

// keys lists the keys of all objects in the order in which they are written.
func keys(t *testing.T, text string) (list []string) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	for {
		token, err := d.Token()
		if err != nil {
			require.False(t, d.More())
			return list
		}
		if key, ok := token.(string); ok && strings.HasPrefix(strings.TrimLeft(text[d.InputOffset():], " \n"), ":") {
			list = append(list, key)
		}
	}
}

func provesAnyAccept(t *testing.T, b *bundle) {
	importExample(t, b.Store)
	for _, accept := range []string{"", "*/*", "text/html", "text/html,application/xhtml+xml,*/*;q=0.8", "application/xml", "application/json;q=0", "nonsense"} {
		for _, suffix := range []string{"", ".json"} {
			r := b.get(examplePath+suffix, b.as(resttest.Member), header("Accept", accept))
			require.Equal(t, []any{200, golden(t, "compact")}, []any{r.http, r.body}, accept)
		}
	}
}

func provesOtherSuffixes(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	known := "/imanager/cloud/web/tasks/" + models.TaskID(task.ID)
	for _, id := range []string{known, "/imanager/cloud/web/tasks/99999", "/imanager/cloud/web/tasks/no-id"} {
		for _, suffix := range []string{".xml", ".html", ".rjson", ".jsonp", ".foo", ".", ".JSON", ".json.xml", "%2Exml", ".json%20"} {
			requireRefused(t, b.get(id+suffix), 401)
			r := b.get(id+suffix+"?callback=f", b.as(resttest.Member))
			requireRefused(t, r, 406)
			require.Contains(t, r.body, "ask for .json")
		}
	}
	requireRefused(t, b.get(known+".xml.json", b.as(resttest.Member)), 404) // the last dot counts
	r := b.get(known+".json?callback=f&jsonpUserID=1", b.as(resttest.Member))
	require.True(t, strings.HasPrefix(r.body, "{"), "never JSONP")
}

func provesContentType(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	for status, r := range map[int]reply{
		200: b.get(path(task), b.as(resttest.Member)),
		401: b.get(path(task)),
		404: b.get("/imanager/cloud/web/tasks/99", b.as(resttest.Member)),
		405: b.send("PUT", path(task), "{}", b.as(resttest.Member)),
		406: b.get(path(task)+".xml", b.as(resttest.Member)),
		400: b.send("POST", "/imanager/security/tokens", "x"),
	} {
		require.Equal(t, status, r.http)
		require.Equal(t, "application/json;charset=UTF-8", r.header.Get("Content-Type"))
		require.True(t, json.Valid([]byte(r.body)))
	}
}

func provesUnknownID(t *testing.T, b *bundle) {
	b.Submit(resttest.Member)
	for _, id := range []string{
		"99999", "abc", "0", "-1", "+1", "1.0", "007", "01", "1e0", "exec_id_1", "99999999999999999999", "9007199254740992",
		"%20", "1%20", "%201", "%00", "%ff", "%E4%B8%AD", "1%2F1", "1-1", "1:1", "a.b", "..%2f1", "%2e%2e", strings.Repeat("9", 5000), "",
	} {
		requireRefused(t, b.get("/imanager/cloud/web/tasks/"+id+".json", b.as(resttest.Member)), 404)
	}
}

func provesForeignTask(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	foreign := b.get(path(task), b.as(resttest.Other))
	unknown := b.get("/imanager/cloud/web/tasks/99999.json", b.as(resttest.Other))
	requireRefused(t, foreign, 404)
	require.Equal(t, unknown.body, foreign.body)
	require.Equal(t, comparable(unknown), comparable(foreign))
	for _, all := range []string{resttest.Admin, resttest.Operator, resttest.Observer, resttest.Member} {
		require.Equal(t, 200, b.get(path(task), b.as(all)).http, all)
	}
	linkis := importTask(t, b.Store, record{origin: "linkis", description: models.Message("task.execute")})
	require.Equal(t, "Execute", b.read(linkis).Description, "through whichever API it came")
}

func provesBadToken(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	for _, try := range []option{
		header("Accept", "text/html"), header("X-Auth-Token", "made-up"), header("token", "made-up"), header("Authorization", "Bearer made-up"),
		header("Authorization", "Basic bWF4OmNvcnJlY3QgaG9yc2U="), header("Cookie", "JSESSIONID=made-up"), header("X-Auth-Token", strings.Repeat("x", 10_000)),
		header("X-Auth-Token", "中文"),
	} {
		r := b.get(path(task), try)
		requireRefused(t, r, 401)
		require.Empty(t, r.header.Get("Location"))
		require.Equal(t, "Bearer", r.header.Get("WWW-Authenticate"), "no browser asks for a password")
		require.Equal(t, "no-store", r.header.Get("Cache-Control"))
	}
	r := b.send("POST", "/imanager/security/tokens", `{"username":"max","password":"no"}`)
	requireRefused(t, r, 401) // never 600
}

func provesVerbs(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	before := b.get(path(task), b.as(resttest.Member))
	for _, verb := range []string{"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"} {
		r := b.send(verb, path(task), "", b.as(resttest.Member))
		requireRefused(t, r, 405)
		require.Equal(t, "GET, HEAD, OPTIONS", r.header.Get("Allow"))
		require.Contains(t, r.body, "it supports GET, HEAD, OPTIONS")
	}
	for _, other := range []string{"HEAD", "DELETE", "PUT", "POST", "get", "", "GET,DELETE"} {
		requireRefused(t, b.send("POST", path(task)+"?_method="+other, "", b.as(resttest.Member)), 405)
	}
	requireRefused(t, b.send("PUT", path(task)+"?_method=GET", "", b.as(resttest.Member)), 405)
	head := b.send("HEAD", path(task), "", b.as(resttest.Member))
	require.Equal(t, []any{200, "", comparable(before)}, []any{head.http, head.body, comparable(head)})
	post := b.send("POST", path(task)+"?_method=GET", `{"id":"ignored"}`, b.as(resttest.Member), header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8"))
	require.Equal(t, []any{200, before.body, comparable(before)}, []any{post.http, post.body, comparable(post)})
	require.Equal(t, 204, b.send("OPTIONS", path(task), "").http)
}

func provesErrorBody(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	require.Equal(t, `{"succeed":false,"error":{"code":404,"errorMsg":"the resource does not exist"}}`,
		b.get("/imanager/cloud/web/tasks/99", b.as(resttest.Member)).body)
	require.Equal(t, `{"succeed":false,"error":{"code":406,"errorMsg":"the resource has no such representation; ask for .json"}}`,
		b.get(path(task)+".xml", b.as(resttest.Member)).body)
	require.Equal(t, `{"succeed":false,"error":{"code":405,"errorMsg":"the resource does not support this method; it supports GET, HEAD, OPTIONS"}}`,
		b.send("PUT", path(task), "", b.as(resttest.Member)).body)
	requireRefused(t, b.get(path(task)), 401)
	// A body of success must not look like one: clients take a top-level error or code for it.
	var success map[string]any
	require.NoError(t, json.Unmarshal([]byte(b.get(path(task), b.as(resttest.Member)).body), &success))
	for _, key := range []string{"error", "code", "succeed"} {
		require.NotContains(t, success, key)
	}
}

func provesNothingElse(t *testing.T, b *bundle) {
	task := b.Submit(resttest.Member)
	version := b.Row(task.ID).Version
	for _, collection := range []string{"/imanager/cloud/web/tasks", "/imanager/cloud/web/tasks.json", "/imanager/cloud/web/tasks?pageSize=-1"} {
		for _, verb := range []string{"GET", "POST", "DELETE"} {
			requireRefused(t, b.send(verb, collection, "", b.as(resttest.Admin)), 404)
		}
	}
	item := "/imanager/cloud/web/tasks/" + models.TaskID(task.ID)
	for _, action := range []string{"/cancel", "/delete.json", "/retry", "/timeline.json", "/steps/1.json"} {
		requireRefused(t, b.send("POST", item+action, "", b.as(resttest.Admin)), 404)
		requireRefused(t, b.get(item+action, b.as(resttest.Admin)), 404)
	}
	requireRefused(t, b.send("DELETE", item, "", b.as(resttest.Admin)), 405)
	require.Equal(t, version, b.Row(task.ID).Version, "nothing was changed")
}

func provesAliases(t *testing.T, b *bundle) {
	importExample(t, b.Store)
	aliases := []string{"/imanager/icloud/web/tasks/690", "/imanager/web/tasks/690"}
	for _, alias := range aliases {
		for _, suffix := range []string{"", ".json", ".xml"} {
			requireRefused(t, b.get(alias+suffix, b.as(resttest.Member)), 404)
		}
	}
	o := b.options()
	o.Aliases = true
	b.serve(imanager.New(o))
	own := b.get(examplePath, b.as(resttest.Member))
	for _, alias := range aliases {
		for _, suffix := range []string{"", ".json", ".json;jsessionid=1?_t=2"} {
			r := b.get(alias+suffix, b.as(resttest.Member))
			require.Equal(t, []any{200, own.body, comparable(own)}, []any{r.http, r.body, comparable(r)})
		}
		requireRefused(t, b.get(alias), 401)
		requireRefused(t, b.get(alias+".xml", b.as(resttest.Member)), 406)
		requireRefused(t, b.get(alias, b.as(resttest.Other)), 404)
		requireRefused(t, b.send("DELETE", alias, "", b.as(resttest.Member)), 405)
	}
	requireRefused(t, b.get("/imanager/icloud/web/tasks", b.as(resttest.Member)), 404)
}
