package auth_test

import (
	"strings"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

const next = "battery staple"

func TestChangePassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	mine, other := b.session(models.SessionWeb, "alice"), b.session(models.SessionWeb, "alice")
	v, err := b.Session(b.ctx, models.SessionWeb, mine)
	noError(t, err)

	faulted(t, b.ChangePassword(b.ctx, v, password, "short"), models.CodeInvalid, "password")
	faulted(t, b.ChangePassword(b.ctx, v, password, strings.Repeat("x", 1025)), models.CodeInvalid, "password")
	for _, wrong := range []string{"", "wrong horse", strings.Repeat("x", 1<<20)} {
		faulted(t, b.ChangePassword(b.ctx, v, wrong, next), models.CodeInvalid, "current")
	}
	noError(t, b.ChangePassword(b.ctx, v, password, next))
	_, err = b.Login(b.ctx, "alice", next, home)
	noError(t, err)
	_, err = b.Login(b.ctx, "alice", password, home)
	refusedAs(t, err, auth.ErrWrongPassword)
	_, err = b.Session(b.ctx, models.SessionWeb, mine)
	noError(t, err) // whoever changes it stays signed in
	_, err = b.Session(b.ctx, models.SessionWeb, other)
	refusedAs(t, err, auth.ErrUnknown)

	// A token may change it too, and every session ends.
	text, _ := b.token("alice", auth.CreateTokenInput{})
	v, err = b.Bearer(b.ctx, text)
	noError(t, err)
	noError(t, b.ChangePassword(b.ctx, v, next, password))
	_, err = b.Session(b.ctx, models.SessionWeb, mine)
	refusedAs(t, err, auth.ErrUnknown)
	faulted(t, b.ChangePassword(b.ctx, models.Viewer{Name: "nobody"}, password, next), models.CodeNotFound, "")
}

func TestChangePasswordIsNoWayToGuess(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	v := models.Viewer{Name: "alice"}
	for range 20 { // what succeeds costs nothing
		noError(t, b.ChangePassword(b.ctx, v, password, password))
	}
	for range 5 {
		faulted(t, b.ChangePassword(b.ctx, v, "wrong", next), models.CodeInvalid, "current")
	}
	err := b.ChangePassword(b.ctx, v, password, next)
	faulted(t, err, models.CodeLimit, "")
	if wait := models.AsFault(err).RetryAfter; wait != 15 {
		t.Errorf("come back in %d s, want 15", wait)
	}
	_, err = b.Login(b.ctx, "alice", password, home)
	noError(t, err) // nobody is shut out by it
	b.clock.Advance(15 * time.Second)
	noError(t, b.ChangePassword(b.ctx, v, password, next))
}

func TestFirstPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, err := b.CreateUser(b.ctx, "bot", models.Member, "")
	noError(t, err)
	text, _ := b.token("bot", auth.CreateTokenInput{})
	v, err := b.Bearer(b.ctx, text)
	noError(t, err)
	faulted(t, b.ChangePassword(b.ctx, v, "", next), models.CodeForbidden, "")
	user, err := b.User(b.ctx, "bot")
	noError(t, err)
	if user.HasPassword {
		t.Error("a token has set the first password")
	}
	v, err = b.Session(b.ctx, models.SessionWeb, b.session(models.SessionWeb, "bot"))
	noError(t, err)
	noError(t, b.ChangePassword(b.ctx, v, "", next))
	_, err = b.Login(b.ctx, "bot", next, home)
	noError(t, err)
	faulted(t, b.ChangePassword(b.ctx, v, "", password), models.CodeInvalid, "current")
}
