package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

type logOptions struct {
	server
	output
	follow, timestamps bool
	from               int64
	level              string
}

// logPage is how many lines are asked for at once.
const logPage = 5000

func (e *env) logCommand() *cobra.Command {
	var o logOptions
	c := &cobra.Command{
		Use:     "log ID",
		Aliases: []string{"logs"},
		Short:   "Print the log of a task",
		Long:    "Prints the log of a task, all attempts of it. With --follow it goes on until the task has\nended. What a terminal would obey is written out, but for colours, which it keeps.",
		Example: "  stepcast log 7\n  stepcast log 7 --follow\n  stepcast log 7 --from 1000 --level warn --timestamps",
		Args:    args(cobra.ExactArgs(1)),
		RunE:    func(cmd *cobra.Command, args []string) error { return e.log(cmd.Context(), &o, args[0]) },
	}
	o.server.flags(c)
	o.flag(c)
	f := c.Flags()
	f.BoolVarP(&o.follow, "follow", "f", false, "go on with what is written until the task ends")
	f.Int64Var(&o.from, "from", 1, "the number of the first line")
	f.StringVar(&o.level, "level", "", "only what is at least debug, info, warn or error")
	f.BoolVarP(&o.timestamps, "timestamps", "t", false, "begin each line with its number and time")
	fixedValues(c, "level", "debug", "info", "warn", "error")
	e.completeProfile(c)
	e.completeTasks(c, &o.server, 1)
	return c
}

func (e *env) log(ctx context.Context, o *logOptions, id string) error {
	level, err := readLevel(o.level)
	if err != nil {
		return err
	}
	if o.from < 1 {
		return fail(ExitUsage, fmt.Errorf("--from is %d; lines are numbered from 1", o.from))
	}
	link := &link{told: e.noteLink}
	return e.calling(ctx, &o.server, func(c connection) error {
		if o.follow {
			return e.followLog(ctx, c, o, id, level, link)
		}
		for after := o.from - 1; ; {
			batch, err := c.Log(ctx, id, client.LogQuery{After: after, First: logPage, MinLevel: level})
			if err != nil {
				return err
			}
			if err := e.writeLines(o, batch); err != nil {
				return err
			}
			if batch.CaughtUp || batch.Cursor <= after {
				return nil
			}
			after = batch.Cursor
		}
	}, client.WithBackoff(link.backoff))
}

func (e *env) followLog(ctx context.Context, c connection, o *logOptions, id string, level client.LogLevel, link *link) error {
	for batch, err := range c.WatchLog(ctx, id, o.from-1, level).All(ctx) {
		if err != nil {
			return err
		}
		link.good()
		if err := e.writeLines(o, batch); err != nil {
			return err
		}
	}
	return nil
}

func (e *env) writeLines(o *logOptions, batch client.LogBatch) error {
	if batch.Gap != nil {
		e.note("stepcast: lines are missing here: %s", gapText(batch.Gap))
	}
	var b strings.Builder
	for _, line := range batch.Lines {
		if o.output == outputJSON {
			if err := writeJSON(&b, line); err != nil {
				return err
			}
			continue
		}
		if o.timestamps {
			fmt.Fprintf(&b, "%d %s ", line.Number, instant(line.At))
		}
		b.WriteString(e.logText(line.Text) + "\n")
	}
	_, err := fmt.Fprint(e.Stdout, b.String())
	return err
}

// logText is a line of a log as it may be written to the output.
func (e *env) logText(text string) string {
	if e.isTerminal() && terminal.Colours(e.get) {
		return terminal.ColourLine(text)
	}
	return terminal.EscapeLine(text)
}

// gapText says why something is gone for good.
func gapText(gap *client.Gap) string {
	if gap.Reason == client.GapReplaced {
		return "the server has another database than before"
	}
	return "the server keeps them no longer"
}

// readLevel reads --level; "" is all.
func readLevel(text string) (client.LogLevel, error) {
	switch level := client.LogLevel(strings.ToUpper(text)); level {
	case "", client.LevelDebug, client.LevelInfo, client.LevelWarn, client.LevelError:
		return level, nil
	}
	return "", fail(ExitUsage, fmt.Errorf("--level: there is no level %q; write debug, info, warn or error", text))
}
