package cli

import (
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"stepcast/client"
	"stepcast/internal/terminal"
)

// peopleMax bounds a list of users or tokens.
const peopleMax = 10_000

// family is a command that has others below it, and does nothing by itself.
func family(name, short, long string, members ...*cobra.Command) *cobra.Command {
	names := make([]string, len(members))
	for i, member := range members {
		names[i] = member.Name()
	}
	c := &cobra.Command{
		Use: name, Short: short, Long: long,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, given []string) error {
			there := strings.Join(names, ", ")
			if len(given) == 0 {
				return usage(cmd, errors.New("say what to do: "+there))
			}
			return usage(cmd, fmt.Errorf("there is no %q here; there are %s", given[0], there))
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	c.AddCommand(members...)
	return c
}

// naming says in a refusal which flag or argument to mend, by the field that the server blames.
func naming(err error, names map[string]string) error {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		named := []error{}
		for _, one := range several.Unwrap() {
			named = append(named, naming(one, names))
		}
		return errors.Join(named...)
	}
	var refusal *client.Error
	if !errors.As(err, &refusal) || len(refusal.Field) == 0 || names[refusal.Field[0]] == "" {
		return err
	}
	named := *refusal
	named.Message, named.Field = names[refusal.Field[0]]+": "+refusal.Message, nil
	return &named
}

// collect gathers a list; more says that it goes on.
func collect[T any](list iter.Seq2[*T, error]) (all []*T, more bool, err error) {
	for one, err := range list {
		if err != nil || len(all) == peopleMax {
			return all, err == nil, err
		}
		all = append(all, one)
	}
	return all, false, nil
}

// writeList writes a list: each as JSON, or all as a table.
func writeList[T any](e *env, out output, list []*T, more bool, rows *table) error {
	if more {
		e.note("stepcast: there are more than %d; the others are left out", peopleMax)
	}
	if out != outputJSON {
		return rows.write(e)
	}
	for _, one := range list {
		if err := writeJSON(e.Stdout, one); err != nil {
			return err
		}
	}
	return nil
}

// quotedName writes what somebody called something.
func quotedName(name string) string { return terminal.Escape(strconv.Quote(name)) }

// day writes an instant for a table; "never" for none.
func day(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.Local().Format("2006-01-02 15:04")
}

// lately writes how long ago something was; "never" for nil.
func lately(at *time.Time, now time.Time) string {
	if at == nil {
		return "never"
	}
	return since(*at, now)
}
