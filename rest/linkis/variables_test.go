package linkis

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/tasks"
)

// fillAt fills code with the variables given at an instant.
func fillAt(t *testing.T, now time.Time, given map[string]string, code string) string {
	t.Helper()
	got, err := variables{given: given, user: "max", now: now}.fill(code)
	require.NoError(t, err, code)
	return got
}

// sunday is 2026-03-15 in a zone where it is another day in UTC.
var sunday = time.Date(2026, time.March, 15, 3, 30, 0, 0, time.FixedZone("UTC+8", 8*60*60))

func TestDateVariables(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"run_date": "20260314", "run_date_std": "2026-03-14",
		"run_today": "20260315", "run_today_std": "2026-03-15",
		"run_month_begin": "20260301", "run_month_begin_std": "2026-03-01",
		"run_month_end": "20260331", "run_month_end_std": "2026-03-31",
		"run_quarter_begin": "20260101", "run_quarter_begin_std": "2026-01-01",
		"run_quarter_end": "20260331", "run_quarter_end_std": "2026-03-31",
		"run_half_year_begin": "20260101", "run_half_year_begin_std": "2026-01-01",
		"run_half_year_end": "20260630", "run_half_year_end_std": "2026-06-30",
		"run_year_begin": "20260101", "run_year_begin_std": "2026-01-01",
		"run_year_end": "20261231", "run_year_end_std": "2026-12-31",
		"run_month_now_begin": "20260201", "run_month_now_begin_std": "2026-02-01",
		"run_month_now_end": "20260228", "run_month_now_end_std": "2026-02-28",
		"run_mon": "202603", "run_mon_std": "2026-03", "run_mon_start": "202603", "run_mon_start_std": "2026-03",
		"run_mon_end": "202612", "run_mon_end_std": "2026-12",
		"run_last_mon_now": "202602", "run_last_mon_now_std": "2026-02", "run_last_mon_now-2": "202512",
		"run_today_h": "2026031503", "run_today_h_std": "2026-03-15 03",
		"run_date-1": "20260313", "run_date + 20": "20260403", "run_date_std - 14": "2026-02-28",
		"run_month_begin-1": "20260201", "run_month_end-1": "20260228", "run_month_end_std+11": "2027-02-28",
		"run_quarter_begin-1": "20251001", "run_quarter_end+1": "20260630",
		"run_half_year_begin+1": "20260701", "run_half_year_end-1": "20251231",
		"run_year_begin-1": "20250101", "run_year_end_std+2": "2028-12-31",
		"run_mon-3": "202512", "run_mon_end+12": "202712", "run_today_h-4": "2026031423", "run_today_h_std+24": "2026-03-16 03",
	} {
		require.Equal(t, want, fillAt(t, sunday, nil, "${"+name+"}"), name)
	}
}

func TestDatesFollowRunDate(t *testing.T) {
	t.Parallel()
	given := map[string]string{"run_date": "20240131", "run_date_std": "mine", "run_today_h": "2024020105"}
	for name, want := range map[string]string{
		"run_date": "20240131", "run_date_std": "2024-01-31", "run_today": "20240201",
		"run_month_end+1": "20240229", "run_quarter_end": "20240331", "run_mon": "202401",
		"run_month_now_begin": "20240101", "run_today_h_std": "2024-02-01 05",
	} {
		require.Equal(t, want, fillAt(t, sunday, given, "${"+name+"}"), name)
	}
	require.Equal(t, "echo", fillAt(t, sunday, map[string]string{"run_date": "nonsense"}, "echo"), "not used, not read")
}

func TestVariablesAreReplacedInOnePass(t *testing.T) {
	t.Parallel()
	given := map[string]string{
		"a": "${b}", "b": "2", "table.name": "t1", "n": "007", "x": "1.5", "word": "ab", "empty": "", "user": "mallory",
	}
	for code, want := range map[string]string{
		"select ${ b } from ${table.name}": "select 2 from t1",
		"${a}":                             "${b}",
		"${n} ${n+1} ${n*2} ${x/3}":        "007 8 14 0.5",
		"${x-b} ${word+b} ${word + c}":     "-0.5 ab2 abc",
		"${user} ${submit_user}":           "max max",
		"${HOME} ${empty} ${c+1} $b {b}":   "${HOME} ${empty} ${c+1} $b {b}",
		"${b:-3} ${#b} ${b%x} ${1} ${}":    "${b:-3} ${#b} ${b%x} ${1} ${}",
		"${b c}":                           "${b c}",
		"${b}${b}$${b}\n${b":               "22$2\n${b",
		"":                                 "",
	} {
		require.Equal(t, want, fillAt(t, sunday, given, code), code)
	}
}

