package e2e

import (
	"encoding/json"

	"github.com/stretchr/testify/require"

	"stepcast/client"
)

// ask asks /graphql with the token of an actor.
func (w *rightsWorld) ask(a actor, query string, variables object) answer {
	w.t.Helper()
	said := w.graphql(query, variables, bearer(a.token)...)
	require.Empty(w.t, said.Errors, query)
	return said
}

// userVerdict reads the user errors of a mutation. Refusing comes with no task.
func (w *rightsWorld) userVerdict(payload any) verdict {
	w.t.Helper()
	code := textAt(payload, "userErrors", 0, "code")
	if code == "" {
		return allowed
	}
	require.Nil(w.t, at(payload, "task"))
	switch code {
	case "NOT_FOUND":
		return hidden
	case "FORBIDDEN":
		return forbidden
	}
	return verdict(code)
}

// reading is a door that reads; the path leads to what is null where nothing is seen.
func reading(name, query string, path ...any) door {
	return door{name: name, op: "see", try: func(w *rightsWorld, a actor, id string) verdict {
		w.t.Helper()
		if at(w.ask(a, query, object{"id": id, "step": id + "-1", "content": id + "-1-1", "at": id + ":1"}).Data, path...) == nil {
			return hidden
		}
		return allowed
	}}
}

// mutating is a door that changes; after is the status of a task for which it was open.
func mutating(name, op string, prepare func(*rightsWorld, string), after client.Status) door {
	query := `mutation($id: ID!) { ` + name + `(input: {id: $id}) { task { status } userErrors { code } } }`
	return door{name: name, op: op, prepare: prepare, try: func(w *rightsWorld, a actor, id string) verdict {
		w.t.Helper()
		payload := w.ask(a, query, object{"id": id}).Data[name]
		v := w.userVerdict(payload)
		if v == allowed {
			require.Equal(w.t, string(after), textAt(payload, "task", "status"))
		}
		return v
	}}
}

func graphqlDoors() []door {
	return []door{
		reading("task", `query($id: ID!) { task(id: $id) { id log { cursor } events { cursor } } }`, "task"),
		reading("task at", `query($id: ID!, $at: String) { task(id: $id, at: $at) { id } }`, "task"),
		reading("node", `query($id: ID!) { node(id: $id) { id } }`, "node"),
		reading("node of a step", `query($step: ID!) { node(id: $step) { id } }`, "node"),
		reading("node of a content", `query($content: ID!) { node(id: $content) { ... on StepContent { code } } }`, "node"),
		reading("nodes", `query($id: ID!) { nodes(ids: [$id]) { id } }`, "nodes", 0),
		reading("tasks", `query($id: ID!) { tasks(filter: {ids: [$id]}) { nodes { id } } }`, "tasks", "nodes", 0),
		reading("resourceSamples", `query($id: ID!) { task(id: $id) { resourceSamples { at } } }`, "task"),
		{name: "totalCount", op: "see", try: countTasks},
		{name: "taskCounts", op: "see", try: countStatuses},
		{name: "submitTask", op: "submit", try: submitTask},
		mutating("cancelTask", "control", unprepared, client.StatusCancelled),
		mutating("pauseTask", "control", unprepared, client.StatusPaused),
		mutating("resumeTask", "control", asAdmin(paused), client.StatusWaiting),
		mutating("retryTask", "control", asAdmin(cancelled), client.StatusWaiting),
		{name: "cancelTasks", op: "control", prepare: unprepared, try: cancelTasks},
		{name: "claimTask", op: "work", external: true, prepare: unprepared, try: claimTask},
		{name: "reportProgress", op: "work", external: true, prepare: unprepared, try: reportProgress},
	}
}

func countTasks(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	said := w.ask(a, `query($id: ID!) { tasks(filter: {ids: [$id]}) { totalCount } }`, object{"id": id})
	if at(said.Data, "tasks", "totalCount") == json.Number("0") {
		return hidden
	}
	return allowed
}

func countStatuses(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	said := w.ask(a, `query($id: ID!) { taskCounts(filter: {ids: [$id]}) { count } }`, object{"id": id})
	if sum(said.Data["taskCounts"], "count") == 0 {
		return hidden
	}
	return allowed
}

func submitTask(w *rightsWorld, a actor, _ string) verdict {
	w.t.Helper()
	said := w.ask(a, `mutation($input: SubmitTaskInput!) { submitTask(input: $input) { task { owner } userErrors { code } } }`, object{"input": one("exit 0", nil)})
	v := w.userVerdict(said.Data["submitTask"])
	if v == allowed {
		require.Equal(w.t, a.name, textAt(said.Data, "submitTask", "task", "owner"))
	}
	return v
}

func cancelTasks(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	said := w.ask(a, `mutation($id: ID!) { cancelTasks(ids: [$id]) { results { task { status } userErrors { code } } } }`, object{"id": id})
	return w.userVerdict(at(said.Data, "cancelTasks", "results", 0))
}

func claimTask(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	said := w.ask(a, `mutation($id: ID!) { claimTask(id: $id) { task { id } leaseToken userErrors { code } } }`, object{"id": id})
	v := w.userVerdict(said.Data["claimTask"])
	require.Equal(w.t, v == allowed, textAt(said.Data, "claimTask", "leaseToken") != "")
	return v
}

// reportProgress sends an empty report under the lease that admin holds. Nobody holds
// one on a task that must not change: then a report that is not refused for its sender
// is refused for its lease.
func reportProgress(w *rightsWorld, a actor, id string) verdict {
	w.t.Helper()
	lease := "1.1.nobody"
	if _, standing := w.versions[id]; !standing {
		claim, err := w.client().Claim(w.t.Context(), client.ClaimInput{ID: id})
		require.NoError(w.t, err)
		lease = claim.Token
	}
	said := w.ask(a, `mutation($input: ReportProgressInput!) { reportProgress(input: $input) { desired userErrors { code } } }`,
		object{"input": object{"taskId": id, "leaseToken": lease, "sequence": 1}})
	return w.userVerdict(said.Data["reportProgress"])
}
