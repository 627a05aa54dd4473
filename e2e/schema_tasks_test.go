package e2e

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// everything is a submission that uses every input field, and a script that says all
// that a script can say within a step.
func everything() object {
	const code = `echo "hello $NAME $COUNT $MODE $PASSWORD"
echo "::debug quiet"
echo "::warning careful"
echo "::error oh"
echo "::progress 50 Half of it"
echo "::plan Second | Third"
echo "::content Second"
echo "::progress 25"
echo "::content Third"
printf 'tile,bytes\n1,20\n' > "$STEPCAST_RESULTS/tiles.csv"
`
	return object{
		"description":      "Copy tiles",
		"descriptionTexts": []any{object{"locale": "en", "text": "Copy tiles"}, object{"locale": "zh", "text": "复制瓦片"}},
		"steps": []any{
			object{
				"key": "copy", "description": "Copy", "maxParallel": 1,
				"descriptionTexts": []any{object{"locale": "zh", "text": "复制"}},
				"contents": []any{object{
					"key": "a", "message": "First", "messageTexts": []any{object{"locale": "zh", "text": "第一"}},
					"runType": "shell", "code": code, "params": object{"env": object{"MODE": "fast"}},
				}},
			},
			object{"description": "Check", "contents": []any{object{"message": "Look", "runType": "shell", "code": "echo problem >&2"}}},
		},
		"variables": object{"NAME": "world", "COUNT": 3}, "secrets": []any{"PASSWORD"},
		"labels":   []any{object{"key": "team", "value": "gis"}},
		"priority": 7, "timeoutSeconds": 300, "maxAttempts": 2, "backoffSeconds": 1,
		"idempotencyKey": "tiles", "startAfter": "2020-01-01T00:00:00+01:00",
	}
}

// finish makes the tasks that end by themselves, each in a way of its own.
func (w *world) finish(t *testing.T) {
	t.Helper()
	gone := t.TempDir()
	w.submit("succeeded", everything())
	w.submit("failed", object{
		"description": "two steps", "steps": []any{
			object{"description": "first", "contents": []any{object{"message": "fails", "runType": "shell", "code": "exit 3"}}},
			object{"description": "second", "contents": []any{object{"message": "never", "runType": "shell", "code": "exit 0"}}},
		},
	})
	w.submit("killed", one("kill -9 $$", nil))
	w.submit("chatty", one("while :; do echo 0123456789012345678901234567890123456789; done", nil))
	w.submit("unstartable", object{
		"description": "its folder goes away", "steps": []any{
			object{"description": "first", "contents": []any{object{"message": "remove", "runType": "shell", "code": "rmdir '" + gone + "'"}}},
			object{"description": "second", "contents": []any{object{
				"message": "start", "runType": "shell", "code": "exit 0", "params": object{"cwd": gone},
			}}},
		},
	})
	w.submit("late", one("exec sleep 600", object{"timeoutSeconds": 1}))
	w.submit("retried", one(`[ "$STEPCAST_ATTEMPT" -gt 1 ] || exit 4`, nil))
	w.untilStatus("retried", client.StatusFailed)
	w.control("retryTask", "retried")
	for _, name := range []string{"succeeded", "failed", "killed", "chatty", "unstartable", "late", "retried"} {
		w.until(name, func(t *client.Task) bool { return t.Status.Final() })
	}
}

// wait makes a task for each reason to wait that a server with free slots has.
func (w *world) wait() {
	w.submit("later", one("exit 0", object{"startAfter": "2999-12-31T23:59:59.999Z"}))
	w.submit("again", one("exit 1", object{"maxAttempts": 2, "backoffSeconds": 600}))
	w.submit("outside", external(object{"labels": []any{object{"key": "for", "value": "nobody"}}}))
	w.until("again", func(t *client.Task) bool { return t.Attempt == 2 })
}

