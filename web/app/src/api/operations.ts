// Every document that the console sends. test/operations.test.ts validates each against schema.graphqls.

const row = /* GraphQL */ `
  fragment Row on Task {
    id description status progress etaSeconds owner labels { key value }
    createdAt startedAt finishedAt updatedAt stalledSince version
  }
`;

export const viewer = /* GraphQL */ `query Viewer { viewer { name role } }`;

export const taskList = /* GraphQL */ `
  ${row}
  query TaskList($filter: TaskFilter, $orderBy: TaskOrder!, $first: Int, $after: String, $last: Int, $before: String) {
    tasks(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
      nodes { ...Row }
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      totalCount totalCountExact
    }
  }
`;

export const taskChanges = /* GraphQL */ `
  ${row}
  subscription TaskChanges($filter: TaskFilter) {
    taskChanges(filter: $filter) { task { ...Row } matches resync }
  }
`;

const logBatch = /* GraphQL */ `
  fragment Batch on LogBatch {
    lines { number attempt at level stream text }
    cursor caughtUp
    gap { reason }
  }
`;

export const logPage = /* GraphQL */ `
  ${logBatch}
  query LogPage($id: ID!, $after: Long!, $first: Int!, $minLevel: LogLevel) {
    task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel) { ...Batch } }
  }
`;

export const logNumbers = /* GraphQL */ `
  query LogNumbers($id: ID!, $after: Long!, $first: Int!, $minLevel: LogLevel) {
    task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel) { lines { number } cursor caughtUp gap { reason } } }
  }
`;

export const logTexts = /* GraphQL */ `
  query LogTexts($id: ID!, $after: Long!, $first: Int!, $minLevel: LogLevel) {
    task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel) { lines { number text } cursor caughtUp gap { reason } } }
  }
`;

export const logLines = /* GraphQL */ `
  ${logBatch}
  subscription LogLines($id: ID!, $after: Long!, $minLevel: LogLevel) {
    taskLog(id: $id, after: $after, minLevel: $minLevel) { ...Batch }
  }
`;

// The page of one task. What a version changes is Shot; the rest is asked for when it is shown.
const failure = /* GraphQL */ `fragment Failure on TaskError { code message stepId contentId }`;

const shot = /* GraphQL */ `
  ${failure}
  fragment Shot on Task {
    id description status progress etaSeconds owner priority labels { key value }
    createdAt startAfter timeoutSeconds startedAt finishedAt updatedAt stalledSince
    attempt maxAttempts version
    error { ...Failure }
    endedBy { by at signals survivors }
    steps {
      id description status progress startTime finishTime
      contents {
        id message status isProgressAvailable progress runType exitCode startTime finishTime
        error { ...Failure }
      }
    }
  }
`;

export const taskPage = /* GraphQL */ `
  ${shot}
  query TaskPage($id: ID!) {
    task(id: $id) {
      ...Shot
      execId variables
      waitingFor { reason position until }
      attempts { number status startedAt finishedAt error { ...Failure } }
      results { id name contentType bytes rows url }
    }
  }
`;

export const taskWaiting = /* GraphQL */ `
  query TaskWaiting($id: ID!) { task(id: $id) { waitingFor { reason position until } } }
`;

export const taskResults = /* GraphQL */ `
  query TaskResults($id: ID!) { task(id: $id) { results { id name contentType bytes rows url } } }
`;

export const contentCode = /* GraphQL */ `
  query ContentCode($id: ID!) { node(id: $id) { ... on StepContent { code params } } }
`;

export const taskProgress = /* GraphQL */ `
  ${shot}
  subscription TaskProgress($id: ID!) { taskProgress(id: $id) { ...Shot } }
`;

export const taskAgain = /* GraphQL */ `
  subscription TaskAgain($id: ID!) { taskChanges(filter: { ids: [$id] }) { task { id version } } }
`;

