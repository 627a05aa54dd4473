package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

const (
	// killEvery is between two KILL QUERY: one that comes before the statement does nothing.
	killEvery = 100 * time.Millisecond
	// killPatience is how long KILL QUERY may take, at most half of the grace period.
	killPatience = 3 * time.Second
	// goneEvery is between two looks for a connection that is to be gone.
	goneEvery = 10 * time.Millisecond
	// unknownThread is what KILL answers when there is no such connection.
	unknownThread = 1094
)

// kill sends KILL QUERY or KILL CONNECTION for the session over its second connection.
func (s *mysqlSession) kill(ctx context.Context, what string) error {
	pool, err := s.sidePool()
	if err != nil {
		return err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	var server string
	if err := conn.QueryRowContext(ctx, "SELECT "+serverName).Scan(&server); err != nil {
		return err
	}
	if server != s.server {
		// There the number is another's. The next connection may lead to the right one.
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		return errors.New("another server answers at the address of the data source")
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf("KILL %s %d", what, s.id))
	return err
}

func (s *mysqlSession) sidePool() (_ *sql.DB, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.side == nil {
		s.side, err = openPool(s.config.Clone())
	}
	return s.side, err
}

// stop implements session: KILL QUERY, then KILL CONNECTION, then the connection is
// dropped from our side, which the server may not notice. That it is gone close finds out.
func (s *mysqlSession) stop(ended <-chan struct{}) (sent []string) {
	s.stopped = time.Now().Add(s.grace)
	ctx, cancel := context.WithDeadline(context.Background(), s.stopped)
	defer cancel()
	sent = append(sent, "KILL QUERY")
	if s.killQuery(ctx, ended) {
		return sent
	}
	sent = append(sent, "KILL CONNECTION")
	if err := s.kill(ctx, "CONNECTION"); err != nil && !isMySQL(err, unknownThread) {
		s.logger.Warn("end a connection", "connection", s.id, "error", err)
	}
	_ = s.socket.Close()
	<-ended
	return sent
}

// killQuery says whether the statement has ended.
func (s *mysqlSession) killQuery(ctx context.Context, ended <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(ctx, min(killPatience, s.grace/2))
	defer cancel()
	for {
		// When this fails so does KILL CONNECTION, which says so.
		_ = s.kill(ctx, "QUERY")
		select {
		case <-ended:
			return true
		case <-ctx.Done():
			return false
		case <-time.After(killEvery):
		}
	}
}

// close implements session.
func (s *mysqlSession) close() (gone bool) {
	defer s.discard()
	if s.stopped.IsZero() {
		return true
	}
	_ = s.conn.Close()
	_ = s.pool.Close()
	// What the server still does, rolling back above all, belongs to the grace period.
	ctx, cancel := context.WithDeadline(context.Background(), s.stopped)
	defer cancel()
	for {
		err := s.kill(ctx, "CONNECTION")
		if isMySQL(err, unknownThread) {
			return true
		}
		select {
		case <-ctx.Done():
			s.logger.Warn("a connection is not gone", "connection", s.id, "error", err)
			return false
		case <-time.After(goneEvery):
		}
	}
}
