package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"stepcast/internal/process"
)

const execLong = `Runs any program and lets everyone watch it on a Stepcast server: its output, how far
it has come, and how it ended. It can be paused and cancelled there. The program itself
needs no change: what it prints goes to the terminal as it is, and progress is read from
it. Lines that begin with ::progress, ::content, ::plan, ::warning, ::error or ::debug
mean what they mean in scripts.

The exit code is the program's own, 128 and the number of the signal that ended it, 125
when exec itself failed, 126 when the program cannot be run, 127 when there is none.`

func (e *env) execCommand() *cobra.Command {
	var s server
	var o ExecOptions
	var labels []string
	c := &cobra.Command{
		Use:   "exec [flags] -- program [argument…]",
		Short: "Run any program and let everyone watch it",
		Long:  execLong,
		Example: "  stepcast exec -- rsync -a --info=progress2 from/ to/\n" +
			"  stepcast exec --label host=a1 --timeout 2h -- make -j8\n" +
			"  stepcast exec --task 690 -- ./convert.sh",
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = args
			var err error
			if o.Labels, err = readLabels(labels); err != nil {
				return fail(ExitExec, err)
			}
			return e.exec(cmd, &s, o)
		},
	}
	s.flags(c)
	f := c.Flags()
	f.SetInterspersed(false) // what follows the program is its own
	f.StringVar(&o.Task, "task", "", "work on this waiting task with an external step, instead of a new one")
	f.StringVar(&o.Description, "description", "", "what the new task does (default: the command line)")
	f.StringArrayVar(&labels, "label", nil, "a label key=value of the new task; may be given more than once")
	f.DurationVar(&o.Timeout, "timeout", 0, "how long the new task may run; 0 is no limit")
	f.DurationVar(&o.Grace, "grace", process.GraceDefault, "the time between TERM and KILL when the program is ended")
	f.BoolVar(&o.KillOnLost, "kill-on-lost", false, "end the program when the server gives the task up, instead of going on unseen")
	f.BoolVar(&o.MarkersOnly, "markers-only", false, "take progress from ::progress lines only")
	f.BoolVarP(&o.Quiet, "quiet", "q", false, "do not name the task on standard error")
	return c
}

// exec runs exec with the terminal and the signals of this process.
func (e *env) exec(cmd *cobra.Command, s *server, o ExecOptions) error {
	t, err := e.find(s)
	if err != nil {
		return fail(ExitExec, err)
	}
	found, err := t.client(e)
	if err != nil {
		return fail(ExitExec, fmt.Errorf("%s: %w", t.from, err))
	}
	signals := make(chan os.Signal, 8)
	for _, each := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(each) { // as with nohup
			signal.Notify(signals, each)
		}
	}
	defer signal.Stop(signals)
	// A write that nobody reads gives an error then, and does not end this process.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	defer signal.Stop(broken)

	o.Stdin, o.Stdout, o.Stderr, o.Signals = e.stdinFile(), e.Stdout, e.Stderr, signals
	// Signals say how to end; the context of the command knows only that.
	code, err := Exec(context.WithoutCancel(cmd.Context()), found, o)
	if code == 0 && err == nil {
		return nil
	}
	return fail(code, err)
}

// stdinFile is the standard input, when that is a file.
func (e *env) stdinFile() *os.File {
	file, _ := e.Stdin.(*os.File)
	return file
}
