package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

func TestEnginesFind(t *testing.T) {
	t.Parallel()
	engines := config.DefaultEngines()
	engines["spark-*/sql"] = config.Engine{RunType: "by pattern"}
	engines["spark-3*/sql"] = config.Engine{RunType: "by longer pattern"}
	engines["spark-3.2.1/sql"] = config.Engine{RunType: "by name", DataSource: "lake"}

	tests := []struct {
		engineType, runType, want string
	}{
		{"shell", "shell", "shell"},
		{"shell-1", "sh", "shell"},
		{"python-python2", "python", "python"},
		{"Python-3", "PY", "python"},
		{"shellfish", "shell", ""},
		{"spark-2.4.3", "sql", "by pattern"},
		{"spark-3.0", "sql", "by longer pattern"},
		{"spark-3.2.1", "sql", "by name:lake"},
		{"spark", "sql", "sql"},
		{"shell-1/x", "sh", ""},
		{"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.engineType+"/"+tt.runType, func(t *testing.T) {
			t.Parallel()
			got, ok := engines.Find(tt.engineType, tt.runType)
			require.Equal(t, tt.want, got.String())
			require.Equal(t, tt.want != "", ok)
		})
	}
}

// What Linkis runs as SQL is SQL here, whichever engine it names; other languages are not.
func TestDefaultEnginesOfLinkis(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"spark-2.4.3/sql": "sql", "hive-2.3.3/hql": "sql", "hive-3.1.3/hive": "sql", "jdbc-4/jdbc": "sql", "jdbc-4/sql": "sql",
		"presto-0.234/psql": "sql", "trino-371/tsql": "sql", "impala-3.4.0/isql": "sql", "doris-1.2.6/doris": "sql",
		"openlookeng-1.5.0/sql": "sql", "mysql/x": "sql", "/sql": "sql", "/HQL": "sql",
		"shell-1/sql": "shell", "shell/sh": "shell", "python-python2/python": "python", "python/sql": "python",

		"spark-2.4.3/scala": "", "spark-2.4.3/py": "", "spark-2.4.3/python": "", "spark-2.4.3/r": "", "spark-3.2.1/data_calc": "",
		"flink-1.16.2/fql": "", "elasticsearch-7.6.2/essql": "", "elasticsearch-7.6.2/esjson": "", "nebula-3.0.0/ngql": "",
		"pipeline-1/pipeline": "", "io_file-1.0/io_file": "", "sqoop-1.4.6/appconn": "", "seatunnel-2.1.2/sspark": "", "hive/scala": "",
	} {
		engineType, runType, _ := strings.Cut(name, "/")
		got, ok := config.DefaultEngines().Find(engineType, runType)
		require.Equal(t, want, got.RunType, name)
		require.Equal(t, want != "", ok, name)
		require.Empty(t, got.DataSource, name)
	}
}

// Names count without regard to case, so one that is given in two spellings has no answer.
func TestEnginesNamedTwice(t *testing.T) {
	t.Parallel()
	_, err := load(t, sources{file: `engines: {Spark/sql: shell, spark/SQL: python}`})
	require.ErrorContains(t, err, "spark/sql is given twice, in capitals and in small letters; leave one out")
}

// What the file names is added to the built-in engines; a name of theirs is replaced.
func TestEnginesAreAdded(t *testing.T) {
	t.Parallel()
	cfg, err := load(t, sources{file: `
engines: {Hive-*/HQL: "sql:lake", "python/*": external, "*/sql": "sql : warehouse"}
data-sources: {lake: "sqlite://lake.db", warehouse: "sqlite://warehouse.db"}`})
	require.NoError(t, err)
	for _, want := range []struct{ engine, run, is string }{
		{"hive-2.3", "hql", "sql:lake"},
		{"hive", "hql", "sql"},
		{"python", "python", "external"},
		{"python-3", "python", "python"},
		{"spark-3", "sql", "sql:warehouse"},
		{"shell", "sh", "shell"},
	} {
		got, _ := cfg.Engines.Find(want.engine, want.run)
		require.Equal(t, want.is, got.String(), want.engine)
	}
}
