package main

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// row is a line of the table.
type row struct {
	// what was measured; goal is what it should be, found what it is.
	what, goal, found string
	// met is "yes" or "no", or "–" without a goal.
	met string
	// figures are what found was computed from.
	figures string
	// disturbed says how many of the measurements others disturbed.
	disturbed string
}

// none stands for what there is not.
const none = "–"

// writeTable prints rows as a table in Markdown.
func writeTable(w io.Writer, rows []row) error {
	table := [][]string{
		{"what", "goal", "found", "met", "figures: median (least)", "disturbed"},
		{"---", "---:", "---:", "---", "---", "---"},
	}
	for _, r := range rows {
		table = append(table, []string{r.what, r.goal, r.found, r.met, r.figures, r.disturbed})
	}
	for _, cells := range table {
		if _, err := fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return err
		}
	}
	return nil
}

// information is a row without a goal.
func information(what, found, figures string) row {
	return row{what: what, goal: none, found: found, met: none, figures: figures}
}

// atMost is a row whose goal is a bound. Show words the figure and the bound.
func atMost(what string, found, bound float64, show func(float64) string, figures string) row {
	r := row{what: what, goal: "≤ " + show(bound), found: show(found), met: met(found <= bound), figures: figures}
	if math.IsNaN(found) { // one of the servers was not measured
		r.met = none
	}
	return r
}

func met(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// times words how many times as much something costs: "1.31 ×" or "1/14.2".
func times(ratio float64) string {
	if ratio > 0 && ratio < 0.5 {
		return "1/" + number(1/ratio)
	}
	if math.IsNaN(ratio) {
		return none
	}
	return number(ratio) + " ×"
}

// in shows figures with a unit.
func in(unit string) func(float64) string {
	return func(v float64) string {
		if math.IsNaN(v) {
			return none
		}
		return number(v) + " " + unit
	}
}

// number shows three digits, and no more than two after the point.
func number(v float64) string {
	size := math.Abs(v)
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return none
	case size >= 100:
		scale := math.Pow(10, math.Floor(math.Log10(size))-2)
		return fmt.Sprintf("%.0f", math.Round(v/scale)*scale)
	}
	places := 2
	if size >= 10 {
		places = 1
	}
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', places, 64), "0"), ".")
}
