package linkis

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/models"
)

func TestLogLines(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 23, 59, 58, 7_000_000, time.UTC)
	zone := time.FixedZone("UTC+8", 8*60*60)
	for _, c := range []struct {
		level  models.LogLevel
		stream models.LogStream
		want   string
	}{
		{models.Info, models.Stdout, "2026-03-02 07:59:58.007 INFO a < b"},
		{models.Warn, models.Stderr, "2026-03-02 07:59:58.007 WARN a < b"},
		{models.Error, models.Stdout, "2026-03-02 07:59:58.007 ERROR a < b"},
		{models.Debug, models.Stdout, "2026-03-02 07:59:58.007 INFO a < b"},
		{models.Info, models.System, "2026-03-02 07:59:58.007 SYSTEM-INFO a < b"},
		{models.Warn, models.System, "2026-03-02 07:59:58.007 SYSTEM-WARN a < b"},
		{models.Error, models.System, "2026-03-02 07:59:58.007 SYSTEM-ERROR a < b"},
		{models.Debug, models.System, "a < b"},
	} {
		require.Equal(t, c.want, (&stamper{zone: zone}).line(&models.LogLine{At: at, Level: c.level, Stream: c.stream, Text: "a < b"}))
	}
}

func TestLogByLevel(t *testing.T) {
	t.Parallel()
	line := func(level models.LogLevel, text string) models.LogLine {
		return models.LogLine{At: time.UnixMilli(0), Level: level, Stream: models.Stdout, Text: text}
	}
	const at = "1970-01-01 00:00:00.000 "
	got := logByLevel([]models.LogLine{
		line(models.Info, "1"), line(models.Error, "2"), line(models.Warn, "3"), line(models.Debug, "4"),
		line(models.Error, ""), line(models.Info, " \t"),
	}, time.UTC)
	require.Equal(t, [4]string{
		at + "ERROR 2",
		at + "WARN 3",
		at + "INFO 1\n" + at + "INFO 4",
		at + "INFO 1\n" + at + "ERROR 2\n" + at + "WARN 3\n" + at + "INFO 4",
	}, got)
	require.Equal(t, [4]string{}, logByLevel(nil, time.UTC))
}

func TestWholeLogKeepsBlankLines(t *testing.T) {
	t.Parallel()
	line := func(stream models.LogStream, text string) models.LogLine {
		return models.LogLine{At: time.UnixMilli(0), Level: models.Debug, Stream: stream, Text: text}
	}
	got := wholeLog([]models.LogLine{line(models.System, "if x:"), line(models.System, ""), line(models.Stdout, "")}, time.UTC)
	require.Equal(t, "if x:\n\n1970-01-01 00:00:00.000 INFO ", got)
	require.Empty(t, wholeLog(nil, time.UTC))
}

// A program that writes its own time and level is believed, unless its line was given one.
func TestOutputWithALevelOfItsOwn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"2026-03-01 12:00:00.123 ERROR x": textError, "2026-03-01 12:00:00 ERROR x": textError,
		"2026/03/01 12:00:00,123 ERROR x": textError, "2026-03-01 12:00:00.123 SYSTEM-ERROR x": textError,
		"> 2026-03-01 12:00:00.123 WARN x": textWarn, "2026-03-01 12:00:00.123 SYSTEM-WARN x": textWarn,
		"2026-03-01 12:00:00.123 INFO x": textInfo, "2026-03-01 12:00:00.123 ERRORS x": textInfo,
		"ERROR x": textInfo, "12:00:00 WARN x": textInfo, "2026-03-01 12:00:00.1234 ERROR x": textInfo,
		"2026-03-01 12:00:00.123 WARN 2026-03-01 12:00:00.123 ERROR x": textError,
	} {
		require.Equal(t, want, levelOf(&models.LogLine{Level: models.Info, Text: text}), text)
		require.Equal(t, want, levelOf(&models.LogLine{Level: models.Debug, Text: text}), text)
		require.Equal(t, textWarn, levelOf(&models.LogLine{Level: models.Warn, Text: text}), text)
		require.Equal(t, textError, levelOf(&models.LogLine{Level: models.Error, Text: text}), text)
	}
}

func TestLogWish(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]logWish{
		"":                                   {1, 100, true},
		"fromLine=0":                         {1, 100, true},
		"fromLine=1":                         {1, 100, true},
		"fromLine=-5&size=7":                 {1, 7, true},
		"fromLine=42&size=-1":                {42, 10000, true},
		"size=0":                             {1, 0, true},
		"size=99999":                         {1, 10000, true},
		"fromLine=&size=%20":                 {1, 100, true},
		"distinctLevel=false":                {1, 100, false},
		"distinctLevel=False":                {1, 100, true},
		"distinctLevel=0":                    {1, 100, true},
		"fromLine=2&fromLine=3&other=x&size": {2, 100, true},
	} {
		values, err := url.ParseQuery(query)
		require.NoError(t, err)
		got, err := parseLogWish(values)
		require.NoError(t, err, query)
		require.Equal(t, want, got, query)
	}
	for _, text := range []string{"x", "1.5", "2147483648", "1 ", "0x1"} {
		_, err := parseLogWish(url.Values{"fromLine": {text}})
		require.EqualError(t, err, `operation failed(操作失败)s！the reason(原因)：NumberFormatException: For input string: "`+text+`"`)
		_, err = parseLogWish(url.Values{"size": {text}})
		require.Error(t, err)
	}
}
