package auth_test

import (
	"strings"
	"sync"
	"testing"

	"stepcast/auth"
	"stepcast/models"
)

const adminToken = "0123456789abcdef"

func (b *bundle) bootstrap(set auth.Bootstrap) bool {
	b.t.Helper()
	needsLink, err := b.Bootstrap(b.ctx, set)
	noError(b.t, err)
	return needsLink
}

func TestBootstrapWithoutSettings(t *testing.T) {
	t.Parallel()
	b := setup(t)
	if !b.bootstrap(auth.Bootstrap{}) {
		t.Error("the first start needs a link")
	}
	if b.bootstrap(auth.Bootstrap{}) {
		t.Error("the second start needs a link")
	}
	users, err := b.ListUsers(b.ctx, "", auth.PageMax)
	noError(t, err)
	if len(users) != 1 || users[0].Name != "admin" || users[0].Role != models.Admin {
		t.Errorf("users: %+v", users)
	}
	secret, _, err := b.LoginLink(b.ctx, auth.AdminName)
	noError(t, err)
	_, err = b.Redeem(b.ctx, secret)
	noError(t, err)
}

func TestBootstrapSetsPasswordAndToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	set := auth.Bootstrap{AdminToken: adminToken, AdminPassword: password}
	for range 2 {
		if b.bootstrap(set) {
			t.Error("needs a link although something is set")
		}
	}
	tokens, err := b.store.TokensOf(b.ctx, "admin")
	noError(t, err)
	if len(tokens) != 1 {
		t.Errorf("%d tokens after two starts", len(tokens))
	}
	v, err := b.Bearer(b.ctx, adminToken)
	noError(t, err)
	if v.Name != "admin" || v.Role != models.Admin {
		t.Errorf("signs in %+v", v)
	}

	before, err := b.store.User(b.ctx, "admin")
	noError(t, err)
	b.bootstrap(auth.Bootstrap{AdminPassword: password})
	after, err := b.store.User(b.ctx, "admin")
	noError(t, err)
	if before.PasswordHash != after.PasswordHash {
		t.Error("the same password was stored again")
	}
	b.bootstrap(auth.Bootstrap{AdminPassword: "battery staple"})
	_, err = b.Login(b.ctx, "admin", "battery staple", "")
	noError(t, err)
	_, err = b.Bearer(b.ctx, adminToken)
	noError(t, err) // what is not set stays
}

func TestBootstrapReplacesTheToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.bootstrap(auth.Bootstrap{AdminToken: adminToken})
	own, _ := b.token("admin", auth.CreateTokenInput{Name: "made by hand"})
	b.bootstrap(auth.Bootstrap{AdminToken: "fedcba9876543210"})
	_, err := b.Bearer(b.ctx, adminToken)
	refusedAs(t, err, auth.ErrUnknown)
	for _, text := range []string{"fedcba9876543210", own} {
		_, err := b.Bearer(b.ctx, text)
		noError(t, err)
	}
	// One that was revoked stays revoked, and the one that counts is left alone.
	b.bootstrap(auth.Bootstrap{AdminToken: adminToken})
	_, err = b.Bearer(b.ctx, adminToken)
	refusedAs(t, err, auth.ErrUnknown)
	_, err = b.Bearer(b.ctx, "fedcba9876543210")
	noError(t, err)
	if log := b.log.String(); !strings.Contains(log, "level=WARN") || strings.Contains(log, adminToken) {
		t.Errorf("the log warns of no revoked token, or tells it:\n%s", log)
	}
}

func TestBootstrapRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		set   auth.Bootstrap
		field string
	}{
		"short token":      {auth.Bootstrap{AdminToken: adminToken[1:]}, "adminToken"},
		"long token":       {auth.Bootstrap{AdminToken: strings.Repeat("x", 1025)}, "adminToken"},
		"token of blanks":  {auth.Bootstrap{AdminToken: "0123456789 abcdef"}, "adminToken"},
		"token of letters": {auth.Bootstrap{AdminToken: "0123456789äbcdef"}, "adminToken"},
		"short password":   {auth.Bootstrap{AdminPassword: "1234567"}, "adminPassword"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			_, err := b.Bootstrap(b.ctx, test.set)
			faulted(t, err, models.CodeInvalid, test.field)
			if n, err := b.store.CountUsers(b.ctx); n != 0 || err != nil {
				t.Errorf("%d users, %v; want none yet", n, err)
			}
		})
	}
}

// Replicas of one installation start together.
func TestBootstrapAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var all sync.WaitGroup
	for range 8 {
		replica := b.another()
		all.Go(func() {
			if _, err := replica.Bootstrap(b.ctx, auth.Bootstrap{AdminToken: adminToken, AdminPassword: password}); err != nil {
				t.Errorf("bootstrap: %v", err)
			}
		})
	}
	all.Wait()
	_, err := b.Bearer(b.ctx, adminToken)
	noError(t, err)
	_, err = b.Login(b.ctx, "admin", password, "")
	noError(t, err)
}
