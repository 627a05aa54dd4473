package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// dataSourceName is what a data source may be called: params and engines name it.
var dataSourceName = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// parseDataSources reads data sources from a flag or a variable
// ("warehouse=mysql://user:password@host/db") or from the file (a map). Its errors never
// hold a password: of what cannot be told apart they show nothing.
func parseDataSources(given any) (map[string]Database, error) {
	urls, err := parseURLs(given)
	if err != nil {
		return nil, err
	}
	sources := make(map[string]Database, len(urls))
	for _, name := range slices.Sorted(maps.Keys(urls)) {
		if !dataSourceName.MatchString(name) {
			return nil, errors.New("has a name that cannot be; one is 1 to 64 of the characters a-z 0-9 _ -, " +
				"and stands before the first =, for example warehouse=mysql://user:password@host:3306/db")
		}
		if sources[name], err = ParseDatabase(urls[name]); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return sources, nil
}

// parseURLs reads a map of names to URLs, which parsePairs would show when it is wrong.
func parseURLs(given any) (map[string]string, error) {
	if written, ok := given.(map[string]any); ok {
		urls := make(map[string]string, len(written))
		for name, value := range written {
			text, err := parseText(value)
			if err != nil {
				return nil, errors.New("has a URL that is not a text; put each in quotes")
			}
			urls[name] = text
		}
		return urls, nil
	}
	texts, err := parseList(given)
	if err != nil {
		return nil, errors.New("is not a map; write a line name: url for each data source")
	}
	urls := make(map[string]string, len(texts))
	for _, text := range texts {
		name, url, found := strings.Cut(text, "=")
		if !found {
			return nil, errors.New("has an entry without =; write for example warehouse=mysql://user:password@host:3306/db, and %2C for a comma in it")
		}
		if name = strings.TrimSpace(name); urls[name] != "" {
			return nil, fmt.Errorf("%s is given twice", excerpt(name))
		}
		urls[name] = strings.TrimSpace(url)
	}
	return urls, nil
}

// showDataSources lists the data sources by name, without their passwords.
func showDataSources(sources map[string]Database) string {
	pairs := make([]string, 0, len(sources))
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		pairs = append(pairs, name+"="+sources[name].Redacted())
	}
	return strings.Join(pairs, ",")
}

// SQLAllowed tells whether sql may run: whether it has a data source. When it has none,
// reason says what names one.
func (c Config) SQLAllowed() (allowed bool, reason string) {
	if len(c.DataSources) > 0 {
		return true, ""
	}
	return false, fmt.Sprintf("off because there is no data source; %s names one", spelled(dataSourcesName))
}

// checkDataSources checks the names: those of the data sources, and what they are named by.
func (c Config) checkDataSources(found *problems) {
	own, err := ParseDatabase(c.DatabaseURL())
	for _, name := range slices.Sorted(maps.Keys(c.DataSources)) {
		found.require(dataSourceName.MatchString(name), dataSourcesName,
			"%s is not a name; use 1 to 64 of the characters a-z 0-9 _ -", excerpt(name))
		// Whoever may submit SQL could make themselves an admin there.
		found.require(err != nil || !c.DataSources[name].same(own), dataSourcesName,
			"%s is the database in which Stepcast keeps its tasks and users; name another", excerpt(name))
	}
	found.add("default-data-source", c.knownDataSource(c.DefaultDataSource))
	for _, key := range slices.Sorted(maps.Keys(c.Engines)) {
		engine := c.Engines[key]
		if err := c.knownDataSource(engine.DataSource); err != nil {
			found.add(enginesName, fmt.Errorf("%s: %w", excerpt(key), err))
		}
		found.require(engine.DataSource == "" || engine.RunType == runTypeSQL, enginesName,
			"%s gives %s a data source; only %s has one", excerpt(key), excerpt(engine.RunType), runTypeSQL)
	}
}

// same says whether both URLs name one database, as far as names can tell.
func (d Database) same(other Database) bool {
	if d.Dialect != other.Dialect {
		return false
	}
	if d.Dialect == SQLite {
		one, errOne := filepath.Abs(d.Path)
		two, errTwo := filepath.Abs(other.Path)
		return errOne == nil && errTwo == nil && one == two
	}
	return strings.EqualFold(d.Host, other.Host) && d.Port == other.Port && d.Name == other.Name
}

// knownDataSource refuses the name of a data source that there is not; "" names none.
func (c Config) knownDataSource(name string) error {
	if _, there := c.DataSources[name]; there || name == "" {
		return nil
	}
	known := strings.Join(slices.Sorted(maps.Keys(c.DataSources)), ", ")
	if known == "" {
		known = "none"
	}
	return fmt.Errorf("there is no data source %s; there are: %s; %s adds one", excerpt(name), known, spelled(dataSourcesName))
}
