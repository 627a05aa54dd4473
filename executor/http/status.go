package http

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// statuses are the statuses that are success.
type statuses []span

// span is a range of statuses, both ends included.
type span struct{ low, high int }

const (
	statusMin, statusMax = 200, 599
	statusesMax          = 64
)

// statusForms explains what expectStatus may be.
const statusForms = `a status from 200 to 599, a list of them, or a text such as "2xx" or "200-299,404"`

func (s statuses) has(status int) bool {
	for _, r := range s {
		if r.low <= status && status <= r.high {
			return true
		}
	}
	return false
}

// String writes them as they are read: "2xx, 404".
func (s statuses) String() string {
	var texts []string
	for _, r := range s {
		texts = append(texts, r.String())
	}
	return strings.Join(texts, ", ")
}

func (r span) String() string {
	switch {
	case r.low == r.high:
		return strconv.Itoa(r.low)
	case r.low%100 == 0 && r.high == r.low+99:
		return strconv.Itoa(r.low/100) + "xx"
	}
	return fmt.Sprintf("%d-%d", r.low, r.high)
}

// parseStatuses reads the param expectStatus; nothing and null are 2xx.
func parseStatuses(raw json.RawMessage) (statuses, error) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		return statuses{{200, 299}}, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("expectStatus is %s", statusForms)
	}
	var items []string
	switch v := value.(type) {
	case string:
		items = strings.Split(v, ",")
	case json.Number:
		return parseStatusNumbers([]any{v})
	case []any:
		return parseStatusNumbers(v)
	default:
		return nil, fmt.Errorf("expectStatus is %s", statusForms)
	}
	if len(items) > statusesMax {
		return nil, fmt.Errorf("expectStatus has at most %d parts, not %d", statusesMax, len(items))
	}
	var all statuses
	for _, item := range items {
		r, err := parseSpan(strings.TrimSpace(item))
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func parseStatusNumbers(values []any) (statuses, error) {
	if len(values) == 0 || len(values) > statusesMax {
		return nil, fmt.Errorf("expectStatus has 1 to %d statuses, not %d", statusesMax, len(values))
	}
	var all statuses
	for _, value := range values {
		number, ok := value.(json.Number)
		status, err := strconv.Atoi(number.String())
		if !ok || err != nil || status < statusMin || status > statusMax {
			return nil, fmt.Errorf("expectStatus has %v; it is %s", value, statusForms)
		}
		all = append(all, span{status, status})
	}
	return all, nil
}

var spanForm = regexp.MustCompile(`^(?:([2-5])[xX][xX]|([2-5][0-9]{2})(?: *- *([2-5][0-9]{2}))?)$`)

func parseSpan(text string) (span, error) {
	match := spanForm.FindStringSubmatch(text)
	if match == nil {
		return span{}, fmt.Errorf("expectStatus has %.40q; it is %s", text, statusForms)
	}
	if match[1] != "" {
		low := int(match[1][0]-'0') * 100
		return span{low, low + 99}, nil
	}
	low, _ := strconv.Atoi(match[2])
	high := low
	if match[3] != "" {
		high, _ = strconv.Atoi(match[3])
	}
	if high < low {
		return span{}, fmt.Errorf("expectStatus has %q, whose end is before its beginning", text)
	}
	return span{low, high}, nil
}
