package linkis

import "strings"

// setMarks are how a comment that sets a variable begins, for each language of Linkis:
// "--@set day=20260301" in SQL.
var setMarks = map[string]string{
	"sql": "--@set", "python": "#@set", "shell": "#@set", "scala": "//@set", "java": "!!@set",
}

// languages are those of the run types of Linkis (linkis.codeType.language.relation),
// and of ours.
var languages = map[string]string{
	"sql": "sql", "hql": "sql", "jdbc": "sql", "hive": "sql", "psql": "sql", "fql": "sql", "tsql": "sql",
	"python": "python", "py": "python", "pyspark": "python",
	"shell": "shell", "sh": "shell", "bash": "shell",
	"scala": "scala", "java": "java",
}

// languageOf is the language of a run type, else of an engine; "" when neither is known.
func languageOf(runType, engine string) string {
	for _, name := range []string{runType, engineName(engine, "")} {
		if language := languages[strings.ToLower(name)]; language != "" {
			return language
		}
	}
	return ""
}

// setLines reads the variables that the code sets in comments. They count more than
// those of params.variable. Unlike in Linkis the comment has its line to itself, so that
// no text that merely mentions it is taken for one.
func setLines(code, language string) (map[string]string, error) {
	mark := setMarks[language]
	if mark == "" || !strings.Contains(code, mark) {
		return nil, nil
	}
	set := map[string]string{}
	for line := range strings.SplitSeq(code, "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), mark)
		if !ok || strings.TrimSpace(rest) == "" || strings.TrimLeft(rest, " \t") == rest {
			continue
		}
		parts := strings.Split(strings.TrimRight(strings.TrimSuffix(rest, ";"), "="), "=")
		switch {
		case len(parts) > 2:
			return nil, codedf(20044, "%s var defined uncorrectly", quoted(strings.TrimSpace(line)))
		case len(parts) < 2 || strings.TrimSpace(parts[0]) == "":
			return nil, codedf(20045, "var was defined uncorrectly:%s", quoted(strings.TrimSpace(line)))
		}
		set[strings.TrimSpace(parts[0])] = strings.TrimSpace(parts[1])
	}
	return set, nil
}
