package resolvers

import (
	"context"
	"strconv"

	"stepcast/auth"
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// tokens lists a page of the tokens of a user, of who asks when none is named; none of
// whom may not be seen.
func (r *Resolver) tokens(ctx context.Context, user *string, after *string, first int) ([]*view.Token, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	name := ownerOf(v, user)
	if tasks.AuthorizeTokens(v, name) != nil {
		return []*view.Token{}, nil
	}
	id := int64(0)
	if after != nil {
		var known bool
		if id, known = parseTokenID(*after); !known {
			return nil, models.Invalid(path{"after"}, "after is the id of a token, a whole number")
		}
	}
	found, err := r.auth.ListTokens(ctx, name, id, first)
	shown := make([]*view.Token, len(found))
	for i, token := range found {
		shown[i] = &view.Token{Token: token}
	}
	return shown, absent(err)
}

// createToken makes a token.
func (r *Resolver) createToken(ctx context.Context, in model.CreateTokenInput) (*model.CreateTokenPayload, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	text, token, err := r.mint(ctx, v, in)
	if err != nil {
		refusals, err := userErrors(err)
		return &model.CreateTokenPayload{UserErrors: refusals}, err
	}
	return &model.CreateTokenPayload{Token: &view.Token{Token: token}, Text: &text}, nil
}

func (r *Resolver) mint(ctx context.Context, v models.Viewer, in model.CreateTokenInput) (text string, _ models.Token, err error) {
	owner := ownerOf(v, in.User)
	if err := tasks.AuthorizeTokens(v, owner); err != nil {
		return "", models.Token{}, err
	}
	if in.Scopes != nil && len(in.Scopes) == 0 {
		// To auth it is every right, which is the opposite of what an empty list says.
		return "", models.Token{}, models.Invalid(path{"scopes"}, "name at least one scope, or leave scopes out for all rights of the user")
	}
	return r.auth.MintToken(ctx, v, owner, auth.CreateTokenInput{Name: in.Name, Scopes: in.Scopes, ExpiresAt: in.ExpiresAt})
}

// revokeToken revokes a token.
func (r *Resolver) revokeToken(ctx context.Context, id string) (*model.TokenPayload, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	token, err := r.revoke(ctx, v, id)
	if err != nil {
		refusals, err := userErrors(err)
		return &model.TokenPayload{UserErrors: refusals}, err
	}
	return &model.TokenPayload{Token: &view.Token{Token: token}}, nil
}

// revoke takes a token that may not be seen for one that does not exist.
func (r *Resolver) revoke(ctx context.Context, v models.Viewer, id string) (models.Token, error) {
	number, ok := parseTokenID(id)
	if !ok {
		return models.Token{}, unknown("token", id)
	}
	token, err := r.auth.Token(ctx, number)
	if err != nil {
		return models.Token{}, err
	}
	if tasks.AuthorizeTokens(v, token.User) != nil {
		return models.Token{}, unknown("token", id)
	}
	return r.auth.RevokeAs(ctx, v, number)
}

// ownerOf is the user that a mutation or query of tokens is about.
func ownerOf(v models.Viewer, named *string) string {
	name, ok := auth.ParseName(or(named, v.Name))
	if !ok {
		return orZero(named) // auth says what is wrong with it
	}
	return name
}

// parseTokenID reads the id of a token as it is written: without signs or zeros before it.
func parseTokenID(id string) (number int64, ok bool) {
	number, err := strconv.ParseInt(id, 10, 64)
	return number, err == nil && number > 0 && strconv.FormatInt(number, 10) == id
}
