package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// streams exercises the subscriptions: each gives what the query gives, and ends.
func (w *world) streams(t *testing.T) {
	t.Helper()
	id := w.ids["succeeded"]
	stored := w.read("succeeded")
	follow := func(field string, args object) (values []any) {
		args["id"] = id
		next := w.watch(w.server, token, call{kind: "subscription", field: field, args: map[string]object{"Subscription." + field: args}})
		for value, ended := next(); !ended; value, ended = next() {
			values = append(values, value)
		}
		require.NotEmpty(t, values, field)
		return values
	}
	snapshots := follow("taskProgress", object{})
	require.Len(t, snapshots, 1, "a task that has ended has one state")
	for field, value := range snapshots[0].(object) {
		require.Equal(t, at(stored, field), value, field)
	}
	require.Equal(t, at(stored, "events", "events"), together("events", follow("taskEvents", object{})))
	require.Len(t, together("events", follow("taskEvents", object{"after": id + ":1"})), len(at(stored, "events", "events").([]any))-1)
	require.Equal(t, "REPLACED", at(follow("taskEvents", object{"after": id + ":999999"})[0], "gap", "reason"))
	require.Equal(t, at(stored, "log", "lines"), together("lines", follow("taskLog", object{})))
	require.Equal(t, "REPLACED", at(follow("taskLog", object{"after": 999999})[0], "gap", "reason"))
	severe := together("lines", follow("taskLog", object{"after": 1, "minLevel": "ERROR"}))
	require.Len(t, severe, 1)
	require.Equal(t, "oh", at(severe, 0, "text"))
	w.changes(t)
}

// together joins the lists of all batches.
func together(list string, batches []any) (all []any) {
	for _, batch := range batches {
		all = append(all, at(batch, list).([]any)...)
	}
	return all
}

// changes watches a list: a task that changes, and one that stops to match.
func (w *world) changes(t *testing.T) {
	t.Helper()
	next := w.watch(w.server, token, call{kind: "subscription", field: "taskChanges", args: map[string]object{
		"Subscription.taskChanges": {"filter": object{"ids": []any{w.ids["later"]}, "statuses": []any{"WAITING", "PAUSED"}}},
	}})
	// Nothing tells when the subscription stands: what is to be seen is done until it is.
	c, id, stop := w.server.client(), w.ids["later"], make(chan struct{})
	done := make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			_, err := c.Pause(t.Context(), id)
			if err == nil {
				_, err = c.Resume(t.Context(), id)
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	seen, _ := next()
	close(stop)
	require.NoError(t, <-done)
	require.Equal(t, []any{id, true}, []any{at(seen, "task", "id"), at(seen, "matches")})
	w.control("cancelTask", "later")
	for at(seen, "matches") == true {
		seen, _ = next()
	}
	require.Equal(t, "CANCELLED", at(seen, "task", "status"))
}

// requireRefusedInStreams tries the fields that a subscription must not select: each
// refusal names the way to them.
func (w *world) requireRefusedInStreams(t *testing.T) {
	t.Helper()
	for name := range streamless {
		_, field, _ := strings.Cut(name, ".")
		below := map[string]string{"log": "{ cursor }", "events": "{ cursor }", "results": "{ id }"}[field]
		socket := w.server.socket(t, token)
		socket.subscribe("1", "subscription { taskProgress(id: \""+w.ids["succeeded"]+"\") { "+field+" "+below+" } }", nil)
		refused, _ := socket.answer()
		require.Equal(t, "GRAPHQL_VALIDATION_FAILED", refused.code(), name)
	}
}
