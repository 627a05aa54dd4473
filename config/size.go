package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// units are the suffixes of sizes, the largest first.
var units = []struct {
	suffix string
	bytes  int64
}{
	{"GiB", 1 << 30},
	{"MiB", 1 << 20},
	{"KiB", 1 << 10},
}

// parseSize takes a number of bytes, with a unit or without: 67108864 or 64MiB.
func parseSize(given any) (int64, error) {
	text, ok := scalar(given)
	number, unit := text, int64(1)
	for _, u := range units {
		if rest, found := strings.CutSuffix(text, u.suffix); found {
			number, unit = strings.TrimSpace(rest), u.bytes
			break
		}
	}
	count, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, mistaken(text, ok, "not a size; write bytes, or for example 512KiB, 64MiB or 1GiB")
	}
	if count > math.MaxInt64/unit || count < math.MinInt64/unit {
		return 0, fmt.Errorf("%s is more than can be counted", excerpt(text))
	}
	return count * unit, nil
}

// showSize writes a size in the largest unit that leaves it whole.
func showSize(bytes int64) string {
	for _, u := range units {
		if bytes != 0 && bytes%u.bytes == 0 {
			return strconv.FormatInt(bytes/u.bytes, 10) + u.suffix
		}
	}
	return strconv.FormatInt(bytes, 10)
}
