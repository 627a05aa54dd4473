package imanager

import (
	"testing"
	"time"
	_ "time/tzdata" // the zones are the same on every machine

	"github.com/stretchr/testify/require"
)

// TestCalendar follows instants into zones, among them both sides of each change of
// the clocks. A Calendar names no zone: an hour that comes twice is written twice.
func TestCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, zone, at, want string }{
		{"no change of clocks, eight hours ahead", "Asia/Shanghai", "2016-12-13T03:12:46Z", "Tue 2016-12-13 11:12:46"},
		{"the last second before the gap of spring", "Europe/Berlin", "2026-03-29T00:59:59Z", "Sun 2026-03-29 01:59:59"},
		{"the first second after the gap of spring", "Europe/Berlin", "2026-03-29T01:00:00Z", "Sun 2026-03-29 03:00:00"},
		{"the doubled hour of autumn, first time", "Europe/Berlin", "2026-10-25T00:30:00Z", "Sun 2026-10-25 02:30:00"},
		{"the doubled hour of autumn, second time", "Europe/Berlin", "2026-10-25T01:30:00Z", "Sun 2026-10-25 02:30:00"},
		{"before the gap, behind UTC", "America/New_York", "2026-03-08T06:59:59Z", "Sun 2026-03-08 01:59:59"},
		{"after the gap, behind UTC", "America/New_York", "2026-03-08T07:00:00Z", "Sun 2026-03-08 03:00:00"},
		{"the doubled hour behind UTC, first time", "America/New_York", "2026-11-01T05:00:01Z", "Sun 2026-11-01 01:00:01"},
		{"the doubled hour behind UTC, second time", "America/New_York", "2026-11-01T06:00:01Z", "Sun 2026-11-01 01:00:01"},
		{"before clocks go back half an hour", "Australia/Lord_Howe", "2026-04-04T14:59:59Z", "Sun 2026-04-05 01:59:59"},
		{"after clocks went back half an hour", "Australia/Lord_Howe", "2026-04-04T15:00:00Z", "Sun 2026-04-05 01:30:00"},
		{"before clocks go on half an hour", "Australia/Lord_Howe", "2026-10-03T15:29:59Z", "Sun 2026-10-04 01:59:59"},
		{"after clocks went on half an hour", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", "Sun 2026-10-04 02:30:00"},
		{"the eve of the day that never was", "Pacific/Apia", "2011-12-30T09:59:59Z", "Thu 2011-12-29 23:59:59"},
		{"the morning after the day that never was", "Pacific/Apia", "2011-12-30T10:00:00Z", "Sat 2011-12-31 00:00:00"},
		{"UTC as it is", "UTC", "2026-06-01T12:34:56Z", "Mon 2026-06-01 12:34:56"},
		{"a Sunday is day 1", "UTC", "2023-01-01T00:00:00Z", "Sun 2023-01-01 00:00:00"},
		{"a Saturday is day 7, in 24 hours", "UTC", "2020-02-29T23:59:59Z", "Sat 2020-02-29 23:59:59"},
		{"a leap day, its last second cut off, not rounded", "UTC", "2024-02-29T23:59:59.999Z", "Thu 2024-02-29 23:59:59"},
		{"the day after February of no leap year", "UTC", "2100-03-01T00:00:00Z", "Mon 2100-03-01 00:00:00"},
		{"the new year west of the date line", "Pacific/Kiritimati", "2025-12-31T10:00:00Z", "Thu 2026-01-01 00:00:00"},
		{"the old year east of the date line", "Pacific/Pago_Pago", "2026-01-01T10:59:59Z", "Wed 2025-12-31 23:59:59"},
		{"before midnight, three quarters of an hour off", "Asia/Kathmandu", "2026-06-30T18:14:59Z", "Tue 2026-06-30 23:59:59"},
		{"midnight, three quarters of an hour off", "Asia/Kathmandu", "2026-06-30T18:15:00Z", "Wed 2026-07-01 00:00:00"},
		{"before midnight in winter, half an hour off", "America/St_Johns", "2026-01-15T03:29:59Z", "Wed 2026-01-14 23:59:59"},
		{"midnight in summer, half an hour off", "America/St_Johns", "2026-07-01T02:30:00Z", "Wed 2026-07-01 00:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			zone, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			at, err := time.Parse(time.RFC3339Nano, c.at)
			require.NoError(t, err)
			require.Equal(t, parseCalendar(t, c.want), calendarOf(&at, zone))
		})
	}
	require.Nil(t, calendarOf(nil, time.UTC), "what has not started has no time")
}

// parseCalendar reads "Tue 2016-12-13 11:12:46". The day of the week is the one that is
// written: Sunday is 1.
func parseCalendar(t *testing.T, text string) *calendar {
	t.Helper()
	at, err := time.Parse("Mon 2006-01-02 15:04:05", text)
	require.NoError(t, err)
	day := map[string]int{"Sun": 1, "Mon": 2, "Tue": 3, "Wed": 4, "Thu": 5, "Fri": 6, "Sat": 7}[text[:3]]
	return &calendar{
		DayOfWeek: day, Month: int(at.Month()), Hour: at.Hour(), Year: at.Year(), Day: at.Day(), Minute: at.Minute(), Second: at.Second(),
	}
}
