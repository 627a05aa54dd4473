// What the list of tasks asks for.

const row = /* GraphQL */ `
  fragment Row on Task {
    id description status progress etaSeconds owner labels { key value }
    createdAt startedAt finishedAt updatedAt stalledSince version
  }
`;

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

export const cancelTasks = /* GraphQL */ `
  mutation CancelTasks($ids: [ID!]!) {
    all: cancelTasks(ids: $ids) { results { task { id status version } userErrors { code field message retryAfterSeconds } } }
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
