// The viewer's account, users and their tokens. Mutations call their field `answer`.

const accountFields = /* GraphQL */ `fragment AccountFields on Viewer { name role locale scopes hasPassword expiresAt }`;
const userFields = /* GraphQL */ `fragment UserFields on User { name role disabled hasPassword createdAt }`;
const tokenFields = /* GraphQL */ `
  fragment TokenFields on Token { id name scopes actsFor allowNewUsers createdAt expiresAt lastUsedAt }
`;
const userErrors = "userErrors { code field message retryAfterSeconds }";

export const account = /* GraphQL */ `
  ${accountFields}
  query Account { viewer { ...AccountFields } }
`;

export const changePassword = /* GraphQL */ `
  ${accountFields}
  mutation ChangePassword($input: ChangePasswordInput!) { answer: changePassword(input: $input) { viewer { ...AccountFields } ${userErrors} } }
`;

export const setLocale = /* GraphQL */ `
  ${accountFields}
  mutation SetLocale($locale: String) { answer: setLocale(locale: $locale) { viewer { ...AccountFields } ${userErrors} } }
`;

export const tokens = /* GraphQL */ `
  ${tokenFields}
  query Tokens($user: String, $after: ID, $first: Int!) { tokens(user: $user, after: $after, first: $first) { ...TokenFields } }
`;

export const createToken = /* GraphQL */ `
  ${tokenFields}
  mutation CreateToken($input: CreateTokenInput!) { answer: createToken(input: $input) { token { ...TokenFields } text ${userErrors} } }
`;

export const revokeToken = /* GraphQL */ `
  mutation RevokeToken($id: ID!) { answer: revokeToken(id: $id) { ${userErrors} } }
`;

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
