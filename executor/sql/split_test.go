package sql

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

var (
	onSQLite = dialect{}
	onMySQL  = dialect{mysql: true, backslash: true}
)

func texts(t *testing.T, code string, d dialect) []string {
	t.Helper()
	list, err := split(code, d)
	require.NoError(t, err, "%q", code)
	got := []string{}
	for _, s := range list {
		got = append(got, s.text)
	}
	return got
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for code, want := range map[string][]string{
		"":                                             {},
		" ;; \n;":                                      {},
		"-- nothing\n/* at all */;":                    {},
		"\ufeffSELECT 1;":                              {"SELECT 1"},
		"SELECT 1":                                     {"SELECT 1"},
		" SELECT 1 ; SELECT 2; ":                       {"SELECT 1", "SELECT 2"},
		"-- first\nSELECT 1 -- last\n;":                {"SELECT 1"},
		"SELECT /* a;b */ 1;SELECT 2":                  {"SELECT /* a;b */ 1", "SELECT 2"},
		"SELECT -- a;b\n 1;":                           {"SELECT -- a;b\n 1"},
		"SELECT 'a;b', \"c;d\", `e;f`; x":              {"SELECT 'a;b', \"c;d\", `e;f`", "x"},
		"SELECT 'it''s;', \"a\"\";\" ; x":              {"SELECT 'it''s;', \"a\"\";\"", "x"},
		"SELECT 'a\nb;\n'; x":                          {"SELECT 'a\nb;\n'", "x"},
		"SELECT '-- /* # ';x":                          {"SELECT '-- /* # '", "x"},
		"SELECT ${a;b}; x":                             {"SELECT ${a", "b}", "x"},
		"SELECT 'é;'; SELECT 日本":                       {"SELECT 'é;'", "SELECT 日本"},
		"DELIMITER //\na;b//\nc;\n// d":                {"a;b", "c;", "d"},
		"delimiter $$\nEND$$ x;\ty$$":                  {"END", "x;\ty"},
		"DELIMITER go\ngoal gone go x go":              {"goal gone", "x"},
		"a;\n  DeLiMiTeR ||\nb;c|| \nDELIMITER ;\nd;e": {"a", "b;c", "d", "e"},
		"SELECT a AS\ndelimiter FROM t; x":             {"SELECT a AS\ndelimiter FROM t", "x"},
		"SELECT 5--1":                                  {"SELECT 5--1"},
		"SELECT 1 /* /* */; x":                         {"SELECT 1", "x"},
	} {
		if code != "SELECT 5--1" {
			require.Equal(t, want, texts(t, code, onSQLite), "SQLite: %q", code)
		}
		require.Equal(t, want, texts(t, code, onMySQL), "MySQL: %q", code)
	}
}

func TestSplitByDialect(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct{ sqlite, mysql []string }{
		"SELECT 5--1;x":            {[]string{"SELECT 5"}, []string{"SELECT 5--1", "x"}},
		"a # b;c\n;d":              {[]string{"a # b", "c", "d"}, []string{"a", "d"}},
		`SELECT 'a\';b';c'`:        {[]string{`SELECT 'a\'`, "b';c'"}, nil},
		`SELECT 'a\';b'; c`:        {nil, []string{`SELECT 'a\';b'`, "c"}},
		"SELECT `a\\`; b":          {[]string{"SELECT `a\\`", "b"}, []string{"SELECT `a\\`", "b"}},
		"SELECT [a;b]; c":          {[]string{"SELECT [a;b]", "c"}, []string{"SELECT [a", "b]", "c"}},
		"/*!40101 SET a=';' */; b": {[]string{"b"}, []string{"/*!40101 SET a=';' */", "b"}},
		"/*!50003 a; b */; c":      {[]string{"c"}, []string{"/*!50003 a; b */", "c"}},
		"/*M!100100 '*/' */;c":     {nil, []string{"/*M!100100 '*/' */", "c"}},
		"SELECT /*+ x */ 1;":       {[]string{"SELECT /*+ x */ 1"}, []string{"SELECT /*+ x */ 1"}},
	} {
		for d, want := range map[dialect][]string{onSQLite: want.sqlite, onMySQL: want.mysql} {
			list, err := split(code, d)
			if want == nil {
				require.ErrorContains(t, err, "never closed", "%q", code)
				continue
			}
			require.NoError(t, err)
			require.Len(t, list, len(want), "%q %v", code, list)
			for i := range want {
				require.Equal(t, want[i], list[i].text, "%q", code)
			}
		}
	}
	list, err := split(`SELECT 'a\'; b`, dialect{mysql: true})
	require.NoError(t, err, "NO_BACKSLASH_ESCAPES")
	require.Len(t, list, 2)
}

