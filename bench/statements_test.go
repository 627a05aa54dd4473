package bench

import (
	"context"
	"net"
	"strings"
	"sync"
)

// statements is what this process asks of its databases, whoever in it asks: SQLite's
// driver tells it by its trace (the standard logger), MySQL's by what it sends.
var statements = &statementLog{}

// statementLog counts statements. It is the writer of the standard logger.
type statementLog struct {
	mu    sync.Mutex
	total tally
	// texts is where the during that runs wants the statements; nil when none does.
	texts *[]string
}

// tally is a number of statements.
type tally struct {
	// all counts every statement, those that begin and end transactions included.
	all int
	// commits counts the transactions that may write.
	commits int
}

func (t tally) minus(before tally) tally {
	return tally{all: t.all - before.all, commits: t.commits - before.commits}
}

// now is what was asked so far.
func (l *statementLog) now() tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// during gives the statements that the process asks while f runs.
func (l *statementLog) during(f func()) (texts []string) {
	l.mu.Lock()
	l.texts = &texts
	l.mu.Unlock()
	f()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.texts = nil
	return texts
}

// Write takes a line of the standard logger, which is a statement unless it tells of a
// connection.
func (l *statementLog) Write(line []byte) (int, error) {
	if text := strings.TrimSpace(string(line)); text != "new connection" {
		l.add(text)
	}
	return len(line), nil
}

func (l *statementLog) add(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total.all++
	// The store begins a transaction that only reads in another way.
	if strings.EqualFold(text, "begin immediate") || text == "START TRANSACTION" {
		l.total.commits++
	}
	if l.texts != nil {
		*l.texts = append(*l.texts, text)
	}
}

// dialMySQL is for the driver to connect with: as it does by itself, but listened to.
func dialMySQL(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return listeningConn{conn.(*net.TCPConn)}, nil
}

// listeningConn counts the statements that pass. The driver sends each packet with one
// Write: three bytes of length, the number of the packet within its command, and of the
// first packet the command.
type listeningConn struct{ *net.TCPConn }

// Commands of the MySQL protocol that carry a statement.
const (
	mysqlQuery   = 0x03
	mysqlPrepare = 0x16
)

func (c listeningConn) Write(packet []byte) (int, error) {
	const header = 4
	if len(packet) > header && packet[header-1] == 0 && (packet[header] == mysqlQuery || packet[header] == mysqlPrepare) {
		statements.add(string(packet[header+1:]))
	}
	return c.TCPConn.Write(packet)
}
