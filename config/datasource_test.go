package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

// What is wrong with a data source is told without its password, wherever that stands.
func TestLoadErrorsOfDataSources(t *testing.T) {
	t.Parallel()
	noName := setting("data-sources") + "has a name that cannot be; one is 1 to 64 of the characters a-z 0-9 _ -, " +
		"and stands before the first =, for example warehouse=mysql://user:password@host:3306/db"
	mistakes{
		"URL alone": {
			sources{args: []string{"--data-sources=mysql://root:hunter2@db/dw"}},
			setting("data-sources") + "has an entry without =; write for example warehouse=mysql://user:password@host:3306/db, and %2C for a comma in it",
		},
		"comma in a password": {
			sources{args: []string{"--data-sources=a=mysql://root:hunter,hunter2@db/dw"}},
			setting("data-sources") + "has an entry without =; write for example warehouse=mysql://user:password@host:3306/db, and %2C for a comma in it",
		},
		"URL alone with parameters": {
			sources{args: []string{"--data-sources=mysql://root:hunter2@db/dw?tls=true"}}, noName,
		},
		"name": {
			sources{file: "data-sources: {Ware House: 'mysql://root:hunter2@db/dw'}"}, noName,
		},
		"URL": {
			sources{file: "data-sources: {dw: 'oracle://root:hunter2@db/dw'}"},
			setting("data-sources") + "dw: begins with neither sqlite:// nor mysql://; write for example " +
				"sqlite:///var/lib/stepcast/stepcast.db, or mysql://user:password@host:3306/stepcast (MariaDB too)",
		},
		"URL as a list": {
			sources{file: "data-sources: {dw: [hunter2]}"},
			setting("data-sources") + "has a URL that is not a text; put each in quotes",
		},
		"number": {
			sources{file: "data-sources: 7"},
			setting("data-sources") + "is not a map; write a line name: url for each data source",
		},
		"name twice": {
			sources{args: []string{"--data-sources=a=sqlite://a.db", "--data-sources=a=sqlite://b.db"}},
			setting("data-sources") + "a is given twice",
		},
		"unknown default": {
			sources{args: []string{"--default-data-source=dw"}},
			setting("default-data-source") + "there is no data source dw; there are: none; --data-sources " +
				"(STEPCAST_DATA_SOURCES, data-sources in stepcast.yaml) adds one",
		},
	}.check(t)
}

func TestValidateChecksNamesOfDataSources(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	cfg.DataSources = map[string]config.Database{"Dw": {Dialect: config.SQLite, Path: "x"}}
	require.ErrorContains(t, cfg.Validate(), "Dw is not a name; use 1 to 64 of the characters a-z 0-9 _ -")
}

func TestOwnDatabaseIsNoDataSource(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ database, source string }{
		{"", "sqlite://.stepcast/../.stepcast/stepcast.db"},
		{"sqlite:///var/a.db", "sqlite:///var/a.db"},
		{"mysql://root@DB.example/tasks", "mysql://reader@db.example:3306/tasks"},
	} {
		cfg := config.Default()
		cfg.Database = c.database
		source, err := config.ParseDatabase(c.source)
		require.NoError(t, err)
		cfg.DataSources = map[string]config.Database{"dw": source}
		require.ErrorContains(t, cfg.Validate(), "dw is the database in which Stepcast keeps its tasks and users", c.source)
		source.Name, source.Path = "other", "other.db"
		cfg.DataSources["dw"] = source
		require.NoError(t, cfg.Validate(), c.source)
	}
}

func TestSQLAllowed(t *testing.T) {
	t.Parallel()
	cfg := config.Default()
	allowed, reason := cfg.SQLAllowed()
	require.False(t, allowed)
	require.Equal(t, "off because there is no data source; --data-sources "+
		"(STEPCAST_DATA_SOURCES, data-sources in stepcast.yaml) names one", reason)
	cfg.DataSources = map[string]config.Database{"dw": {Dialect: config.SQLite, Path: "x"}}
	allowed, reason = cfg.SQLAllowed()
	require.True(t, allowed)
	require.Empty(t, reason)
}
