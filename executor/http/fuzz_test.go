package http

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzTarget: an entry that is accepted allows the address that it spells, and nothing
// on another host.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{"*", "example.org", "*.example.org:*", "https://a/b%20c/", "[::1]:80", "10.0.0.1:8080/x", "a..b", "[fe80::1%25eth0]"} {
		f.Add(seed, "http://example.org:8080/a/b")
	}
	f.Fuzz(func(t *testing.T, pattern, address string) {
		list, err := parseTargets([]string{pattern})
		if (err == nil) != (CheckTarget(pattern) == nil) {
			t.Fatal("CheckTarget and parseTargets differ")
		}
		if err != nil || list.everything() {
			return
		}
		if u, err := parseURL(address); err == nil && list.allow(u) {
			host, entry := normalHost(u.Hostname()), list[0]
			if host != entry.host && !(entry.below && strings.HasSuffix(host, "."+entry.host)) {
				t.Fatalf("%q allows %q", pattern, address)
			}
			if !strings.HasPrefix(mustUnescape(t, u.EscapedPath()), joined(entry.path)) {
				t.Fatalf("%q allows the path of %q", pattern, address)
			}
		}
		if own := spell(list[0]); own != nil && !list.allow(own) {
			t.Fatalf("%q does not allow %q", pattern, own)
		}
	})
}

func mustUnescape(t *testing.T, path string) string {
	decoded, err := url.PathUnescape(path)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}

func joined(segments []string) string {
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}

// spell writes an address that the entry is to allow; nil when it is none.
func spell(entry target) *url.URL {
	host := entry.host
	if entry.below {
		host = "below." + host
	}
	if strings.Contains(host, ":") {
		host = "[" + strings.Replace(host, "%", "%25", 1) + "]"
	}
	if entry.port != "" && entry.port != "*" {
		host += ":" + entry.port
	}
	scheme := entry.scheme
	if scheme == "" {
		scheme = "https"
	}
	text := scheme + "://" + host
	for _, segment := range entry.path {
		text += "/" + url.PathEscape(segment)
	}
	u, err := parseURL(text)
	if err != nil {
		return nil
	}
	return u
}

// FuzzStatuses: what is accepted is written so that it is read as the same again.
func FuzzStatuses(f *testing.F) {
	for _, seed := range []string{`200`, `"2xx"`, `[200, 404]`, `"200-299, 4XX"`, `null`, `""`, `{}`, `1e400`, `"200-"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		first, err := parseStatuses(raw)
		if err != nil {
			return
		}
		text, _ := json.Marshal(first.String())
		second, err := parseStatuses(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for status := range 700 {
			if first.has(status) != second.has(status) || first.has(status) && (status < 200 || status > 599) {
				t.Fatalf("%s and %s differ in %d", raw, text, status)
			}
		}
	})
}

// FuzzFilledURL: whatever the value, it stays where it was put, and nothing of it ends
// the request line or goes up.
func FuzzFilledURL(f *testing.F) {
	for _, seed := range []string{"x", "..", "/../", "?a=b", "#", "a b", "\r\nX: y", "%2e%2e", "${v}", "\x00\xff", "a/b", "@", ":80"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		fill := func(template string) *url.URL {
			text, err := newFiller(map[string]string{"v": value}).fill(template, percentEncode, urlMax)
			if err != nil {
				return nil
			}
			u, err := parseURL(text)
			if err != nil {
				return nil
			}
			if again, err := parseURL(u.String()); err != nil || again.RequestURI() != u.RequestURI() || again.Host != u.Host {
				t.Fatalf("%q is read as %q: %v", u, again, err)
			}
			line := u.RequestURI()
			for i := range len(line) {
				if c := line[i]; c <= ' ' || c >= 0x7f {
					t.Fatalf("byte %#x in %q", c, line)
				}
			}
			return u
		}
		if u := fill("http://host.test/a/${v}/b?q=${v}&r=1"); u != nil {
			if u.Host != "host.test" || u.User != nil || u.Path != "/a/"+value+"/b" || hasDots(u.Path) {
				t.Fatalf("%q became %q", value, u)
			}
			if len(strings.Split(u.EscapedPath(), "/")) != 4 || strings.Count(u.RawQuery, "&") != 1 || u.Query().Get("q") != value {
				t.Fatalf("%q became %q", value, u)
			}
		}
		if u := fill("http://${v}.host.test/"); u != nil && (u.Path != "/" || !strings.HasSuffix(u.Hostname(), ".host.test")) {
			t.Fatalf("%q became %q", value, u)
		}
	})
}

// FuzzFilledJSON: a value in a string of JSON is read as that value.
func FuzzFilledJSON(f *testing.F) {
	for _, seed := range []string{"x", `"`, `\`, "\n", "<>&", "\u2028", "${v}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !utf8.ValidString(value) {
			return
		}
		text, err := newFiller(map[string]string{"v": value}).fill(`{"a": "${v}"}`, bodyEncoder("application/json"), bodyMax)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(text), &got); err != nil || got["a"] != value || len(got) != 1 {
			t.Fatalf("%q became %q: %v", value, text, err)
		}
	})
}

// FuzzFileName: a name is one on every system.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"a.txt", "../x", `..\x`, ".", "a\x00b", "\xff", "x/", "CON", " a ", strings.Repeat("ü", 200)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, segment string) {
		name := fileName(map[string][]string{"Content-Disposition": {`attachment; filename="` + segment + `"`}}, segment, "text/plain")
		if name == "" || len(name) > fileNameMax+len(".txt") || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\\x00\r\n") || name[0] == '.' {
			t.Fatalf("%q", name)
		}
	})
}
