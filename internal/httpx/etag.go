package httpx

import "strings"

// NamesTag says whether If-None-Match headers name the tag (RFC 9110, section 13.1.2),
// compared weakly. From where a list is not well formed it names nothing more.
func NamesTag(headers []string, tag string) bool {
	list := strings.Join(headers, ",")
	if strings.TrimSpace(list) == "*" {
		return true
	}
	wanted := strings.TrimPrefix(tag, "W/")
	for {
		list = strings.TrimPrefix(strings.TrimLeft(list, " \t,"), "W/")
		end := strings.IndexByte(strings.TrimPrefix(list, `"`), '"')
		if !strings.HasPrefix(list, `"`) || end < 0 {
			return false
		}
		given := list[:end+2]
		if given == wanted {
			return true
		}
		list = list[len(given):]
	}
}
