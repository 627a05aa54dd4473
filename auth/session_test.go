package auth_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

func TestSessionCountsForItsKindOnly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Operator)
	kinds := []models.SessionKind{models.SessionWeb, models.SessionLinkis, models.SessionIManager, models.SessionLink}
	for _, made := range kinds {
		secret := b.session(made, "Alice")
		for _, asked := range kinds {
			v, err := b.Session(b.ctx, asked, secret)
			if made != asked || made == models.SessionLink {
				refusedAs(t, err, auth.ErrUnknown)
				continue
			}
			noError(t, err)
			if v.Name != "alice" || v.Role != models.Operator || v.Scopes != nil || !v.ExpiresAt.Equal(b.clock.Now().Add(12*time.Hour)) {
				t.Errorf("%s: %+v", made, v)
			}
			if strings.Contains(v.Credential, secret) {
				t.Errorf("the credential %q tells the secret", v.Credential)
			}
		}
	}
}

func TestSessionRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	ended := b.session(models.SessionWeb, "alice")
	old := b.session(models.SessionWeb, "alice")
	_, err := b.Session(b.ctx, models.SessionWeb, old)
	noError(t, err)
	noError(t, b.EndSession(b.ctx, ended))
	noError(t, b.EndSession(b.ctx, ended))
	b.clock.Advance(b.SessionTTL())

	for name, test := range map[string]struct {
		secret string
		reason error
	}{
		"none":    {"", auth.ErrNoCredential},
		"unknown": {"unknown", auth.ErrUnknown},
		"huge":    {strings.Repeat("x", 1<<20), auth.ErrUnknown},
		"ended":   {ended, auth.ErrUnknown},
		"expired": {old, auth.ErrExpired},
	} {
		_, err := b.Session(b.ctx, models.SessionWeb, test.secret)
		t.Run(name, func(t *testing.T) { refusedAs(t, err, test.reason) })
	}

	_, err = b.Disable(b.ctx, "alice", true)
	noError(t, err)
	_, err = b.StartSession(b.ctx, models.SessionWeb, "alice")
	refusedAs(t, err, auth.ErrDisabled)
	_, err = b.StartSession(b.ctx, models.SessionWeb, "nobody")
	faulted(t, err, models.CodeNotFound, "")
}

func TestDeleteExpired(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	_, _, err := b.LoginLink(b.ctx, "alice")
	noError(t, err)
	secret := b.session(models.SessionWeb, "alice")
	b.clock.Advance(15 * time.Minute)
	if n, err := b.DeleteExpired(b.ctx); n != 1 || err != nil {
		t.Errorf("deleted %d, %v; want the link", n, err)
	}
	_, err = b.Session(b.ctx, models.SessionWeb, secret)
	noError(t, err)
}

// Tokens that ended are told apart from unknown ones for a while, then deleted. What the
// configuration sets stays, so that what was revoked never counts again.
func TestDeleteExpiredTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	set := auth.Bootstrap{AdminToken: "an-admin-token-of-the-operator"}
	_, err := b.Bootstrap(b.ctx, set)
	noError(t, err)
	configured, err := b.store.TokensOf(b.ctx, auth.AdminName)
	noError(t, err)
	noError(t, b.RevokeToken(b.ctx, configured[0].ID))
	_, gone := b.token("alice", auth.CreateTokenInput{Name: "gone"})
	noError(t, b.RevokeToken(b.ctx, gone.ID))
	_, kept := b.token("alice", auth.CreateTokenInput{Name: "kept"})

	b.clock.Advance(30*24*time.Hour - time.Second)
	if n, err := b.DeleteExpired(b.ctx); n != 0 || err != nil {
		t.Errorf("deleted %d, %v; want nothing yet", n, err)
	}
	b.clock.Advance(time.Second)
	if n, err := b.DeleteExpired(b.ctx); n != 1 || err != nil {
		t.Errorf("deleted %d, %v; want the token that was revoked", n, err)
	}
	_, err = b.Token(b.ctx, gone.ID)
	faulted(t, err, models.CodeNotFound, "")
	_, err = b.Token(b.ctx, kept.ID)
	noError(t, err)
	_, err = b.Bootstrap(b.ctx, set)
	noError(t, err)
	there, err := b.Token(b.ctx, configured[0].ID)
	noError(t, err)
	if there.RevokedAt == nil {
		t.Error("a token that was revoked counts again")
	}
}

func TestLinkIsRedeemedExactlyOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	secret, expires, err := b.LoginLink(b.ctx, "alice")
	noError(t, err)
	if !expires.Equal(b.clock.Now().Add(15 * time.Minute)) {
		t.Errorf("waits until %v", expires)
	}
	processes := []*auth.Service{b.Service, b.another()}
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			in, err := processes[i%2].Redeem(b.ctx, secret)
			if errors.Is(err, auth.ErrLinkUsed) {
				return
			}
			if err != nil {
				t.Errorf("refused for %v", err)
				return
			}
			won.Add(1)
			v, err := b.Session(b.ctx, models.SessionWeb, in.Secret)
			if err != nil || v.Name != "alice" {
				t.Errorf("opened the session of %q, %v", v.Name, err)
			}
		})
	}
	all.Wait()
	if n := won.Load(); n != 1 {
		t.Errorf("%d of 20 redeemed the link, want 1", n)
	}
}

func TestRedeemRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	web := b.session(models.SessionWeb, "alice")
	late, _, err := b.LoginLink(b.ctx, "alice")
	noError(t, err)
	b.clock.Advance(15 * time.Minute)
	for _, secret := range []string{"", "unknown", strings.Repeat("x", 1<<20), web, late} {
		_, err := b.Redeem(b.ctx, secret)
		refusedAs(t, err, auth.ErrLinkUsed)
	}
	_, err = b.Session(b.ctx, models.SessionWeb, web)
	noError(t, err) // redeeming it has not ended it

	secret, _, err := b.LoginLink(b.ctx, "alice")
	noError(t, err)
	_, err = b.Disable(b.ctx, "alice", true)
	noError(t, err)
	_, err = b.Redeem(b.ctx, secret)
	refusedAs(t, err, auth.ErrDisabled)
	_, _, err = b.LoginLink(b.ctx, "alice")
	refusedAs(t, err, auth.ErrDisabled)
	_, _, err = b.LoginLink(b.ctx, "nobody")
	faulted(t, err, models.CodeNotFound, "")
}

// TestTokenSession: a session that a token opened is worth what the token is worth.
func TestTokenSession(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	soon := b.clock.Now().Add(time.Hour)
	text, token := b.token("root", auth.CreateTokenInput{Scopes: []models.Scope{models.ScopeRead}, ExpiresAt: &soon})
	open := func(text, user string) string {
		t.Helper()
		v, err := b.TokenUser(b.ctx, text, user)
		noError(t, err)
		in, err := b.StartTokenSession(b.ctx, models.SessionLinkis, v)
		noError(t, err)
		return in.Secret
	}
	secret := open(text, "alice")
	v, err := b.Session(b.ctx, models.SessionLinkis, secret)
	noError(t, err)
	if v.Name != "alice" || v.Role != models.Member || !slices.Equal(v.Scopes, []models.Scope{models.ScopeRead}) || !v.ExpiresAt.Equal(soon) {
		t.Errorf("got %+v", v)
	}
	if !b.StillValid(b.ctx, v) {
		t.Error("it counts")
	}
	_, err = b.StartTokenSession(b.ctx, models.SessionLinkis, v)
	refusedAs(t, err, auth.ErrNoCredential) // a session opens no session

	noError(t, b.RevokeToken(b.ctx, token.ID))
	_, err = b.Session(b.ctx, models.SessionLinkis, secret)
	refusedAs(t, err, auth.ErrUnknown)
	if b.StillValid(b.ctx, v) {
		t.Error("it ends with the token")
	}

	text, _ = b.token("root", auth.CreateTokenInput{ExpiresAt: &soon})
	own, acting := open(text, "root"), open(text, "alice")
	_, err = b.SetRole(b.ctx, "alice", models.Operator)
	noError(t, err)
	v, err = b.Session(b.ctx, models.SessionLinkis, acting)
	noError(t, err)
	if v.Role != models.Operator || v.Scopes != nil {
		t.Errorf("got %+v", v)
	}
	_, err = b.Disable(b.ctx, "alice", true)
	noError(t, err)
	_, err = b.Session(b.ctx, models.SessionLinkis, acting)
	refusedAs(t, err, auth.ErrDisabled)
	b.clock.Advance(time.Hour)
	_, err = b.Session(b.ctx, models.SessionLinkis, own)
	refusedAs(t, err, auth.ErrExpired)
}

// TestTokenSessionEndsOfItself: a token that never ends opens sessions that do.
func TestTokenSessionEndsOfItself(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	v, err := b.Bearer(b.ctx, text)
	noError(t, err)
	in, err := b.StartTokenSession(b.ctx, models.SessionLinkis, v)
	noError(t, err)
	if !in.ExpiresAt.Equal(b.clock.Now().Add(b.SessionTTL())) {
		t.Errorf("it ends at %s", in.ExpiresAt)
	}
	v, err = b.Session(b.ctx, models.SessionLinkis, in.Secret)
	noError(t, err)
	if !v.ExpiresAt.Equal(in.ExpiresAt) {
		t.Errorf("the viewer ends at %s", v.ExpiresAt)
	}
	b.clock.Advance(b.SessionTTL())
	_, err = b.Session(b.ctx, models.SessionLinkis, in.Secret)
	refusedAs(t, err, auth.ErrExpired)
}