func TestExpressionsThatAreRefused(t *testing.T) {
	t.Parallel()
	given := map[string]string{"n": "4", "word": "ab"}
	for code, message := range map[string]string{
		"${n+}":                      "20042: [${n+}] expression is not right, please check",
		"${word-1}":                  "20049: String class is not supported to use:-",
		"${n+word}":                  failed(`NumberFormatException: For input string: "ab"`),
		"${n/0}":                     failed("ArithmeticException: / by zero"),
		"${run_date*2}":              "20046: DateType is not supported to use:*",
		"${run_half_year_begin/2}":   "20046: HalfYearType is not supported to use:/",
		"${run_date+x}":              failed(`NumberFormatException: For input string: "x"`),
		"${run_date+2147483647}":     failed("DateTimeException: +2147483647 is out of range"),
		"${run_date+99999999999999}": failed(`NumberFormatException: For input string: "99999999999999"`),
	} {
		_, err := variables{given: given, now: sunday}.fill(code)
		require.EqualError(t, err, message, code)
	}
	for _, name := range []string{"run_date", "run_today_h"} {
		_, err := variables{given: map[string]string{name: "2026-01-01"}, now: sunday}.fill("${run_date}")
		require.EqualError(t, err, failed(`ParseException: Unparseable date: "2026-01-01"`))
	}
}

func TestVariablesDoNotFillTheMemory(t *testing.T) {
	t.Parallel()
	given := map[string]string{"x": strings.Repeat("x", 1<<19)}
	_, err := variables{given: given, now: sunday}.fill(strings.Repeat("${x}", 100_000))
	require.ErrorContains(t, err, "the code is longer than 1048576 bytes when its variables are filled in")
	require.Equal(t, 1<<20, tasks.MaxCode)
}

func TestSetLines(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]map[string]string{
		"#@set a=1\n  #@set  b = two words ;\necho":   {"a": "1", "b": "two words"},
		"#@set a=1\r\n#@set a=2":                      {"a": "2"},
		"echo '#@set a=1'\n# @set a=1\n#@setting a=1": {},
		"--@set a=1\n//@set b=1":                      nil,
		"#@set":                                       {},
		"#@set\ta=${run_date}":                        {"a": "${run_date}"},
		"#@set a=1 #@set b=2":                         nil,
		"#@set =1":                                    nil,
		"#@set a=":                                    nil,
		"#@set a":                                     nil,
		"#@set a=b=c":                                 nil,
		"x" + strings.Repeat("\n#@set a=1", 1000) + "\n": {"a": "1"},
	} {
		got, err := setLines(code, "shell")
		if want == nil && strings.HasPrefix(code, "#@set") {
			var refused *coded
			require.ErrorAs(t, err, &refused, code)
			continue
		}
		require.NoError(t, err, code)
		require.Equal(t, want, got, code)
	}
	for language, mark := range setMarks {
		got, err := setLines(mark+" day=20240131\n", language)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"day": "20240131"}, got)
	}
	got, err := setLines("#@set a=b=c", "")
	require.NoError(t, err, "no language, no comments")
	require.Empty(t, got)
}

func TestWhatTheCodeSetsCountsMore(t *testing.T) {
	t.Parallel()
	v := variables{given: map[string]string{"run_date": "20200101", "a": "given", "b": "kept"}, set: map[string]string{"run_date": "20240131", "a": "set"}, user: "max", now: sunday}
	got, err := v.fill("${a} ${b} ${run_today} ${run_month_end+1}")
	require.NoError(t, err)
	require.Equal(t, "set kept 20240201 20240229", got)
	require.Equal(t, "given", v.given["a"], "what was given stays as it is")
}

func TestLanguages(t *testing.T) {
	t.Parallel()
	for pair, want := range map[[2]string]string{
		{"SQL", "spark-2.4.3"}: "sql", {"hql", ""}: "sql", {"py", ""}: "python", {"sh", ""}: "shell", {"bash", ""}: "shell",
		{"scala", "spark-3"}: "scala", {"x", "python-3"}: "python", {"", "shell-1"}: "shell", {"x", "y"}: "", {"", ""}: "",
	} {
		require.Equal(t, want, languageOf(pair[0], pair[1]), pair)
	}
}
