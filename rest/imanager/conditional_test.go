package imanager_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
	"stepcast/rest/imanager"
	"stepcast/rest/resttest"
)

// comparable are the headers that a HEAD must have in common with a GET: all but the time.
func comparable(r reply) http.Header {
	h := r.header.Clone()
	h.Del("Date")
	return h
}

// TestHeadersOfTheTask says what every header is, of a task that goes on and of one that does not.
func TestHeadersOfTheTask(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *imanager.Options) { o.TaskPage = "/console/task/" })
	for _, status := range models.Statuses[:len(models.Statuses)-1] { // no task is SKIPPED
		task := importTask(t, b.Store, record{state: models.TaskState{Status: status}})
		id := models.TaskID(task.ID)
		want := http.Header{
			"Access-Control-Allow-Origin":   {"*"},
			"Access-Control-Expose-Headers": {"ETag, Retry-After, Preference-Applied, Content-Language, Link"},
			"Cache-Control":                 {"private, no-cache"},
			"Content-Language":              {"en"},
			"Content-Type":                  {"application/json;charset=UTF-8"},
			"Etag":                          {`W/"` + id + `.2.en.UTC+8"`},
			"Link":                          {"</console/task/" + id + `>; rel="alternate"; type="text/html"`},
			"Vary":                          {"Accept-Language, Prefer, Authorization, Cookie, X-Auth-Token, token"},
			"X-Content-Type-Options":        {"nosniff"},
		}
		if !status.Final() {
			want["Retry-After"] = []string{"2"}
		}
		get := b.get(path(task), b.as(resttest.Member))
		want["Content-Length"] = []string{jsonText(t, len(get.body))}
		require.Equal(t, want, comparable(get), status)

		unchanged := b.get(path(task), b.as(resttest.Member), header("If-None-Match", get.header.Get("ETag")))
		require.Equal(t, http.StatusNotModified, unchanged.http)
		require.Empty(t, unchanged.body)
		for _, ofBody := range []string{"Content-Length", "Content-Type", "X-Content-Type-Options"} {
			want.Del(ofBody)
		}
		require.Equal(t, want, comparable(unchanged), status)
	}
	r := setup(t).get("/imanager/cloud/web/tasks/1", b.as(resttest.Member))
	require.Empty(t, r.header.Get("Link"), "a refusal leads nowhere")
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := importTask(t, b.Store, polyglot())
	tag := b.get(path(task), b.as(resttest.Member)).header.Get("ETag")
	for name, c := range map[string]struct {
		path    string
		status  int
		options []option
	}{
		"a task":         {path(task), 200, []option{b.as(resttest.Member)}},
		"in Chinese":     {path(task), 200, []option{b.as(resttest.Member), header("Accept-Language", "zh")}},
		"unchanged":      {path(task), 304, []option{b.as(resttest.Member), header("If-None-Match", tag)}},
		"nobody":         {path(task), 401, nil},
		"another format": {path(task) + ".xml", 406, []option{b.as(resttest.Member)}},
		"no task":        {"/imanager/cloud/web/tasks/99", 404, []option{b.as(resttest.Member)}},
		"nothing":        {"/imanager/nothing", 404, nil},
		"not to be read": {"/imanager/security/tokens", 405, nil},
	} {
		get, head := b.get(c.path, c.options...), b.send("HEAD", c.path, "", c.options...)
		require.Equal(t, c.status, get.http, name)
		require.Equal(t, c.status, head.http, name)
		require.Equal(t, comparable(get), comparable(head), name)
		require.Empty(t, head.body, name)
	}
}

func TestConditionalRequests(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.Submit(resttest.Member)
	tag := b.get(path(task), b.as(resttest.Member)).header.Get("ETag")
	for given, want := range map[string]int{
		tag: 304, tag[2:]: 304, `"other", ` + tag: 304, "*": 304,
		`W/"other"`: 200, `"other"`: 200, "": 200, `"`: 200, "tag": 200, `"a, *"`: 200,
	} {
		r := b.get(path(task), b.as(resttest.Member), header("If-None-Match", given))
		require.Equal(t, want, r.http, given)
		require.Equal(t, tag, r.header.Get("ETag"))
		require.Equal(t, want == 304, r.body == "")
	}
	b.Claim()
	r := b.get(path(task), b.as(resttest.Member), header("If-None-Match", tag))
	require.Equal(t, 200, r.http, "it is another version")
	require.NotEqual(t, tag, r.header.Get("ETag"))
	requireRefused(t, b.get(path(task), header("If-None-Match", "*")), 401)
	requireRefused(t, b.get(path(task), b.as(resttest.Other), header("If-None-Match", tag)), 404)
	requireRefused(t, b.get(path(task)+".xml", b.as(resttest.Member), header("If-None-Match", "*")), 406)
}

// TestTheTagNamesTheZone: replicas that write times in different zones share no tags.
func TestTheTagNamesTheZone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := importTask(t, b.Store, polyglot())
	tag := b.get(path(task), b.as(resttest.Member)).header.Get("ETag")
	o := b.options()
	o.Zone = time.UTC
	b.serve(imanager.New(o))
	require.Equal(t, 200, b.get(path(task), b.as(resttest.Member), header("If-None-Match", tag)).http)
}
