package config

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The kinds of values. A source gives string (a variable), []string (a flag, once for
// each time it was typed) or what YAML has: string, bool, numbers, []any, map[string]any.
var (
	textKind     = kind[string]{"text", parseText, func(s string) string { return s }}
	listKind     = kind[[]string]{"list", parseList, func(l []string) string { return strings.Join(l, ",") }}
	switchKind   = kind[bool]{"bool", parseSwitch, strconv.FormatBool}
	countKind    = kind[int]{"number", parseCount, strconv.Itoa}
	sizeKind     = kind[int64]{"size", parseSize, showSize}
	durationKind = kind[time.Duration]{"duration", parseDuration, showDuration}
	levelKind    = kind[slog.Level]{"level", parseLevel, func(l slog.Level) string { return strings.ToLower(l.String()) }}
	secretKind   = kind[Secret]{"text", parseSecret, Secret.String}
)

// scalar returns a value as the text one would write; false for lists and maps.
func scalar(given any) (string, bool) {
	switch value := given.(type) {
	case string:
		return strings.TrimSpace(value), true
	case []string:
		// A flag that takes one value and was typed again: the last counts.
		return strings.TrimSpace(value[len(value)-1]), true
	case bool, int, int64, uint64, float64:
		return fmt.Sprint(value), true
	}
	return "", false
}

// parseText takes texts only: YAML reads 010 as eight and 1.10 as 1.1, which is not what was meant.
func parseText(given any) (string, error) {
	text, ok := scalar(given)
	switch given.(type) {
	case string, []string:
		return text, nil
	}
	if ok {
		return "", fmt.Errorf("%s is not a text; put it in quotes", text)
	}
	return "", errors.New("takes one text; write it in quotes")
}

// parseList takes a list, and a text with commas for one.
func parseList(given any) ([]string, error) {
	var texts []string
	switch value := given.(type) {
	case string:
		texts = strings.Split(value, ",")
	case []string:
		texts = strings.Split(strings.Join(value, ","), ",")
	case []any:
		for _, item := range value {
			text, err := parseText(item)
			if err != nil {
				return nil, err
			}
			texts = append(texts, text)
		}
	default:
		if text, ok := scalar(given); ok {
			return nil, fmt.Errorf("%s is not a text; put it in quotes", text)
		}
		return nil, errors.New("takes a list of texts, not a map")
	}
	var list []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" {
			list = append(list, text)
		}
	}
	return list, nil
}

func parseSwitch(given any) (bool, error) {
	text, ok := scalar(given)
	switch strings.ToLower(text) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, mistaken(text, ok, "neither true nor false")
}

func parseCount(given any) (int, error) {
	text, ok := scalar(given)
	count, err := strconv.Atoi(text)
	if err != nil {
		return 0, mistaken(text, ok, "not a whole number; write for example 100")
	}
	return count, nil
}

func parseDuration(given any) (time.Duration, error) {
	text, ok := scalar(given)
	duration, err := time.ParseDuration(text)
	if err != nil {
		return 0, mistaken(text, ok, "not a duration; write for example 10s, 5m or 720h")
	}
	return duration, nil
}

// showDuration leaves out the units that are zero: 720h for 720h0m0s.
func showDuration(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func parseLevel(given any) (slog.Level, error) {
	text, ok := scalar(given)
	switch strings.ToLower(text) {
	case "debug":
		return slog.LevelDebug, nil
	case "info":
		return slog.LevelInfo, nil
	case "warn":
		return slog.LevelWarn, nil
	case "error":
		return slog.LevelError, nil
	}
	return 0, mistaken(text, ok, "none of debug, info, warn, error")
}

// parseSecret takes a text as it is, blanks and line breaks included; its error does not tell it.
func parseSecret(given any) (Secret, error) {
	if text, ok := given.(string); ok {
		return Secret(text), nil
	}
	return "", errors.New("is not a text; put it in quotes")
}

// parseSecrets takes a map of texts.
func parseSecrets(given any) (map[string]Secret, error) {
	written, ok := given.(map[string]any)
	if !ok {
		return nil, errors.New("is not a map; write a line NAME: value for each secret")
	}
	secrets := make(map[string]Secret, len(written))
	for name, value := range written {
		secret, err := parseSecret(value)
		if err != nil {
			return nil, fmt.Errorf("%s %w", excerpt(name), err)
		}
		secrets[name] = secret
	}
	return secrets, nil
}

// mistaken makes the error of a value that is not what it should be.
func mistaken(text string, isScalar bool, what string) error {
	if !isScalar {
		return fmt.Errorf("a list or a map is %s", what)
	}
	return fmt.Errorf("%s is %s", excerpt(text), what)
}

// excerpt returns a text fit for an error: as it is when it is short and plain, else
// quoted and cut.
func excerpt(text string) string {
	const most = 60
	odd := func(r rune) bool { return !unicode.IsGraphic(r) || r == utf8.RuneError }
	if utf8.RuneCountInString(text) > most {
		return strconv.Quote(string([]rune(text)[:most])) + "…"
	}
	if text == "" || strings.ContainsFunc(text, odd) {
		return strconv.Quote(text)
	}
	return text
}
