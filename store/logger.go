package store

import (
	"context"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// slowAfter is how long a statement may take before it is logged.
const slowAfter = time.Second

// slowLog is gorm's logger. Errors are returned to the caller, who knows what they
// mean; what nobody else sees is how long statements take, and that one was slow.
type slowLog struct {
	to      *slog.Logger
	metrics *instruments
}

var (
	_ logger.Interface = slowLog{}
	// Values are never logged: there are logs and password hashes among them.
	_ interface {
		ParamsFilter(ctx context.Context, sql string, params ...any) (string, []any)
	} = slowLog{}
)

func (l slowLog) LogMode(logger.LogLevel) logger.Interface { return l }

func (l slowLog) Info(context.Context, string, ...any) {}

func (l slowLog) Warn(ctx context.Context, message string, _ ...any) {
	l.to.WarnContext(ctx, "gorm: "+message)
}

func (l slowLog) Error(ctx context.Context, message string, _ ...any) {
	l.to.ErrorContext(ctx, "gorm: "+message)
}

func (l slowLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}

func (l slowLog) Trace(ctx context.Context, begin time.Time, statement func() (string, int64), err error) {
	l.metrics.statements.ended(begin, err)
	took := time.Since(begin)
	if took < slowAfter {
		return
	}
	sql, rows := statement()
	l.to.WarnContext(ctx, "slow statement", "took", took, "rows", rows, "sql", sql, "error", err)
}
