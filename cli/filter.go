package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
)

// filterOptions pick tasks of a list.
type filterOptions struct {
	statuses      []string
	owner, text   string
	labels        []string
	since, before string
}

// statuses are the values of --status, in the order of a task's life, and what each is.
var statuses = []client.Status{
	client.StatusWaiting, client.StatusRunning, client.StatusPausing, client.StatusPaused, client.StatusCancelling,
	client.StatusSucceeded, client.StatusFailed, client.StatusTimedOut, client.StatusCancelled,
}

// families are words of --status for several at once.
var families = map[string][]client.Status{
	"active": {client.StatusWaiting, client.StatusRunning, client.StatusPausing, client.StatusPaused, client.StatusCancelling},
	"ended":  {client.StatusSucceeded, client.StatusFailed, client.StatusTimedOut, client.StatusCancelled},
}

func (f *filterOptions) flags(cmd *cobra.Command) {
	words := make([]string, 0, len(statuses)+len(families))
	for _, status := range statuses {
		words = append(words, strings.ToLower(string(status)))
	}
	words = append(words, "active", "ended")
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.statuses, "status", "s", nil, "only these: "+strings.Join(words, ", "))
	flags.StringVar(&f.owner, "owner", "", "only tasks of this user")
	flags.StringArrayVarP(&f.labels, "label", "l", nil, "only tasks with this label, as KEY=VALUE; several must all be there")
	flags.StringVar(&f.text, "text", "", "only tasks whose description contains this")
	flags.StringVar(&f.since, "since", "", "only tasks submitted after this: a time, or how long ago, such as 2h")
	flags.StringVar(&f.before, "before", "", "only tasks submitted before this")
	fixedValues(cmd, "status", words...)
}

// filter reads the flags. Its errors name the flag.
func (f *filterOptions) filter(now time.Time) (client.TaskFilter, error) {
	filter := client.TaskFilter{Owner: f.owner, Text: f.text}
	var err error
	if filter.Statuses, err = readStatuses(f.statuses); err != nil {
		return filter, err
	}
	if filter.Labels, err = readLabels(f.labels); err != nil {
		return filter, err
	}
	if filter.CreatedAfter, err = readTime("since", f.since, now, -1); err != nil {
		return filter, err
	}
	filter.CreatedBefore, err = readTime("before", f.before, now, -1)
	return filter, err
}

func readStatuses(words []string) ([]client.Status, error) {
	var all []client.Status
	for _, word := range words {
		if family, ok := families[strings.ToLower(word)]; ok {
			all = append(all, family...)
			continue
		}
		status := client.Status(strings.ToUpper(strings.ReplaceAll(word, "-", "_")))
		known := false
		for _, s := range statuses {
			known = known || s == status
		}
		if !known {
			return nil, fail(ExitUsage, fmt.Errorf("--status: there is no status %q; write one of waiting, running, pausing, paused, cancelling, succeeded, failed, timed_out, cancelled, active or ended", word))
		}
		all = append(all, status)
	}
	return all, nil
}

func readLabels(pairs []string) ([]client.Label, error) {
	var labels []client.Label
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, fail(ExitUsage, fmt.Errorf("--label: %q is not KEY=VALUE; write for example --label team=maps", pair))
		}
		labels = append(labels, client.Label{Key: key, Value: value})
	}
	return labels, nil
}

// timeForms are the ways to write a time, in the zone of this machine unless they name one.
var timeForms = []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02"}

// readTime reads a time, or a span from now in a direction: 1 is the future, -1 the past.
// "" is no time. A time of day without a date is the next one, or the last.
func readTime(flag, text string, now time.Time, direction int) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, ok := readSpan(text); ok {
		return now.Add(time.Duration(direction) * d), nil
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, text, now.Location()); err == nil {
			return t, nil
		}
	}
	if clock, err := time.Parse("15:04", text); err == nil {
		y, m, d := now.Date()
		at := time.Date(y, m, d, clock.Hour(), clock.Minute(), 0, 0, now.Location())
		if passed := at.Before(now); passed == (direction > 0) {
			at = at.AddDate(0, 0, direction)
		}
		return at, nil
	}
	return time.Time{}, fail(ExitUsage, fmt.Errorf("--%s: %q is no time; write for example 2026-01-02T15:04:05Z, \"2026-01-02 15:04\", 15:04, or a span such as 90m or 7d", flag, text))
}

// spanDaysMax bounds a span that is written in days, a hundred years.
const spanDaysMax = 36_500

// readSpan reads a length of time: as Go writes it, or in days, of 24 hours each, before
// the rest, if any: 90m, 7d, 1d12h.
func readSpan(text string) (time.Duration, bool) {
	days := time.Duration(0)
	if number, rest, ok := strings.Cut(text, "d"); ok {
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || n > spanDaysMax {
			return 0, false
		}
		days, text = time.Duration(n)*24*time.Hour, rest
	}
	if text == "" {
		return days, true
	}
	d, err := time.ParseDuration(text)
	return days + d, err == nil && d >= 0 && days+d >= 0 // the sum may be too long to count
}
