package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

func (e *env) setRoleCommand() *cobra.Command {
	return e.updateCommand(&cobra.Command{
		Use:     "set-role NAME ROLE",
		Short:   "Change what a user may do",
		Long:    "Gives a user another role: " + orList(lowerCase(userRoles)) + ". Streams of the user that are open end.",
		Example: "  stepcast user set-role ann operator",
		Args:    args(cobra.ExactArgs(2)),
	}, func(given []string) (client.UpdateUserInput, error) {
		role, err := oneOf(given[1], userRoles)
		if err != nil {
			return client.UpdateUserInput{}, fail(ExitUsage, fmt.Errorf("ROLE: %w", err))
		}
		return client.UpdateUserInput{Name: given[0], Role: &role}, nil
	}, lowerCase(userRoles)...)
}

func (e *env) disableCommand() *cobra.Command {
	return e.shutOutCommand("disable", "Shut a user out", "Shuts a user out: streams end, and no sign-in or token counts until the user is enabled again.", true)
}

func (e *env) enableCommand() *cobra.Command {
	return e.shutOutCommand("enable", "Let a user in again", "Lets a user in again who was shut out. Tokens and sessions that were there before count again.", false)
}

func (e *env) shutOutCommand(name, short, long string, disabled bool) *cobra.Command {
	return e.updateCommand(&cobra.Command{
		Use:     name + " NAME",
		Short:   short,
		Long:    long,
		Example: fmt.Sprintf("  stepcast user %s ann", name),
		Args:    args(cobra.ExactArgs(1)),
	}, func(given []string) (client.UpdateUserInput, error) {
		return client.UpdateUserInput{Name: given[0], Disabled: &disabled}, nil
	})
}

// updateCommand makes a command that changes a user as its arguments say; then are the words
// that may follow the name.
func (e *env) updateCommand(c *cobra.Command, read func(given []string) (client.UpdateUserInput, error), then ...string) *cobra.Command {
	var s server
	var out output
	c.RunE = func(cmd *cobra.Command, given []string) error {
		in, err := read(given)
		if err != nil {
			return err
		}
		return e.calling(cmd.Context(), &s, func(c connection) error {
			user, err := c.UpdateUser(cmd.Context(), in)
			if err != nil {
				return naming(err, userNaming)
			}
			return e.writeUser(out, user, standing(user))
		})
	}
	s.flags(c)
	out.flag(c)
	e.completeProfile(c)
	e.completeUser(c, &s, then...)
	return c
}

func (e *env) userDeleteCommand() *cobra.Command {
	var s server
	var out output
	var yes bool
	c := &cobra.Command{
		Use:   "delete NAME",
		Short: "Delete a user",
		Long: "Deletes a user with all tokens and sessions, which end at once. The tasks stay, under that\n" +
			"name: whoever gets it again sees them. \"stepcast user disable\" keeps the name taken.\n\n" +
			"On a terminal it asks first; elsewhere it needs --yes.",
		Example: "  stepcast user delete ann",
		Args:    args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			ctx := cmd.Context()
			return e.calling(ctx, &s, func(c connection) error {
				question := fmt.Sprintf("Delete the user %s, with all tokens and sessions?", quotedName(given[0]))
				if err := e.consent(ctx, yes, question); err != nil {
					return err
				}
				user, err := c.DeleteUser(ctx, given[0])
				if err != nil {
					return naming(err, userNaming)
				}
				return e.writeUser(out, user, "DELETED")
			})
		},
	}
	s.flags(c)
	out.flag(c)
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	e.completeProfile(c)
	e.completeUser(c, &s)
	return c
}

func (e *env) setPasswordCommand() *cobra.Command {
	var s server
	var p passwordOptions
	c := &cobra.Command{
		Use:   "set-password [NAME]",
		Short: "Change a password, yours or a user's",
		Long: "Changes the password of a user, whose sessions end; tokens go on. It asks for the new one\n" +
			"twice. Without a name it is your own, for which it asks for the current one first, and the\n" +
			"session that you are signed in by goes on.\n\n" +
			"With --password-stdin the new password is the one line of standard input; for your own,\n" +
			"the current one comes on a line before it.",
		Example: "  stepcast user set-password\n  stepcast user set-password ann --password-stdin < password.txt",
		Args:    args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			return e.calling(cmd.Context(), &s, func(c connection) error {
				if len(given) == 0 {
					return e.setOwnPassword(cmd.Context(), c, p)
				}
				return e.setPassword(cmd.Context(), c, p, given[0])
			})
		},
	}
	s.flags(c)
	p.flag(c)
	e.completeProfile(c)
	e.completeUser(c, &s)
	return c
}

func (e *env) setPassword(ctx context.Context, c connection, p passwordOptions, name string) error {
	if name == "" { // a variable that is not set must not mean whoever asks
		return fail(ExitUsage, errors.New("NAME is empty; give the name of a user, or none for your own password"))
	}
	password, err := e.newPassword(ctx, p, name, "")
	if err != nil {
		return err
	}
	user, err := c.UpdateUser(ctx, client.UpdateUserInput{Name: name, Password: &password})
	if err != nil {
		return naming(err, userNaming)
	}
	e.note("Changed the password of %s. The user's sessions have ended; tokens go on.", terminal.Escape(user.Name))
	return nil
}

func (e *env) setOwnPassword(ctx context.Context, c connection, p passwordOptions) error {
	viewer, err := c.Viewer(ctx)
	if err != nil {
		return err
	}
	current, password, err := e.ownPasswords(ctx, p, viewer)
	if err != nil {
		return err
	}
	if err := c.ChangePassword(ctx, current, password); err != nil {
		return naming(err, userNaming)
	}
	e.note("Changed the password of %s. Other sessions have ended; tokens go on.", terminal.Escape(viewer.Name))
	return nil
}

// ownPasswords gives the password until now, "" for who has none, and the one from now on.
func (e *env) ownPasswords(ctx context.Context, p passwordOptions, viewer *client.Viewer) (current, password string, err error) {
	if p.stdin && viewer.HasPassword {
		lines, err := readSecrets(e.Stdin, "the current password", "the new one")
		if err != nil {
			return "", "", err
		}
		return lines[0], lines[1], nil
	}
	if viewer.HasPassword && e.mayAsk() {
		if current, err = askSecret(ctx, e.stdinFile(), fmt.Sprintf("Current password of %s: ", terminal.Escape(viewer.Name))); err != nil {
			return "", "", err
		}
	}
	password, err = e.newPassword(ctx, p, viewer.Name, "")
	return current, password, err
}
