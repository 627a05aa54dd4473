package auth_test

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

const home = "192.0.2.1:5000"

func TestLogin(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	b.user("gone", models.Member)
	_, err := b.Disable(b.ctx, "gone", true)
	noError(t, err)
	_, err = b.CreateUser(b.ctx, "bot", models.Member, "")
	noError(t, err)

	for _, test := range []struct {
		name, user, password string
		ok                   bool
	}{
		{"right", "alice", password, true},
		{"name in another case", "ALICE", password, true},
		{"wrong password", "alice", "wrong horse", false},
		{"empty password", "alice", "", false},
		{"huge password", "alice", strings.Repeat("x", 1<<20), false},
		{"unknown user", "mallory", password, false},
		{"impossible name", "' OR 1=1 --", password, false},
		{"disabled", "gone", password, false},
		{"user without a password", "bot", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			user, err := b.Login(b.ctx, test.user, test.password, home)
			if test.ok {
				noError(t, err)
				if user.Name != "alice" {
					t.Errorf("signed in as %q", user.Name)
				}
				return
			}
			refusedAs(t, err, auth.ErrWrongPassword)
		})
	}
}

func TestLoginFailuresMakeOneWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	for range 100 { // what succeeds costs nothing
		_, err := b.Login(b.ctx, "alice", password, home)
		noError(t, err)
	}
	for range 5 {
		_, err := b.Login(b.ctx, "alice", "wrong", home)
		refusedAs(t, err, auth.ErrWrongPassword)
	}
	_, err := b.Login(b.ctx, "Alice", password, home)
	faulted(t, err, models.CodeLimit, "")
	if wait := models.AsFault(err).RetryAfter; wait != 15 {
		t.Errorf("come back in %d s, want 15", wait)
	}
	_, err = b.Login(b.ctx, "alice", password, "198.51.100.1:1")
	noError(t, err) // from elsewhere
	b.clock.Advance(15 * time.Second)
	_, err = b.Login(b.ctx, "alice", password, home)
	noError(t, err)
}

func TestLoginFailuresOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	for i := range 50 {
		_, err := b.Login(b.ctx, "guess"+strconv.Itoa(i), "wrong", "[2001:db8::"+strconv.Itoa(i)+"]:1")
		refusedAs(t, err, auth.ErrWrongPassword)
	}
	_, err := b.Login(b.ctx, "alice", password, "[2001:db8::ffff]:1")
	faulted(t, err, models.CodeLimit, "")
}

// Guesses that arrive together must not all be tried before the first has failed.
func TestLoginCountsGuessesAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	var tried atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			if _, err := b.Login(b.ctx, "alice", "wrong", home); models.CodeOf(err) == models.CodeUnauthenticated {
				tried.Add(1)
			}
		})
	}
	all.Wait()
	if n := tried.Load(); n != 5 {
		t.Errorf("%d guesses were tried, want 5", n)
	}
}

func TestLoginRenewsPasswordAtTodaysCost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	before, err := b.store.User(b.ctx, "alice")
	noError(t, err)
	dearer := b.another(func(o *auth.Options) { o.PasswordCost.Passes = 2 })
	_, err = dearer.Login(b.ctx, "alice", password, home)
	noError(t, err)
	after, err := b.store.User(b.ctx, "alice")
	noError(t, err)
	if before.PasswordHash == after.PasswordHash || !strings.Contains(after.PasswordHash, "t=2") {
		t.Errorf("stored as %s", after.PasswordHash)
	}
	_, err = dearer.Login(b.ctx, "alice", password, home)
	noError(t, err)
}

func TestLogHasNoSecrets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	_, err := b.Login(b.ctx, "alice", password, home)
	noError(t, err)
	_, err = b.Login(b.ctx, "alice", "a wrong one", home)
	refusedAs(t, err, auth.ErrWrongPassword)
	secret := b.session(models.SessionWeb, "alice")
	_, err = b.Session(b.ctx, models.SessionWeb, secret)
	noError(t, err)
	_, err = b.Bearer(b.ctx, text)
	noError(t, err)
	log := b.log.String()
	if !strings.Contains(log, "user=alice address=192.0.2.1") {
		t.Errorf("the log does not tell of the sign-in:\n%s", log)
	}
	for _, secret := range []string{password, "a wrong one", text, secret, "argon2id"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log tells %q:\n%s", secret, log)
		}
	}
}
