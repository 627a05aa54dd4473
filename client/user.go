package client

import (
	"context"
	"iter"
	"time"
)

// User is someone who may sign in. Only who may manage users sees them.
type User struct {
	// Name is unique, in lower case, and never changes.
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Disabled users are shut out: no sign-in of theirs counts.
	Disabled bool `json:"disabled"`
	// Locale is the language of texts that the user prefers, a BCP 47 tag; "" is that of
	// each request.
	Locale string `json:"locale"`
	// HasPassword is false for one who signs in by token or link only.
	HasPassword bool      `json:"hasPassword"`
	CreatedAt   time.Time `json:"createdAt"`
}

// CreateUserInput is a user to create.
type CreateUserInput struct {
	// Name is 1 to 64 of the characters a-z 0-9 . _ @ -, a letter or digit first.
	Name string `json:"name"`
	Role Role   `json:"role"`
	// Password has 8 to 1024 bytes; "" makes a user who signs in by token or link only.
	Password string `json:"password,omitempty"`
}

// UpdateUserInput says what of a user changes, all of it or nothing; what is nil stays
// as it is.
type UpdateUserInput struct {
	Name string `json:"name"`
	// Role ends the user's open streams when it changes.
	Role *Role `json:"role,omitempty"`
	// Disabled shuts the user out, or lets the user in again.
	Disabled *bool `json:"disabled,omitempty"`
	// Locale is a BCP 47 tag; "" is the language of each request.
	Locale *string `json:"locale,omitempty"`
	// Password has 8 to 1024 bytes. Sessions of the user end; tokens go on.
	Password *string `json:"password,omitempty"`
}

// Users goes through all users by name, page by page; through none for whom may not
// manage them. After an error, which comes with a nil user, it ends.
func (c *Client) Users(ctx context.Context) iter.Seq2[*User, error] {
	return pages(func(after string) ([]*User, error) {
		var data struct {
			Users []*User `json:"users"`
		}
		vars := map[string]any{"first": pageSize}
		setUnlessZero(vars, "after", after)
		err := c.Do(ctx, usersDocument, vars, &data)
		return data.Users, err
	}, func(u *User) string { return u.Name })
}

// User reads a user. CodeNotFound when there is none, or the viewer may not manage users.
func (c *Client) User(ctx context.Context, name string) (*User, error) {
	var data struct {
		User *User `json:"user"`
	}
	if err := c.Do(ctx, userDocument, map[string]any{"name": name}, &data); err != nil {
		return nil, err
	}
	if data.User == nil {
		return nil, &Error{Code: CodeNotFound, Message: "user " + name + " does not exist"}
	}
	return data.User, nil
}

// CreateUser creates a user. CodeConflict when the name is taken, CodeInvalid names the
// field to mend, CodeForbidden for whom may not manage users.
func (c *Client) CreateUser(ctx context.Context, in CreateUserInput) (*User, error) {
	return mutate[User](ctx, c, userMutation("createUser", "CreateUserInput"), map[string]any{"input": in}, "user")
}

// UpdateUser changes a user. CodeWrongState when no enabled user would be left who is
// RoleAdmin; CodeNotFound, CodeInvalid and CodeForbidden as with CreateUser.
func (c *Client) UpdateUser(ctx context.Context, in UpdateUserInput) (*User, error) {
	return mutate[User](ctx, c, userMutation("updateUser", "UpdateUserInput"), map[string]any{"input": in}, "user")
}

// DeleteUser deletes a user with all tokens and sessions, which end at once, and gives
// the user as it was. The user's tasks stay. Its codes are those of UpdateUser.
func (c *Client) DeleteUser(ctx context.Context, name string) (*User, error) {
	return mutate[User](ctx, c, deleteUserDocument, map[string]any{"name": name}, "user")
}

// ChangePassword changes the viewer's own password and ends the viewer's other sessions.
// current is "" for who has none yet and is signed in by a session. CodeInvalid names
// "current" or "password", CodeLimit says when to try again after too many wrong ones.
func (c *Client) ChangePassword(ctx context.Context, current, password string) error {
	in := map[string]any{"password": password}
	setUnlessZero(in, "current", current)
	_, err := mutate[Viewer](ctx, c, changePasswordDocument, map[string]any{"input": in}, "viewer")
	return err
}

// SetLocale changes the language of texts that the viewer prefers, a BCP 47 tag; "" is
// that of each request. CodeInvalid when it is no tag.
func (c *Client) SetLocale(ctx context.Context, locale string) (*Viewer, error) {
	return mutate[Viewer](ctx, c, setLocaleDocument, map[string]any{"locale": locale}, "viewer")
}

// pages goes through a list whose pages begin after a key of the last element.
func pages[T any](read func(after string) ([]*T, error), key func(*T) string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		after := ""
		for {
			page, err := read(after)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, element := range page {
				if !yield(element, nil) {
					return
				}
			}
			// A page that does not move on would be asked for again for ever.
			if len(page) < pageSize || key(page[len(page)-1]) == after {
				return
			}
			after = key(page[len(page)-1])
		}
	}
}