func TestSplitTriggers(t *testing.T) {
	t.Parallel()
	for _, trigger := range []string{
		"CREATE TRIGGER a AFTER INSERT ON t BEGIN UPDATE t SET x = 1; DELETE FROM u; END",
		"create temp trigger a after insert on t begin select case when 1 then 2 end; end",
		"CREATE TEMPORARY TRIGGER IF NOT EXISTS a DELETE ON t BEGIN SELECT 'END;'; /* ;END; */ SELECT 1; END",
		"EXPLAIN QUERY PLAN CREATE TRIGGER a DELETE ON t BEGIN SELECT 1; END",
		"CREATE /* x */ TRIGGER a DELETE ON t BEGIN SELECT 1;\n\nEND",
	} {
		require.Equal(t, []string{trigger, "SELECT 1"}, texts(t, trigger+";SELECT 1", onSQLite))
		require.Equal(t, []string{trigger, "SELECT 1"}, texts(t, "DELIMITER |\n"+trigger+"|SELECT 1", onSQLite))
	}
	require.Equal(t, []string{"CREATE TABLE trigger_x(a)", "END"}, texts(t, "CREATE TABLE trigger_x(a);END;", onSQLite))
	require.Equal(t, []string{"CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW SET @x = 1", "SELECT 1"},
		texts(t, "CREATE TRIGGER a AFTER INSERT ON t FOR EACH ROW SET @x = 1; SELECT 1", onMySQL))
}

func TestSplitNamesLines(t *testing.T) {
	t.Parallel()
	list, err := split("\n-- one\n\nSELECT 'a\nb';\nSELECT 2; SELECT 3;\nDELIMITER //\nSELECT 4//", onMySQL)
	require.NoError(t, err)
	var lines []int
	for _, s := range list {
		lines = append(lines, s.line)
	}
	require.Equal(t, []int{4, 6, 6, 8}, lines)
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	long := "DELIMITER " + strings.Repeat("/", maxDelimiter+1)
	for code, want := range map[string]string{
		"SELECT 1;\nSELECT 'a":      "line 2: a quote that ' opens is never closed",
		"SELECT \"a;\n;":            "line 1: a quote that \" opens is never closed",
		"\n\n/* a":                  "line 3: a comment that /* opens is never closed",
		"SELECT 1\n, /*! 2":         "line 2: a comment that /*! opens is never closed",
		"SELECT 1;\nDELIMITER\n//":  "line 2: DELIMITER takes the new delimiter",
		"DELIMITER '":               "line 1: DELIMITER takes the new delimiter",
		"DELIMITER \\":              "line 1: DELIMITER takes the new delimiter",
		long:                        "line 1: DELIMITER takes the new delimiter, 1 to 16 characters",
		"SELECT 1;\nSELECT '\x00';": "line 2: there is a NUL character",
	} {
		_, err := split(code, onMySQL)
		require.ErrorContains(t, err, want, "%q", code)
	}
	_, err := split("SELECT 1;\n.tables", onSQLite)
	require.ErrorContains(t, err, "line 2: commands of the sqlite3 program")
}

func TestPrepare(t *testing.T) {
	t.Parallel()
	variables := map[string]string{"a": "1", "b": "'; DROP TABLE t; --", "A-b.c": "x"}
	for text, want := range map[string]struct {
		query string
		args  []string
	}{
		"SELECT ${a}, ${b},${a}":            {"SELECT ?, ?,?", []string{"1", variables["b"], "1"}},
		"SELECT ${A-b.c}":                   {"SELECT ?", []string{"x"}},
		"SELECT ${unknown}, ${a":            {"SELECT ${unknown}, ${a", nil},
		"SELECT '${a}', \"${a}\", `${a}`":   {"SELECT '${a}', \"${a}\", `${a}`", nil},
		"SELECT /* ${a} */ 1 -- ${a}":       {"SELECT /* ${a} */ 1 -- ${a}", nil},
		"SELECT $${a}":                      {"SELECT $?", []string{"1"}},
		"SELECT ${}, ${ a}, ${${a}}, $a {a": {"SELECT ${}, ${ a}, ${?}, $a {a", []string{"1"}},
		"SELECT ${A}":                       {"SELECT ${A}", nil},
	} {
		r, err := prepare(statement{text, 1}, onMySQL, variables)
		require.NoError(t, err)
		require.Equal(t, want.query, r.query)
		require.Equal(t, want.args, r.args, text)
	}
	r, err := prepare(statement{"SELECT '${b} ${a} ${c} ${a}', \"${A-b.c}\"", 1}, onMySQL, variables)
	require.NoError(t, err)
	require.Equal(t, []string{"b", "a", "A-b.c"}, r.quoted)
	_, err = prepare(statement{"SELECT ?", 7}, onSQLite, variables)
	require.ErrorContains(t, err, "line 7: nothing fills the placeholder ?")
}

