package linkis

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"stepcast/models"
)

// endpoint is one path and what answers there.
type endpoint struct {
	// path is below Prefix; the segment {id} stands for any.
	path string
	// segments is path, split.
	segments []string
	verbs    []string
	// open endpoints need no sign-in.
	open bool
	// changes something: refused when a page of another site uses the browser's cookies.
	changes bool
	serve   func(*call) (answer, error)
}

var (
	// reads also answer HEAD; a GET that changes something does not, because programs
	// send HEAD to look without touching.
	reads    = []string{http.MethodGet, http.MethodHead}
	commands = []string{http.MethodGet}
	posts    = []string{http.MethodPost}
	anyVerb  = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
)

func routes() []endpoint {
	endpoints := []endpoint{
		{path: "entrance/execute", verbs: posts, changes: true, serve: execute},
		{path: "entrance/submit", verbs: posts, changes: true, serve: submit},
		{path: "entrance/{id}/status", verbs: reads, serve: status},
		{path: "entrance/{id}/progress", verbs: reads, serve: progress},
		{path: "entrance/{id}/progressWithResource", verbs: reads, serve: progressWithResource},
		{path: "entrance/{id}/log", verbs: reads, serve: taskLog},
		{path: "entrance/{id}/kill", verbs: commands, changes: true, serve: kill},
		{path: "entrance/{id}/killJobs", verbs: posts, changes: true, serve: killJobs},
		{path: "entrance/{id}/pause", verbs: commands, changes: true, serve: pause},
		{path: "entrance/{id}/resume", verbs: commands, changes: true, serve: resume},
		{path: "user/login", verbs: posts, open: true, serve: login},
		{path: "user/logout", verbs: anyVerb, open: true, changes: true, serve: logout},
		{path: "user/token-login", verbs: posts, changes: true, serve: tokenLogin},
		{path: "user/userInfo", verbs: reads, serve: userInfo},
		{path: "user/heartbeat", verbs: reads, serve: heartbeat},
		{path: "user/publicKey", verbs: reads, open: true, serve: publicKey},
		{path: "user/baseinfo", verbs: reads, open: true, serve: baseInfo},
		{path: "gateway/heartbeat", verbs: reads, open: true, serve: gatewayHeartbeat},
		{path: "jobhistory/list", verbs: reads, serve: jobList},
		{path: "jobhistory/listundonetasks", verbs: reads, serve: undoneJobs},
		{path: "jobhistory/list-taskids", verbs: reads, serve: jobsByID},
		{path: "jobhistory/governanceStationAdmin", verbs: reads, serve: governanceStationAdmin},
		{path: "jobhistory/{id}/get", verbs: reads, serve: job},
		{path: "filesystem/getDirFileTrees", verbs: reads, serve: listResults},
		{path: "filesystem/openFile", verbs: reads, serve: openFile},
		{path: "filesystem/openLog", verbs: reads, serve: openLog},
	}
	for i := range endpoints {
		endpoints[i].segments = strings.Split(endpoints[i].path, "/")
	}
	return endpoints
}

// call is one request on its way to its answer.
type call struct {
	*api
	w http.ResponseWriter
	r *http.Request
	// method is the method of the envelope: the path without rest_j/v1.
	method string
	// id is the {id} of the path, as it was sent, percent-decoded.
	id     string
	viewer models.Viewer
}

// answer finds the endpoint, lets it answer, and refuses what is not for it.
func (c *call) answer(path []string) (answer, error) {
	e, ok := c.find(path)
	if !ok {
		return answer{}, noSuchPath(c.method)
	}
	c.r.Pattern = Prefix + "/" + e.path // as http.ServeMux tells who is further out
	if !slices.Contains(e.verbs, c.r.Method) {
		return answer{}, wrongVerb(c.r.Method, e.verbs)
	}
	if err := c.signIn(e); err != nil {
		return answer{}, err
	}
	return e.serve(c)
}

// find matches the path to an endpoint and takes the id from it.
func (c *call) find(path []string) (endpoint, bool) {
	for _, e := range c.endpoints {
		if id, ok := e.matches(path); ok {
			c.id = id
			return e, true
		}
	}
	return endpoint{}, false
}

func (e endpoint) matches(path []string) (id string, ok bool) {
	if len(path) != len(e.segments) {
		return "", false
	}
	for i, want := range e.segments {
		if want == "{id}" {
			id = path[i]
		} else if want != path[i] {
			return "", false
		}
	}
	return id, true
}

// segments splits the path below Prefix, then percent-decodes each part, so that an
// encoded slash stays within its part. It is nil for what is not below Prefix.
func segments(r *http.Request) []string {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), Prefix+"/")
	if !ok {
		return nil
	}
	parts := strings.Split(rest, "/")
	for i, part := range parts {
		if decoded, err := url.PathUnescape(part); err == nil {
			parts[i] = decoded
		}
	}
	return parts
}

// methodOf is the method of the envelope for a path: the document has
// "/api/entrance/#id/killJobs" for /api/rest_j/v1/entrance/{id}/killJobs.
func methodOf(path []string) string { return "/api/" + strings.Join(path, "/") }
