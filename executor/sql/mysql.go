package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
)

// serverName is an expression for the name of a server.
const serverName = "CONCAT(@@hostname, ':', @@port)"

// connectTimeout bounds the beginning of a connection, signing in included.
const connectTimeout = 10 * time.Second

// mysqlSession is a session on a MySQL or MariaDB server.
type mysqlSession struct {
	config *mysql.Config
	pool   *sql.DB
	conn   *sql.Conn
	// socket is what the connection runs on.
	socket net.Conn
	// id is how the server calls the connection.
	id int64
	// server names the one that has the connection, as there may be several behind one address.
	server    string
	backslash bool
	grace     time.Duration
	logger    *slog.Logger

	// stopped says until when what was stopped may take to be gone; zero when nothing was.
	stopped time.Time

	// mu guards side: a pool for a second connection, made when something is to be ended.
	mu   sync.Mutex
	side *sql.DB
}

var _ session = (*mysqlSession)(nil)

func openMySQL(ctx context.Context, source DataSource, grace time.Duration, logger *slog.Logger) (session, error) {
	s := &mysqlSession{config: mysqlConfig(source), grace: grace, logger: logger}
	if err := s.open(ctx); err != nil {
		// What the driver says may name the server and the account.
		logger.Warn("connect to data source", "error", err)
		s.discard()
		return nil, explainConnect(err)
	}
	return s, nil
}

// sessionTimeout is how long a script may be paused, in seconds: the most that servers on
// all systems take. Else the server would close a connection that is idle for hours.
const sessionTimeout = "2147483"

// mysqlConfig leaves the rest of the session as the server has it: its time zone, its
// sql_mode. Values come as the server writes them. Variables are bound by the server, not pasted by the driver.
func mysqlConfig(source DataSource) *mysql.Config {
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd = "tcp", source.Address, source.User, source.Password
	c.DBName, c.TLSConfig = source.Database, source.TLS
	c.Timeout = connectTimeout
	// 0 asks the server for its limit.
	c.MaxAllowedPacket = 0
	c.ParseTime, c.MultiStatements, c.InterpolateParams, c.AllowAllFiles = false, false, false, false
	c.Params = map[string]string{"wait_timeout": sessionTimeout}
	c.ConnectionAttributes = "program_name:stepcast"
	// Errors are returned; the driver's own log would only repeat them.
	c.Logger = &mysql.NopLogger{}
	return c
}

func (s *mysqlSession) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	config := s.config.Clone()
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		dialer := net.Dialer{Timeout: connectTimeout}
		socket, err := dialer.DialContext(ctx, network, address)
		s.socket = socket
		return socket, err
	}
	var err error
	if s.pool, err = openPool(config); err != nil {
		return err
	}
	if s.conn, err = s.pool.Conn(ctx); err != nil {
		return err
	}
	var mode string
	if err := s.conn.QueryRowContext(ctx, "SELECT CONNECTION_ID(), @@SESSION.sql_mode, "+serverName).Scan(&s.id, &mode, &s.server); err != nil {
		return err
	}
	s.backslash = !strings.Contains(mode, "NO_BACKSLASH_ESCAPES")
	return nil
}

// openPool makes a pool of one connection, which speaks UTF-8.
func openPool(config *mysql.Config) (*sql.DB, error) {
	if err := config.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return nil, err
	}
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(1)
	return pool, nil
}

func (s *mysqlSession) dialect() dialect { return dialect{mysql: true, backslash: s.backslash} }

// run begins a statement. Its end is up to the server, not to a context: the driver
// would only close the connection, and the server would go on.
func (s *mysqlSession) run(r ready) (cursor, error) {
	args := make([]any, len(r.args))
	for i, arg := range r.args {
		args[i] = arg
	}
	ctx := context.Background()
	if r.changes() {
		result, err := s.conn.ExecContext(ctx, r.query, args...)
		if err != nil {
			return nil, explainMySQL(err)
		}
		return &mysqlChange{result}, nil
	}
	rows, err := s.conn.QueryContext(ctx, r.query, args...)
	if r.cutOff && isMySQL(err, syntaxError) {
		return nil, fmt.Errorf("%w; a body with semicolons needs another delimiter: write DELIMITER // before it, // after it, and then DELIMITER ;", explainMySQL(err))
	}
	if err != nil {
		return nil, explainMySQL(err)
	}
	return &mysqlCursor{session: s, rows: rows, class: r.class}, nil
}

// rollback asks MariaDB whether there is a transaction; MySQL has no word for it.
func (s *mysqlSession) rollback() (open bool) {
	ctx, cancel := context.WithTimeout(context.Background(), s.grace)
	defer cancel()
	if s.conn.QueryRowContext(ctx, "SELECT @@in_transaction").Scan(&open) != nil {
		open = false
	}
	_, err := s.conn.ExecContext(ctx, "ROLLBACK")
	return open && err == nil
}

// discard closes what is open.
func (s *mysqlSession) discard() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	for _, pool := range []*sql.DB{s.pool, s.side} {
		if pool != nil {
			_ = pool.Close()
		}
	}
}

// explainMySQL says with its number what the server said.
func explainMySQL(err error) error {
	var e *mysql.MySQLError
	switch {
	case errors.As(err, &e):
		state := strings.Trim(string(e.SQLState[:]), "\x00")
		if state != "" {
			state = ", SQLSTATE " + state
		}
		return fmt.Errorf("%s (MySQL error %d%s)", e.Message, e.Number, state)
	case errors.Is(err, mysql.ErrPktTooLarge):
		return errors.New("the statement is larger than the server takes (max_allowed_packet)")
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, io.EOF), isNetwork(err):
		return errors.New("the connection to the server was lost")
	}
	return err
}

// syntaxError is the number of what the server cannot parse.
const syntaxError = 1064

func isMySQL(err error, number uint16) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && e.Number == number
}

func isNetwork(err error) bool {
	var e net.Error
	return errors.As(err, &e)
}

// explainConnect says why there is no connection, without the server's address and account.
func explainConnect(err error) error {
	var e *mysql.MySQLError
	var unknown *net.DNSError
	var dial *net.OpError
	switch {
	case isMySQL(err, 1045):
		return errors.New("the server refuses its user or password (MySQL error 1045)")
	case isMySQL(err, 1044):
		return errors.New("its user may not use its database (MySQL error 1044)")
	case isMySQL(err, 1049):
		return errors.New("the server has no database of its name (MySQL error 1049)")
	case errors.As(err, &e):
		return fmt.Errorf("the server refuses the connection (MySQL error %d)", e.Number)
	case errors.As(err, &unknown):
		return errors.New("the server's host name cannot be resolved")
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("the server does not answer within %s", connectTimeout)
	case errors.As(err, &dial):
		return fmt.Errorf("the server cannot be reached: %w", dial.Err)
	}
	return errors.New("no connection to the server can be made; the server's log says why")
}
