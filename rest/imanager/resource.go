package imanager

import (
	"math"
	"time"

	"stepcast/models"
)

// The resource, in the key order of the document's example. What is null is left out,
// what is empty stays.
type (
	task struct {
		Description string `json:"description"`
		ID          string `json:"id"`
		Status      string `json:"status"`
		Steps       []step `json:"steps"`
		TimelineID  int64  `json:"timelineId"`
	}
	step struct {
		Contents []content `json:"contents"`
		// CostTime is in milliseconds.
		CostTime    int64     `json:"costTime"`
		Description string    `json:"description"`
		StartTime   *calendar `json:"startTime,omitempty"`
	}
	content struct {
		IsProgressAvailable bool   `json:"isProgressAvailable"`
		Message             string `json:"message"`
		// Progress is 0 to 100, written without a fraction where it has none.
		Progress float32 `json:"progress"`
		Status   string  `json:"status"`
	}
	// calendar is a Java Calendar: Sunday is day 1 of the week, January month 1, 24 hours.
	calendar struct {
		DayOfWeek int `json:"dayOfWeek"`
		Month     int `json:"month"`
		Hour      int `json:"hour"`
		Year      int `json:"year"`
		Day       int `json:"day"`
		Minute    int `json:"minute"`
		Second    int `json:"second"`
	}
)

// resourceOf is the task for a reader of the given languages, in a time zone.
func resourceOf(t *models.Task, languages []string, zone *time.Location) task {
	resource := task{
		Description: t.Description.In(languages...),
		ID:          models.TaskID(t.ID),
		Status:      taskStatus(t.Status),
		Steps:       make([]step, len(t.Steps)),
		TimelineID:  t.TimelineID,
	}
	for i, s := range t.Steps {
		resource.Steps[i] = step{
			Contents:    make([]content, len(s.Contents)),
			CostTime:    s.CostTime(t.UpdatedAt),
			Description: s.Description.In(languages...),
			StartTime:   calendarOf(s.StartedAt, zone),
		}
		for j, c := range s.Contents {
			resource.Steps[i].Contents[j] = contentOf(c, t.Status, languages)
		}
	}
	return resource
}

func contentOf(c *models.Content, task models.Status, languages []string) content {
	return content{
		IsProgressAvailable: c.Measured,
		Message:             messageOf(c, languages),
		Progress:            progressOf(c),
		Status:              contentStatus(c.Status, task),
	}
}

// messageOf appends why a content did not succeed: the resource has no other place for it.
func messageOf(c *models.Content, languages []string) string {
	message := c.Message.In(languages...)
	if c.Failure == nil || c.Status != models.Failed && c.Status != models.TimedOut {
		return message
	}
	reason := c.Failure.Message.In(languages...)
	switch {
	case message == "":
		return reason
	case reason == "":
		return message
	}
	return message + ": " + reason
}

// progressOf is 100 for what succeeded, measured or not, and never out of range.
func progressOf(c *models.Content) float32 {
	switch {
	case c.Status == models.Succeeded:
		return 100
	case !c.Measured, math.IsNaN(c.Progress):
		return 0
	}
	return float32(min(100, max(0, c.Progress)))
}

// calendarOf is a time in a zone, to the second; nil stays nil.
func calendarOf(at *time.Time, zone *time.Location) *calendar {
	if at == nil {
		return nil
	}
	local := at.In(zone)
	return &calendar{
		DayOfWeek: int(local.Weekday()) + 1,
		Month:     int(local.Month()), Hour: local.Hour(), Year: local.Year(),
		Day: local.Day(), Minute: local.Minute(), Second: local.Second(),
	}
}
