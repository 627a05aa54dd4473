package e2e

import "strings"

// job is what a client runs, and what must come of it.
type job struct {
	name string
	// engine is the engine type with its version, as labels have it.
	engine, runType, code string
	state                 string
	// lines are in the log.
	lines []string
	// sets are the results, with sqlNull where there is no value.
	sets []resultSet
}

// sqlNull stands for a value that is not there.
const sqlNull = "\x00"

// results are what a client reads that gets null for what is not there.
func (j job) results(null string) []resultSet {
	sets := []resultSet{}
	for _, set := range j.sets {
		read := set
		read.rows = [][]string{}
		for _, row := range set.rows {
			values := []string{}
			for _, value := range row {
				values = append(values, strings.ReplaceAll(value, sqlNull, null))
			}
			read.rows = append(read.rows, values)
		}
		sets = append(sets, read)
	}
	return sets
}

// jobs are what each client runs. table is the client's own. The log begins with the
// code, so what lines have is spelled otherwise there.
func (w legacyWorld) jobs(table string) []job {
	return []job{
		{
			name: "shell", engine: "shell-1", runType: "shell", state: "Succeed",
			code:  "echo to-std''out; echo to-std''err >&2; printf 'one\\ntwo\\n' > \"$STEPCAST_RESULTS/lines.txt\"",
			lines: []string{"to-stdout", "to-stderr"},
			sets:  []resultSet{{kind: "1", rows: [][]string{{"one"}, {"two"}}}},
		},
		{
			name: "python", engine: "python-python3", runType: "python", state: "Succeed",
			code:  "import os\nprint('h' 'éllo')\nwith open(os.environ['STEPCAST_RESULTS'] + '/t.csv', 'w') as f:\n    f.write('a,b\\n1,\"x,y\"\\n')",
			lines: []string{"héllo"},
			sets:  []resultSet{{kind: "2", columns: []resultColumn{{"a", "string"}, {"b", "string"}}, rows: [][]string{{"1", "x,y"}}}},
		},
		w.sqlJob(table),
		{
			name: "failing shell", engine: "shell-1", runType: "shell", state: "Failed",
			code: "echo be''fore; exit 3", lines: []string{"before"},
		},
		{
			name: "failing sql", engine: "spark-2.4.3", runType: "sql", state: "Failed",
			code:  "SELECT 'x' AS word; SELECT * FROM there_is_none; SELECT 2",
			lines: []string{"Statement 2 of 3 failed"},
			sets:  []resultSet{{kind: "2", columns: []resultColumn{{"word", w.typeOf("string", "VARCHAR")}}, rows: [][]string{{"x"}}}},
		},
	}
}

// typeOf is how the data source names a type.
func (w legacyWorld) typeOf(sqlite, mysql string) string {
	if w.mysql {
		return mysql
	}
	return sqlite
}

// sqlJob selects values of many types, nothing at all, and a computed value.
func (w legacyWorld) sqlJob(table string) job {
	return job{
		name: "sql", engine: "spark-2.4.3", runType: "sql", state: "Succeed",
		code: "CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, name VARCHAR(40), height DOUBLE, note TEXT, raw BLOB);\n" +
			"INSERT INTO " + table + " VALUES (1, 'Ada', 1.65, NULL, X'00FF'), (2, '李雷', -0.5, 'a \"quoted\",\n\ttext', NULL), (3, '', NULL, 'NULL', NULL);\n" +
			"SELECT id, name, height, note, raw FROM " + table + " ORDER BY id;\n" +
			"SELECT id FROM " + table + " WHERE id < 0;\n" +
			"SELECT COUNT(*) AS n FROM " + table,
		lines: []string{"3 rows affected", "Statement 5 of 5"},
		sets: []resultSet{
			{
				kind: "2",
				columns: []resultColumn{
					{"id", w.typeOf("INTEGER", "INT")},
					{"name", w.typeOf("VARCHAR(40)", "VARCHAR")},
					{"height", "DOUBLE"},
					{"note", "TEXT"},
					{"raw", "BLOB"},
				},
				rows: [][]string{
					{"1", "Ada", "1.65", sqlNull, "0x00FF"},
					{"2", "李雷", "-0.5", "a \"quoted\",\n\ttext", sqlNull},
					{"3", "", sqlNull, "NULL", sqlNull},
				},
			},
			{kind: "2", columns: []resultColumn{{"id", w.typeOf("INTEGER", "INT")}}},
			{kind: "2", columns: []resultColumn{{"n", w.typeOf("string", "BIGINT")}}, rows: [][]string{{"3"}}},
		},
	}
}
