package http

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"stepcast/models"
)

// harmless are the headers that say nothing of the sender: any other may be a secret
// that only the first origin is to know.
var harmless = []string{"Accept", "Accept-Encoding", "Accept-Language", "Content-Language", "Content-Type", "User-Agent"}

// redirect decides whether the next request is sent, as CheckRedirect of http.Client: the
// rules are those of the first.
func (x *execution) redirect(next *http.Request, via []*http.Request) error {
	if x.message.expect.has(next.Response.StatusCode) {
		return http.ErrUseLastResponse
	}
	if len(via) > RedirectsMax {
		return &refusal{failure("error.http.redirects", strconv.Itoa(RedirectsMax))}
	}
	if err := checkURL(next.URL); err != nil {
		return &refusal{failure("error.http.redirect", err.Error())}
	}
	if !x.executor.targets.allow(next.URL) {
		return &refusal{x.refuse(notAllowed(next.URL))}
	}
	next.URL.RawQuery = encodeQuery(next.URL.RawQuery)
	// One that was elsewhere in between leads back to where a stranger chose.
	elsewhere := func(r *http.Request) bool { return !sameOrigin(via[0].URL, r.URL) }
	if elsewhere(next) || slices.ContainsFunc(via, elsewhere) {
		for name := range next.Header {
			if !slices.Contains(harmless, name) {
				next.Header.Del(name)
			}
		}
	}
	x.asked = origin(next.URL)
	x.reached.Store(false)
	shown := *next.URL
	shown.Fragment = ""
	x.say(models.System, next.Response.Proto+" "+next.Response.Status+", redirected: "+next.Method+" "+shown.String())
	return nil
}

// sameOrigin says whether what the first may know the second may know too. From http to
// https of the same host is no other origin.
func sameOrigin(first, second *url.URL) bool {
	if normalHost(first.Hostname()) != normalHost(second.Hostname()) {
		return false
	}
	if first.Scheme == second.Scheme {
		return portOf(first) == portOf(second)
	}
	return second.Scheme == "https" && portOf(first) == "80" && portOf(second) == "443"
}

// explain says why there is no response.
func (x *execution) explain(ctx context.Context, err error) *models.TaskError {
	var refused *refusal
	switch {
	case ctx.Err() != nil:
		return failure("error.http.ended")
	case errors.As(err, &refused):
		return refused.failure
	case x.reached.Load():
		return failure("error.http.broken", x.asked, reason(err))
	}
	return failure("error.http.connect", x.asked, reason(err))
}
