package auth_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

// What another process takes away must stop counting here within five seconds.
func TestTakenAwayElsewhereStopsCounting(t *testing.T) {
	t.Parallel()
	for name, takeAway := range map[string]func(b *bundle, elsewhere *auth.Service, token models.Token) error{
		"token revoked": func(b *bundle, elsewhere *auth.Service, token models.Token) error {
			return elsewhere.RevokeToken(b.ctx, token.ID)
		},
		"user disabled": func(b *bundle, elsewhere *auth.Service, _ models.Token) error {
			_, err := elsewhere.Disable(b.ctx, "alice", true)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, func(o *auth.Options) { o.CacheTTL = time.Hour }) // more than is allowed
			b.user("root", models.Admin)
			b.user("alice", models.Member)
			text, token := b.token("alice", auth.CreateTokenInput{})
			v, err := b.Bearer(b.ctx, text)
			noError(t, err)
			if !b.StillValid(b.ctx, v) {
				t.Fatal("not valid at first")
			}
			noError(t, takeAway(b, b.another(), token))
			b.clock.Advance(5 * time.Second)
			if _, err := b.Bearer(b.ctx, text); models.CodeOf(err) != models.CodeUnauthenticated {
				t.Errorf("after 5 s: got %v", err)
			}
			if b.StillValid(b.ctx, v) {
				t.Error("still valid after 5 s")
			}
		})
	}
}

func TestTakenAwayHereStopsCountingAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	text, token := b.token("alice", auth.CreateTokenInput{})
	secret := b.session(models.SessionWeb, "alice")
	byToken, err := b.Bearer(b.ctx, text)
	noError(t, err)
	bySession, err := b.Session(b.ctx, models.SessionWeb, secret)
	noError(t, err)
	both := func(want bool) {
		t.Helper()
		for _, v := range []models.Viewer{byToken, bySession} {
			if got := b.StillValid(b.ctx, v); got != want {
				t.Errorf("%s: still valid is %v, want %v", v.Credential, got, want)
			}
		}
	}
	both(true)
	_, err = b.SetRole(b.ctx, "alice", models.Operator)
	noError(t, err)
	both(false) // the rights are others now
	_, err = b.SetRole(b.ctx, "alice", models.Member)
	noError(t, err)
	both(true)
	noError(t, b.RevokeToken(b.ctx, token.ID))
	noError(t, b.EndSession(b.ctx, secret))
	both(false)
}

// Whoever is let in after a revocation was confirmed would be let in for nothing.
func TestRevocationWinsRaces(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, token := b.token("alice", auth.CreateTokenInput{})
	var revoked atomic.Bool
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for {
				before := revoked.Load()
				_, err := b.Bearer(b.ctx, text)
				if before && err == nil {
					t.Error("let in after the token was revoked")
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	noError(t, b.RevokeToken(b.ctx, token.ID))
	revoked.Store(true)
	for range 100 {
		_, err := b.Bearer(b.ctx, text)
		refusedAs(t, err, auth.ErrUnknown)
	}
	close(stop)
	readers.Wait()
}

func TestStillValidEndsWithExpiry(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	soon := b.clock.Now().Add(time.Second)
	text, _ := b.token("alice", auth.CreateTokenInput{ExpiresAt: &soon})
	v, err := b.Bearer(b.ctx, text)
	noError(t, err)
	made := models.Viewer{Name: "alice", ExpiresAt: &soon}
	for _, want := range []bool{true, false} {
		if b.StillValid(b.ctx, v) != want || b.StillValid(b.ctx, made) != want {
			t.Errorf("at %v: want %v", b.clock.Now(), want)
		}
		b.clock.Advance(time.Second)
	}
}

func TestStillValidKnowsOnlyItsCredentials(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	for credential, want := range map[string]bool{
		"": true, "token:": false, "token:1": false, "token:1@alice": false, "token:x@alice": false,
		"session:": false, "session:0": false, "other": false,
	} {
		v := models.Viewer{Name: "alice", Role: models.Member, Credential: credential}
		if got := b.StillValid(b.ctx, v); got != want {
			t.Errorf("%q: got %v, want %v", credential, got, want)
		}
	}
}
