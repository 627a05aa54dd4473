package auth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"stepcast/auth"
	"stepcast/models"
)

// countingStore counts the writes of uses, and may refuse them.
type countingStore struct {
	auth.Store
	writes int
	tokens int
	err    error
}

func (s *countingStore) NoteTokenUses(ctx context.Context, uses map[int64]time.Time) error {
	s.writes++
	s.tokens += len(uses)
	if s.err != nil {
		return s.err
	}
	return s.Store.NoteTokenUses(ctx, uses)
}

func TestLastUseOfATokenIsStoredOnce(t *testing.T) {
	t.Parallel()
	var counted *countingStore
	b := setup(t, func(o *auth.Options) {
		counted = &countingStore{Store: o.Store}
		o.Store = counted
	})
	b.user("alice", models.Member)
	text, token := b.token("alice", auth.CreateTokenInput{})
	_, unused := b.token("alice", auth.CreateTokenInput{})
	lastUse := func(s *auth.Service, id int64) *time.Time {
		t.Helper()
		tokens, err := s.ListTokens(b.ctx, "alice", id-1, 1)
		noError(t, err)
		return tokens[0].LastUsedAt
	}
	for range 100 {
		_, err := b.Bearer(b.ctx, text)
		noError(t, err)
		b.clock.Advance(time.Millisecond)
	}
	_, err := b.Bearer(b.ctx, "sct_none")
	refusedAs(t, err, auth.ErrUnknown)
	used := b.clock.Now().Add(-time.Millisecond)
	if at := lastUse(b.Service, token.ID); at == nil || !at.Equal(used) {
		t.Errorf("before it is stored: %v, want %v", at, used)
	}
	if at := lastUse(b.another(), token.ID); at != nil {
		t.Errorf("stored already: %v", at)
	}

	counted.err = errors.New("away")
	if err := b.StoreUses(b.ctx); !errors.Is(err, counted.err) {
		t.Errorf("got %v", err)
	}
	counted.err = nil
	noError(t, b.StoreUses(b.ctx))
	noError(t, b.StoreUses(b.ctx))
	if counted.writes != 3 || counted.tokens != 2 {
		t.Errorf("%d writes of %d tokens, want the one that failed, one of one token, and one of none", counted.writes, counted.tokens)
	}
	if at := lastUse(b.another(), token.ID); at == nil || !at.Equal(used) {
		t.Errorf("stored: %v, want %v", at, used)
	}
	if at := lastUse(b.Service, unused.ID); at != nil {
		t.Errorf("one that was not used: %v", at)
	}
}

// What was used before the server stops is stored as it stops.
func TestKeepUsesStoresTheLast(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("alice", models.Member)
	text, token := b.token("alice", auth.CreateTokenInput{})
	_, err := b.Bearer(b.ctx, text)
	noError(t, err)
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	b.KeepUses(ctx)
	stored, err := b.store.Token(b.ctx, token.ID)
	noError(t, err)
	if at := stored.LastUsedAt; at == nil || !at.Equal(b.clock.Now()) {
		t.Errorf("stored: %v", at)
	}
}
