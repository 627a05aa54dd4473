// What the log of a task asks for.

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

export const logMatches = /* GraphQL */ `
  query LogMatches($id: ID!, $after: Long!, $first: Int!, $minLevel: LogLevel, $contains: String!) {
    task(id: $id) { log(after: $after, first: $first, minLevel: $minLevel, contains: $contains) { lines { number } cursor caughtUp gap { reason } } }
  }
`;

export const logLines = /* GraphQL */ `
  ${logBatch}
  subscription LogLines($id: ID!, $after: Long!, $minLevel: LogLevel) {
    taskLog(id: $id, after: $after, minLevel: $minLevel) { ...Batch }
  }
`;
