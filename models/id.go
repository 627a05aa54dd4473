package models

import (
	"strconv"
	"strings"
)

// Ids on the wire: a task is "690", its step 1 is "690-1", content 2 of that step
// is "690-1-2", its 17th event is "690:17". Numbers are given in order of creation
// and never reused; the place of a step or content is its index.

// MaxID is the largest task id: whole numbers above it are not exact in JSON clients.
const MaxID = 1<<53 - 1

// ContentRef names a content within its task by step number and content number.
type ContentRef struct {
	Step    int `json:"s"`
	Content int `json:"c"`
}

// TaskID writes a task id.
func TaskID(task int64) string { return strconv.FormatInt(task, 10) }

// StepID writes the id of a step.
func StepID(task int64, step int) string { return TaskID(task) + "-" + strconv.Itoa(step) }

// ContentID writes the id of a content.
func ContentID(task int64, ref ContentRef) string {
	return StepID(task, ref.Step) + "-" + strconv.Itoa(ref.Content)
}

// EventID writes the id of an event, which is also its cursor.
func EventID(task, number int64) string {
	return TaskID(task) + ":" + strconv.FormatInt(number, 10)
}

// ParseTaskID reads a task id. Only the canonical form counts: no sign, no leading zero.
func ParseTaskID(s string) (int64, bool) { return parseNumber(s, MaxID) }

// ParseStepID reads "690-1".
func ParseStepID(s string) (task int64, step int, ok bool) {
	head, tail, found := strings.Cut(s, "-")
	if !found {
		return 0, 0, false
	}
	task, okTask := ParseTaskID(head)
	number, okStep := parseNumber(tail, 1<<31-1)
	return task, int(number), okTask && okStep
}

// ParseContentID reads "690-1-2".
func ParseContentID(s string) (task int64, ref ContentRef, ok bool) {
	cut := strings.LastIndexByte(s, '-')
	if cut < 0 {
		return 0, ref, false
	}
	task, step, okStep := ParseStepID(s[:cut])
	number, okContent := parseNumber(s[cut+1:], 1<<31-1)
	return task, ContentRef{Step: step, Content: int(number)}, okStep && okContent
}

// ParseEventID reads "690:17"; the number 0 is the cursor before the first event.
func ParseEventID(s string) (task, number int64, ok bool) {
	head, tail, found := strings.Cut(s, ":")
	if !found {
		return 0, 0, false
	}
	task, ok = ParseTaskID(head)
	if !ok {
		return 0, 0, false
	}
	if tail == "0" {
		return task, 0, true
	}
	number, ok = parseNumber(tail, MaxID)
	return task, number, ok
}

func parseNumber(s string, limit int64) (int64, bool) {
	if s == "" || len(s) > 16 || s[0] < '1' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n <= limit
}

// TimelineID is the id of the timeline of an attempt: one timeline per attempt of
// a task, so 690's second attempt is timeline 690002.
func TimelineID(task int64, attempt int) int64 { return task*MaxAttempts + int64(attempt) }

// MaxAttempts bounds the attempts of one task, retries by hand included (exclusive).
const MaxAttempts = 1000
