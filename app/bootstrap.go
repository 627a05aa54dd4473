package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"stepcast/auth"
	"stepcast/config"
	"stepcast/models"
)

// Bootstrap creates the first user, and sets what the configuration says of it and of
// the tokens of older systems. Run does that once it listens: whoever's first start fails
// gets the first link later.
func (a *App) Bootstrap(ctx context.Context) error {
	needsLink, err := a.auth.Bootstrap(ctx, auth.Bootstrap{
		AdminToken: a.config.AdminToken.Reveal(), AdminPassword: a.config.AdminPassword.Reveal(),
	})
	if err != nil {
		return bootstrapError("create the first user", err)
	}
	a.needsLink = needsLink
	if err := a.auth.SetLegacyTokens(ctx, legacyTokens(a.config)); err != nil {
		return bootstrapError("set the legacy tokens", err)
	}
	return nil
}

func legacyTokens(c config.Config) []auth.LegacyToken {
	tokens := make([]auth.LegacyToken, len(c.LegacyTokens))
	for i, t := range c.LegacyTokens {
		tokens[i] = auth.LegacyToken{
			Code: t.Code.Reveal(), User: t.User, Scopes: t.Scopes, ActsFor: t.ActsFor,
			AllowNewUsers: t.AllowNewUsers, ExpiresAt: t.Expires,
		}
	}
	return tokens
}

// bootstrapSettings are the settings that auth blames, by the names it has for them.
var bootstrapSettings = map[string]string{
	"adminToken": "admin-token", "adminPassword": "admin-password", "legacyTokens": "legacy-tokens",
}

// entryKeys are the keys of an entry, by the names that auth has for them.
var entryKeys = strings.NewReplacer("actsFor", "acts-for", "allowNewUsers", "allow-new-users")

// bootstrapError names the setting that auth refused, and the entry of a list.
func bootstrapError(doing string, err error) error {
	fault := models.AsFault(err)
	if fault == nil || len(fault.Field) == 0 || bootstrapSettings[fault.Field[0]] == "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	problem := fault.Message
	if entry := fault.Field[1:]; len(entry) > 1 {
		problem = entryKeys.Replace(fmt.Sprintf("entry %s, %s: %s", entry[0], entry[1], problem))
	}
	return &config.FieldError{Field: bootstrapSettings[fault.Field[0]], Err: errors.New(problem)}
}