// run makes tasks that a worker of the server's own holds.
func (w *world) run() {
	w.submit("running", one("echo begun; echo '::progress 40 At it'; exec sleep 600", nil))
	w.submit("paused", one("echo begun; exec sleep 600", nil))
	w.submit("cancelled", one("trap '' TERM; echo begun; while :; do sleep 0.1; done", nil))
	c := w.server.client()
	for _, name := range []string{"running", "paused", "cancelled"} {
		requireLine(w.server.t, c, w.ids[name], "begun")
	}
	w.control("pauseTask", "paused")
	w.untilStatus("paused", client.StatusPaused)
	w.control("resumeTask", "paused")
	w.untilStatus("paused", client.StatusRunning)
	w.control("pauseTask", "paused")
	w.untilStatus("paused", client.StatusPaused)
	w.control("cancelTask", "cancelled")
	w.untilStatus("cancelled", client.StatusCancelled)
	w.until("running", func(t *client.Task) bool { return t.StalledSince != nil && t.Progress == 40 })
}

// outside makes tasks that an outside worker works on, and lets one lose its lease.
func (w *world) outside(t *testing.T) {
	t.Helper()
	w.submit("lost", external(nil))
	lease := w.claim("lost")
	require.NotEmpty(t, textAt(lease, "leaseToken"))

	w.submit("reported", external(object{"labels": []any{object{"key": "for", "value": "e2e"}}}))
	lease = w.ask(w.server, token, call{kind: "mutation", field: "claimTask", args: map[string]object{
		"Mutation.claimTask": {"labels": []any{object{"key": "for", "value": "e2e"}}},
	}})
	require.Equal(t, w.ids["reported"], textAt(lease, "task", "id"))
	leaseToken, first := textAt(lease, "leaseToken"), w.ids["reported"]+"-1-1"
	report := func(sequence int, more object) any {
		input := object{"taskId": w.ids["reported"], "leaseToken": leaseToken, "sequence": sequence}
		maps.Copy(input, more)
		return w.ask(w.server, token, call{kind: "mutation", field: "reportProgress", args: map[string]object{"Mutation.reportProgress": {"input": input}}})
	}
	require.Equal(t, "RUNNING", textAt(report(1, object{
		"contents": []any{object{
			"contentId": first, "status": "RUNNING", "progress": 12.5, "message": "an eighth",
			"messageTexts": []any{object{"locale": "zh", "text": "八分之一"}},
		}},
		"addContents": []any{object{"message": "more", "runType": "external"}},
		"log":         []any{object{"text": "from outside", "level": "WARN", "stream": "STDERR", "contentId": first}},
	}), "desired"))
	second := w.ids["reported"] + "-1-2"
	require.Equal(t, "FAILED", textAt(report(2, object{"contents": []any{
		object{"contentId": first, "status": "SUCCEEDED"}, object{"contentId": second, "status": "FAILED"},
	}}), "desired"))
	require.Equal(t, "STALE_LEASE", textAt(report(3, nil), "userErrors", 0, "code"))
	w.untilStatus("lost", client.StatusFailed)
}

// claim takes the external step of a task.
func (w *world) claim(name string) any {
	w.server.t.Helper()
	return w.ask(w.server, token, call{kind: "mutation", field: "claimTask", args: map[string]object{"Mutation.claimTask": {"id": w.ids[name]}}})
}

// hang makes tasks whose outside workers were told to pause and to stop and have not
// answered yet. release lets them go; their leases are renewed until then.
func (w *world) hang(t *testing.T) (release func()) {
	t.Helper()
	var leases []*client.Lease
	for name, mutation := range map[string]string{"pausing": "pauseTask", "cancelling": "cancelTask"} {
		w.submit(name, external(nil))
		lease, err := w.server.client().Lease(t.Context(), client.ClaimInput{ID: w.ids[name]})
		require.NoError(t, err)
		leases = append(leases, lease)
		w.control(mutation, name)
	}
	return func() {
		for _, lease := range leases {
			lease.Close()
		}
	}
}
