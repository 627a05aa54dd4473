package resolvers

import (
	"context"

	"stepcast/auth"
	"stepcast/graph/model"
	"stepcast/models"
	"stepcast/resolvers/view"
	"stepcast/tasks"
)

// self is who asks.
func (r *Resolver) self(ctx context.Context) (*view.Viewer, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	return r.viewerOf(v), nil
}

func (r *Resolver) viewerOf(v models.Viewer) *view.Viewer {
	return view.NewViewer(v, func(ctx context.Context) (models.User, error) { return r.auth.User(ctx, v.Name) })
}

// users lists a page of all users; none for whom may not manage them.
func (r *Resolver) users(ctx context.Context, after string, first int) ([]*view.User, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	if tasks.AuthorizeUsers(v) != nil {
		return []*view.User{}, nil
	}
	found, err := r.auth.ListUsers(ctx, after, first)
	shown := make([]*view.User, len(found))
	for i, user := range found {
		shown[i] = &view.User{User: user}
	}
	return shown, err
}

// user reads a user; nil when there is none for the viewer.
func (r *Resolver) user(ctx context.Context, name string) (*view.User, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	if tasks.AuthorizeUsers(v) != nil {
		return nil, nil
	}
	found, err := r.auth.User(ctx, name)
	if err != nil {
		return nil, absent(err)
	}
	return &view.User{User: found}, nil
}

// createUser adds a user.
func (r *Resolver) createUser(ctx context.Context, in model.CreateUserInput) (*model.UserPayload, error) {
	return r.manage(ctx, func() (models.User, error) {
		if in.Password != nil && *in.Password == "" {
			// To auth it is none, which is not what somebody who wrote it meant.
			return models.User{}, models.Invalid(path{"password"}, "must not be empty; leave it out for a user without a password")
		}
		return r.auth.CreateUser(ctx, in.Name, in.Role, orZero(in.Password))
	})
}

// updateUser changes a user.
func (r *Resolver) updateUser(ctx context.Context, in model.UpdateUserInput) (*model.UserPayload, error) {
	return r.manage(ctx, func() (models.User, error) {
		return r.auth.UpdateUser(ctx, in.Name, auth.UserUpdate{
			Role: in.Role, Disabled: in.Disabled, Locale: in.Locale, Password: in.Password,
		})
	})
}

// deleteUser deletes a user.
func (r *Resolver) deleteUser(ctx context.Context, name string) (*model.UserPayload, error) {
	return r.manage(ctx, func() (models.User, error) { return r.auth.DeleteUser(ctx, name) })
}

// manage does what only who may manage users may do.
func (r *Resolver) manage(ctx context.Context, act func() (models.User, error)) (*model.UserPayload, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	var user models.User
	if err = tasks.AuthorizeUsers(v); err == nil {
		user, err = act()
	}
	if err != nil {
		refusals, err := userErrors(err)
		return &model.UserPayload{UserErrors: refusals}, err
	}
	return &model.UserPayload{User: &view.User{User: user}}, nil
}

// changePassword changes the password of who asks.
func (r *Resolver) changePassword(ctx context.Context, in model.ChangePasswordInput) (*model.ViewerPayload, error) {
	return r.account(ctx, func(v models.Viewer) error {
		return r.auth.ChangePassword(ctx, v, orZero(in.Current), in.Password)
	})
}

// setLocale changes the language of who asks.
func (r *Resolver) setLocale(ctx context.Context, locale string) (*model.ViewerPayload, error) {
	return r.account(ctx, func(v models.Viewer) error {
		_, err := r.auth.SetLocale(ctx, v.Name, locale)
		return err
	})
}

// account does what everyone may do to the own account.
func (r *Resolver) account(ctx context.Context, act func(v models.Viewer) error) (*model.ViewerPayload, error) {
	v, _, err := r.caller(ctx)
	if err != nil {
		return nil, err
	}
	if err = tasks.AuthorizeAccount(v); err == nil {
		err = act(v)
	}
	if err != nil {
		refusals, err := userErrors(err)
		return &model.ViewerPayload{UserErrors: refusals}, err
	}
	return &model.ViewerPayload{Viewer: r.viewerOf(v)}, nil
}
