// What the page of one task asks for. What a version changes is Shot; the rest is asked for when it is shown.

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
