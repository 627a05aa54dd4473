package config

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// runTypeSQL is our run type that has data sources.
const runTypeSQL = "sql"

// Engine is what runs the code of a Linkis engine here.
type Engine struct {
	// RunType is the name of one of our run types.
	RunType string
	// DataSource is the data source of sql; empty for the default one.
	DataSource string
}

// String is the engine as it is written: runType or runType:dataSource.
func (e Engine) String() string {
	if e.DataSource == "" {
		return e.RunType
	}
	return e.RunType + ":" + e.DataSource
}

// Engines says what a Linkis engine stands for. A key is "engineType/runType", in small
// letters, as clients send them ("spark-2.4.3/sql"); in each half * stands for any
// characters, none included, and ? for one ("spark-*/sql"). A client that names no engine
// type has an empty first half.
type Engines map[string]Engine

// sqlRunTypes are the run types of Linkis whose code is SQL that a data source of ours may
// understand. Those of Flink, Elasticsearch and Nebula are languages of their own.
var sqlRunTypes = []string{"sql", "hql", "hive", "jdbc", "psql", "tsql", "isql", "doris", "mysql"}

// DefaultEngines returns the engines that need no setting: shell and python, with or
// without a version, and whatever is SQL, which runs on the default data source.
func DefaultEngines() Engines {
	engines := Engines{
		"shell/*":    {RunType: "shell"},
		"shell-*/*":  {RunType: "shell"},
		"python/*":   {RunType: "python"},
		"python-*/*": {RunType: "python"},
		"jdbc/*":     {RunType: runTypeSQL},
		"jdbc-*/*":   {RunType: runTypeSQL},
		"mysql/*":    {RunType: runTypeSQL},
		"mysql-*/*":  {RunType: runTypeSQL},
	}
	for _, runType := range sqlRunTypes {
		engines["*/"+runType] = Engine{RunType: runTypeSQL}
	}
	return engines
}

// Find returns what an engine type and a run type of Linkis stand for, and false when they
// stand for nothing. A key without wildcards comes before all others, then the longest.
func (e Engines) Find(engineType, runType string) (Engine, bool) {
	name := strings.ToLower(engineType + "/" + runType)
	if found, ok := e[name]; ok {
		return found, true
	}
	for _, pattern := range e.byLength() {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return e[pattern], true
		}
	}
	return Engine{}, false
}

// String lists the engines as they are written in a flag, in order of their names.
func (e Engines) String() string {
	pairs := make([]string, 0, len(e))
	for _, key := range slices.Sorted(maps.Keys(e)) {
		pairs = append(pairs, key+"="+e[key].String())
	}
	return strings.Join(pairs, ",")
}

// byLength returns the keys, the longest first, those of one length by name.
func (e Engines) byLength() []string {
	return slices.SortedFunc(maps.Keys(e), func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
}

// parseEngines reads engines from a flag or a variable ("spark-*/sql=sql:warehouse") or
// from the file (a map). The built-in ones stay, where they are not named anew.
func parseEngines(given any) (Engines, error) {
	pairs, err := parsePairs(given)
	if err != nil {
		return nil, err
	}
	engines, named := DefaultEngines(), map[string]bool{}
	for key, written := range pairs {
		runType, source, colon := strings.Cut(written, ":")
		if colon && source == "" {
			return nil, fmt.Errorf("%s names no data source after the colon; write for example %s=%s:warehouse",
				excerpt(key), key, runTypeSQL)
		}
		key = strings.ToLower(key)
		if named[key] {
			return nil, fmt.Errorf("%s is given twice, in capitals and in small letters; leave one out", excerpt(key))
		}
		named[key] = true
		engines[key] = Engine{strings.TrimSpace(runType), strings.TrimSpace(source)}
	}
	return engines, nil
}

// parsePairs reads a map of texts from a YAML map or from texts with an equals sign.
func parsePairs(given any) (map[string]string, error) {
	pairs := map[string]string{}
	if written, ok := given.(map[string]any); ok {
		for key, value := range written {
			text, err := parseText(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", excerpt(key), err)
			}
			pairs[key] = text
		}
		return pairs, nil
	}
	texts, err := parseList(given)
	if err != nil {
		return nil, err
	}
	for _, text := range texts {
		key, value, found := strings.Cut(text, "=")
		if !found {
			return nil, fmt.Errorf("%s has no =; write for example spark-*/sql=shell", excerpt(text))
		}
		pairs[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return pairs, nil
}

// checkEngine says what is wrong with one entry.
func checkEngine(key string, engine Engine) error {
	if engine.RunType == "" {
		return fmt.Errorf("%s names no run type; write for example %s=shell", excerpt(key), key)
	}
	if strings.Count(key, "/") != 1 || strings.HasPrefix(key, "/") || strings.HasSuffix(key, "/") {
		return fmt.Errorf("%s is not engineType/runType; write for example spark-*/sql", excerpt(key))
	}
	if _, err := path.Match(key, ""); errors.Is(err, path.ErrBadPattern) {
		return fmt.Errorf("%s is not a pattern; * stands for any characters, ? for one", excerpt(key))
	}
	return nil
}
