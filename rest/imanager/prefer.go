package imanager

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// maxWait bounds how long an answer is held back. iManager's clients give up at 45 s.
const maxWait = 20 * time.Second

// wished reads Prefer: wait=N (RFC 7240), N in seconds, at most maxWait. What is
// missing or cannot be read is no wish: the RFC says to ignore it. Of several wishes
// the first counts.
func wished(headers []string) time.Duration {
	for _, preference := range elements(strings.Join(headers, ",")) {
		preference, _, _ = strings.Cut(preference, ";")
		name, value, _ := strings.Cut(preference, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "wait") {
			continue
		}
		value = strings.TrimSpace(value)
		if inner, quoted := strings.CutPrefix(value, `"`); quoted {
			value = strings.TrimSuffix(inner, `"`)
		}
		seconds, err := strconv.ParseUint(value, 10, 64)
		if errors.Is(err, strconv.ErrRange) || err == nil && seconds > uint64(maxWait/time.Second) {
			return maxWait
		}
		return time.Duration(seconds) * time.Second // of what cannot be read: 0
	}
	return 0
}

// elements splits a list header at its commas. Those within quoted strings divide nothing.
func elements(header string) (list []string) {
	start, quoted := 0, false
	for i := 0; i < len(header); i++ {
		switch {
		case header[i] == '"':
			quoted = !quoted
		case header[i] == '\\' && quoted:
			i++ // the next byte stands for itself
		case header[i] == ',' && !quoted:
			list = append(list, header[start:i])
			start = i + 1
		}
	}
	return append(list, header[start:])
}
