package view

import (
	"context"
	"strconv"

	"stepcast/models"
	"stepcast/tasks"
)

// Viewer shows who asks. What only the user's account says is read when it is asked for.
type Viewer struct {
	models.Viewer
	account Account
}

// Account reads the user who asks.
type Account func(ctx context.Context) (models.User, error)

// NewViewer shows v.
func NewViewer(v models.Viewer, account Account) *Viewer { return &Viewer{v, account} }

// Locale is nil for the language of each request.
func (v *Viewer) Locale(ctx context.Context) (*string, error) {
	user, err := v.account(ctx)
	return unlessEmpty(user.Locale), err
}

// HasPassword says whether the user can sign in by password.
func (v *Viewer) HasPassword(ctx context.Context) (bool, error) {
	user, err := v.account(ctx)
	return user.HasPassword, err
}

// Scopes are every scope unless the sign-in is narrowed.
func (v *Viewer) Scopes() []models.Scope {
	if v.Viewer.Scopes == nil {
		return models.Scopes
	}
	return v.Viewer.Scopes
}

// MayManageUsers says whether the viewer may see and change users.
func (v *Viewer) MayManageUsers() bool { return tasks.AuthorizeUsers(v.Viewer) == nil }

// User shows a user. Whatever it does not override is read from it.
type User struct{ models.User }

// Locale is nil for the language of each request.
func (u *User) Locale() *string { return unlessEmpty(u.User.Locale) }

// Token shows a token. Whatever it does not override is read from it.
type Token struct{ models.Token }

// ID is the decimal id.
func (t *Token) ID() string { return strconv.FormatInt(t.Token.ID, 10) }

// Scopes is nil for a token that is not narrowed.
func (t *Token) Scopes() (scopes []models.Scope) {
	for _, scope := range t.Token.Scopes {
		scopes = append(scopes, models.Scope(scope))
	}
	return scopes
}

// ActsFor are the names for whom it may ask.
func (t *Token) ActsFor() []string { return append([]string{}, t.Token.ActsFor...) }

func unlessEmpty(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
