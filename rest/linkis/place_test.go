package linkis

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaces(t *testing.T) {
	t.Parallel()
	results, log := place{kind: placeResults, task: 7}, place{kind: placeLog, task: 7}
	first := place{kind: placeResult, task: 7, number: 1}
	for text, want := range map[string]place{
		resultsPath(7):                                   results,
		resultsPath(7) + "/":                             results,
		logPath(7):                                       log,
		resultsPath(7) + "/_0.dolphin":                   first,
		resultsPath(7) + "/_41.dolphin":                  {kind: placeResult, task: 7, number: 42},
		"/stepcast/tasks/7/results":                      results,
		" /stepcast/tasks/7/log.txt ":                    log,
		"hdfs:///stepcast/tasks/7/results/_0.dolphin":    first,
		"hdfs://namenode:9000/stepcast/tasks/7/log.txt":  log,
		"file%3A%2F%2F%2Fstepcast%2Ftasks%2F7%2Fresults": results,
		"/stepcast/tasks/7/results/%5F0%2Edolphin":       first,
		"":                               {},
		"/":                              {},
		"file://":                        {},
		"hdfs://host":                    {},
		"s3:///stepcast/tasks/7/results": {},
		"stepcast/tasks/7/results":       {},
		"/stepcast/tasks/":               {},
		"/stepcast/tasks/7":              {},
		"/stepcast/tasks/007/results":    {},
		"/stepcast/tasks/-7/results":     {},
		"/stepcast/tasks/9007199254740993/log.txt":          {},
		"/stepcast/tasks/7/other":                           {},
		"/stepcast/tasks/7/results/../log.txt":              {},
		"/stepcast/tasks/7/results/_0.dolphin/x":            {},
		"/stepcast/tasks/7/results/_-1.dolphin":             {},
		"/stepcast/tasks/7/results/_00.dolphin":             {},
		"/stepcast/tasks/7/results/_+0.dolphin":             {},
		"/stepcast/tasks/7/results/0.dolphin":               {},
		"/stepcast/tasks/7/results/_0":                      {},
		"/stepcast/tasks/7/results/_2147483647.dolphin":     {},
		"/stepcast/tasks/7/results/_99999999999999.dolphin": {},
		"/stepcast/tasks/7/results/_0.dolphin%zz":           {},
	} {
		require.Equal(t, want, parsePlace(text), text)
	}
}

func FuzzPlace(f *testing.F) {
	for _, text := range []string{resultsPath(1), logPath(690) + "/", "hdfs://h:1/stepcast/tasks/1/results/_0.dolphin", "file:%2f%2f%2fstepcast", "%", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := parsePlace(text)
		var canonical string
		switch p.kind {
		case placeNone:
			require.Equal(t, place{}, p)
			return
		case placeResults:
			canonical = resultsPath(p.task)
		case placeResult:
			canonical = resultsPath(p.task) + "/" + resultName(p.number)
		case placeLog:
			canonical = logPath(p.task)
		}
		require.Equal(t, p, parsePlace(canonical), "every form names the same as the one that is given out")
		require.True(t, strings.HasPrefix(canonical, "file:///stepcast/tasks/"))
	})
}
