package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"time"

	sqldriver "github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
)

const (
	mysqlConnections = 16
	// mysqlConnLife is below any sensible wait_timeout of a server or proxy.
	mysqlConnLife = 4 * time.Minute
	// mysqlLockWait is in seconds, and shorter than the read timeout: a statement that
	// waits for a lock must end by its own error, which is retried.
	mysqlLockWait    = "10"
	mysqlReadTimeout = 30 * time.Second
)

// mysqlServer is a database on a MySQL or MariaDB server.
type mysqlServer struct{ user, password, addr, database, tls string }

func (m mysqlServer) connect(ctx context.Context, s *Store, config *gorm.Config) error {
	s.dialect = dialect{
		name:    "mysql",
		goose:   goose.DialectMySQL,
		lock:    func(int64) lock.SessionLocker { return mysqlLock{} },
		clock:   "CAST(UNIX_TIMESTAMP(NOW(3))*1000 AS SIGNED)",
		join:    "STRAIGHT_JOIN",
		again:   mysqlAgain,
		refused: mysqlRefused,
	}
	connector, err := sqldriver.NewConnector(m.config())
	if err != nil {
		return err
	}
	pool := sql.OpenDB(mysqlConnector{connector})
	pool.SetMaxOpenConns(mysqlConnections)
	pool.SetMaxIdleConns(mysqlConnections)
	pool.SetConnMaxLifetime(mysqlConnLife)
	// Asking for the server's version would only serve migrations by gorm, and make it
	// use RETURNING on MariaDB; without it both servers get the same statements.
	settings := &mysql.Config{Conn: pool, SkipInitializeWithVersion: true}
	db, err := gorm.Open(mysqlDialector{mysql.Dialector{Config: settings}}, config)
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	s.write, s.read = db, db
	if err := pool.PingContext(ctx); err != nil {
		return err
	}
	return s.migrate(ctx)
}

func (m mysqlServer) config() *sqldriver.Config {
	c := sqldriver.NewConfig()
	c.User, c.Passwd, c.Net, c.Addr, c.DBName, c.TLSConfig = m.user, m.password, "tcp", m.addr, m.database, m.tls
	c.Collation = "utf8mb4_bin"
	c.ParseTime, c.Loc = true, time.UTC
	// Compare-and-set counts the rows it found, not those it made different.
	c.ClientFoundRows = true
	c.InterpolateParams = true
	// Errors are returned; the driver's own log would only repeat them.
	c.Logger = &sqldriver.NopLogger{}
	// 0 asks the server for its limit.
	c.MaxAllowedPacket = 0
	c.Timeout, c.ReadTimeout, c.WriteTimeout = 5*time.Second, mysqlReadTimeout, mysqlReadTimeout
	c.Params = map[string]string{
		"time_zone": "'+00:00'",
		// What does not fit is an error, also on a server that would cut it off.
		"sql_mode":                 "'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'",
		"innodb_lock_wait_timeout": mysqlLockWait,
	}
	return c
}

// mysqlConnector sets what has no variable that all servers know: MariaDB and
// MySQL name the isolation level differently. Snapshots need REPEATABLE READ, and
// hosted servers are often set to READ COMMITTED.
type mysqlConnector struct{ driver.Connector }

func (c mysqlConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	execer, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("mysql driver executes no statements"), conn.Close())
	}
	if _, err := execer.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// mysqlAgain: deadlock, lock wait, and MariaDB's "record has changed since last read".
func mysqlAgain(err error) bool { return mysqlNumber(err, 1213, 1205, 1020) }

// mysqlRefused: a value that is too long, out of range, no date, not in the column's
// character set, null, or larger than a packet.
func mysqlRefused(err error) bool { return mysqlNumber(err, 1406, 1264, 1292, 1366, 1048, 1153) }

func mysqlNumber(err error, numbers ...uint16) bool {
	if errors.Is(err, sqldriver.ErrPktTooLarge) {
		return slices.Contains(numbers, 1153)
	}
	var e *sqldriver.MySQLError
	return errors.As(err, &e) && slices.Contains(numbers, e.Number)
}

// mysqlLock is a lock of the server's, one for each database, that ends with its connection.
type mysqlLock struct{}

const (
	mysqlLockName    = "CONCAT('stepcast:', MD5(DATABASE()))"
	mysqlLockSeconds = 25 // below the read timeout
)

func (mysqlLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	var got sql.NullInt64
	query := fmt.Sprintf("SELECT GET_LOCK(%s, %d)", mysqlLockName, mysqlLockSeconds)
	if err := conn.QueryRowContext(ctx, query).Scan(&got); err != nil {
		return err
	}
	if got.Int64 != 1 {
		return errors.New("another process is still upgrading the database; start again when it is done")
	}
	return nil
}

func (mysqlLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "DO RELEASE_LOCK("+mysqlLockName+")")
	return err
}
