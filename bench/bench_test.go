package bench

import (
	"testing"

	"github.com/glebarez/go-sqlite"
)

func BenchmarkSQLite(b *testing.B) { everything(b, newSQLite) }

func BenchmarkMariaDB(b *testing.B) { everything(b, newMySQL) }

// pair is two databases of a kind: one with few finished tasks stored, one with many.
type pair struct {
	few, many *database
	// another makes one more, empty.
	another func(tb testing.TB) *database
}

// everything runs all benchmarks on a kind of database.
func everything(b *testing.B, another func(tb testing.TB) *database) {
	dbs := pair{another(b), another(b), another}
	finish(b, dbs.few, few)
	finish(b, dbs.many, few)
	multiply(b, dbs.many, many)
	for _, what := range submissions {
		b.Run(what.name, func(b *testing.B) { what.benchmark(b, dbs) })
	}
	for _, what := range reads {
		b.Run(what.name, func(b *testing.B) { what.benchmark(b, dbs) })
	}
	b.Run("upkeep", func(b *testing.B) { benchmarkUpkeep(b, dbs) })
	b.Run("commits", func(b *testing.B) { benchmarkCommits(b, dbs) })
}

// traced lets SQLite's driver tell what it is asked over the connections that f opens.
// That takes time: nothing is timed meanwhile. MySQL's driver always tells.
func traced(f func()) {
	sqlite.LogSqlStatements = true
	defer func() { sqlite.LogSqlStatements = false }()
	f()
}

// measured is what a benchmark found: the turns with few tasks stored, with many, and
// of the limit that is compared with, and what one operation asks of the database.
type measured struct {
	few, many, limit    samples
	statements, commits float64
}

// ask notes what a number of operations asked.
func (m *measured) ask(asked tally, operations int) {
	m.statements = float64(asked.all) / float64(operations)
	m.commits = float64(asked.commits) / float64(operations)
}

// columns are the figures for the table. Each × says how many times as much it costs:
// with many tasks stored compared with few, and with few compared with the limit.
func (m *measured) columns() []column {
	return []column{
		{"a second, 100 stored", "ops/s@100", m.few.median(sample.rate)},
		{"100,000 stored", "ops/s@100000", m.many.median(sample.rate)},
		{"× time", "x-time@100000", m.few.to(m.many, sample.rate)},
		{"CPU µs, 100 stored", "cpu-us/op@100", m.few.median(sample.cpuCost)},
		{"× CPU", "x-cpu@100000", m.many.to(m.few, sample.cpuCost)},
		{"limit a second", "limit/s", m.limit.median(sample.rate)},
		{"× time of limit", "x-time-limit", m.limit.to(m.few, sample.rate)},
		{"× CPU of limit", "x-cpu-limit", m.few.to(m.limit, sample.cpuCost)},
		{"allocations", "allocs/op", m.few.median(sample.allocs)},
		{"statements", "statements/op", m.statements},
		{"commits", "commits/op", m.commits},
	}
}
