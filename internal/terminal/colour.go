package terminal

import (
	"strconv"
	"strings"
)

// sequenceMax bounds, in bytes, a colour sequence: longer ones are no colours.
const sequenceMax = 64

// colourSequence is the length of the SGR sequence that text begins with, if all it does is
// set colours, weight, slant or underline; else 0. What conceals text or makes it blink does
// not count.
func colourSequence(text string) int {
	if !strings.HasPrefix(text, "\x1b[") {
		return 0
	}
	for i := 2; i < len(text) && i < sequenceMax; i++ {
		switch c := text[i]; {
		case c >= '0' && c <= '9' || c == ';':
		case c == 'm' && harmless(text[2:i]):
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

// harmless judges the parameters of an SGR sequence.
func harmless(parameters string) bool {
	if parameters == "" {
		return true // a reset
	}
	fields := strings.Split(parameters, ";")
	for i := 0; i < len(fields); i++ {
		n, err := strconv.Atoi("0" + fields[i]) // an empty one is 0
		switch {
		case err != nil:
			return false
		case n == 38 || n == 48:
			skip := extended(fields[i+1:])
			if skip == 0 {
				return false
			}
			i += skip
		case n <= 4, n == 7, n >= 21 && n <= 24, n == 27, n >= 30 && n <= 49, n >= 90 && n <= 107:
		default:
			return false
		}
	}
	return true
}

// extended is how many parameters belong to a colour of the larger palettes: 5;n or
// 2;r;g;b. 0 when they are not that.
func extended(fields []string) int {
	count := 0
	switch {
	case len(fields) >= 2 && fields[0] == "5":
		count = 2
	case len(fields) >= 4 && fields[0] == "2":
		count = 4
	}
	for _, field := range fields[:count] {
		if n, err := strconv.Atoi(field); err != nil || n > 255 {
			return 0
		}
	}
	return count
}