const control = (name: string) => /* GraphQL */ `
  ${shot}
  mutation Control($input: ControlTaskInput!) {
    answer: ${name}(input: $input) {
      task { ...Shot }
      userErrors { code field message retryAfterSeconds }
    }
  }
`;

export const cancelTask = control("cancelTask");
export const pauseTask = control("pauseTask");
export const resumeTask = control("resumeTask");
export const retryTask = control("retryTask");

const replayStep = /* GraphQL */ `
  fragment ReplayStep on Step {
    id description status progress startTime finishTime
    contents { id message status isProgressAvailable progress startTime finishTime }
  }
`;

/** Where the events of an attempt begin, and those of the attempt after it. */
export const replayRange = /* GraphQL */ `
  query ReplayRange($id: ID!, $timelineId: Long!, $next: Long!, $hasNext: Boolean!) {
    task(id: $id) {
      version
      first: events(first: 1, timelineId: $timelineId) { events { version at } }
      next: events(first: 1, timelineId: $next) @include(if: $hasNext) { events { version at } }
    }
  }
`;

/** Events after a cursor, and the task as it was after the first of them. */
export const replayPage = /* GraphQL */ `
  ${replayStep}
  query ReplayPage($id: ID!, $after: String!, $first: Int!, $at: String!, $snapshot: Boolean!) {
    snapshot: task(id: $id, at: $at) @include(if: $snapshot) {
      version updatedAt attempt timelineId status progress startedAt finishedAt
      steps { ...ReplayStep }
    }
    task(id: $id) {
      version
      events(after: $after, first: $first) {
        events {
          __typename version at attempt timelineId
          ... on TaskStatusChanged { to }
          ... on ContentChanged { contentId status progress message }
          ... on PlanChanged { steps { ...ReplayStep } }
        }
        gap { reason }
      }
    }
  }
`;

/** The changes of a task's status within an attempt; other events have their type alone. */
export const statusChanges = /* GraphQL */ `
  query StatusChanges($id: ID!, $timelineId: Long!, $after: String) {
    task(id: $id) {
      events(after: $after, first: 1000, timelineId: $timelineId) {
        events { __typename ... on TaskStatusChanged { at to } }
        cursor caughtUp
        gap { reason }
      }
    }
  }
`;

// The list of tasks.

export const cancelTasks = /* GraphQL */ `
  mutation CancelTasks($ids: [ID!]!) {
    all: cancelTasks(ids: $ids) { results { task { id status version } userErrors { code field message retryAfterSeconds } } }
  }
`;

export const timelineAttempts = /* GraphQL */ `
  query TimelineAttempts($id: ID!) { task(id: $id) { attempts { number timelineId status startedAt finishedAt } } }
`;

export const resourceSamples = /* GraphQL */ `
  query ResourceSamples($id: ID!, $timelineId: Long) {
    task(id: $id) { resourceSamples(timelineId: $timelineId) { at cpuPercent rssBytes processes outputBytes } }
  }
`;

// The form of a submission.

export const runTypes = /* GraphQL */ `query RunTypes { runTypes { name enabled reason description paramsSchema } }`;

export const submitTask = /* GraphQL */ `
  mutation SubmitTask($input: SubmitTaskInput!) {
    submitTask(input: $input) { task { id } userErrors { code field message retryAfterSeconds } }
  }
`;

export const submittedTask = /* GraphQL */ `
  query SubmittedTask($id: ID!) {
    task(id: $id) {
      description variables labels { key value } priority timeoutSeconds maxAttempts
      steps { description contents { message runType code params } }
    }
  }
`;

export const retryTasks = /* GraphQL */ `
  mutation RetryTasks($ids: [ID!]!) {
    all: retryTasks(ids: $ids) { results { task { id status version } userErrors { code field message retryAfterSeconds } } }
  }
`;

export const figures = /* GraphQL */ `
  query Figures($filter: TaskFilter, $owner: String, $hour: Boolean!) {
    taskCounts(filter: $filter) { status count exact }
    throughput(owner: $owner) @include(if: $hour) { from to submitted submittedExact ended { status count exact } }
  }
`;
