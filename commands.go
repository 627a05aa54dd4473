package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"stepcast/app"
	"stepcast/auth"
	"stepcast/cli"
	"stepcast/config"
)

// program is what every command needs to know of its surroundings.
type program struct {
	environ        []string
	stdout, stderr io.Writer
}

func newRoot(environ []string, stdout, stderr io.Writer) *cobra.Command {
	p := &program{environ: environ, stdout: stdout, stderr: stderr}
	root := &cobra.Command{
		Use:   "stepcast",
		Short: "A task server: ordered steps, watched live",
		Long: "Stepcast runs tasks of ordered steps and lets everyone watch them live.\n" +
			"Without a command it serves, as \"stepcast serve\" does.\n\n" + config.Guide,
		Example: "  stepcast                                  serve on 127.0.0.1:8080, SQLite in .stepcast\n" +
			"  stepcast --addr :0 --data /tmp/try        serve everywhere, on a free port\n" +
			"  stepcast --database mysql://user:pass@127.0.0.1:3306/stepcast\n" +
			"  stepcast login-link                       a new link to sign in with\n" +
			"  stepcast run -- make test                 run a command as a task, and watch it",
		Args:          noArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          p.serve,
	}
	config.Flags(root.Flags())
	root.SetFlagErrorFunc(seeHelp)
	root.AddCommand(p.serveCommand(), p.loginLinkCommand(), p.versionCommand())
	cli.Add(root, cli.Options{Environ: environ, Stdin: os.Stdin, Stdout: stdout, Stderr: stderr})
	return root
}

// noArgs refuses arguments, a command that does not exist above all.
func noArgs(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return seeHelp(cmd, err)
	}
	return nil
}

// seeHelp adds to an error of the command line where it is told what there is.
func seeHelp(cmd *cobra.Command, err error) error {
	return fmt.Errorf("%w; \"%s --help\" lists what there is", err, cmd.CommandPath())
}

func (p *program) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the APIs and run tasks",
		Long:  "Serves the APIs and runs tasks until it is told to stop (Ctrl-C, SIGTERM).\n\n" + config.Guide,
		Args:  noArgs, RunE: p.serve,
	}
	config.Flags(c.Flags())
	return c
}

func (p *program) serve(cmd *cobra.Command, _ []string) error {
	c, err := config.Load(cmd.Flags(), p.environ, os.ReadFile)
	if err != nil {
		return err
	}
	a, err := app.New(cmd.Context(), c, p.stdout, p.newLogger(c))
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Run(cmd.Context())
}

func (p *program) loginLinkCommand() *cobra.Command {
	user := auth.AdminName
	c := &cobra.Command{
		Use:   "login-link",
		Short: "Print a new link to sign in with, once",
		Long: "Prints a link that signs a user in once. It reads the database of the data folder,\n" +
			"so whoever may read that may sign in: run it on the server's own machine.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd.Flags(), p.environ, os.ReadFile)
			if err != nil {
				return err
			}
			link, expires, err := app.LoginLink(cmd.Context(), c, user)
			if err != nil {
				return err
			}
			fmt.Fprintln(p.stdout, link)
			fmt.Fprintf(p.stderr, "Works once, until %s.\n", expires.Local().Format("15:04"))
			return nil
		},
	}
	config.Flags(c.Flags())
	c.Flags().StringVar(&user, "user", user, "whom it signs in")
	return c
}

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Fprintf(p.stdout, "stepcast %s (%s)\n", app.Version(), runtime.Version())
		},
	}
}

func (p *program) newLogger(c config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == config.LogJSON {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
