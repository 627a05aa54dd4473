package linkis

import (
	"strconv"
	"time"
)

// The forms of dates: compact, and "std".
const (
	dayForm      = "20060102"
	dayFormStd   = "2006-01-02"
	monthForm    = "200601"
	monthFormStd = "2006-01"
	hourForm     = "2006010215"
	hourFormStd  = "2006-01-02 15"
)

// date is a date variable. Adding n moves it by n of its own units: run_date-1 is the
// day before, run_month_begin-1 the first of the month before.
type date struct {
	at time.Time
	// move goes n units on.
	move func(at time.Time, n int) time.Time
	// snap goes to the beginning or end of the unit; nil stays.
	snap func(time.Time) time.Time
	form string
	unit string
}

func (d date) text() string {
	at := d.at
	if d.snap != nil {
		at = d.snap(at)
	}
	return at.Format(d.form)
}

func (d date) calculate(operator, operand string) (string, error) {
	n, err := strconv.ParseInt(operand, 10, 32)
	if err != nil {
		return "", failedf("%s", notANumber(operand))
	}
	switch operator {
	case "+":
	case "-":
		n = -n
	default:
		return "", codedf(20046, "%s is not supported to use:%s", d.unit, operator)
	}
	if n < -maxMove || n > maxMove {
		return "", failedf("DateTimeException: %s%s is out of range", operator, operand)
	}
	d.at = d.move(d.at, int(n))
	return d.text(), nil
}

// maxMove keeps moved dates where a year has few digits.
const maxMove = 1_000_000

func days(at time.Time, n int) time.Time  { return at.AddDate(0, 0, n) }
func hours(at time.Time, n int) time.Time { return at.Add(time.Duration(n) * time.Hour) }

// months goes n times several months on, to the first of the month: the units that are
// made of months do not care for the day.
func months(each int) func(time.Time, int) time.Time {
	return func(at time.Time, n int) time.Time { return firstOf(at, 0).AddDate(0, n*each, 0) }
}

// begin goes to the first day of the span of that many months that holds a date.
func begin(span int) func(time.Time) time.Time {
	return func(at time.Time) time.Time { return firstOf(at, -(int(at.Month())-1)%span) }
}

// end goes to its last day.
func end(span int) func(time.Time) time.Time {
	return func(at time.Time) time.Time { return begin(span)(at).AddDate(0, span, -1) }
}

// december goes to the last month of the year, which is what Linkis ends run_mon with.
func december(at time.Time) time.Time {
	return time.Date(at.Year(), time.December, 1, 0, 0, 0, 0, at.Location())
}

// firstOf is the first day of the month that lies a number of months away.
func firstOf(at time.Time, away int) time.Time {
	return time.Date(at.Year(), at.Month()+time.Month(away), 1, 0, 0, 0, 0, at.Location())
}

// dates adds the date variables. All follow from run_date, except run_today_h.
func (v definitions) dates(given map[string]string, now time.Time) error {
	runDate := days(now, -1)
	if text := given["run_date"]; text != "" {
		var err error
		if runDate, err = parseDate(dayForm, text, now.Location()); err != nil {
			return err
		}
	}
	today := days(runDate, 1)
	v.both("run_date", date{at: runDate, move: days, unit: "DateType"}, dayForm, dayFormStd)
	v.both("run_today", date{at: today, move: days, unit: "DateType"}, dayForm, dayFormStd)
	v.span("run_month", runDate, 1, "MonthType")
	v.span("run_quarter", runDate, 3, "QuarterType")
	v.span("run_half_year", runDate, 6, "HalfYearType")
	v.span("run_year", runDate, 12, "YearType")
	// "now" is the month before that of run_today.
	v.span("run_month_now", firstOf(today, -1), 1, "MonthType")
	month := date{at: firstOf(runDate, 0), move: months(1), unit: "MonType"}
	v.both("run_mon", month, monthForm, monthFormStd)
	v.both("run_mon_start", month, monthForm, monthFormStd)
	last := month
	last.at = firstOf(runDate, -1)
	v.both("run_last_mon_now", last, monthForm, monthFormStd)
	month.snap = december
	v.both("run_mon_end", month, monthForm, monthFormStd)
	return v.hour(given["run_today_h"], today, now)
}

// hour adds run_today_h: as given, else this hour on the day of run_today.
func (v definitions) hour(given string, today, now time.Time) error {
	at := time.Date(today.Year(), today.Month(), today.Day(), now.Hour(), 0, 0, 0, now.Location())
	if given != "" {
		var err error
		if at, err = parseDate(hourForm, given, now.Location()); err != nil {
			return err
		}
	}
	v.both("run_today_h", date{at: at, move: hours, unit: "HourType"}, hourForm, hourFormStd)
	return nil
}

// span adds the four variables of a span of months: begin and end, compact and std.
func (v definitions) span(name string, at time.Time, span int, unit string) {
	d := date{at: at, move: months(span), unit: unit, snap: begin(span)}
	v.both(name+"_begin", d, dayForm, dayFormStd)
	d.snap = end(span)
	v.both(name+"_end", d, dayForm, dayFormStd)
}

func (v definitions) both(name string, d date, form, std string) {
	d.form = form
	v[name] = d
	d.form = std
	v[name+"_std"] = d
}

func parseDate(form, text string, zone *time.Location) (time.Time, error) {
	at, err := time.ParseInLocation(form, text, zone)
	if err != nil {
		return at, failedf("ParseException: Unparseable date: %q", text)
	}
	return at, nil
}
