package imanager

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWished(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"wait=5": 5 * time.Second, "Wait = 5": 5 * time.Second, `respond-async, wait="7"; x=1`: 7 * time.Second,
		"wait=20": 20 * time.Second, "wait=21": 20 * time.Second, "wait=99999999999999999999": 20 * time.Second,
		"": 0, "wait": 0, "wait=": 0, "wait=-1": 0, "wait=x": 0, "wait=0": 0, "wait=1.5": 0, "wait=+5": 0, "wait=5 s": 0, "waits=5": 0,
		"wait=x, wait=5": 0, "wait=3, wait=5": 3 * time.Second, // the first counts
		`note="a, wait=5"`: 0, `note="\", wait=5", wait=6`: 6 * time.Second, `note="unended, wait=5`: 0, `note=";wait=5"`: 0,
		"a;wait=5": 0, ",,wait=4,": 4 * time.Second, `"`: 0, `\`: 0, `"\`: 0,
	} {
		require.Equal(t, want, wished([]string{header}), header)
	}
	require.Zero(t, wished(nil))
	require.Equal(t, 3*time.Second, wished([]string{"return=minimal", "wait=3"}))
}

func TestParsePath(t *testing.T) {
	t.Parallel()
	for path, name := range map[string]string{
		"/imanager/cloud/web/tasks/690":                       "690",
		"/imanager/cloud/web/tasks/690.json":                  "690.json",
		"/imanager/cloud/web/tasks/690%2Ejson":                "690.json",
		"/imanager/cl%6fud/web/t%61sks/690":                   "690",
		"/imanager/cloud/web/tasks/a%2Fb":                     "a/b",
		"/imanager/cloud/web/tasks/690;jsessionid=a.b":        "690",
		"/imanager/cloud/web/tasks/690.json;JSESSIONID=a;x=1": "690.json",
		"/imanager/cloud/web/tasks/690;x=1;jsessionid=a":      "690;x=1",
		"/imanager/cloud/web/tasks/690;jsessionid=a.json":     "690",
		"/imanager/cloud/web/tasks/690;x=1":                   "690;x=1",
		"/imanager/cloud/web/tasks/690%3Bjsessionid=a":        "690;jsessionid=a",
		"/imanager/cloud/web/tasks/.json":                     ".json",
		"/imanager/cloud/web/tasks/..%2f..;jsessionid=":       "../..",
		"/imanager/security/tokens.json":                      "",
		"/imanager/security/tokens;jsessionid=ABC":            "",
		"/imanager/cloud/security/tokens":                     "",
		"/imanager/security/logout":                           "",
	} {
		for _, aliases := range []bool{false, true} {
			got, ok := parsePath(path, aliases)
			require.True(t, ok, path)
			require.Equal(t, name, got.name)
		}
	}
	for _, path := range []string{
		"", "/", "/imanager", "/imanager/", "/imanager/cloud/web/tasks", "/imanager/cloud/web/tasks/", "/imanager/cloud/web/tasks.json",
		"/imanager/cloud/web/tasks/690/", "/imanager/cloud/web/tasks/690.json/", "/imanager/cloud/web/tasks/690/x", "/imanager/cloud/web/tasks/690.json/;jsessionid=x",
		"/imanager/cloud/security/logout", "/imanager/security/tokens/", "/imanager/security%2Ftokens", "/imanager/cloud%2Fsecurity/tokens",
		"/imanager/cloud;jsessionid=x/web/tasks/690", "/imanager/cloud%2Fweb/tasks/690", "/imanager/cloud/web/tasks/%zz", "/imanager/cloud/web/tasks/;jsessionid=x",
		"/imanager//cloud/web/tasks/690", "/imanager/cloud/web/./tasks/690", "/imanager/Cloud/web/tasks/690", "/imanager/iicloud/web/tasks/690",
	} {
		for _, aliases := range []bool{false, true} {
			_, ok := parsePath(path, aliases)
			require.False(t, ok, path)
		}
	}
	for _, path := range []string{"/imanager/icloud/web/tasks/690.json", "/imanager/web/tasks/690.json"} {
		_, ok := parsePath(path, false)
		require.False(t, ok, path)
		got, ok := parsePath(path, true)
		require.True(t, ok, path)
		require.Equal(t, "690.json", got.name)
	}
}

func TestSplitFormat(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		id, format string
		has        bool
	}{
		"690": {"690", "", false}, "690.json": {"690", "json", true}, "690.json.xml": {"690.json", "xml", true},
		"690.": {"690", "", true}, ".json": {"", "json", true}, "": {"", "", false}, "..": {".", "", true},
	} {
		id, format, has := splitFormat(name)
		require.Equal(t, want.id, id, name)
		require.Equal(t, want.format, format, name)
		require.Equal(t, want.has, has, name)
	}
}
