package imanager

import (
	"net/http"
	"net/url"
	"strings"
)

// tasksFolder is where tasks lie, one segment each.
const tasksFolder = Prefix + "/cloud/web/tasks"

// taskAliases are where tasks lie in other releases of iManager, for Options.Aliases.
var taskAliases = map[string]bool{
	Prefix + "/icloud/web/tasks": true,
	Prefix + "/web/tasks":        true,
}

// place is what lies at a path.
type place struct {
	// name is the last segment, percent-decoded: "690.json".
	name string
	// pattern is the path as http.ServeMux would write it.
	pattern string
	verbs   []string
	serve   func(a *api, w http.ResponseWriter, r *http.Request, name string) error
}

var (
	reads  = []string{http.MethodGet, http.MethodHead}
	logins = []string{http.MethodPost}
	gets   = []string{http.MethodGet}
)

// places are those of a fixed path, each also with .json appended: iManager's own
// address for tokens has changed between releases.
var places = map[string]place{
	Prefix + "/security/tokens":       {verbs: logins, serve: (*api).token},
	Prefix + "/cloud/security/tokens": {verbs: logins, serve: (*api).token},
	Prefix + "/security/logout":       {verbs: gets, serve: (*api).logout},
}

// parsePath finds what lies at an escaped path. A trailing slash is another path, at
// which nothing lies.
func parsePath(escaped string, aliases bool) (place, bool) {
	folder, name, ok := splitPath(withoutSession(escaped))
	if !ok || name == "" {
		return place{}, false
	}
	if folder == tasksFolder || aliases && taskAliases[folder] {
		return place{name: name, pattern: tasksFolder + "/{id}", verbs: reads, serve: (*api).task}, true
	}
	if strings.Contains(name, "/") {
		return place{}, false // an escaped slash divides nothing
	}
	path := folder + "/" + strings.TrimSuffix(name, ".json")
	p, ok := places[path]
	p.pattern = path
	return p, ok
}

// splitPath decodes an escaped path and splits it before its last segment. It is false
// for a path that cannot be decoded, or that has an escaped slash within its folder.
func splitPath(escaped string) (folder, name string, ok bool) {
	segments := strings.Split(escaped, "/")
	for i, segment := range segments {
		decoded, err := url.PathUnescape(segment)
		if err != nil || i < len(segments)-1 && strings.Contains(decoded, "/") {
			return "", "", false
		}
		segments[i] = decoded
	}
	last := len(segments) - 1
	return strings.Join(segments[:last], "/"), segments[last], true
}

// withoutSession leaves out the ;jsessionid=… that Java clients append to a path, with
// all that follows it. It does not sign in: a secret does not belong into an address.
func withoutSession(path string) string {
	const parameter = ";jsessionid="
	segment := strings.LastIndexByte(path, '/') + 1
	for at := segment; at+len(parameter) <= len(path); at++ {
		if strings.EqualFold(path[at:at+len(parameter)], parameter) {
			return path[:at]
		}
	}
	return path
}

// splitFormat splits a name at its last dot: "690.json". Without a dot there is no format.
func splitFormat(name string) (id, format string, has bool) {
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		return name[:at], name[at+1:], true
	}
	return name, "", false
}
