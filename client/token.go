package client

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// Token is an API token, without its text.
type Token struct {
	ID string `json:"id"`
	// Name says what it is used for.
	Name string `json:"name"`
	// User is the name of the user whose it is.
	User string `json:"user"`
	// Scopes are what it is narrowed to; nil has all rights of its user.
	Scopes []TokenScope `json:"scopes"`
	// ActsFor names whom else it may act for in the Linkis API; "*" is anyone. Empty is
	// nobody, and anyone when its user is RoleAdmin.
	ActsFor []string `json:"actsFor"`
	// AllowNewUsers lets it create the user whom it is used for.
	AllowNewUsers bool      `json:"allowNewUsers"`
	CreatedAt     time.Time `json:"createdAt"`
	// ExpiresAt is when it stops counting; nil is never.
	ExpiresAt *time.Time `json:"expiresAt"`
	// LastUsedAt is when it last signed somebody in, to the minute; nil is never.
	LastUsedAt *time.Time `json:"lastUsedAt"`
	// RevokedAt is nil while it was not revoked.
	RevokedAt *time.Time `json:"revokedAt"`
}

// CreateTokenInput is a token to make.
type CreateTokenInput struct {
	// Name says what it is to be used for: 1 to 128 bytes.
	Name string `json:"name"`
	// User is whose it is to be; "" is the viewer. Others need the right to manage users.
	User string `json:"user,omitempty"`
	// Scopes narrow it; nil has all rights of the user, or the scopes of the token that
	// asks.
	Scopes []TokenScope `json:"scopes,omitzero"`
	// ExpiresAt is when it stops counting; zero is never, or when the token that asks does.
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
}

// Tokens goes through the tokens of a user that were not revoked, by id, page by page;
// "" is the viewer. Through none for whom may not see them. After an error, which comes
// with a nil token, it ends.
func (c *Client) Tokens(ctx context.Context, user string) iter.Seq2[*Token, error] {
	return pages(func(after string) ([]*Token, error) {
		var data struct {
			Tokens []*Token `json:"tokens"`
		}
		vars := map[string]any{"first": pageSize}
		setUnlessZero(vars, "user", user)
		setUnlessZero(vars, "after", after)
		err := c.Do(ctx, tokensDocument, vars, &data)
		return data.Tokens, err
	}, func(t *Token) string { return t.ID })
}

// CreateToken makes a token, and gives its text, which is shown this once. A token makes
// none that reaches further than itself: CodeInvalid names "scopes" or "expiresAt".
// CodeLimit when the user has too many; CodeForbidden for one of somebody else, unless
// the viewer may manage users.
func (c *Client) CreateToken(ctx context.Context, in CreateTokenInput) (_ *Token, text string, err error) {
	var payload struct {
		Token *Token `json:"token"`
		Text  string `json:"text"`
	}
	if err := c.mutateInto(ctx, createTokenDocument, map[string]any{"input": in}, &payload); err != nil {
		return nil, "", err
	}
	if payload.Token == nil || payload.Text == "" {
		return nil, "", fmt.Errorf("%w: a payload has neither a token nor errors", ErrProtocol)
	}
	return payload.Token, payload.Text, nil
}

// RevokeToken makes a token count no longer, within five seconds. One that was revoked
// stays so. CodeNotFound when there is none, or the viewer may not see it; CodeForbidden
// for one that has more scopes than the token that asks.
func (c *Client) RevokeToken(ctx context.Context, id string) (*Token, error) {
	return mutate[Token](ctx, c, revokeTokenDocument, map[string]any{"id": id}, "token")
}

// mutate runs a mutation and gives what its payload has under a name.
func mutate[T any](ctx context.Context, c *Client, document string, vars map[string]any, name string) (*T, error) {
	var payload map[string]json.RawMessage
	if err := c.mutateInto(ctx, document, vars, &payload); err != nil {
		return nil, err
	}
	var result *T
	if text, ok := payload[name]; ok {
		if err := json.Unmarshal(text, &result); err != nil {
			return nil, fmt.Errorf("decode answer: %w: %w", ErrProtocol, err)
		}
	}
	if result == nil {
		return nil, fmt.Errorf("%w: a payload has neither a %s nor errors", ErrProtocol, name)
	}
	return result, nil
}

// mutateInto runs a mutation and decodes its payload, unless that has user errors.
func (c *Client) mutateInto(ctx context.Context, document string, vars map[string]any, into any) error {
	var data struct {
		Payload json.RawMessage `json:"payload"`
	}
	if err := c.Do(ctx, document, vars, &data); err != nil {
		return err
	}
	var refused struct {
		UserErrors []userError `json:"userErrors"`
	}
	for _, part := range []any{&refused, into} {
		if err := json.Unmarshal(data.Payload, part); err != nil {
			return fmt.Errorf("decode answer: %w: %w", ErrProtocol, err)
		}
	}
	return userErrors(refused.UserErrors)
}
