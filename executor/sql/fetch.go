package sql

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"stepcast/executor"
	"stepcast/models"
)

// statement runs a statement, takes what it gives, and says what came of it.
func (x *execution) statement(ctx context.Context, s *ready) (done string, err error) {
	c, err := x.session.run(*s)
	if err != nil {
		return "", err
	}
	defer func() {
		if closed := c.close(); err == nil {
			err = closed
		}
	}()
	var parts []string
	for more := true; more; {
		part, cut, err := x.set(ctx, c)
		if err != nil {
			return "", err
		}
		if part != "" {
			parts = append(parts, part)
		}
		if cut && s.reads() {
			break
		}
		if more, err = c.nextSet(); err != nil {
			return "", err
		}
	}
	if n, known := c.affected(); known {
		parts = append(parts, count(n, "row")+" affected")
	}
	if len(parts) == 0 {
		return "done", nil
	}
	return strings.Join(parts, ", "), nil
}

// set takes a result set, and says whether rows of it were left out. What gives no rows
// is run all the same.
func (x *execution) set(ctx context.Context, c cursor) (told string, cut bool, err error) {
	columns, err := c.columns()
	if err != nil {
		return "", false, err
	}
	if len(columns) == 0 {
		_, err := c.next()
		return "", false, err
	}
	table, err := x.sink.Table("", columns)
	if err != nil {
		return "", false, fmt.Errorf("begin a result: %w", err)
	}
	rows, cut, err := x.fill(ctx, table, c)
	if err != nil {
		return "", cut, err
	}
	if err := table.Close(); err != nil {
		return "", cut, fmt.Errorf("end a result: %w", err)
	}
	return count(rows, "row"), cut, nil
}

// fill takes rows up to a limit.
func (x *execution) fill(ctx context.Context, table executor.TableWriter, c cursor) (rows int64, cut bool, err error) {
	for limit := int64(x.executor.options.maxRows()); ; rows++ {
		if ctx.Err() != nil {
			return rows, false, context.Cause(ctx)
		}
		values, err := c.next()
		if err != nil || values == nil {
			return rows, false, err
		}
		if rows == limit {
			table.Cut()
			x.log(models.Warn, "The result is cut: a result has at most %d rows", limit)
			return rows, true, nil
		}
		err = table.Row(values)
		if errors.Is(err, executor.ErrResultsFull) {
			x.log(models.Warn, "The result is cut after %s: %s", count(rows, "row"), err)
			return rows, true, nil
		}
		if err != nil {
			return rows, false, fmt.Errorf("keep a result: %w", err)
		}
	}
}

func count(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}
