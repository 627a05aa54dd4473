package auth

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"stepcast/models"
)

// tokenNameMax is the length of the longest token name, in bytes.
const tokenNameMax = 128

// tokensMax is how many tokens of a user count at a time. Those of the configuration are
// made all the same.
const tokensMax = 100

// anyone, in Token.ActsFor, is every user.
const anyone = "*"

// CreateTokenInput says what a new token is for.
type CreateTokenInput struct {
	// Name tells people what it is used for.
	Name string
	// Scopes narrows it; empty has all rights of the user.
	Scopes []models.Scope
	// ActsFor names the users for whom it may ask, "*" is anyone. Empty is its own
	// user, and anyone when that user is ADMIN.
	ActsFor []string
	// AllowNewUsers lets it create the MEMBER that it is used for.
	AllowNewUsers bool
	// ExpiresAt is when it stops counting; nil is never.
	ExpiresAt *time.Time
}

// CreateToken makes a token of a user. The text is given out here and never again.
// Faults: INVALID naming the field, NOT_FOUND when there is no such user, LIMIT when the
// user has tokensMax that count.
//
// A token that acts for others has their rights: let only an ADMIN set ActsFor and
// AllowNewUsers.
func (s *Service) CreateToken(ctx context.Context, user string, in CreateTokenInput) (text string, _ models.Token, err error) {
	owner, err := s.existing(ctx, user)
	if err != nil {
		return "", models.Token{}, err
	}
	if slices.Contains(configuredNames, in.Name) {
		return "", models.Token{}, models.Invalid([]string{"name"}, "%s marks a token of the configuration; choose another name", in.Name)
	}
	token, err := s.newToken(owner, in)
	if err != nil {
		return "", models.Token{}, err
	}
	if err := s.roomForToken(ctx, owner.Name); err != nil {
		return "", models.Token{}, err
	}
	text = tokenPrefix + newSecret()
	token.Hash = hashOf(text)
	if err := s.addToken(ctx, token); err != nil {
		return "", models.Token{}, err
	}
	return text, *token, nil
}

// RevokeToken makes a token count no longer: at once in this process, within
// CacheTTLMax in others. NOT_FOUND when there is none; one that was revoked stays so.
func (s *Service) RevokeToken(ctx context.Context, id int64) error {
	if err := s.store.RevokeToken(ctx, id, s.time()); err != nil {
		return err
	}
	s.forgetTokens()
	return nil
}

// Token reads a token, with when it was last used. NOT_FOUND when there is none.
func (s *Service) Token(ctx context.Context, id int64) (models.Token, error) {
	token, err := s.store.Token(ctx, id)
	if err != nil {
		return models.Token{}, err
	}
	return s.withUse(token), nil
}

// ListTokens lists the tokens of a user that were not revoked, by id, with when they were
// last used: those after the id given, and at most first. Faults: INVALID unless first is
// 0 to PageMax, NOT_FOUND when there is no such user.
func (s *Service) ListTokens(ctx context.Context, user string, after int64, first int) ([]models.Token, error) {
	if err := validPage(first); err != nil {
		return nil, err
	}
	owner, err := s.existing(ctx, user)
	if err != nil {
		return nil, err
	}
	tokens, err := s.store.TokensAfter(ctx, owner.Name, after, first)
	if err != nil {
		return nil, err
	}
	shown := make([]models.Token, len(tokens))
	for i, t := range tokens {
		shown[i] = s.withUse(t)
	}
	return shown, nil
}

// withUse is a token as it is shown: its last use may not be stored yet.
func (s *Service) withUse(token *models.Token) models.Token {
	shown := *token
	if at, used := s.uses.of(token.ID); used {
		shown.LastUsedAt = &at
	}
	return shown
}

// roomForToken refuses one token too many. Several at once may pass it together, each
// once: it is a bound on mistakes, not a right.
func (s *Service) roomForToken(ctx context.Context, user string) error {
	n, err := s.store.CountTokens(ctx, user, s.time())
	if err != nil {
		return err
	}
	if n >= tokensMax {
		return models.Faultf(models.CodeLimit, "%s has %d tokens, which is as many as a user may have; revoke one", user, n)
	}
	return nil
}

func (s *Service) addToken(ctx context.Context, token *models.Token) error {
	if err := s.store.AddToken(ctx, token); err != nil {
		return err
	}
	s.forgetTokens()
	return nil
}

// tokenOrAdd gives the token of this hash, which it adds unless there is one.
func (s *Service) tokenOrAdd(ctx context.Context, token *models.Token) (*models.Token, error) {
	there, err := s.store.TokenByHash(ctx, token.Hash)
	if err == nil {
		return there, nil
	}
	if !missing(err) {
		return nil, err
	}
	errAdd := s.addToken(ctx, token)
	if errAdd == nil {
		return token, nil
	}
	// Another process that starts at the same time may have been first.
	if there, err = s.store.TokenByHash(ctx, token.Hash); err != nil {
		return nil, errAdd
	}
	return there, nil
}

func (s *Service) putToken(ctx context.Context, token *models.Token) error {
	if err := s.store.PutToken(ctx, token); err != nil {
		return err
	}
	s.forgetTokens()
	return nil
}

// forgetTokens forgets all of them: changes of tokens are rare.
func (s *Service) forgetTokens() {
	s.tokens.forgetAll()
	s.owned.forgetAll()
}

func (s *Service) newToken(owner *models.User, in CreateTokenInput) (*models.Token, error) {
	if in.Name == "" || len(in.Name) > tokenNameMax || strings.ContainsFunc(in.Name, unicode.IsControl) {
		return nil, models.Invalid([]string{"name"}, "a token's name has 1 to %d bytes and no control characters", tokenNameMax)
	}
	token := &models.Token{User: owner.Name, Name: in.Name, AllowNewUsers: in.AllowNewUsers, CreatedAt: s.time()}
	for _, scope := range in.Scopes {
		if !slices.Contains(models.Scopes, scope) {
			return nil, models.Invalid([]string{"scopes"}, "a scope is one of %s", listed(models.Scopes))
		}
		if !slices.Contains(token.Scopes, string(scope)) {
			token.Scopes = append(token.Scopes, string(scope))
		}
	}
	for _, named := range in.ActsFor {
		name, ok := ParseName(named)
		if named == anyone {
			name, ok = anyone, true
		}
		if !ok {
			return nil, models.Invalid([]string{"actsFor"}, "write * for anyone, or user names; one is %s", nameRule)
		}
		token.ActsFor = append(token.ActsFor, name)
	}
	if in.AllowNewUsers && len(in.ActsFor) == 0 && owner.Role != models.Admin {
		return nil, models.Invalid([]string{"allowNewUsers"}, "a token that creates users must say in actsFor which, * is any")
	}
	if in.ExpiresAt != nil {
		expires := in.ExpiresAt.UTC().Truncate(time.Millisecond)
		if !expires.After(token.CreatedAt) {
			return nil, models.Invalid([]string{"expiresAt"}, "must be later than now")
		}
		token.ExpiresAt = &expires
	}
	return token, nil
}

// listed writes the values that are allowed, for an error message.
func listed[T ~string](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, ", ")
}
