package client

import "strings"

// Fragments of the documents that this package sends. What a document selects is what
// the comment on Task promises.
const (
	errorFields = `
fragment ErrorFields on TaskError { code message stepId contentId }`

	// Lists leave out waitingFor, which the server works out task by task.
	summaryFields = `
fragment SummaryFields on Task {
  id execId description status progress etaSeconds timelineId attempt maxAttempts
  owner priority labels { key value }
  createdAt startAfter timeoutSeconds startedAt finishedAt updatedAt costTime
  error { ...ErrorFields }
  stalledSince
  endedBy { by at signals survivors }
  eventCursor version
}` + errorFields

	contentFields = `
fragment ContentFields on StepContent {
  id index message status isProgressAvailable progress runType exitCode
  error { ...ErrorFields }
  startTime finishTime costTime
}`

	stepFields = `
fragment StepFields on Step {
  id index description status progress startTime finishTime costTime
  contents { ...ContentFields }
}` + contentFields

	snapshotFields = `
fragment SnapshotFields on Task {
  ...SummaryFields
  waitingFor { reason position until }
  steps { ...StepFields }
}` + summaryFields + stepFields

	userErrorFields = `
fragment UserErrorFields on UserError { code field message retryAfterSeconds }`

	lineFields = `
fragment LineFields on LogBatch {
  lines { number attempt at level stream contentId text }
  cursor caughtUp
  gap { reason task { ...SnapshotFields } }
}` + snapshotFields

	eventFields = `
fragment EventFields on TaskEventBatch {
  events {
    __typename id cursor at taskId attempt timelineId version
    ... on TaskStatusChanged { from to }
    ... on TaskUpdated { progress stalledSince }
    ... on StepChanged { stepId status progress }
    ... on ContentChanged { contentId status progress message }
    ... on PlanChanged { steps { ...StepFields } }
  }
  cursor caughtUp
  gap { reason task { ...SnapshotFields } }
}` + snapshotFields
)

const (
	taskDocument = `query Task($id: ID!, $at: String) {
  task(id: $id, at: $at) {
    ...SnapshotFields
    variables
    attempts { number timelineId status startedAt finishedAt error { ...ErrorFields } }
    resources { cpuSeconds maxRssBytes processes outputBytes containment }
    results { id name contentType bytes rows url }
    steps { contents { code params } }
  }
}` + snapshotFields

	logDocument = `query Log($id: ID!, $after: Long, $first: Int, $minLevel: LogLevel) {
  task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel) { ...LineFields } }
}` + lineFields

	eventsDocument = `query Events($id: ID!, $after: String, $first: Int, $timelineId: Long) {
  task(id: $id) { events(after: $after, first: $first, timelineId: $timelineId) { ...EventFields } }
}` + eventFields

	tasksDocument = `query Tasks($filter: TaskFilter, $orderBy: TaskOrder!, $first: Int, $after: String, $last: Int, $before: String, $count: Boolean!) {
  tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    nodes { ...SummaryFields }
    pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
    totalCount @include(if: $count)
    totalCountExact @include(if: $count)
  }
}` + summaryFields

	viewerDocument = `query Viewer { viewer { name role } }`

	runTypesDocument = `query RunTypes { runTypes { name enabled reason description paramsSchema } }`
)

const (
	cancelTasksDocument = `mutation CancelTasks($ids: [ID!]!) {
  payload: cancelTasks(ids: $ids) { results { task { ...SummaryFields } userErrors { ...UserErrorFields } } }
}` + summaryFields + userErrorFields

	claimDocument = `mutation Claim($id: ID, $labels: [LabelInput!]) {
  payload: claimTask(id: $id, labels: $labels) {
    task { ...SnapshotFields variables }
    contents { ...ContentFields code params }
    leaseToken leaseSeconds
    userErrors { ...UserErrorFields }
  }
}` + snapshotFields + userErrorFields

	reportDocument = `mutation Report($input: ReportProgressInput!) {
  payload: reportProgress(input: $input) { desired userErrors { ...UserErrorFields } }
}` + userErrorFields
)

// taskMutation is the document of a mutation that takes one input and answers a TaskPayload.
func taskMutation(field, inputType string) string {
	name := strings.ToUpper(field[:1]) + field[1:]
	return `mutation ` + name + `($input: ` + inputType + `!) {
  payload: ` + field + `(input: $input) { task { ...SnapshotFields } userErrors { ...UserErrorFields } }
}` + snapshotFields + userErrorFields
}

const (
	progressSubscription = `subscription TaskProgress($id: ID!) {
  taskProgress(id: $id) { ...SnapshotFields }
}` + snapshotFields

	eventsSubscription = `subscription TaskEvents($id: ID!, $after: String) {
  taskEvents(id: $id, after: $after) { ...EventFields }
}` + eventFields

	logSubscription = `subscription TaskLog($id: ID!, $after: Long, $minLevel: LogLevel) {
  taskLog(id: $id, after: $after, minLevel: $minLevel) { ...LineFields }
}` + lineFields

	changesSubscription = `subscription TaskChanges($filter: TaskFilter) {
  taskChanges(filter: $filter) { task { ...SummaryFields } matches resync }
}` + summaryFields
)
