package auth_test

import (
	"slices"
	"strings"
	"testing"

	"stepcast/auth"
	"stepcast/models"
)

func TestCreateUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("taken", models.Member)
	for _, test := range []struct {
		name, user, password string
		role                 models.Role
		code                 models.ErrorCode
		field                string
	}{
		{"with a password", "Alice", password, models.Operator, "", ""},
		{"without a password", "bob", "", models.Observer, "", ""},
		{"no name", "", password, models.Member, models.CodeInvalid, "name"},
		{"name with a blank", "a b", password, models.Member, models.CodeInvalid, "name"},
		{"reserved name", "server", password, models.Member, models.CodeInvalid, "name"},
		{"name taken", "TAKEN", password, models.Member, models.CodeConflict, "name"},
		{"no role", "carol", password, "", models.CodeInvalid, "role"},
		{"short password", "carol", "1234567", models.Member, models.CodeInvalid, "password"},
		{"long password", "carol", strings.Repeat("x", 1025), models.Member, models.CodeInvalid, "password"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			user, err := b.CreateUser(b.ctx, test.user, test.role, test.password)
			if test.code != "" {
				faulted(t, err, test.code, test.field)
				return
			}
			noError(t, err)
			if user.Name != strings.ToLower(test.user) || user.Role != test.role || !user.CreatedAt.Equal(b.clock.Now()) {
				t.Errorf("created %+v", user)
			}
		})
	}
}

func TestUsersShowNoPassword(t *testing.T) {
	t.Parallel()
	b := setup(t)
	shown := []models.User{b.user("zoe", models.Admin), b.user("adam", models.Member)}
	users, err := b.ListUsers(b.ctx)
	noError(t, err)
	if names := []string{users[0].Name, users[1].Name}; !slices.Equal(names, []string{"adam", "zoe"}) {
		t.Errorf("listed %v", names)
	}
	changed, err := b.SetRole(b.ctx, "adam", models.Operator)
	noError(t, err)
	signedIn, err := b.Login(b.ctx, "adam", password, "")
	noError(t, err)
	for _, user := range slices.Concat(shown, users, []models.User{changed, signedIn}) {
		if user.PasswordHash != "" {
			t.Errorf("%s is shown with a password", user.Name)
		}
	}
}

func TestChangeUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)

	_, err := b.SetRole(b.ctx, "Alice", models.Operator)
	noError(t, err)
	user, err := b.SetLocale(b.ctx, "alice", "ZH-cn")
	noError(t, err)
	if user.Role != models.Operator || user.Locale != "zh-CN" {
		t.Errorf("changed to %+v", user)
	}
	open := b.session(models.SessionWeb, "alice")
	_, err = b.Session(b.ctx, models.SessionWeb, open)
	noError(t, err)
	noError(t, b.SetPassword(b.ctx, "Alice", "battery staple"))
	_, err = b.Session(b.ctx, models.SessionWeb, open)
	refusedAs(t, err, auth.ErrUnknown)
	_, err = b.Login(b.ctx, "alice", password, "")
	refusedAs(t, err, auth.ErrWrongPassword)
	_, err = b.Login(b.ctx, "alice", "battery staple", "")
	noError(t, err)

	_, err = b.SetRole(b.ctx, "alice", "KING")
	faulted(t, err, models.CodeInvalid, "role")
	_, err = b.SetRole(b.ctx, "nobody", models.Member)
	faulted(t, err, models.CodeNotFound, "")
	_, err = b.SetLocale(b.ctx, "alice", "not a language")
	faulted(t, err, models.CodeInvalid, "locale")
	faulted(t, b.SetPassword(b.ctx, "alice", "short"), models.CodeInvalid, "password")
	faulted(t, b.SetPassword(b.ctx, "no such user", password), models.CodeNotFound, "")
}

func TestLastAdminStays(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("second", models.Admin)
	_, err := b.Disable(b.ctx, "second", true)
	noError(t, err)

	_, err = b.Disable(b.ctx, "root", true)
	faulted(t, err, models.CodeWrongState, "")
	_, err = b.SetRole(b.ctx, "root", models.Operator)
	faulted(t, err, models.CodeWrongState, "")

	_, err = b.Disable(b.ctx, "second", false)
	noError(t, err)
	_, err = b.SetRole(b.ctx, "root", models.Operator)
	noError(t, err)
}
