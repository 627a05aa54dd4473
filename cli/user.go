package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// userRoles are the roles that a user can have.
var userRoles = []client.Role{client.RoleViewer, client.RoleMember, client.RoleOperator, client.RoleAdmin}

// userNaming says which flag or argument of these commands a field of their inputs is.
var userNaming = map[string]string{"name": "NAME", "role": "the role", "password": "the password", "current": "the current password"}

func (e *env) userCommand() *cobra.Command {
	return family("user", "Create, list, change and delete users",
		"Users of the server and what they may do. They need the right to manage users, but for\n"+
			"\"set-password\" without a name, which is for everybody's own.\n\n"+
			"On the server's own machine an admin needs no sign-in: see \"stepcast login-link\".",
		e.userLsCommand(), e.userCreateCommand(), e.setRoleCommand(), e.setPasswordCommand(),
		e.disableCommand(), e.enableCommand(), e.userDeleteCommand())
}

func (e *env) userLsCommand() *cobra.Command {
	var s server
	var out output
	c := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List users",
		Long:    "Lists all users by name.",
		Example: "  stepcast user ls\n  stepcast user ls -o json | jq -r 'select(.role == \"ADMIN\").name'",
		Args:    args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return e.calling(cmd.Context(), &s, func(c connection) error { return e.userLs(cmd.Context(), c, out) })
		},
	}
	s.flags(c)
	out.flag(c)
	e.completeProfile(c)
	return c
}

func (e *env) userLs(ctx context.Context, c connection, out output) error {
	users, more, err := collect(c.Users(ctx))
	if err != nil {
		return err
	}
	if len(users) == 0 { // there is always an admin
		return fail(ExitForbidden, errors.New("you may not see the users; ask an administrator, or sign in as one with \"stepcast login\""))
	}
	return writeList(e, out, users, more, userTable(users))
}

// userTable lists users for people.
func userTable(users []*client.User) *table {
	t := &table{heads: []string{"NAME", "ROLE", "STATE", "PASSWORD", "CREATED", "LANGUAGE"}}
	for _, user := range users {
		state, password := "enabled", "no"
		if user.Disabled {
			state = "disabled"
		}
		if user.HasPassword {
			password = "yes"
		}
		t.add(user.Name, string(user.Role), state, password, day(&user.CreatedAt), user.Locale)
	}
	return t
}

// writeUser writes a user as one line: a name, and what became of it.
func (e *env) writeUser(out output, user *client.User, became string) error {
	if out == outputJSON {
		return writeJSON(e.Stdout, user)
	}
	_, err := fmt.Fprintf(e.Stdout, "%s %s\n", terminal.Escape(user.Name), terminal.Escape(became))
	return err
}

// standing is a user's role, and whether the user is shut out.
func standing(user *client.User) string {
	if user.Disabled {
		return string(user.Role) + " disabled"
	}
	return string(user.Role)
}

type userCreateOptions struct {
	server
	output
	role       chosen[client.Role]
	password   passwordOptions
	noPassword bool
}

func (e *env) userCreateCommand() *cobra.Command {
	o := userCreateOptions{role: chosen[client.Role]{client.RoleMember, userRoles}}
	c := &cobra.Command{
		Use:   "create NAME",
		Short: "Create a user",
		Long: "Creates a user, whose password it asks for on a terminal. NAME is 1 to 64 of the characters\n" +
			"a-z 0-9 . _ @ -, a letter or digit first.\n\n" +
			"  viewer    sees all tasks\n" +
			"  member    submits tasks, and sees and controls the own ones\n" +
			"  operator  sees and controls all tasks\n" +
			"  admin     everything, users included\n",
		Example: "  stepcast user create ann\n" +
			"  stepcast user create bob --role operator --password-stdin < password.txt\n" +
			"  stepcast user create ci --no-password && stepcast token create ci --user ci",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return e.calling(cmd.Context(), &o.server, func(c connection) error { return e.userCreate(cmd.Context(), c, &o, given[0]) })
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.server.flags(c)
	o.flag(c)
	c.Flags().Var(&o.role, "role", "what the user may do at most")
	o.password.flag(c)
	c.Flags().BoolVar(&o.noPassword, "no-password", false, "a user who signs in by token or link only")
	fixedValues(c, "role", lowerCase(userRoles)...)
	e.completeProfile(c)
	return c
}

func (e *env) userCreate(ctx context.Context, c connection, o *userCreateOptions, name string) error {
	in := client.CreateUserInput{Name: name, Role: o.role.value}
	if o.noPassword && o.password.stdin {
		return fail(ExitUsage, errors.New("--no-password and --password-stdin exclude each other; leave one out"))
	}
	if !o.noPassword {
		var err error
		if in.Password, err = e.newPassword(ctx, o.password, name, " or --no-password"); err != nil {
			return err
		}
	}
	user, err := c.CreateUser(ctx, in)
	if err != nil {
		return naming(err, userNaming)
	}
	return e.writeUser(o.output, user, standing(user))
}

// passwordOptions say where a password comes from.
type passwordOptions struct{ stdin bool }

func (p *passwordOptions) flag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.stdin, "password-stdin", false, "read the password from standard input")
}

// newPassword reads a password, or asks for it twice. instead names what else there is to
// --password-stdin where nobody can be asked.
func (e *env) newPassword(ctx context.Context, p passwordOptions, user, instead string) (string, error) {
	if p.stdin {
		lines, err := readSecrets(e.Stdin, "the password")
		return strings.Join(lines, ""), err
	}
	tty := e.stdinFile()
	if !e.mayAsk() {
		return "", fail(ExitUsage, fmt.Errorf("there is no terminal to ask for a password on; use --password-stdin%s", instead))
	}
	password, err := askSecret(ctx, tty, fmt.Sprintf("New password of %s: ", terminal.Escape(user)))
	if err != nil {
		return "", err
	}
	again, err := askSecret(ctx, tty, "The same once more: ")
	if err == nil && (again != password || password == "") {
		err = fail(ExitUsage, errors.New("that was not twice the same password; nothing was done"))
	}
	return password, err
}
