package auth_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
	"stepcast/store/storetest"
)

var cheap = auth.PasswordCost{MemoryKiB: 64, Passes: 1, Threads: 1}

const password = "correct horse"

// clock is a time that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bundle is a Service on an empty SQLite store.
type bundle struct {
	*auth.Service
	t     *testing.T
	ctx   context.Context
	store auth.Store
	clock *clock
	log   *safeBuffer
}

// setup makes a Service; edit may change its options.
func setup(t *testing.T, edit ...func(*auth.Options)) *bundle {
	t.Helper()
	b := &bundle{
		t: t, ctx: t.Context(), store: storetest.OpenSQLite(t), log: new(safeBuffer),
		clock: &clock{at: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)},
	}
	b.Service = b.another(edit...)
	return b
}

// another is a Service of another process on the same store.
func (b *bundle) another(edit ...func(*auth.Options)) *auth.Service {
	o := auth.Options{
		Store: b.store, Now: b.clock.Now, PasswordCost: cheap,
		Logger: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, change := range edit {
		change(&o)
	}
	return auth.New(o)
}

func (b *bundle) user(name string, role models.Role) models.User {
	b.t.Helper()
	user, err := b.CreateUser(b.ctx, name, role, password)
	noError(b.t, err)
	return user
}

func (b *bundle) token(user string, in auth.CreateTokenInput) (string, models.Token) {
	b.t.Helper()
	if in.Name == "" {
		in.Name = "test"
	}
	text, token, err := b.CreateToken(b.ctx, user, in)
	noError(b.t, err)
	return text, token
}

func (b *bundle) session(kind models.SessionKind, user string) string {
	b.t.Helper()
	in, err := b.StartSession(b.ctx, kind, user)
	noError(b.t, err)
	return in.Secret
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// refusedAs checks that err is UNAUTHENTICATED for the reason given.
func refusedAs(t *testing.T, err, reason error) {
	t.Helper()
	if models.CodeOf(err) != models.CodeUnauthenticated || !errors.Is(err, reason) {
		t.Fatalf("got %v, want UNAUTHENTICATED: %v", err, reason)
	}
}

// faulted checks the code of err and the field it blames; "" is none.
func faulted(t *testing.T, err error, code models.ErrorCode, field string) {
	t.Helper()
	fault := models.AsFault(err)
	if fault == nil || fault.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	if got := append(fault.Field, "")[0]; got != field {
		t.Fatalf("%v blames the field %q, want %q", err, got, field)
	}
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// letIn gives next only requests whose sender is known.
func (b *bundle) letIn(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, err := b.FromRequest(r)
		if err != nil {
			b.Refuse(w, r, err)
			return
		}
		next(w, r.WithContext(auth.WithViewer(r.Context(), v)))
	})
}
