// Package app puts the rooms together: it makes every part from a configuration,
// starts them in order, and stops them in the reverse.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"stepcast/auth"
	"stepcast/bus"
	"stepcast/bus/memory"
	"stepcast/config"
	"stepcast/engine"
	"stepcast/executor"
	"stepcast/internal/lockfile"
	"stepcast/live"
	"stepcast/models"
	"stepcast/store"
	"stepcast/tasks"
	"stepcast/watch"
)

// App is one server. Use New, then Run or Handler, and Close at the end.
type App struct {
	config   config.Config
	stdout   io.Writer
	started  time.Time
	logger   *slog.Logger
	lock     *lockfile.Lock
	store    *store.Store
	bus      bus.Bus
	hub      *watch.Hub
	unwatch  func()
	registry *executor.Registry
	tasks    *tasks.Service
	engine   *engine.Engine // nil with NoWorker
	auth     *auth.Service
	metrics  *prometheus.Registry
	live     *live.Handler
	open     *openSockets
	handler  http.Handler
	// scrapes serves the metrics to whoever asks.
	scrapes http.Handler
	// certificate is that of HTTPS; nil without it.
	certificate *certificate
	// needsLink says that nobody has signed in here yet: print how to.
	needsLink bool
	// ready says that it serves.
	ready atomic.Bool
	// stopping ends with endPolls, when answers that are held back must be sent.
	stopping context.Context
	endPolls context.CancelFunc
}

// New makes a server: it takes the data folder, and opens and upgrades the database.
// Nothing runs before Run. stdout gets what people should read; everything else goes to
// the log.
func New(ctx context.Context, c config.Config, stdout io.Writer, logger *slog.Logger) (_ *App, err error) {
	a := &App{config: c, stdout: stdout, started: time.Now(), logger: logger, bus: memory.New(), metrics: newMetrics()}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if c.TLSCert != "" {
		if a.certificate, err = newCertificate(c.TLSCert, c.TLSKey, time.Now, logger); err != nil {
			return nil, err
		}
	}
	if err := a.takeFolder(); err != nil {
		return nil, err
	}
	mark, err := processMark(c)
	if err != nil {
		return nil, err
	}
	if err := a.clearLeftovers(mark); err != nil {
		return nil, err
	}
	a.store, err = openStore(ctx, c, logger, a.metrics)
	if err != nil {
		return nil, err
	}
	a.hub, a.unwatch = watch.New(watch.Options{Store: a.store, Bus: a.bus, Logger: logger, Metrics: a.metrics})
	a.registry, err = newRegistry(c, mark, logger)
	if err != nil {
		return nil, err
	}
	alone := a.store.Dialect() == "sqlite" // and the data folder is ours
	zone := c.Location()
	a.tasks = tasks.New(tasks.Options{
		Store: a.store, Bus: a.bus, Hub: a.hub, Registry: a.registry, Secrets: reveal(c.Secrets),
		QueueLimit: c.QueueLimit, OwnerLimit: c.OwnerQueueLimit, Lease: c.Lease, StallAfter: c.StallAfter,
		Retention: retention(c.Retention), ResultLimit: c.ResultLimit, Instance: c.LinkisInstance, Zone: zone, Alone: alone, Logger: logger,
		Metrics: a.metrics,
	})
	if !c.NoWorker {
		a.engine = engine.New(engine.Options{
			Tasks: a.tasks, Registry: a.registry, Bus: a.bus, ID: "eng-" + rand.Text(), Name: hostName(),
			Slots: c.MaxTasks, Secrets: reveal(c.Secrets), Alone: alone, Logger: logger, Metrics: a.metrics,
		})
	}
	a.auth = auth.New(auth.Options{Store: a.store, Logger: logger, Locale: c.Locale, AllowedOrigins: c.AllowedOrigins, Home: homePath})
	a.open = newOpenSockets(a.auth, a.logger)
	a.stopping, a.endPolls = context.WithCancel(context.Background())
	a.scrapes = scrapeHandler(a.metrics, logger)
	a.handler, err = a.routes(zone)
	if err != nil {
		return nil, err
	}
	return a, nil
}

// Handler serves every path, for tests that bring their own listener.
func (a *App) Handler() http.Handler { return a.handler }

// takeFolder makes the data folder and takes it for this process alone.
func (a *App) takeFolder() error {
	if err := os.MkdirAll(a.config.Data, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w; name one that this user may write with --data", err)
	}
	lock, err := lockfile.Acquire(filepath.Join(a.config.Data, "lock"))
	if errors.Is(err, lockfile.ErrHeld) {
		return fmt.Errorf("another Stepcast server uses the data folder %s; stop it, or give this one its own with --data", a.config.Data)
	}
	if err != nil {
		return fmt.Errorf("take the data folder: %w; name one that this user may write with --data", err)
	}
	a.lock = lock
	return nil
}

