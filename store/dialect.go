package store

import (
	"time"

	"github.com/glebarez/sqlite"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// dialect is what differs between the databases beyond what gorm covers.
type dialect struct {
	// name is also the folder of the migrations.
	name  string
	goose goose.Dialect
	// lock keeps other processes from migrating while the migration is made.
	lock func(migration int64) lock.SessionLocker
	// clock is an expression for the database's time in milliseconds since 1970.
	clock string
	// join is an inner join that goes from its left side to its right.
	join string
	// again says whether a transaction that failed with err may succeed when it is run again.
	again func(err error) bool
	// refused says whether err is about the values written, not about the database's health.
	refused func(err error) bool
}

// Both dialectors store every time in UTC with milliseconds, wherever in a
// statement it stands. SQLite keeps times as text, which sorts as time only when
// all have one zone; MySQL 8 would round a time up that everyone else truncates.
type (
	sqliteDialector struct{ sqlite.Dialector }
	mysqlDialector  struct{ mysql.Dialector }
)

func (d sqliteDialector) BindVarTo(w clause.Writer, stmt *gorm.Statement, v any) {
	bindTime(stmt)
	d.Dialector.BindVarTo(w, stmt, v)
}

func (d mysqlDialector) BindVarTo(w clause.Writer, stmt *gorm.Statement, v any) {
	bindTime(stmt)
	d.Dialector.BindVarTo(w, stmt, v)
}

// bindTime normalizes the variable that gorm has just appended.
func bindTime(stmt *gorm.Statement) {
	if len(stmt.Vars) == 0 {
		return
	}
	last := &stmt.Vars[len(stmt.Vars)-1]
	switch t := (*last).(type) {
	case time.Time:
		*last = stored(t)
	case *time.Time:
		if t != nil {
			*last = stored(*t)
		}
	}
}
