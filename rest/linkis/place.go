package linkis

import (
	"net/url"
	"strconv"
	"strings"

	"stepcast/models"
)

// Linkis clients find the log and the results of a task by paths of files. Here they are
// names only: /stepcast/tasks/<id>/log.txt and /stepcast/tasks/<id>/results/_<n>.dolphin.
const (
	placeScheme  = "file://"
	placeRoot    = "/stepcast/tasks/"
	resultsName  = "results"
	logName      = "log.txt"
	resultPrefix = "_"
	resultSuffix = ".dolphin"
)

// placeKind is what a path names.
type placeKind int

const (
	placeNone placeKind = iota
	placeResults
	placeResult
	placeLog
)

// place is a path that was understood.
type place struct {
	kind placeKind
	task int64
	// number is that of the result.
	number int
}

// resultsPath is the resultLocation of a task.
func resultsPath(task int64) string {
	return placeScheme + placeRoot + models.TaskID(task) + "/" + resultsName
}

// logPath is where its log is.
func logPath(task int64) string { return placeScheme + placeRoot + models.TaskID(task) + "/" + logName }

// resultName is the file name of a result. Clients sort by the number in it, which Linkis
// counts from 0.
func resultName(number int) string {
	return resultPrefix + strconv.Itoa(number-1) + resultSuffix
}

// parsePlace reads a path with or without a scheme, which may be percent-encoded once
// more. What names nothing here has the kind placeNone.
func parsePlace(text string) place {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "%") {
		if decoded, err := url.PathUnescape(text); err == nil {
			text = decoded
		}
	}
	rest, ok := strings.CutPrefix(withoutScheme(text), placeRoot)
	if !ok {
		return place{}
	}
	id, rest, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	task, ok := models.ParseTaskID(id)
	if !ok {
		return place{}
	}
	switch name, inResults := strings.CutPrefix(rest, resultsName+"/"); {
	case rest == resultsName:
		return place{kind: placeResults, task: task}
	case rest == logName:
		return place{kind: placeLog, task: task}
	case inResults:
		if number, ok := resultNumber(name); ok {
			return place{kind: placeResult, task: task, number: number}
		}
	}
	return place{}
}

// withoutScheme cuts file:// or hdfs://, and the host that may follow.
func withoutScheme(text string) string {
	for _, scheme := range []string{"file://", "hdfs://"} {
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			if root := strings.IndexByte(rest, '/'); root >= 0 {
				return rest[root:]
			}
			return rest
		}
	}
	return text
}

// resultNumber reads _<n>.dolphin.
func resultNumber(name string) (number int, ok bool) {
	digits, prefixed := strings.CutPrefix(name, resultPrefix)
	digits, suffixed := strings.CutSuffix(digits, resultSuffix)
	n, err := strconv.ParseInt(digits, 10, 32)
	if !prefixed || !suffixed || err != nil || n < 0 || strconv.FormatInt(n, 10) != digits || n+1 > 1<<31-1 {
		return 0, false
	}
	return int(n) + 1, true
}
