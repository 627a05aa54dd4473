package live

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types that GraphQL over HTTP answers with.
const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
)

// mediaRange is one entry of an Accept header.
type mediaRange struct {
	pattern string // "type/subtype", "type/*" or "*/*"
	quality float64
	place   int
	// subscriptions is the version of Apollo's multipart subscriptions that it asks for.
	subscriptions string
}

// specificity orders ranges that match one type: the most exact one counts.
func (m mediaRange) specificity() int {
	switch {
	case m.pattern == "*/*":
		return 0
	case strings.HasSuffix(m.pattern, "/*"):
		return 1
	default:
		return 2
	}
}

func (m mediaRange) matches(media string) bool {
	kind, _, _ := strings.Cut(media, "/")
	return m.pattern == media || m.pattern == "*/*" || m.pattern == kind+"/*"
}

// before says whether m is wanted more than other.
func (m mediaRange) before(other mediaRange) bool {
	return m.quality > other.quality || m.quality == other.quality && m.place < other.place
}

// negotiate picks the media type of the answer, "" when none is acceptable. Without
// an Accept header it is application/json; between equals, the first one named wins.
func negotiate(header http.Header) string {
	accept := acceptOf(header)
	if accept == "" {
		return mediaJSON
	}
	media, _ := chooseJSON(parseAccept(accept))
	return media
}

func acceptOf(header http.Header) string {
	return strings.TrimSpace(strings.Join(header.Values("Accept"), ","))
}

// chooseJSON picks the media type of an answer in one piece, and the range that asks for
// it; "" when none does.
func chooseJSON(ranges []mediaRange) (chosen string, best mediaRange) {
	for _, media := range []string{mediaJSON, mediaResponse} {
		match, ok := strictest(ranges, media)
		if ok && match.quality > 0 && (chosen == "" || match.before(best)) {
			chosen, best = media, match
		}
	}
	return chosen, best
}

func strictest(ranges []mediaRange, media string) (best mediaRange, ok bool) {
	for _, r := range ranges {
		if r.matches(media) && (!ok || r.specificity() > best.specificity()) {
			best, ok = r, true
		}
	}
	return best, ok
}

// parseAccept skips what it cannot read and what asks for another encoding than UTF-8.
func parseAccept(accept string) []mediaRange {
	var ranges []mediaRange
	for place, element := range strings.Split(accept, ",") {
		pattern, params, err := mime.ParseMediaType(element)
		if err != nil || !isUTF8(params["charset"]) {
			continue
		}
		quality := 1.0
		if q, given := params["q"]; given {
			if quality, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		ranges = append(ranges, mediaRange{pattern, quality, place, params["subscriptionspec"]})
	}
	return ranges
}

// isJSONRequest says whether a POST may be read: application/json in UTF-8. Browsers
// send nothing of this type to another origin without asking first, which is what
// protects a session cookie from other sites.
func isJSONRequest(header http.Header) bool {
	media, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && (media == mediaJSON || media == mediaResponse) && isUTF8(params["charset"])
}

func isUTF8(charset string) bool {
	return charset == "" || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}
