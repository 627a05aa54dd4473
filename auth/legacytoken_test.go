package auth_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

const code = "BML-AUTH"

func (b *bundle) legacy(set ...auth.LegacyToken) {
	b.t.Helper()
	noError(b.t, b.SetLegacyTokens(b.ctx, set))
}

// actsFor checks that a code signs a user in with the role given, in a process that has
// nothing cached.
func (b *bundle) actsFor(code, user string, role models.Role) models.Viewer {
	b.t.Helper()
	v, err := b.another().TokenUser(b.ctx, code, user)
	noError(b.t, err)
	if v.Name != strings.ToLower(user) || v.Role != role {
		b.t.Fatalf("%s signs in %+v", user, v)
	}
	return v
}

func (b *bundle) refused(code, user string, reason error) {
	b.t.Helper()
	_, err := b.another().TokenUser(b.ctx, code, user)
	refusedAs(b.t, err, reason)
}

func TestLegacyTokenActsForWhomItNames(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, role := range map[string]models.Role{"gateway": models.Observer, "alice": models.Operator, "bob": models.Member} {
		b.user(name, role)
	}
	b.legacy(auth.LegacyToken{Code: code, User: "Gateway", ActsFor: []string{"Alice", "carol"}, Scopes: []string{"read"}})
	b.actsFor(code, "gateway", models.Observer)
	if v := b.actsFor(code, "ALICE", models.Operator); !slices.Equal(v.Scopes, []models.Scope{models.ScopeRead}) {
		t.Errorf("scopes: %v", v.Scopes)
	}
	b.refused(code, "bob", auth.ErrMayNotActFor)
	b.refused(code, "carol", auth.ErrUnknownUser)
	v, err := b.Bearer(b.ctx, code)
	noError(t, err)
	if v.Name != "gateway" {
		t.Errorf("alone it signs in %s, not its own user", v.Name)
	}
	tokens, err := b.store.TokensOf(b.ctx, "gateway")
	noError(t, err)
	if len(tokens) != 1 || strings.Contains(tokens[0].Hash, code) || len(tokens[0].Hash) != 64 {
		t.Errorf("stored: %+v", tokens)
	}
}

func TestLegacyTokenCreatesMembers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.legacy(auth.LegacyToken{Code: code, User: "hadoop", ActsFor: []string{"*"}, AllowNewUsers: true})
	b.actsFor(code, "newcomer", models.Member)
	b.actsFor(code, "hadoop", models.Member)
}

func TestLegacyTokenIsWeak(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("hadoop", models.Member)
	b.legacy(
		auth.LegacyToken{Code: "x", User: "hadoop"},
		auth.LegacyToken{Code: strings.Repeat("y", 16), User: "hadoop"},
	)
	b.actsFor("x", "hadoop", models.Member)
	if log := b.log.String(); strings.Count(log, "can be guessed") != 1 || !strings.Contains(log, "entry=1") {
		t.Errorf("the log says: %s", log)
	}
}

// Each start makes the configuration true: what it leaves out is revoked, what it names
// again counts again, what it changes is changed.
func TestLegacyTokensFollowTheConfiguration(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("hadoop", models.Member)
	b.user("alice", models.Member)
	b.user("other", models.Operator)
	own, _ := b.token("hadoop", auth.CreateTokenInput{})
	narrow := auth.LegacyToken{Code: code, User: "hadoop"}
	wide := auth.LegacyToken{Code: code, User: "hadoop", ActsFor: []string{"alice"}, ExpiresAt: b.clock.Now().Add(time.Hour)}

	b.legacy(narrow)
	first, err := b.store.TokensOf(b.ctx, "hadoop")
	noError(t, err)
	b.legacy(narrow)
	again, err := b.store.TokensOf(b.ctx, "hadoop")
	noError(t, err)
	if len(first) != 2 || !slices.EqualFunc(first, again, func(a, b *models.Token) bool { return a.ID == b.ID }) {
		t.Errorf("two starts: %+v, then %+v", first, again)
	}
	b.refused(code, "alice", auth.ErrMayNotActFor)

	b.legacy(wide)
	b.actsFor(code, "alice", models.Member)
	open := b.actsFor(code, "hadoop", models.Member)
	b.clock.Advance(time.Hour)
	b.refused(code, "alice", auth.ErrExpired)

	b.legacy(narrow)
	b.actsFor(code, "hadoop", models.Member)
	b.legacy()
	b.refused(code, "hadoop", auth.ErrUnknown)
	if b.StillValid(b.ctx, open) {
		t.Error("an open stream of a removed token goes on")
	}
	_, err = b.Bearer(b.ctx, own)
	noError(t, err)

	b.legacy(auth.LegacyToken{Code: code, User: "other"}, auth.LegacyToken{Code: "second", User: "hadoop"})
	b.actsFor(code, "other", models.Operator)
	b.actsFor("second", "hadoop", models.Member)
	if b.StillValid(b.ctx, open) {
		t.Error("a token that changed hands goes on for its former user")
	}
}

