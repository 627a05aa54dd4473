package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"
)

// Options say which database to open and how.
type Options struct {
	// URL is "sqlite:///absolute/file.db", "sqlite://relative.db" or
	// "mysql://user:password@host:port/database".
	URL string
	// Now is the clock for everything but leases; time.Now when nil.
	Now func() time.Time
	// Logger hears of slow statements; nothing is logged when nil.
	Logger *slog.Logger
	// Metrics takes what is measured, of one store only; nothing is kept when nil.
	Metrics prometheus.Registerer
}

// Store is an open database. It is safe for concurrent use, by several processes too.
type Store struct {
	dialect dialect
	// write is where transactions that change something run; read is for all the
	// rest. They are the same pool on MySQL.
	write, read *gorm.DB
	now         func() time.Time
	metrics     *instruments
}

// Open connects to the database, creates or upgrades its tables, and returns
// the store. The error for a database that a newer version has upgraded says
// what to do about it.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	t, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	s := &Store{now: func() time.Time { return stored(o.Now()) }, metrics: newInstruments(o.Metrics)}
	if err := t.connect(ctx, s, s.gormConfig(o.Logger)); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.Close())
	}
	if o.Metrics != nil {
		o.Metrics.MustRegister(poolCollector{s})
	}
	return s, nil
}

func (s *Store) gormConfig(logger *slog.Logger) *gorm.Config {
	return &gorm.Config{
		// One statement is atomic by itself; what needs more opens its transaction.
		SkipDefaultTransaction: true,
		TranslateError:         true,
		QueryFields:            true,
		// Open pings with the caller's context.
		DisableAutomaticPing: true,
		NowFunc:              s.now,
		Logger:               slowLog{logger, s.metrics},
	}
}

// Close closes all connections. What is running meanwhile fails.
func (s *Store) Close() error {
	var errs []error
	for _, db := range s.pools() {
		errs = append(errs, db.Close())
	}
	return errors.Join(errs...)
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	for _, db := range s.pools() {
		if err := db.PingContext(ctx); err != nil {
			return fmt.Errorf("ping database: %w", err)
		}
	}
	return nil
}

// Dialect is "sqlite" or "mysql".
func (s *Store) Dialect() string { return s.dialect.name }

func (s *Store) pools() []*sql.DB {
	var pools []*sql.DB
	for _, db := range []*gorm.DB{s.write, s.read} {
		if db == nil {
			continue
		}
		// A pool that connect gave to gorm is a *sql.DB, so DB cannot fail.
		if pool, err := db.DB(); err == nil && (len(pools) == 0 || pools[0] != pool) {
			pools = append(pools, pool)
		}
	}
	return pools
}

// stored is t as a column holds it.
func stored(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
