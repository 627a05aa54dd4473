package bench

import (
	"flag"
	"fmt"
	"log"
	"os"
	"testing"

	"github.com/glebarez/go-sqlite"
	"github.com/go-sql-driver/mysql"
	"go.uber.org/goleak"

	"stepcast/internal/process"
)

func TestMain(m *testing.M) {
	process.Main()
	flag.Parse()
	log.SetFlags(0)
	log.SetOutput(statements)
	mysql.RegisterDialContext("tcp", dialMySQL)
	// Tests count. Benchmarks time, and count afterwards, with traced.
	sqlite.LogSqlStatements = flag.Lookup("test.bench").Value.String() == ""
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		fmt.Print(results.String())
		os.Exit(code)
	}))
}