func TestClasses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]class{
		"select 1":                             {verb: "SELECT"},
		"(SELECT 1) UNION (SELECT 2)":          {verb: "SELECT"},
		"WITH a AS (SELECT 1) SELECT * FROM a": {verb: "SELECT"},
		"WITH RECURSIVE a(x) AS (VALUES(1)) INSERT INTO t SELECT * FROM a": {verb: "INSERT"},
		"with a as (delete from x) update t set y = (select 1)":            {verb: "UPDATE"},
		"INSERT INTO t VALUES (1) RETURNING id":                            {verb: "INSERT", returning: true},
		"INSERT INTO t VALUES ('RETURNING')":                               {verb: "INSERT"},
		"/*!50003 CREATE*/ TABLE x":                                        {verb: "CREATE"},
		"CREATE PROCEDURE p() BEGIN SELECT 1":                              {verb: "CREATE", cutOff: true},
		"CREATE PROCEDURE p() BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; END":  {verb: "CREATE"},
		"CALL p()": {verb: "CALL"},
	} {
		r, err := prepare(statement{text, 1}, onMySQL, nil)
		require.NoError(t, err)
		require.Equal(t, want, r.class, text)
	}
	require.True(t, class{verb: "SHOW"}.reads())
	require.False(t, class{verb: "CALL"}.reads())
	require.True(t, class{verb: "DELETE"}.changes())
	require.False(t, class{verb: "DELETE", returning: true}.changes())
}

func TestSummary(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT\n\t1 ,\r\n  /* why */ -- so\n 'a  b'": "SELECT 1 , 'a b'",
		strings.Repeat("x", 120):                      strings.Repeat("x", 120),
		strings.Repeat("é", 121):                      strings.Repeat("é", 120) + "…",
		strings.Repeat("x", 119) + "  y z":            strings.Repeat("x", 119) + " …",
	} {
		r, err := prepare(statement{text, 1}, onMySQL, nil)
		require.NoError(t, err)
		require.Equal(t, want, r.summary)
	}
}

// FuzzSplit splits anything. The statements are parts of the code in their order, what is
// between them is no code, and each is one statement by itself.
func FuzzSplit(f *testing.F) {
	for _, code := range []string{
		"SELECT 1; -- a\nSELECT 'x;''y' /* ; */;", "CREATE TRIGGER a BEGIN SELECT 1; END; x", "DELIMITER //\na;b//", "/*!5 a;*/;b#c\n;${a}\\'",
	} {
		f.Add(code, true)
		f.Add(code, false)
	}
	f.Fuzz(func(t *testing.T, code string, mysql bool) {
		d := dialect{mysql: mysql, backslash: mysql}
		list, err := split(code, d)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("%q: no line in %q", code, err)
			}
			return
		}
		rest := code
		for _, s := range list {
			r, err := prepare(s, d, map[string]string{"a": "1"})
			if err == nil && (!utf8.ValidString(r.summary) || utf8.RuneCountInString(r.summary) > summaryRunes+1) {
				t.Fatalf("summary %q", r.summary)
			}
			_, after, found := strings.Cut(rest, s.text)
			if !found || s.text == "" || s.text != strings.Trim(s.text, " \t\n\v\f\r") {
				t.Fatalf("%q is no statement of %q", s.text, code)
			}
			rest = after
		}
		capitals := strings.ToUpper(code)
		if strings.Contains(capitals, "DELIMITER") {
			return
		}
		tokens := countCode(code, d)
		dashes := false
		for _, s := range list {
			tokens -= countCode(s.text, d)
			// What follows decides whether two dashes are a comment.
			if strings.HasSuffix(s.text, "--") {
				dashes = true
				continue
			}
			again, err := split(s.text, d)
			if err != nil || len(again) != 1 || again[0] != (statement{s.text, 1}) {
				t.Fatalf("%q of %q splits into %d, %v", s.text, code, len(again), err)
			}
		}
		if tokens != 0 && !dashes && !strings.Contains(capitals, "TRIGGER") {
			t.Fatalf("%d tokens of code are in no statement of %q", tokens, code)
		}
	})
}

// countCode counts the tokens that are part of a statement.
func countCode(code string, d dialect) (n int) {
	for l := newLexer(code, d); ; {
		t, err := l.next()
		if err != nil || t.kind == end {
			return n
		}
		if t.kind != space && t.kind != comment && t.kind != delimiter {
			n++
		}
	}
}