// openStore opens the database. Its errors say which it is, and how to name another.
func openStore(ctx context.Context, c config.Config, logger *slog.Logger, metrics prometheus.Registerer) (*store.Store, error) {
	s, err := store.Open(ctx, store.Options{URL: c.DatabaseURL(), Logger: logger, Metrics: metrics})
	if err == nil {
		return s, nil
	}
	which, unread := config.ParseDatabase(c.DatabaseURL())
	if unread != nil {
		return nil, err // Load has read it: only a Config made by hand comes here
	}
	remedy := "see that it can be used"
	if network := new(net.OpError); errors.As(err, &network) {
		remedy = "start that server"
	}
	return nil, fmt.Errorf("%w; the database is %s: %s, or name another with --database", err, which, remedy)
}

// Run serves until ctx ends, then stops in order: no new work, running work goes on
// for the grace period, open connections are told to come back, everything is written.
func (a *App) Run(ctx context.Context) error {
	servers, err := a.listen()
	if err != nil {
		return err
	}
	if err := a.Bootstrap(ctx); err != nil {
		servers.close()
		return err
	}
	polling, stopPolling := context.WithCancel(context.Background())
	var pollers sync.WaitGroup
	for _, poll := range []func(context.Context){a.hub.Run, a.open.run, a.forgetSignIns, a.auth.KeepUses} {
		pollers.Go(func() { poll(polling) })
	}
	a.tasks.Start()
	defer func() {
		a.tasks.Stop()
		stopPolling()
		pollers.Wait()
	}()
	if a.engine != nil {
		if err := a.engine.Start(ctx); err != nil {
			servers.close()
			return fmt.Errorf("start the worker: %w", err)
		}
	}
	// Before anybody is answered: who followed the server before this one needs the new token.
	if err := a.writeNote(ctx, servers); err != nil {
		a.logger.Warn("leave a note for the commands on this machine", "error", err)
	}
	servers.serve(a.certificate, a.logger)
	a.ready.Store(true)
	if err := a.greet(ctx, servers); err != nil {
		a.logger.Error("print how to sign in", "error", err)
	}
	select {
	case <-ctx.Done():
	case err = <-servers.failed:
	}
	return errors.Join(err, a.stop(servers))
}

// forgetSignIns deletes the sessions and tokens that have ended, at the start and once an
// hour.
func (a *App) forgetSignIns(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if _, err := a.auth.DeleteExpired(ctx); err != nil && ctx.Err() == nil {
			a.logger.Warn("delete ended sessions and tokens", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// stop ends what Run started.
func (a *App) stop(servers *servers) error {
	a.ready.Store(false)
	a.logger.Info("stopping", "grace", a.config.Grace)
	grace, cancel := context.WithTimeout(context.Background(), a.config.Grace)
	defer cancel()
	// Watchers see running work end; then they are told to come back later.
	if a.engine != nil {
		a.engine.Stop(grace)
	}
	closing, cancelClosing := context.WithTimeout(context.Background(), closeGrace)
	defer cancelClosing()
	a.endPolls()
	err := errors.Join(a.live.Shutdown(closing), servers.shutdown(closing))
	if errors.Is(err, context.DeadlineExceeded) {
		a.logger.Warn("some connections did not end in time and were cut")
		err = nil
	}
	a.removeAddress()
	a.endNote()
	return err
}

// closeGrace is how long open requests and sockets may take to end.
const closeGrace = 5 * time.Second

// Close gives back what New took. It may be called more than once.
func (a *App) Close() {
	if a.unwatch != nil {
		a.unwatch()
	}
	if a.store != nil {
		if err := a.store.Close(); err != nil {
			a.logger.Error("close the database", "error", err)
		}
	}
	if a.lock != nil {
		_ = a.lock.Release() // the system takes it back in any case
	}
	a.unwatch, a.store, a.lock = nil, nil, nil
}

func reveal(secrets map[string]config.Secret) map[string]string {
	plain := make(map[string]string, len(secrets))
	for name, secret := range secrets {
		plain[name] = secret.Reveal()
	}
	return plain
}

// retention reads the setting, in which 0 keeps finished tasks for ever.
func retention(d time.Duration) time.Duration {
	if d == 0 {
		return tasks.KeepForever
	}
	return d
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "stepcast"
	}
	return name
}

// viewerOf finds who asks, for the resolvers.
func viewerOf(ctx context.Context) (models.Viewer, error) {
	v, ok := auth.ViewerFrom(ctx)
	if !ok {
		return v, models.Faultf(models.CodeUnauthenticated, "sign in first")
	}
	return v, nil
}

// mayIntrospect says who may see the schema.
func mayIntrospect(setting string) func(ctx context.Context) bool {
	return func(ctx context.Context) bool {
		v, signedIn := auth.ViewerFrom(ctx)
		switch setting {
		case config.IntrospectionSignedIn:
			return signedIn
		case config.IntrospectionAdmin:
			return signedIn && v.Role == models.Admin
		}
		return false
	}
}
