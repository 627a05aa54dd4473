package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"stepcast/internal/process"
)

// signalBase is added to the number of the signal that ended a program, as shells do.
const signalBase = 128

// exitOfLookup is the exit code for a program that cannot be found, or not be run.
func exitOfLookup(err error) int {
	if errors.Is(err, fs.ErrPermission) {
		return ExitCannotRun
	}
	return ExitNoProgram
}

// lookupReason is what is wrong, without the name of the program.
func lookupReason(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return inner
	}
	return err
}

// exitCode is the exit code for a program that ended.
func exitCode(exit process.Exit) int {
	if exit.Code != nil {
		return *exit.Code
	}
	return signalBase + signalNumber(exit.Signal)
}

// ending says how a program ended that did not succeed.
func ending(exit process.Exit) string {
	if exit.Code != nil {
		return fmt.Sprintf("The program ended with exit code %d", *exit.Code)
	}
	return "The program was ended by signal " + exit.Signal
}
