// What the pages of users ask for. Mutations call their field `answer`.

const userFields = /* GraphQL */ `fragment UserFields on User { name role disabled hasPassword createdAt }`;
const userErrors = "userErrors { code field message retryAfterSeconds }";

/** A page of users after a name, and on the first page of those whose names begin with something, whom that names. */
export const users = /* GraphQL */ `
  ${userFields}
  query Users($after: String, $first: Int!, $name: String!, $named: Boolean!) {
    user(name: $name) @include(if: $named) { ...UserFields }
    users(after: $after, first: $first) { ...UserFields }
  }
`;

export const user = /* GraphQL */ `
  ${userFields}
  query OneUser($name: String!) { user(name: $name) { ...UserFields } }
`;

export const createUser = /* GraphQL */ `
  ${userFields}
  mutation CreateUser($input: CreateUserInput!) { answer: createUser(input: $input) { user { ...UserFields } ${userErrors} } }
`;

export const updateUser = /* GraphQL */ `
  ${userFields}
  mutation UpdateUser($input: UpdateUserInput!) { answer: updateUser(input: $input) { user { ...UserFields } ${userErrors} } }
`;

export const deleteUser = /* GraphQL */ `
  mutation DeleteUser($name: String!) { answer: deleteUser(name: $name) { ${userErrors} } }
`;
