package auth_test

import (
	"slices"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

// A token makes none that reaches further than itself, in scopes, in time, or for others.
func TestTokensMakeNoWiderOnes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	soon, later := b.clock.Now().Add(time.Hour), b.clock.Now().Add(2*time.Hour)
	read, both := []models.Scope{models.ScopeRead}, []models.Scope{models.ScopeRead, models.ScopeSubmit}
	for _, test := range []struct {
		name     string
		with, in auth.CreateTokenInput
		field    string
		scopes   models.Names
		expires  *time.Time
	}{
		{"everything from everything", auth.CreateTokenInput{}, auth.CreateTokenInput{}, "", nil, nil},
		{"less from everything", auth.CreateTokenInput{}, auth.CreateTokenInput{Scopes: read, ExpiresAt: &soon}, "", models.Names{"read"}, &soon},
		{"the same", auth.CreateTokenInput{Scopes: both, ExpiresAt: &soon}, auth.CreateTokenInput{Scopes: both, ExpiresAt: &soon}, "", models.Names{"read", "submit"}, &soon},
		{"what is left open", auth.CreateTokenInput{Scopes: both, ExpiresAt: &soon}, auth.CreateTokenInput{}, "", models.Names{"read", "submit"}, &soon},
		{"one of two scopes", auth.CreateTokenInput{Scopes: both}, auth.CreateTokenInput{Scopes: read}, "", models.Names{"read"}, nil},
		{"a scope more", auth.CreateTokenInput{Scopes: read}, auth.CreateTokenInput{Scopes: both}, "scopes", nil, nil},
		{"all scopes", auth.CreateTokenInput{Scopes: read}, auth.CreateTokenInput{Scopes: models.Scopes}, "scopes", nil, nil},
		{"a scope that is none", auth.CreateTokenInput{Scopes: read}, auth.CreateTokenInput{Scopes: []models.Scope{""}}, "scopes", nil, nil},
		{"a later end", auth.CreateTokenInput{ExpiresAt: &soon}, auth.CreateTokenInput{ExpiresAt: &later}, "expiresAt", nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, user := range []string{"alice", "root"} {
				test.in.Name = "made"
				text, _ := b.token(user, test.with)
				v, err := b.Bearer(b.ctx, text)
				noError(t, err)
				// An ADMIN's makes tokens of others as well, and no wider ones either.
				_, made, err := b.MintToken(b.ctx, v, "alice", test.in)
				if test.field != "" {
					faulted(t, err, models.CodeInvalid, test.field)
					continue
				}
				noError(t, err)
				if !slices.Equal(made.Scopes, test.scopes) || (made.ExpiresAt == nil) != (test.expires == nil) ||
					made.ExpiresAt != nil && !made.ExpiresAt.Equal(*test.expires) {
					t.Errorf("%s made %+v", user, made)
				}
			}
		})
	}
}

func TestTokensMakeNoneThatActsForMore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	b.user("bob", models.Member)
	text, _ := b.token("root", auth.CreateTokenInput{ActsFor: []string{"alice"}})
	v, err := b.Bearer(b.ctx, text)
	noError(t, err)
	minted, _, err := b.MintToken(b.ctx, v, "ROOT", auth.CreateTokenInput{Name: "made"})
	noError(t, err)
	_, err = b.TokenUser(b.ctx, minted, "alice")
	noError(t, err)
	_, err = b.TokenUser(b.ctx, minted, "bob")
	refusedAs(t, err, auth.ErrMayNotActFor)

	acting, err := b.TokenUser(b.ctx, text, "alice")
	noError(t, err)
	_, _, err = b.MintToken(b.ctx, acting, "alice", auth.CreateTokenInput{Name: "made"})
	faulted(t, err, models.CodeForbidden, "")
}

// A session is as its user, but for one that stands for a token.
func TestSessionsMakeTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	v, err := b.Session(b.ctx, models.SessionWeb, b.session(models.SessionWeb, "alice"))
	noError(t, err)
	_, made, err := b.MintToken(b.ctx, v, "alice", auth.CreateTokenInput{Name: "made"})
	noError(t, err)
	if made.ExpiresAt != nil || made.Scopes != nil {
		t.Errorf("made %+v", made)
	}
	text, _ := b.token("alice", auth.CreateTokenInput{Scopes: []models.Scope{models.ScopeRead}})
	byToken, err := b.Bearer(b.ctx, text)
	noError(t, err)
	in, err := b.StartTokenSession(b.ctx, models.SessionIManager, byToken)
	noError(t, err)
	v, err = b.Session(b.ctx, models.SessionIManager, in.Secret)
	noError(t, err)
	_, _, err = b.MintToken(b.ctx, v, "alice", auth.CreateTokenInput{Name: "made", Scopes: []models.Scope{models.ScopeSubmit}})
	faulted(t, err, models.CodeInvalid, "scopes")

	noError(t, b.EndSession(b.ctx, in.Secret))
	_, _, err = b.MintToken(b.ctx, v, "alice", auth.CreateTokenInput{Name: "made"})
	refusedAs(t, err, auth.ErrUnknown)
}

func TestRevokeAs(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, narrow := b.token("alice", auth.CreateTokenInput{Scopes: []models.Scope{models.ScopeRead}})
	wideText, wide := b.token("alice", auth.CreateTokenInput{})
	_, other := b.token("alice", auth.CreateTokenInput{Scopes: []models.Scope{models.ScopeRead, models.ScopeWork}})
	byNarrow, err := b.Bearer(b.ctx, text)
	noError(t, err)
	for _, id := range []int64{wide.ID, other.ID} {
		_, err = b.RevokeAs(b.ctx, byNarrow, id)
		faulted(t, err, models.CodeForbidden, "")
	}
	_, err = b.RevokeAs(b.ctx, byNarrow, 4711)
	faulted(t, err, models.CodeNotFound, "")
	revoked, err := b.RevokeAs(b.ctx, byNarrow, narrow.ID)
	noError(t, err)
	if revoked.RevokedAt == nil {
		t.Errorf("revoked %+v", revoked)
	}
	_, err = b.Bearer(b.ctx, text)
	refusedAs(t, err, auth.ErrUnknown)
	byWide, err := b.Bearer(b.ctx, wideText)
	noError(t, err)
	for _, id := range []int64{narrow.ID, other.ID, wide.ID} {
		_, err = b.RevokeAs(b.ctx, byWide, id)
		noError(t, err)
	}
}
