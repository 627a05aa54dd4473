package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/config"
)

// mistakes are ways to start a server wrongly, by name.
type mistakes map[string]struct {
	from sources
	// want is the whole error.
	want string
}

// check expects the error of each; none of them tells the secret that begins with hunter.
func (m mistakes) check(t *testing.T) {
	t.Helper()
	for name, tt := range m {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, tt.from)
			require.EqualError(t, err, tt.want)
			require.NotContains(t, err.Error(), "hunter")
		})
	}
}

// setting spells a setting that may be given everywhere.
func setting(name string) string {
	variable := strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	return fmt.Sprintf("--%s (STEPCAST_%s, %s in stepcast.yaml): ", name, variable, name)
}

// Each mistake is told in one line that names the setting in all its spellings, what is
// allowed and what to do.
func TestLoadErrorsOfValues(t *testing.T) {
	t.Parallel()
	mistakes{
		"duration": {
			sources{args: []string{"--lease=1x"}},
			setting("lease") + "1x is not a duration; write for example 10s, 5m or 720h",
		},
		"duration without a unit": {
			sources{file: "grace: 5"},
			setting("grace") + "5 is not a duration; write for example 10s, 5m or 720h",
		},
		"empty flag": {
			sources{args: []string{"--lease="}},
			setting("lease") + `"" is not a duration; write for example 10s, 5m or 720h`,
		},
		"short lease": {
			sources{environ: []string{"STEPCAST_LEASE=100ms"}},
			setting("lease") + "100ms is too short for a worker to renew it; write 1s or more",
		},
		"short silence": {
			sources{args: []string{"--stall-after=0"}},
			setting("stall-after") + "0s is too short to tell silence from work; write 1s or more",
		},
		"negative period": {
			sources{args: []string{"--kill-grace=-1m"}},
			setting("kill-grace") + "-1m is less than nothing; write 0 or more",
		},
		"number": {
			sources{args: []string{"--max-tasks=many"}},
			setting("max-tasks") + "many is not a whole number; write for example 100",
		},
		"fraction": {
			sources{file: "max-tasks: 1.5"},
			setting("max-tasks") + "1.5 is not a whole number; write for example 100",
		},
		"no number at all": {
			sources{file: "max-tasks: [1]"},
			setting("max-tasks") + "a list or a map is not a whole number; write for example 100",
		},
		"too few": {
			sources{args: []string{"--queue-limit=0"}},
			setting("queue-limit") + "0 is too few; write 1 or more",
		},
		"size": {
			sources{args: []string{"--output-limit=64 MB"}},
			setting("output-limit") + "64 MB is not a size; write bytes, or for example 512KiB, 64MiB or 1GiB",
		},
		"size beyond counting": {
			sources{args: []string{"--output-limit=9223372036854775807GiB"}},
			setting("output-limit") + "9223372036854775807GiB is more than can be counted",
		},
		"small size": {
			sources{args: []string{"--output-limit=1023"}},
			setting("output-limit") + "1023 is too small; write 1KiB or more",
		},
		"few rows": {
			sources{args: []string{"--result-rows=0"}},
			setting("result-rows") + "0 is too few; write 1 or more",
		},
		"small results": {
			sources{args: []string{"--result-limit=1"}},
			setting("result-limit") + "1 is too small; write 1KiB or more",
		},
		"small response": {
			sources{args: []string{"--http-limit=0"}},
			setting("http-limit") + "0 is too small; write 1KiB or more",
		},
		"switch": {
			sources{environ: []string{"STEPCAST_ALLOW_EXEC=maybe"}},
			setting("allow-exec") + "maybe is neither true nor false",
		},
		"level": {
			sources{args: []string{"--log-level=loud"}},
			setting("log-level") + "loud is none of debug, info, warn, error",
		},
		"format": {
			sources{args: []string{"--log-format=xml"}},
			setting("log-format") + "xml is neither text nor json",
		},
		"no folder": {
			sources{args: []string{"--data="}},
			setting("data") + "names no folder; write for example .stepcast",
		},
		"language": {
			sources{args: []string{"--locale=English"}},
			setting("locale") + "English is not a language; write for example en or zh-CN",
		},
		"zone": {
			sources{args: []string{"--zone=Mars/Base"}},
			setting("zone") + "Mars/Base is not a time zone; write for example Europe/Berlin, UTC or Local",
		},
		"no zone": {
			sources{args: []string{"--zone="}},
			setting("zone") + "names no zone; write for example Europe/Berlin, UTC or Local",
		},
		"text as a number": {
			sources{file: "python: 3"},
			setting("python") + "3 is not a text; put it in quotes",
		},
		"text as a list": {
			sources{file: "python: [3]"},
			setting("python") + "takes one text; write it in quotes",
		},
		"no interpreter": {
			sources{args: []string{"--python="}},
			setting("python") + "names no interpreter; write for example python3",
		},
		"engine without a type": {
			sources{args: []string{"--engines=spark/sql"}},
			setting("engines") + "spark/sql has no =; write for example spark-*/sql=shell",
		},
		"engine of nothing": {
			sources{args: []string{"--engines=spark/sql="}},
			setting("engines") + "spark/sql names no run type; write for example spark/sql=shell",
		},
		"engine in one part": {
			sources{file: "engines: {spark: shell}"},
			setting("engines") + "spark is not engineType/runType; write for example spark-*/sql",
		},
		"engine pattern": {
			sources{file: `engines: {"spark[/sql": shell}`},
			setting("engines") + "spark[/sql is not a pattern; * stands for any characters, ? for one",
		},
		"engine of no data source": {
			sources{args: []string{"--engines=spark/sql=sql:"}},
			setting("engines") + "spark/sql names no data source after the colon; write for example spark/sql=sql:warehouse",
		},
		"engine of an unknown data source": {
			sources{args: []string{"--engines=spark/sql=sql:lake", "--data-sources=b=sqlite://b.db,a=sqlite://a.db"}},
			setting("engines") + "spark/sql: there is no data source lake; there are: a, b; --data-sources " +
				"(STEPCAST_DATA_SOURCES, data-sources in stepcast.yaml) adds one",
		},
		"engine of a run type without data sources": {
			sources{args: []string{"--engines=spark/py=python:a", "--data-sources=a=sqlite://a.db"}},
			setting("engines") + "spark/py gives python a data source; only sql has one",
		},
		"engine as a number": {
			sources{file: "engines: {spark/sql: 1}"},
			setting("engines") + "spark/sql: 1 is not a text; put it in quotes",
		},
		"long value": {
			sources{args: []string{"--locale=" + strings.Repeat("x", 100)}},
			setting("locale") + `"` + strings.Repeat("x", 60) + `"… is not a language; write for example en or zh-CN`,
		},
		"value that is no text": {
			sources{args: []string{"--locale=\x1b[31m"}},
			setting("locale") + `"\x1b[31m" is not a language; write for example en or zh-CN`,
		},
	}.check(t)
}

