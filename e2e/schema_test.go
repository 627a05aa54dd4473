package e2e

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// unseenForNow are values of enums that do not occur here, and why.
var unseenForNow = map[string]string{
	"StreamGapReason.EXPIRED":     "nothing deletes a part of a log or of the events of a task",
	"TaskErrorCode.OUT_OF_MEMORY": "takes a machine that runs out of memory",
	"WaitingReason.LIMIT":         "no limit holds back a task for which there is a free worker",
}

// TestSchema exercises every operation, argument, input field, field and enum value of
// the schema on real tasks, and compares what comes with what is true. Whoever adds
// one of them adds to the tasks here, or says why it is empty.
func TestSchema(t *testing.T) {
	t.Parallel()
	unixOnly(t)
	each(t, func(t *testing.T, s *server) {
		w := newWorld(t, s)
		w.finish(t)
		w.wait()
		w.outside(t)
		w.run()
		release := w.hang(t)
		w.requireTruths(t)
		release()
		w.queries(t)
		w.refusals(t)
		w.people(t)
		w.streams(t)
		w.requireRefusedInStreams(t)
		w.requireComplete(t)
	}, worldArgs(t)...)
}

// requireComplete compares what was exercised with what there is.
func (w *world) requireComplete(t *testing.T) {
	t.Helper()
	fields, values := map[string]bool{}, map[string]bool{}
	for _, def := range w.schema.reachable() {
		for _, f := range def.Fields {
			fields[def.Name+"."+f.Name] = w.filled[def.Name+"."+f.Name]
			for _, arg := range f.Args {
				name := def.Name + "." + f.Name + "(" + arg.Name + ")"
				fields[name] = w.given[name]
			}
		}
		for _, f := range def.InputFields {
			fields[def.Name+"."+f.Name] = w.given[def.Name+"."+f.Name]
		}
		for _, value := range def.EnumValues {
			values[def.Name+"."+value.Name] = w.values[def.Name+"."+value.Name]
		}
	}
	require.Greater(t, len(fields), 200, "the schema was read")
	requireExercised(t, fields, nil)
	requireExercised(t, values, unseenForNow)
}

// requireExercised compares what there is, and whether it was exercised, with the list
// of what need not be. What is on the list without need fails as well.
func requireExercised(t *testing.T, all map[string]bool, excused map[string]string) {
	t.Helper()
	missing, needless := []string{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if reason := excused[name]; !all[name] && reason == "" {
			missing = append(missing, name)
		} else if all[name] && reason != "" {
			needless = append(needless, name)
		}
	}
	for name := range excused {
		if _, known := all[name]; !known {
			needless = append(needless, name)
		}
	}
	require.Empty(t, missing, "nothing here exercises these")
	require.Empty(t, needless, "these need no excuse")
}
