package auth

import (
	"net/url"
	"strings"
)

// nextMax is the length of the longest path to go back to, in bytes.
const nextMax = 2048

// SignInPath is the path, with its query, of the page that signs a browser in and then
// sends it back to where it wanted to go: a path of this server, with its query. Any
// other is left out.
func SignInPath(next string) string {
	if !localPath(next) || next == "/" {
		return LoginPath
	}
	return LoginPath + "?" + url.Values{nextField: {next}}.Encode()
}

// nextField is the field of the page's query and form that says where to go back to.
const nextField = "next"

// localPath says whether a browser that is sent to next stays on this server, whoever
// wrote it: a link to the sign-in page may come from anywhere. Browsers take a backslash
// for a slash, drop tabs and line breaks, and read what begins with two slashes as the
// name of a host. The doors themselves are no place to go back to.
func localPath(next string) bool {
	if len(next) > nextMax || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") {
		return false
	}
	if strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f || r > '~' }) {
		return false
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" {
		return false
	}
	return u.Path != LoginPath && u.Path != LogoutPath && !strings.HasPrefix(u.Path, "//") && !strings.ContainsRune(u.Path, '\\')
}
