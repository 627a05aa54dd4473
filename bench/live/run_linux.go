package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	quick       bool
	rounds      int
	only, peers []string
	// profile is an absolute path, or "".
	profile string
}

// maxRounds bounds the rounds: more take hours and tell nothing new.
const maxRounds = 50

func parse(args []string, stderr io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("live", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // who calls words the error
	flags.BoolVar(&o.quick, "quick", false, "see in seconds whether everything works; the figures mean nothing")
	flags.IntVar(&o.rounds, "rounds", 5, fmt.Sprintf("how often each measurement has its turn, 1 to %d", maxRounds))
	only := flags.String("only", "", "measure these only: "+strings.Join(groupNames(), ","))
	servers := flags.String("peers", "", "measure these servers only: "+strings.Join(peers, ","))
	flags.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile of Stepcast's server to this `file`; of several measurements the last counts")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(stderr)
			flags.Usage()
		}
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q; there are only flags, see -help", flags.Arg(0))
	case o.rounds < 1 || o.rounds > maxRounds:
		return o, fmt.Errorf("-rounds is 1 to %d, not %d", maxRounds, o.rounds)
	}
	if o.only, err = chosen("only", *only, groupNames()); err != nil {
		return o, err
	}
	if o.peers, err = chosen("peers", *servers, peers); err != nil {
		return o, err
	}
	if o.profile != "" {
		o.profile, err = filepath.Abs(o.profile) // servers run in folders of their own
	}
	return o, err
}

// chosen reads a list of names; an empty one is all.
func chosen(name, list string, all []string) ([]string, error) {
	if list == "" {
		return all, nil
	}
	names := strings.Split(list, ",")
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, fmt.Errorf("-%s knows no %q; there are %s", name, n, strings.Join(all, ", "))
		}
	}
	return names, nil
}

// run is the command. It gives the exit code: 0 when everything could be measured,
// whether or not the goals are met.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == serverCommand {
		if err := serve(ctx, args[1:]); err != nil {
			fmt.Fprintln(stderr, "server:", err)
			return 1
		}
		return 0
	}
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = measureAll(ctx, o, stdout, stderr)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// measureAll measures what was chosen and prints the table.
func measureAll(ctx context.Context, o options, stdout, stderr io.Writer) error {
	m, err := newMeter(o.profile, stderr)
	if err != nil {
		return err
	}
	size := fullSizes(o.rounds)
	if o.quick {
		size, m.repeatUntil = quickSizes(), time.Time{}
	}
	var rows []row
	var failed error
	for _, g := range groups(size) {
		if !slices.Contains(o.only, g.name) || !g.has(o.peers) || ctx.Err() != nil {
			continue
		}
		found, err := m.measureGroup(ctx, g, o.peers)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", g.title, err))
		}
		rows = append(rows, found...)
	}
	if failed == nil {
		failed = ctx.Err() // it was interrupted between two of them
	}
	fmt.Fprintf(stdout, "%d CPUs, %s/%s, %s\n\n", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return errors.Join(failed, writeTable(stdout, rows))
}

// spareFiles are those that a process needs beside its connections.
const spareFiles = 200

// measureGroup lets the sides of a group take turns, and words what was found, with an
// error too.
func (m *meter) measureGroup(ctx context.Context, g group, peers []string) ([]row, error) {
	fmt.Fprintln(m.log, g.title)
	need := uint64(g.connections() + spareFiles)
	may, err := allowFiles(need)
	if err != nil {
		return nil, err
	}
	if may < need {
		why := fmt.Sprintf("%d open files are needed and %d allowed: raise the limit with ulimit -n", need, may)
		return []row{{what: g.title, goal: none, found: "not measured", met: none, figures: why}}, nil
	}
	found, err := m.takeTurns(ctx, g, peers)
	rows := g.rows(found)
	for i := range rows {
		rows[i].disturbed = disturbed(found)
	}
	return rows, err
}

// takeTurns measures each side once a round. With an error it gives what was found before.
func (m *meter) takeTurns(ctx context.Context, g group, peers []string) ([]samples, error) {
	found := make([]samples, len(g.sides))
	for range g.rounds {
		for i, s := range g.sides {
			if !slices.Contains(peers, s.peer) {
				continue
			}
			one, err := m.measure(ctx, s)
			if err != nil {
				return found, err
			}
			found[i] = append(found[i], one)
		}
	}
	return found, nil
}

// disturbed words how many measurements others disturbed.
func disturbed(found []samples) string {
	all, bad := 0, 0
	for _, side := range found {
		all += len(side)
		bad += side.sum(func(s sample) int {
			if s.disturbed() {
				return 1
			}
			return 0
		})
	}
	return fmt.Sprintf("%d of %d", bad, all)
}
