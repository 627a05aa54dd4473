package app

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"

	"stepcast/config"
	"stepcast/executor"
	"stepcast/executor/http"
	"stepcast/executor/python"
	"stepcast/executor/script"
	"stepcast/executor/shell"
	"stepcast/executor/sql"
	"stepcast/internal/process"
)

// newRegistry makes the executors that the configuration allows. One that is not
// allowed is there all the same, and says why. mark is processMark's.
func newRegistry(c config.Config, mark string, logger *slog.Logger) (*executor.Registry, error) {
	o := script.Options{
		WorkRoot: workRoot(c), Grace: c.KillGrace, OutputLimit: c.OutputLimit, Mark: mark,
	}
	_, o.DisabledReason = c.ExecAllowed()
	forShell, forPython := o, o
	forShell.Interpreter, forPython.Interpreter = c.Shell, c.Python
	requests, err := newHTTP(c, logger)
	if err != nil {
		return nil, err
	}
	return executor.NewRegistry(shell.New(forShell), python.New(forPython), newSQL(c, logger), requests), nil
}

// newHTTP makes the executor of requests. Its error names the target that cannot be.
func newHTTP(c config.Config, logger *slog.Logger) (*http.Executor, error) {
	targets, reason := c.HTTPAllowed()
	for _, target := range targets {
		if err := http.CheckTarget(target); err != nil {
			return nil, &config.FieldError{Field: "http-targets", Err: err}
		}
	}
	return http.New(http.Options{Targets: targets, BodyLimit: c.HTTPLimit, DisabledReason: reason, Logger: logger}), nil
}

func newSQL(c config.Config, logger *slog.Logger) *sql.Executor {
	sources := make(map[string]sql.DataSource, len(c.DataSources))
	for name, d := range c.DataSources {
		sources[name] = dataSource(d)
	}
	_, reason := c.SQLAllowed()
	return sql.New(sql.Options{
		DataSources: sources, Default: c.DefaultDataSource, MaxRows: c.ResultRows, Grace: c.KillGrace,
		DisabledReason: reason, Logger: logger,
	})
}

func dataSource(d config.Database) sql.DataSource {
	if d.Dialect == config.SQLite {
		return sql.DataSource{Driver: sql.SQLite, Path: d.Path}
	}
	return sql.DataSource{
		Driver: sql.MySQL, Address: d.Addr(), User: d.User, Password: d.Password.Reveal(), Database: d.Name, TLS: d.TLS,
	}
}

// processMark marks the processes of the server of a data folder, so that the next
// one finds what a crash left.
func processMark(c config.Config) (string, error) {
	folder, err := filepath.Abs(c.Data)
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	sum := sha256.Sum256([]byte(folder))
	return hex.EncodeToString(sum[:8]), nil
}

// workRoot has the working directories of scripts.
func workRoot(c config.Config) string { return filepath.Join(c.Data, "work") }

// clearLeftovers ends the processes that an earlier server of this data folder left:
// those whose shim was killed as well, the others end by themselves. And it removes
// the working directories of all.
func (a *App) clearLeftovers(mark string) error {
	if ended, survivors := process.EndMarked(mark); ended+survivors > 0 {
		a.logger.Warn("ended processes that an earlier server left", "ended", ended, "survivors", survivors)
	}
	if err := script.RemoveWork(workRoot(a.config)); err != nil {
		return fmt.Errorf("remove working directories of an earlier server: %w", err)
	}
	return nil
}
