package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// tokenMax bounds, in bytes, what is read as a token.
const tokenMax = 4096

type loginOptions struct {
	profile string
	user    string
	token   string
}

func (e *env) loginCommand() *cobra.Command {
	var o loginOptions
	c := &cobra.Command{
		Use:   "login URL",
		Short: "Sign in to a server, and keep that as a profile",
		Long: "Signs in to a server by user name and password, which it asks for, or by an API token\n" +
			"on standard input. The sign-in is kept as a profile, in a file that only this user can\n" +
			"read, and counts from then on; --profile makes and names several. A sign-in by password\n" +
			"ends by itself after some hours, a token when it expires or is revoked.\n\n" +
			"STEPCAST_URL and STEPCAST_TOKEN in the environment need no login and come first.",
		Example: "  stepcast login https://tasks.example.org\n" +
			"  stepcast login https://tasks.example.org --profile work --user ann\n" +
			"  stepcast login http://127.0.0.1:8080 --token - < token.txt",
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return e.login(cmd.Context(), args[0], o) },
	}
	c.Flags().StringVar(&o.profile, "profile", profileDefault, "the name of the profile")
	c.Flags().StringVar(&o.user, "user", "", "the user name, instead of being asked for it")
	c.Flags().StringVar(&o.token, "token", "", "\"-\" reads an API token from standard input")
	c.ValidArgsFunction = cobra.NoFileCompletions
	e.completeProfile(c)
	return c
}

func (e *env) login(ctx context.Context, address string, o loginOptions) error {
	if o.token != "" && o.token != "-" {
		return fail(ExitUsage, errors.New("--token takes - only, and reads the token from standard input: other users of this machine see what stands on a command line"))
	}
	if o.profile == "" {
		return fail(ExitUsage, errors.New("--profile needs a name"))
	}
	p := profile{URL: cleanURL(address), User: o.user}
	e.warnOfPlainText(p.URL)
	var err error
	if o.token == "-" {
		p.Token, err = readToken(e.Stdin)
	} else {
		p, err = e.signIn(ctx, p)
	}
	if err != nil {
		return err
	}
	viewer, err := e.viewer(ctx, p)
	if err != nil {
		return err
	}
	p.User = viewer.Name
	file, err := e.readProfiles()
	if err != nil {
		return err
	}
	file.Profiles[o.profile], file.Current = p, o.profile
	if err := writeProfiles(file); err != nil {
		return err
	}
	until := ""
	if p.ExpiresAt != nil {
		until = ", until " + p.ExpiresAt.Local().Format("2006-01-02 15:04")
	}
	e.note("Signed in to %s as %s (%s)%s, profile %s.", p.URL, terminal.Escape(viewer.Name), terminal.Escape(string(viewer.Role)), until, o.profile)
	return nil
}

// viewer asks the server who the profile is, which proves that it counts.
func (e *env) viewer(ctx context.Context, p profile) (*client.Viewer, error) {
	c, err := p.target().client(e)
	if err != nil {
		return nil, fail(ExitUsage, err)
	}
	v, err := c.Viewer(ctx)
	if client.CodeOf(err) == client.CodeUnauthenticated {
		return v, fail(ExitForbidden, fmt.Errorf("%s refuses this token: %s", p.URL, reasons(err)))
	}
	return v, explain(ctx, p.target(), err)
}

// signIn opens a session by name and password.
func (e *env) signIn(ctx context.Context, p profile) (profile, error) {
	name, password, err := e.askPassword(ctx, p.User)
	if err != nil {
		return p, err
	}
	c, err := p.target().client(e)
	if err != nil {
		return p, fail(ExitUsage, err)
	}
	session, err := c.SignIn(ctx, name, password)
	if client.CodeOf(err) == client.CodeUnauthenticated {
		return p, fail(ExitForbidden, fmt.Errorf("%s refuses the sign-in: %s", p.URL, reasons(err)))
	}
	if err != nil {
		return p, explain(ctx, p.target(), err)
	}
	p.Session, p.ExpiresAt = session.Secret, &session.ExpiresAt
	return p, nil
}

// askPassword asks on the terminal, also when standard input is something else.
func (e *env) askPassword(ctx context.Context, user string) (name, password string, err error) {
	tty, ok := e.Stdin.(*os.File)
	if !ok || !terminal.Is(tty) {
		if tty, err = os.OpenFile("/dev/tty", os.O_RDWR, 0); err != nil {
			return "", "", fail(ExitUsage, errors.New("there is no terminal to ask for a password on; give an API token: stepcast login URL --token -"))
		}
		defer tty.Close()
	}
	if user == "" {
		fmt.Fprint(tty, "User name: ")
		user, err = interruptible(ctx, tty, func() (string, error) { return readLine(tty) })
		if err != nil {
			return "", "", fmt.Errorf("read the user name: %w", err)
		}
	}
	password, err = askSecret(ctx, tty, fmt.Sprintf("Password of %s: ", terminal.Escape(user)))
	return user, password, err
}

func readToken(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(bufio.NewReader(r), tokenMax+1))
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	switch {
	case len(text) > tokenMax:
		return "", fail(ExitUsage, fmt.Errorf("what is on standard input is longer than %d bytes: that is no token", tokenMax))
	case token == "":
		return "", fail(ExitUsage, errors.New("there is no token on standard input"))
	}
	return token, nil
}

// warnOfPlainText tells who sends a secret over a network that others may listen to.
func (e *env) warnOfPlainText(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" {
		return
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Hostname() == "localhost" || err == nil && ip.Unmap().IsLoopback() {
		return
	}
	e.note("stepcast: %s is not encrypted: who listens on the way reads the sign-in; use https", terminal.Escape(address))
}

func (e *env) logoutCommand() *cobra.Command {
	var name string
	c := &cobra.Command{
		Use:   "logout",
		Short: "End a sign-in and forget its profile",
		Long: "Forgets a profile, the current one unless --profile names another. A sign-in by password\n" +
			"ends on the server too; an API token goes on until it expires or is revoked there.",
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return e.logout(cmd.Context(), name) },
	}
	c.Flags().StringVar(&name, "profile", "", "the profile to forget")
	e.completeProfile(c)
	return c
}

func (e *env) logout(ctx context.Context, name string) error {
	file, err := e.readProfiles()
	if err != nil {
		return err
	}
	if name == "" {
		name = file.Current
	}
	p, ok := file.Profiles[name]
	if !ok {
		return fail(ExitUsage, fmt.Errorf("there is no profile to forget, %s", file.listed()))
	}
	if p.isSession() {
		if err := e.endSession(ctx, p); err != nil {
			e.note("stepcast: the session goes on until %s: %v", p.ExpiresAt.Local().Format("2006-01-02 15:04"), err)
		}
	}
	delete(file.Profiles, name)
	if file.Current == name {
		file.Current = ""
	}
	if err := writeProfiles(file); err != nil {
		return err
	}
	e.note("Forgot the profile %s.", name)
	return nil
}

func (e *env) endSession(ctx context.Context, p profile) error {
	c, err := p.target().client(e)
	if err != nil {
		return err
	}
	return explain(ctx, p.target(), c.SignOut(ctx))
}