// What somebody revoked stays revoked, whatever the configuration says.
func TestRevokedLegacyTokenStaysRevoked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("hadoop", models.Member)
	set := auth.LegacyToken{Code: code, User: "hadoop"}
	b.legacy(set)
	tokens, err := b.store.TokensOf(b.ctx, "hadoop")
	noError(t, err)
	noError(t, b.RevokeToken(b.ctx, tokens[0].ID))
	for _, next := range [][]auth.LegacyToken{{set}, {}, {set}} {
		b.legacy(next...)
		b.refused(code, "hadoop", auth.ErrUnknown)
	}
	if !strings.Contains(b.log.String(), "it was revoked; set another code") {
		t.Errorf("the log says: %s", b.log)
	}
}

// What cannot count does not keep the server from starting.
func TestLegacyTokenThatCannotCount(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Admin)
	b.user("hadoop", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	b.legacy(auth.LegacyToken{Code: code, User: "nobody"}, auth.LegacyToken{Code: text, User: "hadoop"})
	b.refused(code, "nobody", auth.ErrUnknown)
	v, err := b.Bearer(b.ctx, text)
	noError(t, err)
	if v.Name != "alice" {
		t.Errorf("another's token signs in %s", v.Name)
	}
	for _, want := range []string{"entry=1", "there is no such user", "entry=2", "that of another token"} {
		if !strings.Contains(b.log.String(), want) {
			t.Errorf("%q is missing in the log: %s", want, b.log)
		}
	}
	if strings.Contains(b.log.String(), text) || strings.Contains(b.log.String(), code) {
		t.Errorf("the log tells a code: %s", b.log)
	}
	b.user("nobody", models.Member)
	b.legacy(auth.LegacyToken{Code: code, User: "nobody"})
	b.actsFor(code, "nobody", models.Member)
}

func TestLegacyTokenIsChecked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("hadoop", models.Member)
	good := auth.LegacyToken{Code: "good", User: "hadoop"}
	for what, bad := range map[string]auth.LegacyToken{
		"code":          {User: "hadoop"},
		"user":          {Code: code, User: "Max Mustermann"},
		"actsFor":       {Code: code, User: "hadoop", ActsFor: []string{"a b"}},
		"scopes":        {Code: code, User: "hadoop", Scopes: []string{"everything"}},
		"allowNewUsers": {Code: code, User: "hadoop", AllowNewUsers: true},
	} {
		err := b.SetLegacyTokens(b.ctx, []auth.LegacyToken{good, bad})
		faulted(t, err, models.CodeInvalid, "legacyTokens")
		if field := models.AsFault(err).Field; !slices.Equal(field, []string{"legacyTokens", "2", what}) {
			t.Errorf("%s is blamed on %v", what, field)
		}
	}
	b.refused("good", "hadoop", auth.ErrUnknown) // all or none
}

func TestConfiguredNamesAreTaken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	for _, name := range []string{"STEPCAST_ADMIN_TOKEN", "STEPCAST_LEGACY_TOKENS", "STEPCAST_LEGACY_TOKENS (removed)"} {
		_, _, err := b.CreateToken(b.ctx, "alice", auth.CreateTokenInput{Name: name})
		faulted(t, err, models.CodeInvalid, "name")
	}
}

// Two processes may start at the same time.
func TestLegacyTokensAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("hadoop", models.Member)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := b.another().SetLegacyTokens(b.ctx, []auth.LegacyToken{{Code: code, User: "hadoop"}}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	b.actsFor(code, "hadoop", models.Member)
}
