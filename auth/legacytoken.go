package auth

import (
	"context"
	"slices"
	"strconv"
	"time"

	"stepcast/models"
)

// Names of the tokens that the configuration sets, and of those that it has left out
// since. Only the latter count again when it names them again: what somebody revoked
// stays so.
const (
	legacyTokenName  = "STEPCAST_LEGACY_TOKENS"
	removedTokenName = "STEPCAST_LEGACY_TOKENS (removed)"
)

// configuredNames are of tokens that each start may replace or revoke.
var configuredNames = []string{adminTokenName, legacyTokenName, removedTokenName}

// shortCode is the length below which a token code can be guessed, in bytes.
const shortCode = adminTokenMin

// LegacyToken is a token code that clients of an older system send, and go on sending.
type LegacyToken struct {
	// Code is any text of 1 to 1024 visible ASCII characters. Only its digest is stored.
	Code string
	// User is whose token it is.
	User string
	// Scopes, ActsFor and AllowNewUsers are those of CreateTokenInput. AllowNewUsers also
	// creates User, as MEMBER.
	Scopes        []string
	ActsFor       []string
	AllowNewUsers bool
	// ExpiresAt is when it stops counting; zero is never. It may have passed.
	ExpiresAt time.Time
}

// SetLegacyTokens makes exactly these token codes count, besides the tokens that were
// created: those that an earlier start set and this one does not are revoked. Each start
// calls it. INVALID names the entry: its Field is "legacyTokens", a number from 1, and
// what is wrong.
//
// What cannot count is logged, not refused, because a server that does not start would
// be worse: the token of a user who does not exist, and one that was revoked by hand.
func (s *Service) SetLegacyTokens(ctx context.Context, set []LegacyToken) error {
	tokens := make([]*models.Token, len(set))
	for i, legacy := range set {
		token, err := s.legacyToken(legacy)
		if err != nil {
			return inEntry(i+1, err)
		}
		tokens[i] = token
	}
	counting := map[int64]bool{}
	for i, token := range tokens {
		id, problem, err := s.setLegacyToken(ctx, token)
		if err != nil {
			return err
		}
		log := s.log.With("entry", i+1, "user", token.User)
		if problem != "" {
			log.WarnContext(ctx, "a legacy token does not count", "reason", problem)
			continue
		}
		counting[id] = true
		if len(set[i].Code) < shortCode {
			log.WarnContext(ctx, "a legacy token can be guessed; make its clients send a longer code",
				"shorter_than", shortCode, "acts_for", token.ActsFor)
		}
	}
	return s.revokeRemoved(ctx, counting)
}

// legacyToken checks an entry and makes the token that it asks for.
func (s *Service) legacyToken(legacy LegacyToken) (*models.Token, error) {
	if n := len(legacy.Code); n == 0 || n > secretMax || !visible(legacy.Code) {
		return nil, models.Invalid([]string{"code"}, "a token code has 1 to %d visible ASCII characters", secretMax)
	}
	name, ok := ParseName(legacy.User)
	if !ok {
		return nil, models.Invalid([]string{"user"}, "a user name is %s", nameRule)
	}
	in := CreateTokenInput{Name: legacyTokenName, ActsFor: legacy.ActsFor, AllowNewUsers: legacy.AllowNewUsers}
	for _, scope := range legacy.Scopes {
		in.Scopes = append(in.Scopes, models.Scope(scope))
	}
	token, err := s.newToken(&models.User{Name: name}, in)
	if err != nil {
		return nil, err
	}
	token.Hash = hashOf(legacy.Code)
	if !legacy.ExpiresAt.IsZero() {
		expires := legacy.ExpiresAt.UTC().Truncate(time.Millisecond)
		token.ExpiresAt = &expires
	}
	return token, nil
}

// setLegacyToken stores a token, or says why it cannot count.
func (s *Service) setLegacyToken(ctx context.Context, token *models.Token) (id int64, problem string, err error) {
	exists, err := s.legacyOwner(ctx, token)
	if err != nil || !exists {
		return 0, "there is no such user; create the user and start again, or let the token create users", err
	}
	there, err := s.tokenOrAdd(ctx, token)
	if err != nil {
		return 0, "", err
	}
	switch {
	case !slices.Contains([]string{legacyTokenName, removedTokenName}, there.Name):
		return 0, "its code is that of another token, which counts as it is", nil
	case there.Name == legacyTokenName && there.RevokedAt != nil:
		return 0, "it was revoked; set another code, or leave it out", nil
	case sameToken(there, token):
		return there.ID, "", nil
	}
	changed := *token
	changed.ID = there.ID
	return changed.ID, "", s.putToken(ctx, &changed)
}

// legacyOwner says whether the user of a token exists, whom it may create.
func (s *Service) legacyOwner(ctx context.Context, token *models.Token) (bool, error) {
	if token.AllowNewUsers {
		_, _, err := s.createIfAbsent(ctx, &models.User{Name: token.User, Role: models.Member})
		return err == nil, err
	}
	_, err := s.store.User(ctx, token.User)
	if missing(err) {
		return false, nil
	}
	return err == nil, err
}

// revokeRemoved revokes the tokens that an earlier start set, but for those that count.
func (s *Service) revokeRemoved(ctx context.Context, counting map[int64]bool) error {
	set, err := s.store.TokensNamed(ctx, legacyTokenName)
	if err != nil {
		return err
	}
	for _, token := range set {
		if counting[token.ID] || token.RevokedAt != nil {
			continue
		}
		now := s.time()
		token.Name, token.RevokedAt = removedTokenName, &now
		if err := s.putToken(ctx, token); err != nil {
			return err
		}
		s.log.InfoContext(ctx, "revoked a legacy token that is no longer configured", "user", token.User)
	}
	return nil
}

// sameToken says whether the stored token is as it was asked for.
func sameToken(stored, asked *models.Token) bool {
	sameTime := func(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
	return stored.User == asked.User && stored.Name == asked.Name && stored.AllowNewUsers == asked.AllowNewUsers &&
		slices.Equal(stored.Scopes, asked.Scopes) && slices.Equal(stored.ActsFor, asked.ActsFor) &&
		sameTime(stored.ExpiresAt, asked.ExpiresAt) && sameTime(stored.RevokedAt, asked.RevokedAt)
}

// inEntry says in which entry of the list a fault is.
func inEntry(n int, err error) error {
	fault := models.AsFault(err)
	if fault == nil {
		return err
	}
	in := *fault
	in.Field = append([]string{"legacyTokens", strconv.Itoa(n)}, fault.Field...)
	return &in
}
