package auth_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

// awayStore is a store whose database can go away for those who sign in.
type awayStore struct {
	auth.Store
	away atomic.Bool
}

var errAway = errors.New("dial tcp 10.0.0.7: connection refused")

func ask[V any](ctx context.Context, s *awayStore, key string, from func(context.Context, string) (V, error)) (V, error) {
	if s.away.Load() {
		var none V
		return none, errAway
	}
	return from(ctx, key)
}

func (s *awayStore) User(ctx context.Context, name string) (*models.User, error) {
	return ask(ctx, s, name, s.Store.User)
}

func (s *awayStore) TokenByHash(ctx context.Context, hash string) (*models.Token, error) {
	return ask(ctx, s, hash, s.Store.TokenByHash)
}

func (s *awayStore) TokensOf(ctx context.Context, user string) ([]*models.Token, error) {
	return ask(ctx, s, user, s.Store.TokensOf)
}

func (s *awayStore) SessionByHash(ctx context.Context, hash string) (*models.Session, error) {
	return ask(ctx, s, hash, s.Store.SessionByHash)
}

// setupAway is setup with alice, her token and her session, on a database that can go away.
func setupAway(t *testing.T) (b *bundle, store *awayStore, token, session string) {
	t.Helper()
	b = setup(t, func(o *auth.Options) {
		store = &awayStore{Store: o.Store}
		o.Store = store
	})
	b.user("alice", models.Member)
	token, _ = b.token("alice", auth.CreateTokenInput{})
	return b, store, token, b.session(models.SessionWeb, "alice")
}

// Who has just signed in costs no statement.
func TestWarmSignInAsksNoDatabase(t *testing.T) {
	t.Parallel()
	b, store, token, session := setupAway(t)
	for _, away := range []bool{false, true} {
		store.away.Store(away)
		byToken, err := b.Bearer(b.ctx, token)
		noError(t, err)
		_, err = b.TokenUser(b.ctx, token, "alice")
		noError(t, err)
		bySession, err := b.Session(b.ctx, models.SessionWeb, session)
		noError(t, err)
		for _, v := range []models.Viewer{byToken, bySession} {
			if !b.StillValid(b.ctx, v) {
				t.Error("does not stay valid")
			}
		}
	}
}

func TestStreamsOutliveAnOutageOfTheDatabase(t *testing.T) {
	t.Parallel()
	b, store, token, session := setupAway(t)
	byToken, err := b.Bearer(b.ctx, token)
	noError(t, err)
	bySession, err := b.Session(b.ctx, models.SessionWeb, session)
	noError(t, err)
	store.away.Store(true)
	b.clock.Advance(time.Minute)
	_, err = b.Bearer(b.ctx, token)
	if !errors.Is(err, errAway) || models.CodeOf(err) != models.CodeInternal {
		t.Errorf("signing in: got %v, want the outage", err)
	}
	if !b.StillValid(b.ctx, byToken) || !b.StillValid(b.ctx, bySession) {
		t.Error("the stream of a viewer who had signed in is ended")
	}
	b.clock.Advance(b.SessionTTL())
	if b.StillValid(b.ctx, bySession) {
		t.Error("the outage prolongs a session")
	}
}

func TestOutageIsLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	b, store, _, _ := setupAway(t)
	store.away.Store(true)
	answer := b.post(auth.LoginPath, jsonType, `{"token":"secret-of-a-link"}`)
	if answer.Code != 500 || !strings.Contains(answer.Body.String(), "INTERNAL") || strings.Contains(answer.Body.String(), "10.0.0.7") {
		t.Errorf("answered %d %s", answer.Code, answer.Body)
	}
	if log := b.log.String(); !strings.Contains(log, errAway.Error()) || strings.Contains(log, "secret-of-a-link") {
		t.Errorf("logged %s", log)
	}

	gone, leave := context.WithCancel(b.ctx)
	leave()
	before := b.log.String()
	b.Refuse(httptest.NewRecorder(), request("GET").WithContext(gone), context.Canceled)
	if b.log.String() != before {
		t.Error("a client that has left is logged as an error")
	}
}

// A password that was right while the database was away must not cost a try.
func TestOutageIsNoFailedSignIn(t *testing.T) {
	t.Parallel()
	b, store, _, _ := setupAway(t)
	store.away.Store(true)
	for range 60 {
		if _, err := b.Login(b.ctx, "alice", password, home); !errors.Is(err, errAway) {
			t.Fatalf("got %v, want the outage", err)
		}
	}
	store.away.Store(false)
	_, err := b.Login(b.ctx, "alice", password, home)
	noError(t, err)
}
