package live

import "net/http"

// foreign says whether a GET counts by a cookie although a page of another site made the
// browser send it. It changes nothing, and that page cannot read the answer; but the work
// is done in its visitor's name, and a stream would go on. A POST needs no such question:
// no page can send JSON to another site unasked.
func (x *runner) foreign(r *http.Request) bool {
	return r.Header.Get("Cookie") != "" && r.Header.Get("Authorization") == "" && !x.opts.SameSite(r)
}

// foreignMessage says what to do instead.
const foreignMessage = "a GET that signs in by a cookie must come from a page of this server: " +
	"send a token, use POST, or have the page's origin allowed"
