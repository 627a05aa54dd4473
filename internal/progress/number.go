package progress

import (
	"math"
	"strings"
)

// number reads a decimal number, which may have commas between thousands. It is NaN for
// what is none.
func number(b []byte) float64 {
	value, scale, digits := 0.0, 0.0, 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
			if scale == 0 {
				value = value*10 + float64(c-'0')
			} else {
				value += float64(c-'0') * scale
				scale /= 10
			}
		case c == '.' && scale == 0:
			scale = 0.1
		case c == ',' && scale == 0:
		default:
			return math.NaN()
		}
	}
	if digits == 0 || digits > 18 {
		return math.NaN()
	}
	return value
}

// unitOf is what a unit multiplies by: "k", "MB", "GiB"; 1 for none.
func unitOf(b []byte) float64 {
	if len(b) == 0 {
		return 1
	}
	base := 1000.0
	if len(b) > 1 && b[1] == 'i' {
		base = 1024
	}
	at := strings.IndexByte("kMGTP", b[0])
	if b[0] == 'K' {
		at = 0
	}
	return math.Pow(base, float64(at+1))
}

// percent reads a percentage; ok is false for one beyond 100.
func percent(b []byte) (fraction float64, ok bool) {
	fraction = number(b) / 100
	return fraction, fraction >= 0 && fraction <= 1
}

// ratio is a part of a whole, with their units; a part without one has that of the whole.
func ratio(part, partUnit, whole, wholeUnit []byte) (fraction float64, ok bool) {
	if len(partUnit) == 0 {
		partUnit = wholeUnit
	}
	total := number(whole) * unitOf(wholeUnit)
	fraction = number(part) * unitOf(partUnit) / total
	// What is rounded may look a little more than whole.
	return min(fraction, 1), total > 0 && fraction >= 0 && fraction <= 1.01
}

// clock reads hours, minutes and seconds.
func clock(h, m, s []byte) float64 { return number(h)*3600 + number(m)*60 + number(s) }
