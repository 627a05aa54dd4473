// What the timeline of a task and its replay ask for, and the plot of what it used.

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

export const timelineAttempts = /* GraphQL */ `
  query TimelineAttempts($id: ID!) { task(id: $id) { attempts { number timelineId status startedAt finishedAt } } }
`;

export const resourceSamples = /* GraphQL */ `
  query ResourceSamples($id: ID!, $timelineId: Long) {
    task(id: $id) { resourceSamples(timelineId: $timelineId) { at cpuPercent rssBytes processes outputBytes } }
  }
`;