func TestLoadErrorSpellsTheSettingInAllWays(t *testing.T) {
	t.Parallel()
	_, err := load(t, sources{args: []string{"--queue-limit=0"}})
	require.EqualError(t, err, "--queue-limit (STEPCAST_QUEUE_LIMIT, queue-limit in stepcast.yaml): "+
		"0 is too few; write 1 or more")
}

func TestLoadTellsAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, sources{
		args:    []string{"--lease=1x", "--max-tasks=0"},
		environ: []string{"STEPCAST_ZONES=UTC"},
		file:    "port: 80\nlog-level: loud",
	})
	require.Error(t, err)
	require.Len(t, strings.Split(err.Error(), "\n"), 5)

	var field *config.FieldError
	require.ErrorAs(t, err, &field)
	require.Equal(t, "log-level", field.Field)
}

func TestLoadTellsTheLineOfBrokenYAML(t *testing.T) {
	t.Parallel()
	_, err := load(t, sources{file: "lease: 10s\nlease: 20s"})
	require.ErrorContains(t, err, "stepcast.yaml: ")
	require.ErrorContains(t, err, "line 2")
}

func TestLoadKeepsTheCauseOfAnUnreadableFile(t *testing.T) {
	t.Parallel()
	cause := errors.New("open stepcast.yaml: permission denied")
	_, err := config.Load(nil, []string{"STEPCAST_CONFIG=stepcast.yaml"}, func(string) ([]byte, error) { return nil, cause })
	require.ErrorIs(t, err, cause)
	require.ErrorContains(t, err, "--config (STEPCAST_CONFIG): open stepcast.yaml: permission denied")
}
