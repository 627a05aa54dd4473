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

	viewerFields = `
fragment ViewerFields on Viewer { name role locale scopes mayManageUsers hasPassword expiresAt }`

	userFields = `
fragment UserFields on User { name role disabled locale hasPassword createdAt }`

	tokenFields = `
fragment TokenFields on Token { id name user scopes actsFor allowNewUsers createdAt expiresAt lastUsedAt revokedAt }`

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
    resources { cpuSeconds rssBytes maxRssBytes processes outputBytes containment }
    results { id name contentType bytes rows url }
    steps { contents { code params } }
  }
}` + snapshotFields

	logDocument = `query Log($id: ID!, $after: Long, $first: Int, $minLevel: LogLevel, $contains: String) {
  task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel, contains: $contains) { ...LineFields } }
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

	countsDocument = `query TaskCounts($filter: TaskFilter) {
  taskCounts(filter: $filter) { status count exact }
}`

	throughputDocument = `query Throughput($from: DateTime, $to: DateTime, $buckets: Int!, $owner: String) {
  throughput(from: $from, to: $to, buckets: $buckets, owner: $owner) {
    from to submitted submittedExact ended { status count exact }
  }
}`

	samplesDocument = `query ResourceSamples($id: ID!, $timelineId: Long, $points: Int) {
  task(id: $id) {
    resourceSamples(timelineId: $timelineId, points: $points) {
      at cpuSeconds cpuPercent rssBytes maxRssBytes processes outputBytes
    }
  }
}`

	viewerDocument = `query Viewer { viewer { ...ViewerFields } }` + viewerFields

	usersDocument = `query Users($after: String, $first: Int) { users(after: $after, first: $first) { ...UserFields } }` + userFields

	userDocument = `query User($name: String!) { user(name: $name) { ...UserFields } }` + userFields

	tokensDocument = `query Tokens($user: String, $after: ID, $first: Int) {
  tokens(user: $user, after: $after, first: $first) { ...TokenFields }
}` + tokenFields

	serverDocument = `query Server {
  server {
    version startedAt time database
    limits {
      steps contents textLength codeBytes paramsBytes variablesBytes labels labelKeyBytes labelValueBytes
      priority timeoutSeconds maxAttempts backoffSeconds
    }
  }
}`

	runTypesDocument = `query RunTypes { runTypes { name enabled reason description paramsSchema } }`
)

const (
	deleteUserDocument = `mutation DeleteUser($name: String!) {
  payload: deleteUser(name: $name) { user { ...UserFields } userErrors { ...UserErrorFields } }
}` + userFields + userErrorFields

	changePasswordDocument = `mutation ChangePassword($input: ChangePasswordInput!) {
  payload: changePassword(input: $input) { viewer { ...ViewerFields } userErrors { ...UserErrorFields } }
}` + viewerFields + userErrorFields

	setLocaleDocument = `mutation SetLocale($locale: String) {
  payload: setLocale(locale: $locale) { viewer { ...ViewerFields } userErrors { ...UserErrorFields } }
}` + viewerFields + userErrorFields

	createTokenDocument = `mutation CreateToken($input: CreateTokenInput!) {
  payload: createToken(input: $input) { token { ...TokenFields } text userErrors { ...UserErrorFields } }
}` + tokenFields + userErrorFields

	revokeTokenDocument = `mutation RevokeToken($id: ID!) {
  payload: revokeToken(id: $id) { token { ...TokenFields } userErrors { ...UserErrorFields } }
}` + tokenFields + userErrorFields

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
	return inputMutation(field, inputType, "task { ...SnapshotFields }") + snapshotFields + userErrorFields
}

// userMutation is the document of one that answers a UserPayload.
func userMutation(field, inputType string) string {
	return inputMutation(field, inputType, "user { ...UserFields }") + userFields + userErrorFields
}

func inputMutation(field, inputType, selection string) string {
	return `mutation ` + upperFirst(field) + `($input: ` + inputType + `!) {
  payload: ` + field + `(input: $input) { ` + selection + ` userErrors { ...UserErrorFields } }
}`
}

// tasksMutation is the document of one that takes ids and answers a TasksPayload.
func tasksMutation(field string) string {
	return `mutation ` + upperFirst(field) + `($ids: [ID!]!) {
  payload: ` + field + `(ids: $ids) { results { task { ...SummaryFields } userErrors { ...UserErrorFields } } }
}` + summaryFields + userErrorFields
}

func upperFirst(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

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
