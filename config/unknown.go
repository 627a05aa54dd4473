package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// otherVariables are those of our prefix that are no settings: what the commands that talk
// to a server read, and switches of the tests, which a server that the tests start sees
// too. A name that ends in _ is a family.
var otherVariables = []string{
	envPrefix + "LONG",
	envPrefix + "PROFILE",
	envPrefix + "REQUIRE",
	envPrefix + "TEST_",
	envPrefix + "TOKEN",
	envPrefix + "URL",
}

// unknownVariables names the variables of our prefix that mean nothing.
func unknownVariables(environ []string) error {
	known, problems := []string{}, []error{}
	for _, s := range settings {
		if s.from&byEnv != 0 {
			known = append(known, s.env())
		}
	}
	for _, variable := range environ {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, envPrefix) || slices.Contains(known, name) || isOther(name) {
			continue
		}
		problems = append(problems, fmt.Errorf("%s is no setting; did you mean %s?",
			excerpt(name), nearest(name, known)))
	}
	return errors.Join(problems...)
}

// isOther tells whether a variable belongs to secrets or to otherVariables.
func isOther(name string) bool {
	if strings.HasPrefix(name, secretPrefix) {
		return true
	}
	return slices.ContainsFunc(otherVariables, func(other string) bool {
		return name == other || strings.HasSuffix(other, "_") && strings.HasPrefix(name, other)
	})
}

// unknownKeys names the keys of the YAML file that mean nothing in it.
func unknownKeys(path string, keys map[string]any) error {
	known, problems := []string{}, []error{}
	for _, s := range settings {
		if s.from&byFile != 0 {
			known = append(known, s.name)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		switch {
		case slices.Contains(known, key):
		case key == configName:
			problems = append(problems, fmt.Errorf("%s: a file cannot name another; remove config", path))
		default:
			problems = append(problems, fmt.Errorf("%s: %s is no setting; did you mean %s?",
				path, excerpt(key), nearest(key, known)))
		}
	}
	return errors.Join(problems...)
}

// nearest returns the known name that takes the fewest changed letters to reach, the
// first of those that are equally near. queue_limit is taken for queue-limit.
func nearest(name string, known []string) string {
	const longest = 64 // longer names are cut: no setting is near them, and distance is quadratic
	name = name[:min(len(name), longest)]
	best, fewest := "", -1
	for _, candidate := range known {
		spelling := strings.TrimSuffix(candidate, anyName)
		changes := distance(strings.ToLower(name), strings.ToLower(spelling))
		if fewest < 0 || changes < fewest {
			best, fewest = candidate, changes
		}
	}
	return best
}

// distance counts the bytes to insert, remove or replace to turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
