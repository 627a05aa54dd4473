//go:build unix

package e2e

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"

	"stepcast/internal/terminal/terminaltest"
)

// planned is what to do once something is seen.
type planned struct{ when, do string }

// onTerminal runs a program on a terminal; see TestScripts.
func onTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: tty SIZE CODE PLAN PROGRAM ARG…")
	}
	var columns, rows int
	if _, err := fmt.Sscanf(args[0], "%dx%d", &columns, &rows); err != nil {
		ts.Fatalf("%q is no size such as 80x24: %v", args[0], err)
	}
	cmd := scriptCommand(ts, args[3:])
	control, err := pty.StartWithSize(cmd, winsize(columns, rows))
	ts.Check(err)
	defer control.Close()
	screen := terminaltest.NewScreen(columns, rows)
	shown := make(chan error, 1)
	go func() {
		_, err := io.Copy(screen, control)
		shown <- err
	}()
	seen := carryOut(ts, screen, control, readPlan(ts, args[2]), shown)
	err = cmd.Wait()
	_, _ = io.WriteString(ts.Stdout(), screen.Text())
	if foreign := screen.Foreign(); len(foreign) > 0 {
		ts.Fatalf("the terminal was sent %q", foreign)
	}
	ts.Logf("[screen]\n%s", screen.Text())
	if !seen {
		ts.Fatalf("not all of the plan was seen")
	}
	requireCode(ts, args[1], err)
}

func winsize(columns, rows int) *pty.Winsize {
	return &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)}
}

// openTerminal tries whether there are pseudo-terminals.
func openTerminal() error {
	control, tty, err := pty.Open()
	if err != nil {
		return err
	}
	return errors.Join(control.Close(), tty.Close())
}

func readPlan(ts *testscript.TestScript, file string) (plan []planned) {
	if file == "-" {
		return nil
	}
	for line := range strings.Lines(ts.ReadFile(file)) {
		when, do, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " => ")
		if !ok {
			ts.Fatalf("%s: %q is not WHEN => DO", file, line)
		}
		plan = append(plan, planned{when, do})
	}
	return plan
}

// carryOut does what was planned until the program ends, and says whether all of it was.
func carryOut(ts *testscript.TestScript, screen *terminaltest.Screen, control *os.File, plan []planned, shown <-chan error) bool {
	again := time.NewTicker(poll)
	defer again.Stop()
	overdue := time.After(patience)
	for {
		if len(plan) > 0 && strings.Contains(screen.Text(), plan[0].when) {
			ts.Check(do(ts, screen, control, plan[0].do))
			plan = plan[1:]
		}
		select {
		case <-shown: // an error is how a terminal says that its program is gone
			return len(plan) == 0
		case <-overdue:
			ts.Fatalf("it goes on; the screen:\n%s", screen.Text())
		case <-again.C:
		}
	}
}

func do(ts *testscript.TestScript, screen *terminaltest.Screen, control *os.File, what string) error {
	kind, value, _ := strings.Cut(what, " ")
	switch kind {
	case "type":
		text, err := strconv.Unquote(`"` + value + `"`)
		if err == nil {
			_, err = io.WriteString(control, text)
		}
		return err
	case "cancel":
		s := scriptServer(ts)
		_, err := s.client().Cancel(s.t.Context(), value)
		return err
	case "resize":
		var columns, rows int
		if _, err := fmt.Sscanf(value, "%dx%d", &columns, &rows); err != nil {
			return err
		}
		screen.Resize(columns, rows)
		return pty.Setsize(control, winsize(columns, rows))
	}
	return fmt.Errorf("%q is neither type, resize nor cancel", what)
}
