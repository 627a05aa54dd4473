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
	users, err := b.ListUsers(b.ctx, "", auth.PageMax)
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

// A change that is refused in one part changes nothing.
func TestUpdateUserIsAllOrNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	operator, king, member := models.Operator, models.Role("KING"), models.Member
	off, locale, bad, next, short := true, "de", "not a language", "battery staple", "short"
	for field, in := range map[string]auth.UserUpdate{
		"role":     {Role: &king, Locale: &locale, Disabled: &off},
		"locale":   {Role: &operator, Locale: &bad},
		"password": {Role: &operator, Password: &short},
	} {
		_, err := b.UpdateUser(b.ctx, "alice", in)
		faulted(t, err, models.CodeInvalid, field)
	}
	_, err := b.UpdateUser(b.ctx, "root", auth.UserUpdate{Role: &member, Password: &next})
	faulted(t, err, models.CodeWrongState, "")
	_, err = b.Login(b.ctx, "root", password, "")
	noError(t, err)
	for _, name := range []string{"nobody", "", "' OR 1=1 --"} {
		_, err = b.UpdateUser(b.ctx, name, auth.UserUpdate{})
		faulted(t, err, models.CodeNotFound, "")
	}
	before, err := b.User(b.ctx, "alice")
	noError(t, err)
	if before.Role != models.Member || before.Locale != "" || before.Disabled || !before.HasPassword {
		t.Errorf("a refused change has changed %+v", before)
	}
	same, err := b.UpdateUser(b.ctx, "alice", auth.UserUpdate{})
	noError(t, err)
	if same != before {
		t.Errorf("nothing was asked for, and it is %+v", same)
	}
	after, err := b.UpdateUser(b.ctx, "Alice", auth.UserUpdate{Role: &operator, Disabled: &off, Locale: &locale, Password: &next})
	noError(t, err)
	if after.Role != models.Operator || !after.Disabled || after.Locale != "de" || !after.CreatedAt.Equal(before.CreatedAt) {
		t.Errorf("changed to %+v", after)
	}
}

func TestDeleteUser(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.user("root", models.Admin)
	b.user("alice", models.Member)
	text, _ := b.token("alice", auth.CreateTokenInput{})
	session := b.session(models.SessionWeb, "alice")
	byToken, err := b.Bearer(b.ctx, text)
	noError(t, err)
	bySession, err := b.Session(b.ctx, models.SessionWeb, session)
	noError(t, err)

	gone, err := b.DeleteUser(b.ctx, "Alice")
	noError(t, err)
	if gone.Name != "alice" || gone.Role != models.Member || gone.PasswordHash != "" {
		t.Errorf("deleted %+v", gone)
	}
	_, err = b.Bearer(b.ctx, text)
	refusedAs(t, err, auth.ErrUnknown)
	_, err = b.Session(b.ctx, models.SessionWeb, session)
	refusedAs(t, err, auth.ErrUnknown)
	if b.StillValid(b.ctx, byToken) || b.StillValid(b.ctx, bySession) {
		t.Error("a stream of a deleted user goes on")
	}
	_, err = b.Login(b.ctx, "alice", password, "")
	refusedAs(t, err, auth.ErrWrongPassword)
	_, err = b.User(b.ctx, "alice")
	faulted(t, err, models.CodeNotFound, "")
	_, err = b.DeleteUser(b.ctx, "alice")
	faulted(t, err, models.CodeNotFound, "")

	// Whoever is given the name again has none of what was before.
	b.user("alice", models.Member)
	_, err = b.Bearer(b.ctx, text)
	refusedAs(t, err, auth.ErrUnknown)
	_, err = b.Session(b.ctx, models.SessionWeb, session)
	refusedAs(t, err, auth.ErrUnknown)
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

	_, err = b.DeleteUser(b.ctx, "root")
	faulted(t, err, models.CodeWrongState, "")

	_, err = b.Disable(b.ctx, "second", false)
	noError(t, err)
	_, err = b.SetRole(b.ctx, "root", models.Operator)
	noError(t, err)
	_, err = b.DeleteUser(b.ctx, "second")
	faulted(t, err, models.CodeWrongState, "")
	_, err = b.SetRole(b.ctx, "root", models.Admin)
	noError(t, err)
	_, err = b.DeleteUser(b.ctx, "second")
	noError(t, err)
}
