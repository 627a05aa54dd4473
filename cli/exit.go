package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"stepcast/client"
)

// Exit codes. Those of our own lie where scripts, shells, timeout(1), env(1) and xargs(1)
// have none.
const (
	ExitOK          = 0
	ExitFailure     = 1
	ExitUsage       = 2
	ExitTaskFailed  = 110
	ExitCancelled   = 111
	ExitTimedOut    = 112
	ExitForbidden   = 113
	ExitNotFound    = 114
	ExitConflict    = 115
	ExitUnreachable = 116
	ExitBusy        = 117
	ExitRunFailure  = 125
	ExitInterrupted = 130
)

const exitCodes = `The exit codes of the commands that talk to a server:

    0  it worked
    1  something else failed
    2  usage: the command line or the file of a task is not as it must be
  113  not signed in, or not allowed
  114  there is no such task, user or token, or one may not see it
  115  the task's status does not allow it, or it has changed meanwhile
  116  the server cannot be reached, or something else answers there
  117  the server takes no more now; come back later
  130  interrupted by Ctrl-C; the task goes on

watch, submit --watch and run end as the task does:

    0  SUCCEEDED (of several tasks: all of them)
  110  FAILED
  111  CANCELLED
  112  TIMED_OUT

run passes on the exit code of the first content that failed. 110 then means that
there was none: a signal ended it, or it could not be started. What fails before
there is a task ends run with 113 to 117 as above, or else with 125, never with 1 or
2, which are the script's.
`

// exitCodesTopic is the help topic "exit-codes".
func exitCodesTopic() *cobra.Command {
	return &cobra.Command{Use: "exit-codes", Short: "What the exit codes of the commands mean", Long: exitCodes}
}

// exitError ends the program with a code. Its text may be empty: all was said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// fail is an error that ends the program with this code.
func fail(code int, err error) error { return &exitError{code, err} }

// usage is an error of the command line.
func usage(cmd *cobra.Command, err error) error {
	return fail(ExitUsage, fmt.Errorf("%w; \"%s --help\" lists what there is", err, cmd.CommandPath()))
}

// ExitCode is the exit code that an error of a command asks for: ExitFailure for one that
// asks for none.
func ExitCode(err error) int {
	var asked *exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &asked):
		return asked.code
	}
	return ExitFailure
}

// outcomeOf is the exit code of a task that has ended.
func outcomeOf(status client.Status) int {
	switch status {
	case client.StatusSucceeded:
		return ExitOK
	case client.StatusCancelled:
		return ExitCancelled
	case client.StatusTimedOut:
		return ExitTimedOut
	}
	return ExitTaskFailed
}

// scriptCode is the exit code of the first content that failed; ok is false when none has.
func scriptCode(task *client.Task) (code int, ok bool) {
	for _, step := range task.Steps {
		for _, content := range step.Contents {
			if content.Status == client.StatusFailed && content.ExitCode != nil && *content.ExitCode != 0 {
				return *content.ExitCode, true
			}
		}
	}
	return 0, false
}
