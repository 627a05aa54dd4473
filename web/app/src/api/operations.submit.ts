// What the form of a submission asks for.

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
