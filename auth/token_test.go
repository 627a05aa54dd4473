package auth_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

func TestCreateToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	now := b.clock.Now()
	later := now.Add(time.Hour)
	for _, test := range []struct {
		name, user string
		in         auth.CreateTokenInput
		code       models.ErrorCode
		field      string
	}{
		{"plain", "Alice", auth.CreateTokenInput{Name: "ci"}, "", ""},
		{"narrow", "alice", auth.CreateTokenInput{Name: "ci", Scopes: []models.Scope{"read"}, ExpiresAt: &later}, "", ""},
		{"for others", "alice", auth.CreateTokenInput{Name: "ci", ActsFor: []string{"Bob", "*"}, AllowNewUsers: true}, "", ""},
		{"admin's for new users", "root", auth.CreateTokenInput{Name: "ci", AllowNewUsers: true}, "", ""},
		{"unknown user", "nobody", auth.CreateTokenInput{Name: "ci"}, models.CodeNotFound, ""},
		{"no name", "alice", auth.CreateTokenInput{}, models.CodeInvalid, "name"},
		{"long name", "alice", auth.CreateTokenInput{Name: strings.Repeat("n", 129)}, models.CodeInvalid, "name"},
		{"name of two lines", "alice", auth.CreateTokenInput{Name: "a\nb"}, models.CodeInvalid, "name"},
		{"unknown scope", "alice", auth.CreateTokenInput{Name: "ci", Scopes: []models.Scope{"all"}}, models.CodeInvalid, "scopes"},
		{"for nobody", "alice", auth.CreateTokenInput{Name: "ci", ActsFor: []string{"a b"}}, models.CodeInvalid, "actsFor"},
		{"new users for itself", "alice", auth.CreateTokenInput{Name: "ci", AllowNewUsers: true}, models.CodeInvalid, "allowNewUsers"},
		{"expired", "alice", auth.CreateTokenInput{Name: "ci", ExpiresAt: &now}, models.CodeInvalid, "expiresAt"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, token, err := b.CreateToken(b.ctx, test.user, test.in)
			if test.code != "" {
				faulted(t, err, test.code, test.field)
				return
			}
			noError(t, err)
			if !regexp.MustCompile(`^sct_[A-Za-z0-9_-]{43}$`).MatchString(text) || strings.Contains(token.Hash, text) {
				t.Errorf("made %q, stored as %q", text, token.Hash)
			}
			v, err := b.Bearer(b.ctx, text)
			noError(t, err)
			if v.Name != token.User || !slices.Equal(v.Scopes, test.in.Scopes) || (v.ExpiresAt == nil) != (test.in.ExpiresAt == nil) {
				t.Errorf("signs in %+v", v)
			}
		})
	}
}

func TestBearerRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	b.user("gone", models.Member)
	soon := b.clock.Now().Add(time.Minute)
	expired, _ := b.token("alice", auth.CreateTokenInput{ExpiresAt: &soon})
	revoked, token := b.token("alice", auth.CreateTokenInput{})
	disabled, _ := b.token("gone", auth.CreateTokenInput{})
	for _, text := range []string{expired, revoked, disabled} {
		_, err := b.Bearer(b.ctx, text)
		noError(t, err)
	}
	noError(t, b.RevokeToken(b.ctx, token.ID))
	_, err := b.Disable(b.ctx, "gone", true)
	noError(t, err)
	b.clock.Advance(time.Minute)

	for _, test := range []struct {
		name, text string
		reason     error
	}{
		{"empty", "", auth.ErrNoCredential},
		{"unknown", "sct_unknown", auth.ErrUnknown},
		{"huge", strings.Repeat("x", 1<<20), auth.ErrUnknown},
		{"session", b.session(models.SessionWeb, "alice"), auth.ErrUnknown},
		{"expired", expired, auth.ErrExpired},
		{"revoked", revoked, auth.ErrUnknown},
		{"of a disabled user", disabled, auth.ErrDisabled},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := b.Bearer(b.ctx, test.text)
			refusedAs(t, err, test.reason)
		})
	}
}

func TestListAndRevokeTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	_, first := b.token("alice", auth.CreateTokenInput{Name: "first"})
	b.token("alice", auth.CreateTokenInput{Name: "second"})
	noError(t, b.RevokeToken(b.ctx, first.ID))
	b.clock.Advance(time.Hour)
	noError(t, b.RevokeToken(b.ctx, first.ID)) // again changes nothing
	faulted(t, b.RevokeToken(b.ctx, 4711), models.CodeNotFound, "")

	tokens, err := b.ListTokens(b.ctx, "Alice", 0, auth.PageMax)
	noError(t, err)
	if len(tokens) != 1 || tokens[0].Name != "second" || tokens[0].RevokedAt != nil {
		t.Fatalf("listed %+v", tokens)
	}
	revoked, err := b.Token(b.ctx, first.ID)
	noError(t, err)
	if at := revoked.RevokedAt; at == nil || !at.Equal(b.clock.Now().Add(-time.Hour)) {
		t.Errorf("revoked at %v", at)
	}
	rest, err := b.ListTokens(b.ctx, "alice", tokens[0].ID, auth.PageMax)
	noError(t, err)
	if len(rest) != 0 {
		t.Errorf("after the last: %+v", rest)
	}
	_, err = b.ListTokens(b.ctx, "nobody", 0, 1)
	faulted(t, err, models.CodeNotFound, "")
	for _, first := range []int{-1, auth.PageMax + 1} {
		_, err = b.ListTokens(b.ctx, "alice", 0, first)
		faulted(t, err, models.CodeInvalid, "first")
		_, err = b.ListUsers(b.ctx, "", first)
		faulted(t, err, models.CodeInvalid, "first")
	}
}

func TestTokensOfAUserAreBounded(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	soon := b.clock.Now().Add(time.Hour)
	_, last := b.token("alice", auth.CreateTokenInput{})
	for range 99 {
		b.token("alice", auth.CreateTokenInput{ExpiresAt: &soon})
	}
	_, _, err := b.CreateToken(b.ctx, "alice", auth.CreateTokenInput{Name: "x"})
	faulted(t, err, models.CodeLimit, "")
	noError(t, b.RevokeToken(b.ctx, last.ID))
	b.token("alice", auth.CreateTokenInput{})
	_, _, err = b.CreateToken(b.ctx, "alice", auth.CreateTokenInput{Name: "x"})
	faulted(t, err, models.CodeLimit, "")
	b.clock.Advance(time.Hour)
	b.token("alice", auth.CreateTokenInput{}) // those that have expired make room
}

func TestTokenUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, role := range map[string]models.Role{"root": models.Admin, "alice": models.Member, "bob": models.Operator, "gone": models.Member} {
		b.user(name, role)
	}
	_, err := b.Disable(b.ctx, "gone", true)
	noError(t, err)
	own, _ := b.token("alice", auth.CreateTokenInput{})
	forBob, _ := b.token("alice", auth.CreateTokenInput{ActsFor: []string{"bob", "newcomer"}, Scopes: []models.Scope{"read"}})
	admins, _ := b.token("root", auth.CreateTokenInput{})
	narrow, _ := b.token("root", auth.CreateTokenInput{ActsFor: []string{"alice"}})
	makes, _ := b.token("root", auth.CreateTokenInput{AllowNewUsers: true})

	for _, test := range []struct {
		name, token, user, want string
		role                    models.Role
		reason                  error
	}{
		{"own user by default", own, "", "alice", models.Member, nil},
		{"own user named", own, "ALICE", "alice", models.Member, nil},
		{"another's", own, "bob", "", "", auth.ErrMayNotActFor},
		{"another's that is unknown", own, "nobody", "", "", auth.ErrMayNotActFor},
		{"listed", forBob, "Bob", "bob", models.Operator, nil},
		{"its own beside those listed", forBob, "alice", "alice", models.Member, nil},
		{"not listed", forBob, "root", "", "", auth.ErrMayNotActFor},
		{"listed and unknown", forBob, "newcomer", "", "", auth.ErrUnknownUser},
		{"admin for anyone", admins, "alice", "alice", models.Member, nil},
		{"admin for an unknown", admins, "nobody", "", "", auth.ErrUnknownUser},
		{"admin for a disabled", admins, "gone", "", "", auth.ErrDisabled},
		{"admin's narrowed", narrow, "bob", "", "", auth.ErrMayNotActFor},
		{"impossible name", admins, "a b", "", "", auth.ErrUnknownUser},
		{"makes a member", makes, "Fresh", "fresh", models.Member, nil},
		{"makes none of an impossible name", makes, "server", "", "", auth.ErrUnknownUser},
		{"unknown token", "nonsense", "alice", "", "", auth.ErrUnknown},
		{"no token", "", "alice", "", "", auth.ErrNoCredential},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			v, err := b.TokenUser(b.ctx, test.token, test.user)
			if test.reason != nil {
				refusedAs(t, err, test.reason)
				return
			}
			noError(t, err)
			if v.Name != test.want || v.Role != test.role || (test.token == forBob) != (v.Scopes != nil) {
				t.Errorf("signs in %+v", v)
			}
			if !b.StillValid(b.ctx, v) {
				t.Error("does not stay valid")
			}
		})
	}
}
