// Package resttest has what the tests of the REST adapters need: a running
// tasks.Service and an auth.Service on a database of their own, with a user of each
// role, and a worker that the test plays itself.
package resttest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stepcast/auth"
	"stepcast/bus/memory"
	"stepcast/executor"
	"stepcast/models"
	"stepcast/store"
	"stepcast/store/storetest"
	"stepcast/tasks"
	"stepcast/watch"
)

// The users there are. Password is that of each.
const (
	Admin    = "admin"
	Operator = "olga"
	Member   = "max"
	Other    = "mia"
	Observer = "vera"

	Password = "correct horse"
)

var roles = map[string]models.Role{
	Admin: models.Admin, Operator: models.Operator, Member: models.Member, Other: models.Member, Observer: models.Observer,
}

// Bundle is a running service on a database of its own.
type Bundle struct {
	Tasks *tasks.Service
	Auth  *auth.Service
	Store *store.Store

	t testing.TB
}

// Setup starts one on SQLite, which the end of the test stops. change may alter the
// options of its tasks.Service.
func Setup(t testing.TB, change ...func(*tasks.Options)) *Bundle {
	t.Helper()
	return SetupOn(t, storetest.OpenSQLite(t), change...)
}

// SetupOn starts one on a store of the test's own. No other server may use it.
func SetupOn(t testing.TB, s *store.Store, change ...func(*tasks.Options)) *Bundle {
	t.Helper()
	b := &Bundle{t: t, Store: s}
	messages := memory.New()
	hub, unsubscribe := watch.New(watch.Options{Store: b.Store, Bus: messages, Logger: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(context.Background())
	polling := make(chan struct{})
	go func() {
		defer close(polling)
		hub.Run(ctx)
	}()
	o := tasks.Options{
		Store: b.Store, Bus: messages, Hub: hub, Logger: slog.New(slog.DiscardHandler),
		Retention: 100 * 365 * 24 * time.Hour, // tests store tasks of long ago
		Registry:  executor.NewRegistry(noop{name: "shell"}, noop{name: "python"}, noop{name: "sql", reason: "no data source is configured"}),
	}
	for _, f := range change {
		f(&o)
	}
	b.Tasks = tasks.New(o)
	b.Tasks.Start()
	t.Cleanup(func() {
		b.Tasks.Stop()
		unsubscribe()
		cancel()
		<-polling
	})
	b.Auth = auth.New(auth.Options{
		Store: b.Store, Logger: slog.New(slog.DiscardHandler),
		PasswordCost: auth.PasswordCost{MemoryKiB: 64, Passes: 1, Threads: 1},
	})
	for name, role := range roles {
		_, err := b.Auth.CreateUser(t.Context(), name, role, Password)
		require.NoError(t, err)
	}
	return b
}

// Token makes an API token of a user.
func (b *Bundle) Token(user string, scopes ...models.Scope) string {
	b.t.Helper()
	text, _, err := b.Auth.CreateToken(b.t.Context(), user, auth.CreateTokenInput{Name: "test", Scopes: scopes})
	require.NoError(b.t, err)
	return text
}

// Viewer is a user as signed in.
func Viewer(user string) models.Viewer { return models.Viewer{Name: user, Role: roles[user]} }

// Submit stores a task of one step and one shell content. change may alter it first.
func (b *Bundle) Submit(owner string, change ...func(*tasks.SubmitInput)) *models.Task {
	b.t.Helper()
	in := tasks.SubmitInput{
		Description: models.Plain("Copy tiles"),
		Steps: []tasks.StepInput{{
			Description: models.Plain("Copy"),
			Contents:    []tasks.ContentInput{{Message: models.Plain("Copying"), RunType: "shell", Code: "true"}},
		}},
	}
	for _, f := range change {
		f(&in)
	}
	t, err := b.Tasks.Submit(b.t.Context(), Viewer(owner), in)
	require.NoError(b.t, err)
	return t
}

// First is the first content of a task.
var First = models.ContentRef{Step: 1, Content: 1}

// Claim plays the built-in worker: it takes the next task and begins its first content.
func (b *Bundle) Claim() *models.Task {
	b.t.Helper()
	ctx, worker := b.t.Context(), models.Worker{ID: "w1", Name: "w1"}
	_, err := b.Tasks.Heartbeat(ctx, worker)
	require.NoError(b.t, err)
	claimed, err := b.Tasks.ClaimNext(ctx, worker.ID, 1)
	require.NoError(b.t, err)
	require.Len(b.t, claimed, 1, "there is a task to claim")
	t, err := b.Tasks.Begin(ctx, tasks.LeaseOf(claimed[0]), First)
	require.NoError(b.t, err)
	return t
}

// End ends a content that the worker runs.
func (b *Bundle) End(t *models.Task, ref models.ContentRef, o tasks.Outcome) *models.Task {
	b.t.Helper()
	after, err := b.Tasks.EndExecution(b.t.Context(), tasks.LeaseOf(t), ref, ref, o)
	require.NoError(b.t, err)
	return after
}

// Finished is a task of the owner that has SUCCEEDED.
func (b *Bundle) Finished(owner string) *models.Task {
	b.t.Helper()
	b.Submit(owner)
	return b.End(b.Claim(), First, tasks.Outcome{Status: models.Succeeded})
}

// Row reads the row of a task.
func (b *Bundle) Row(id int64) *models.Task {
	b.t.Helper()
	row, err := b.Store.Row(b.t.Context(), id)
	require.NoError(b.t, err)
	return row
}

// noop is an executor that runs nothing: tests play the worker themselves.
type noop struct{ name, reason string }

func (n noop) Info() executor.Info {
	return executor.Info{Name: n.name, Reason: n.reason, Description: "for tests", ParamsSchema: []byte(`{"type":"object"}`)}
}

func (n noop) Execute(context.Context, executor.Request, executor.Sink) (executor.Result, error) {
	return executor.Result{}, nil
}
