package executor

import (
	"math"
	"strconv"
	"strings"

	"stepcast/models"
)

// A line that begins with a marker is not a line of the log but tells something:
//
//	::progress 42.5 Copying tiles   progress of the current content in percent, and its message
//	::content Download a.zip        the next content begins
//	::plan A | B | C                the contents to come
//	::steps A | B | C               the steps of the task, the first of which is the current one
//	::step B                        the next step begins
//	::warning Text                  a line of the log with this level; also ::error, ::debug
//
// In their texts %0A is a line break, %0D a carriage return and %25 a percent sign. A
// marker that is malformed, a number that is none or a text that is empty, is a line of
// the log as it is.
const markerPrefix = "::"

var unescape = strings.NewReplacer("%0A", "\n", "%0a", "\n", "%0D", "\r", "%0d", "\r", "%25", "%").Replace

// obey does what a marker says. It returns false when the line is none, or malformed.
// A line that was cut only counts as a line of the log: half a plan is no plan.
func (l *ScriptLines) obey(stream models.LogStream, line string, isCut bool) bool {
	name, arg, _ := strings.Cut(line[len(markerPrefix):], " ")
	arg = strings.TrimSpace(arg)
	if arg == "" {
		return false
	}
	switch name {
	case "warning":
		return l.log(models.Warn, stream, arg)
	case "error":
		return l.log(models.Error, stream, arg)
	case "debug":
		return l.log(models.Debug, stream, arg)
	}
	if isCut {
		return false
	}
	switch name {
	case "progress":
		return l.progress(arg)
	case "content":
		l.sink.Content(unescape(arg))
		return true
	case "plan":
		return declare(l.sink.Plan, arg)
	case "steps", "step":
		if !l.options.AllowSteps {
			l.sink.Log(models.Warn, stream, line)
			return true
		}
		if name == "steps" {
			return declare(l.sink.Steps, arg)
		}
		l.sink.Step(unescape(arg))
		return true
	}
	return false
}

// log makes a log line of each line of text.
func (l *ScriptLines) log(level models.LogLevel, stream models.LogStream, text string) bool {
	for line := range strings.SplitSeq(unescape(text), "\n") {
		l.sink.Log(level, stream, strings.TrimRight(line, "\r"))
	}
	return true
}

func (l *ScriptLines) progress(arg string) bool {
	number, message, _ := strings.Cut(arg, " ")
	percent, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsNaN(percent) || math.IsInf(percent, 0) || strings.ContainsAny(number, "xX_") {
		return false
	}
	l.sink.Progress(min(max(percent, 0), 100), unescape(strings.TrimSpace(message)))
	return true
}

// declare passes on the texts of a list with bars between them; empty ones are left out.
func declare(tell func([]string), list string) bool {
	var texts []string
	for text := range strings.SplitSeq(list, "|") {
		if text = strings.TrimSpace(text); text != "" {
			texts = append(texts, unescape(text))
		}
	}
	if len(texts) == 0 {
		return false
	}
	tell(texts)
	return true
}
